"""Runs the cases and writes Markdown and JSON; started by `run`."""

import contextlib
import datetime
import io
import json
import os
import platform
import subprocess
import sys

import allocations
import appearance
import cache
import chunks
import fanout
import limits
import load
import micro
import reading
import scale
import serving
from groups import GROUPS

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN = {
    "cache": cache.run, "limits": limits.run, "fanout": fanout.run, "appearance": appearance.run,
    "scale": scale.run, "chunks": chunks.run, "micro": micro.run, "allocations": allocations.run}


class Tee(io.TextIOBase):
    """Prints, and keeps what was printed."""

    def __init__(self):
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return sys.__stdout__.write(text)

    def flush(self) -> None:
        sys.__stdout__.flush()


def machine() -> str:
    with open("/proc/cpuinfo") as f:
        model = next(line.split(":", 1)[1].strip() for line in f if line.startswith("model name"))
    commit = subprocess.run(
        ["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return (f"{model}, {os.cpu_count()} processors shared by servers and clients, Linux {platform.release()}; commit "
            f"{commit}; load at the beginning {os.getloadavg()[0]:.2f}; {datetime.date.today()}")


def main() -> None:
    arguments = sys.argv[1:]
    quick = "--quick" in arguments
    wanted = [a for a in arguments if a != "--quick"]
    folder = os.path.abspath(os.path.join(HERE, "..", ".deps", "benchmark-data"))
    out, results = Tee(), {}
    with contextlib.redirect_stdout(out):
        head = machine()
        print(f"# Measured by Benchmarks/run\n\n{head}. {'One short round of each: --quick.' if quick else 'A full run.'}\n")
        try:
            measure(folder, quick, wanted, results)
        finally:
            # What was measured before something failed is worth to be kept.
            print("\n" + load.interference())
            keep(out.text, {"machine": head, "quick": quick, "others": load.interference(), "results": results})


def measure(folder: str, quick: bool, wanted: list[str], results: dict) -> None:
    some = [w for w in wanted if w not in GROUPS]
    if not wanted or "serving" in wanted or some:
        print(f"## serving: {GROUPS['serving']}\n")
        results["serving"] = serving.run(folder, quick, some)
        print()
    for group, run in PLAIN.items():
        if not wanted or group in wanted:
            print(f"## {group}: {GROUPS[group]}\n")
            results[group] = run(folder, quick)
            print()
    if not wanted or "reading" in wanted:
        print(f"## reading: {GROUPS['reading']}\n")
        # Not again when it was disturbed: it takes minutes.
        load.undisturbed(lambda: reading.main(folder, []), tries=1)


def keep(text: str, result: dict) -> None:
    name = os.path.join(HERE, "results", datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S"))
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name + ".md", "w") as f:
        f.write(text)
    with open(name + ".json", "w") as f:
        json.dump(result, f, indent=1)


main()
