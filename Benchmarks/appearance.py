"""A new file of 1 MB, from its writer's close until the subscriber tells of it in its events: `scripts/measure.sh appearance`."""

import os
import re
import statistics
import subprocess

from load import undisturbed
from systems import BIN, HERE

MEASURES = ("p50", "p95", "p99", "longest")
HEAD = "| files | p50 | p95 | p99 | longest |\n|---|---|---|---|---|"


def once(count: int) -> dict[str, float]:
    """In milliseconds."""
    text = subprocess.check_output(
        [os.path.join(HERE, "..", "scripts", "measure.sh"), "appearance"], text=True,
        env=os.environ | {"MEASURE_TIMES": str(count), "BPUBSUB_BIN": BIN})
    return {name: float(re.search(name + r" ([\d.]+) ms", text)[1]) for name in MEASURES}


def run(folder: str, quick: bool) -> dict:
    rounds, count = 1 if quick else 3, 300
    found = [undisturbed(lambda: once(count), tries=2).value for _ in range(rounds)]
    print(HEAD)
    for values in found:
        print(f"| {count} | " + " | ".join(f"{values[name]:.1f} ms" for name in MEASURES) + " |")
    if rounds > 1:
        print("| median | " + " | ".join(f"{statistics.median(v[name] for v in found):.1f} ms" for name in MEASURES) + " |")
    return {"files": count, "rounds": found}
