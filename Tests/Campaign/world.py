"""All that runs during the campaign, and where it is: a broker, two publishers, and three subscribers.

    publisher g ─┐                      ┌─ near ── far       (far: below near, over a link as well)
                 ├─ (link) ── broker ───┤
    publisher h ─┘                      └─ small             (150 descriptors, a small cache on a small disk)
"""

import glob
import os
import socket
import subprocess

from link import Link
from programs import Program
from truth import Folder

SMALL_DISK = "32m"
SMALL_CACHE = 8 << 20


def free_ports(count: int) -> list[int]:
    plugs = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [plug.getsockname()[1] for plug in plugs]
    for plug in plugs:
        plug.close()
    return ports


def mount(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True).returncode == 0


def unmount(place: str) -> None:
    subprocess.run(["umount", "-l", place], capture_output=True)


class World:
    def __init__(self, root: str, programs: str, seed: int):
        self.root, self.seed = root, seed
        ports = free_ports(10)
        (self.broker_port, self.g_port, self.h_port, near, far, small, *links) = ports
        self.links = {
            "announcing": Link("announcing", links[0], self.broker_port, seed),
            "data": Link("data", links[1], self.g_port, seed + 1),
            "catalogue": Link("catalogue", links[2], self.broker_port, seed + 2),
            "chain": Link("chain", links[3], near, seed + 3)}
        # The group g lies on a file system that is unmounted now and then; its files are written where they really are.
        self.store, self.shown = os.path.join(root, "store"), os.path.join(root, "shown")
        os.makedirs(self.shown)
        self.folders = {
            "g": Folder("g", self.store, seed + 10, plain=12, arrays=4),
            "h": Folder("h", os.path.join(root, "h"), seed + 11, plain=12, arrays=4)}
        self.can_unmount = mount("--bind", self.store, self.shown)
        if not self.can_unmount:
            os.rmdir(self.shown)
            os.symlink(self.store, self.shown)
        self.small_state = self.state("small")
        os.makedirs(self.small_state)
        self.has_small_disk = mount("-t", "tmpfs", "-o", f"size={SMALL_DISK}", "none", self.small_state)
        self.clock = os.path.join(root, "clock")
        self.set_clock(0)
        self.has_clock = False
        self.programs = self.make_programs(programs, near, far, small)

    def state(self, name: str) -> str:
        return os.path.join(self.root, f"state-{name}")

    def set_clock(self, seconds: int) -> None:
        with open(self.clock, "w") as f:
            f.write(f"{seconds:+d}")

    def moved_clock(self) -> dict[str, str]:
        """The environment of a program whose wall clock is what the file `clock` says."""
        library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
        if library is None:
            return {}
        self.has_clock = True
        return {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": self.clock, "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def make_programs(self, folder: str, near: int, far: int, small: int) -> dict[str, Program]:
        def program(name: str, kind: str, port: int, *words: str, before=(), environment=None) -> Program:
            common = ["--listen", f"127.0.0.1:{port}", "--state", self.state(name)]
            return Program(
                name, [os.path.join(folder, f"bpubsub-{kind}"), *words, *common], port, self.root, before, environment)

        def url(port: int) -> str:
            return f"http://127.0.0.1:{port}"

        clock = self.moved_clock()
        all = [
            program("broker", "broker", self.broker_port, "--bookmark-interval", "1", environment=clock),
            program(
                "publisher-g", "publisher", self.g_port, "--broker", url(self.links["announcing"].port), "--advertise",
                url(self.links["data"].port), "g", self.shown),
            program(
                "publisher-h", "publisher", self.h_port, "--broker", url(self.broker_port), "h",
                self.folders["h"].folder, environment=clock),
            program("near", "subscriber", near, "--broker", url(self.links["catalogue"].port)),
            program("far", "subscriber", far, "--broker", url(self.links["chain"].port)),
            program(
                "small", "subscriber", small, "--broker", url(self.broker_port), "--cache-size", str(SMALL_CACHE),
                before=["prlimit", "--nofile=150"])]
        return {one.name: one for one in all}

    @property
    def subscribers(self) -> list[Program]:
        return [self.programs[name] for name in ("near", "far", "small")]

    def start(self) -> None:
        for link in self.links.values():
            link.start()
        for program in self.programs.values():
            program.start()

    def stop(self) -> None:
        for program in reversed(self.programs.values()):
            program.kill(15)
        if self.can_unmount:
            unmount(self.shown)
        if self.has_small_disk:
            unmount(self.small_state)
