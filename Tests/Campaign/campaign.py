"""Kills, cuts, full disks, moved clocks, unmounts, slow and hostile clients, for some minutes; then everything has to be right.

Started by scripts/campaign.sh. What must hold all the time:

- a value that is answered is right, and all of an answer is of one generation;
- what is older than it could be is marked so, and no answer claims to be older than it can be;
- what was known stays known, and copies of what is followed stay there;
- no program ends by itself, and what a cache or the descriptors are limited to is kept;

and at the end, when nothing is broken any more, every subscriber has every dataset as it was last written.
"""

import argparse
import collections
import json
import os
import shutil
import sys
import tempfile
import threading
import time

from clients import Nuisance, Reader, look_at_copies
from faults import Faults
from programs import ask, on_disk
from world import SMALL_CACHE, World

#: After which a change must have arrived, or the answer be marked: the longest time-out on its way, on a busy machine.
PATIENCE = 25.0
#: Changes of the turn: faults that hide changes from everybody, then faults below, where marks can be judged.
ERA = 45.0


class Report:
    def __init__(self):
        self.begin = time.monotonic()
        self.counts: collections.Counter = collections.Counter()
        self.violations: collections.Counter = collections.Counter()
        self.lock = threading.Lock()

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def violation(self, what: str, detail: str) -> None:
        with self.lock:
            self.violations[what] += 1
            if self.violations[what] <= 5:
                print(f"{time.monotonic() - self.begin:7.1f} s  VIOLATION  {what}: {detail[:700]}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", help="the folder of the programs")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--keep", action="store_true", help="leave logs and state")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.seconds:.0f} s", flush=True)
    root = tempfile.mkdtemp(prefix="bpubsub-campaign-")
    world, report = World(root, options.programs, options.seed), Report()
    try:
        run(world, report, options)
    finally:
        world.stop()
        if options.keep or report.violations:
            print(f"logs are in {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
    return tell(world, report)


def run(world: World, report: Report, options) -> None:
    for missing in [
        "unmounting" if not world.can_unmount else "", "a full disk" if not world.has_small_disk else "",
        "a moved clock" if not world.has_clock else ""]:
        if missing:
            print(f"left out on this machine: {missing}")
    world.start()
    prepare(world)
    over = threading.Event()
    seed = options.seed * 1000

    def loop(pause: float, body) -> threading.Thread:
        def go() -> None:
            while not over.wait(pause):
                try:
                    body()
                except Exception as error:  # Whatever it was, the campaign has not been what it is meant to be.
                    report.violation("the campaign itself", repr(error))
        return threading.Thread(target=go)

    readers = [
        Reader(world, one, seed + n * 10 + k, report, PATIENCE)
        for n, one in enumerate(world.subscribers) for k in range(2)]
    faults, nuisance = Faults(world, seed + 1, report), Nuisance(world, seed + 2, report)
    threads = [loop(0.02, reader.read_one) for reader in readers] + [
        loop(0.5, world.folders["g"].write_one), loop(0.4, world.folders["h"].write_one),
        loop(0.5, lambda: look_at_copies(world, world.state("near"), report)), loop(3, nuisance.once),
        loop(0.3, lambda: watch(world, report)),
        loop(1, lambda: faults.one(is_above=int((time.monotonic() - report.begin) / ERA) % 2 == 0))]
    for thread in threads:
        thread.start()
    time.sleep(options.seconds)
    over.set()
    for thread in threads:
        thread.join()
    for plug in nuisance.open:
        plug.close()
    become_right(world, report)


def prepare(world: World) -> None:
    """Everything is listed everywhere, and the near subscriber follows it all and has it."""
    port = world.programs["near"].port
    wait(lambda: all(listed(world, one) for one in world.subscribers), 300, "the first lists")
    assert ask(port, "/api/follow", "POST", json.dumps(["g", "h"])).status == 200
    files = os.path.join(world.state("near"), "files")
    wait(lambda: all(os.path.exists(os.path.join(files, p)) for p in paths(world)), 300, "the first copies")


def paths(world: World) -> list[str]:
    return [dataset.path for folder in world.folders.values() for dataset in folder.datasets]


def listed(world: World, program) -> bool:
    answer = ask(program.port, "/api/list")
    return answer.status == 200 and set(json.loads(answer.body)) == set(paths(world))


def wait(done, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)


def watch(world: World, report: Report) -> None:
    for program in world.programs.values():
        program.measure()
        if (how := program.unexpected_end()) is not None:
            report.violation("a program ended", how)
            program.start()
    report.small_peak = max(getattr(report, "small_peak", 0), on_disk(os.path.join(world.small_state, "mirrors")))
    # Twice the limit would be no limit; a file system counts in blocks of its own.
    if report.small_peak > SMALL_CACHE * 3 // 2:
        report.violation("more on disk than the cache may have", f"{report.small_peak} bytes of {SMALL_CACHE}")
    if world.programs["small"].peak_files > 150:
        report.violation("more descriptors than there are", str(world.programs["small"].peak_files))


def become_right(world: World, report: Report) -> None:
    """All is well again: all must be what it is in the folders, current and unmarked."""
    begin = time.monotonic()
    left: dict[str, str] = {}

    def differences() -> dict[str, str]:
        found = {}
        for program in world.subscribers:
            if not listed(world, program):
                found[program.name] = "another list"
                continue
            for folder in world.folders.values():
                for dataset in folder.datasets:
                    answer = ask(program.port, f"/api/download/{dataset.path}")
                    with open(dataset.file, "rb") as f:
                        if answer.status != 200 or answer.is_marked or answer.body != f.read():
                            found[f"{dataset.path} at {program.name}"] = repr(answer)
            if (ready := ask(program.port, "/ready")).status != 200:
                found[f"/ready of {program.name}"] = repr(ready)
        return found

    while left := differences():
        if time.monotonic() - begin > 240:
            for what, answer in list(left.items())[:10]:
                report.violation("not right at the end", f"{what}: {answer}")
            return
        time.sleep(0.5)
    report.counts["seconds until all was right"] = round(time.monotonic() - begin)


def tell(world: World, report: Report) -> int:
    print()
    for name, number in sorted(report.counts.items()):
        print(f"{name:<40} {number}")
    for folder in world.folders.values():
        print(f"{'changes of ' + folder.group:<40} {folder.writes}")
    for program in world.programs.values():
        print(
            f"{program.name:<40} started {program.starts} times, at most {program.peak_memory} MiB and "
            f"{program.peak_files} descriptors")
    print(f"{'on disk in the small cache at most':<40} {getattr(report, 'small_peak', 0) / 1e6:.1f} MB of {SMALL_CACHE / 1e6:.1f}")
    if report.violations:
        print(f"VIOLATED: {dict(report.violations)}")
    else:
        print("everything held")
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
