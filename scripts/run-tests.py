#!/usr/bin/env python3
"""Runs tests that are built: each suite in a process of its own, as many beside one another as there are processors, the
tests of a suite one after the other; then the heavy ones (Tests/heavy), each alone. Ends with `N passed, M failed`.

    scripts/run-tests.py FOLDER [TARGET | TARGET.SUITE | TARGET.SUITE/TEST ...]     the last two by how they begin

FOLDER is where the build has put the test program. No test is ended for being slow: one that has shown nothing for
TEST_TIMEOUT seconds (1800) hangs, is ended with all that it has started, and named.
"""

import glob
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HANGS = float(os.environ.get("TEST_TIMEOUT", 1800))
LANES = int(os.environ.get("TEST_LANES", 0)) or len(os.sched_getaffinity(0))
SLOWEST = int(os.environ.get("TEST_SLOWEST", 20))
# Of the log of a test that fails, what is in the middle of more lines than these is left out.
LOG_LINES = 300

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STARTED = re.compile(r"^. Test (?!run |case )(.*) started\.$")
CASE = re.compile(r"^. Test case ")
# Anywhere in a line: what arguments hold is printed as it is, and may have half a line end.
ENDED = re.compile(r"([✔✘]) Test (?!run |case )(.*?)(?: with \d+ test cases?)? (passed|failed) after ([\d.]+) seconds")
RUN_ENDED = re.compile(r"^[✔✘] Test run with ")
SKIPPED = re.compile(r"^. (?:Test|Suite) (.*) skipped")


class Job:
    """Tests that share a process."""

    def __init__(self, name, tests, pattern, skip=()):
        self.name, self.tests, self.pattern, self.skip = name, tests, pattern, skip
        self.lines, self.results, self.running, self.begun = [], [], None, None
        self.alive, self.is_complete, self.skipped, self.hung = time.monotonic(), False, 0, False
        self.process = None

    def run(self, binary):
        command = [binary, "--testing-library", "swift-testing", "--no-parallel", "--filter", self.pattern]
        for pattern in self.skip:
            command += ["--skip", pattern]
        # A session of its own: what the tests start ends with them.
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        reader = threading.Thread(target=self.read, daemon=True)
        reader.start()
        self.alive = time.monotonic()
        while True:
            try:
                self.process.wait(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() - self.alive > HANGS:
                    self.hung = True
                    self.end()
        # A program that a test has left behind may hold the pipe.
        self.end()
        reader.join(timeout=60)

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def read(self):
        for raw in self.process.stdout:
            line = COLOUR.sub("", raw.decode("utf-8", "replace").rstrip("\n"))
            self.lines.append(line)
            if match := STARTED.match(line):
                self.running, self.begun, self.alive = match[1], len(self.lines) - 1, time.monotonic()
            elif match := ENDED.search(line):
                log = [] if match[3] == "passed" else self.lines[self.begun or 0:]
                self.results.append((match[2], match[3] == "passed", float(match[4]), log))
                self.running, self.begun, self.alive = None, len(self.lines), time.monotonic()
            elif CASE.match(line):
                self.alive = time.monotonic()
            elif RUN_ENDED.match(line):
                self.is_complete = True
            elif SKIPPED.match(line):
                self.skipped += 1

    def failures(self):
        """What has failed, each with its log."""
        found = [(name, "failed", log) for name, passed, _, log in self.results if not passed]
        rest = self.lines[self.begun or 0:]
        if self.hung:
            found.append((self.running or "?", f"showed nothing for {HANGS:.0f} s and was ended", rest))
        elif not self.is_complete:
            code = self.process.returncode
            why = f"ended by signal {-code}" if code < 0 else f"ended with status {code}"
            found.append((self.running or "between tests", why, rest))
        elif self.process.returncode != 0 and not found:
            found.append((self.name, f"ended with status {self.process.returncode}", rest))
        elif not self.results and not self.skipped:
            found.append((self.name, "has no tests", self.lines))
        return found


def shortened(log):
    """The beginning and the end of a long log, and of a crash the thread that it was in."""
    if len(log) <= LOG_LINES:
        return log
    third = LOG_LINES // 3
    crash = next((number for number, line in enumerate(log) if re.match(r"Thread \d+ .*crashed:$", line)), None)
    middle = [] if crash is None else log[crash:crash + third] + ["..."]
    return log[:third] + [f"... of {len(log)} lines ..."] + middle + log[-third:]


def read_heavy(tests):
    """The tests of the list of heavy ones, in its order; a line may name a suite."""
    heavy = []
    for line in open(os.path.join(ROOT, "Tests", "heavy"), encoding="utf-8"):
        entry = line.split("#")[0].strip()
        if not entry:
            continue
        found = [test for test in tests if test == entry or test.startswith(entry + "/") or test.startswith(entry + "(")]
        if not found:
            sys.exit(f"Tests/heavy: there is no {entry}")
        heavy += found
    return heavy


def exactly(test):
    return "^" + re.escape(test) + "(/|$)"


def plan(tests, everything, heavy):
    suites = {}
    for test in tests:
        if test not in heavy:
            suites.setdefault(test.split("/")[0], []).append(test)
    light = []
    for suite, members in suites.items():
        skip = [exactly(test) for test in heavy if test.startswith(suite + "/")]
        is_whole = len(members) == sum(1 for test in everything if test.split("/")[0] == suite and test not in heavy)
        pattern = exactly(suite) if is_whole else "|".join(exactly(test) for test in members)
        light.append(Job(suite, members, pattern, skip))
    # What takes long begins early, so that no processor is without work at the end.
    light.sort(key=lambda job: -known_seconds.get(job.name, 1))
    return light, [Job(test, [test], exactly(test)) for test in tests if test in heavy]


def work(binary, jobs, lanes, report):
    waiting = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def lane():
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            running.add(job)
            start = time.monotonic()
            job.run(binary)
            running.discard(job)
            report(job, time.monotonic() - start)

    threads = [threading.Thread(target=lane, daemon=True) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def stop(number, frame):
    for job in list(running):
        if job.process:
            job.end()
    os._exit(128 + number)


running = set()
known_seconds = {}


def main():
    folder, *wanted = sys.argv[1:]
    programs = glob.glob(os.path.join(folder, "*.xctest"))
    if len(programs) != 1:
        sys.exit(f"no test program in {folder}: run swift build --build-tests")
    binary = programs[0]
    listing = subprocess.run(
        [binary, "--testing-library", "swift-testing", "--list-tests"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    tests = [line for line in listing.stdout.decode().splitlines() if re.match(r"^\w+Tests\.", line)]
    heavy = read_heavy(tests)
    everything = tests
    if wanted:
        # A target's name is that of one target; what follows a dot may be the beginning of a name.
        beginnings = [name if "." in name else name + "." for name in wanted]
        for name in beginnings:
            if not any(test.startswith(name) for test in tests):
                sys.exit(f"there are no tests of {name}")
        tests = [test for test in tests if test.startswith(tuple(beginnings))]

    times = os.path.join(folder, "test-times")
    if os.path.exists(times):
        for line in open(times, encoding="utf-8"):
            name, seconds = line.rsplit(" ", 1)
            known_seconds[name] = float(seconds)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)

    counts, slow, lock = {"passed": 0, "failed": 0}, [], threading.Lock()

    def report(job, seconds):
        with lock:
            known_seconds[job.name] = seconds
            passed, failures = sum(result[1] for result in job.results), job.failures()
            counts["passed"] += passed
            counts["failed"] += len(failures)
            slow.extend((seconds, f"{job.name.split('/')[0]}/{name}") for name, _, seconds, _ in job.results)
            missed = len(job.tests) - len(job.results) - job.skipped - bool(job.running)
            note = f", {job.skipped} skipped" if job.skipped else ""
            note += f", {missed} not run" if missed > 0 and failures else ""
            print(f"{job.name}: {passed} passed, {len(failures)} failed{note} ({seconds:.1f} s)", flush=True)
            for name, why, log in failures:
                print(f"--- {job.name.split('/')[0]}/{name}: {why}. Its log:")
                print("\n".join(shortened(log)))
                print(f"--- end of {name}", flush=True)

    start = time.monotonic()
    light, alone = plan(tests, everything, set(heavy))
    work(binary, light, LANES, report)
    work(binary, alone, 1, report)
    with open(times, "w", encoding="utf-8") as file:
        for name, seconds in known_seconds.items():
            file.write(f"{name} {seconds:.2f}\n")
    if SLOWEST and slow:
        print(f"the slowest of {len(slow)} tests, which took {time.monotonic() - start:.0f} s in all:")
        for seconds, name in sorted(slow, reverse=True)[:SLOWEST]:
            print(f"{seconds:9.1f} s  {name}")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(0 if counts["failed"] == 0 and counts["passed"] > 0 else 1)


main()
