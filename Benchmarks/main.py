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
import cache
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
    "cache": cache.run, "limits": limits.run, "fanout": fanout.run, "scale": scale.run, "micro": micro.run,
    "allocations": allocations.run}


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
        print(machine() + "\n")
        some = [w for w in wanted if w not in GROUPS]
        if not wanted or "serving" in wanted or some:
            print(f"{GROUPS['serving']}\n")
            results["serving"] = serving.run(folder, quick, some)
            print()
        for group, run in PLAIN.items():
            if not wanted or group in wanted:
                print(f"{GROUPS[group]}\n")
                results[group] = run(folder, quick)
                print()
        if not wanted or "reading" in wanted:
            reading.main(folder, [])
        print("\n" + load.interference())
    name = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    os.makedirs(os.path.join(HERE, "results"), exist_ok=True)
    with open(os.path.join(HERE, "results", name + ".md"), "w") as f:
        f.write(out.text)
    with open(os.path.join(HERE, "results", name + ".json"), "w") as f:
        json.dump({"machine": machine(), "others": load.interference(), "results": results}, f, indent=1)


main()
