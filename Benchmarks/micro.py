"""Single operations without servers, and how often each allocates."""

import os
import subprocess

from load import undisturbed
from native import Allocations
from systems import BIN, Workshop

HEAD = "| operation | on | time, median | from to | allocations | bytes of them |\n|---|---|---|---|---|---|"


class Micro:
    def __init__(self, shop: Workshop, folder: str):
        self.program = [os.path.join(BIN, "bpubsub-microbenchmarks"), os.path.join(folder, "cube.b2nd")]
        self.counter = shop.path("allocations")

    def names(self) -> list[tuple[str, str]]:
        lines = subprocess.check_output(self.program, text=True).splitlines()
        return [tuple(line.split("\t")) for line in lines]

    def run(self, name: str, count: int) -> float:
        """Nanoseconds of an operation."""
        return float(subprocess.check_output([*self.program, name, str(count)]))

    def count_for(self, name: str, seconds: float) -> int:
        """How many operations take about so long."""
        count = 16
        while (nanoseconds := self.run(name, count)) * count < 2e7:
            count *= 4
        return max(int(seconds * 1e9 / nanoseconds), 1)

    def allocations(self, name: str, count: int) -> tuple[float, float]:
        """Of an operation: what so many more of them add."""
        found = []
        for operations in (count, 2 * count):
            if os.path.exists(self.counter):
                os.remove(self.counter)
            counter = Allocations(self.counter)
            subprocess.run(
                [*self.program, name, str(operations)], check=True, stdout=subprocess.DEVNULL,
                env=os.environ | counter.environment)
            found.append(counter.count())
        return tuple((after - before) / count for before, after in zip(*found))


def run(folder: str, quick: bool) -> list[dict]:
    rounds, seconds = (3, 0.2) if quick else (7, 0.5)
    results = []
    print(HEAD)
    with Workshop() as shop:
        micro = Micro(shop, folder)
        for name, unit in micro.names():
            count = micro.count_for(name, seconds)
            times = [undisturbed(lambda: micro.run(name, count)) for _ in range(rounds)]
            allocations, size = micro.allocations(name, min(count, 1000))
            times = sorted(time.value for time in times)
            results.append({
                "operation": name, "unit": unit, "nanoseconds": times, "allocations": allocations, "bytes": size})
            print(
                f"| {name} | {unit} | {microseconds(times[len(times) // 2])} | {microseconds(times[0])} to "
                f"{microseconds(times[-1])} | {allocations:.1f} | {size:.0f} |", flush=True)
    return results


def microseconds(nanoseconds: float) -> str:
    return f"{nanoseconds / 1e3:.2f} µs" if nanoseconds < 1e5 else f"{nanoseconds / 1e6:.2f} ms"
