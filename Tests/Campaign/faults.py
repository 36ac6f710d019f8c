"""What is done to the programs. Each fault has a beginning and an end; `above` are those that keep the publishers' changes from
being seen at all, so that while they last nobody can be blamed for being behind."""

import contextlib
import os
import random
import time

from link import MODES
from programs import forget
from world import World, mount, unmount


class Faults:
    def __init__(self, world: World, seed: int, report):
        self.world, self.chance, self.report = world, random.Random(seed), report
        self.above = {
            "kill": self.kill_above, "pause": self.pause_above, "link": lambda: self.disturb("announcing", "data"),
            "forgotten log": self.forget_log}
        if world.can_unmount:
            self.above["unmount"] = self.unmount
        if world.has_clock:
            self.above["clock"] = self.move_clock
        self.below = {
            "kill": self.kill_below, "pause": self.pause_below, "link": lambda: self.disturb("catalogue", "chain", "data"),
            "emptied mirrors": self.empty_mirrors}
        if world.has_small_disk:
            self.below["full disk"] = self.fill_disk

    def one(self, is_above: bool) -> None:
        kinds = self.above if is_above else self.below
        name = self.chance.choice(sorted(kinds))
        self.report.count(f"fault: {name}")
        with self.unseen() if is_above else contextlib.nullcontext():
            kinds[name]()

    @contextlib.contextmanager
    def unseen(self):
        for folder in self.world.folders.values():
            folder.unseen()
        try:
            yield
        finally:
            for folder in self.world.folders.values():
                folder.seen()

    def rest(self, least: float = 1, most: float = 8) -> None:
        time.sleep(self.chance.uniform(least, most))

    def restart(self, name: str) -> None:
        self.world.programs[name].kill()
        self.rest(0, 3)
        self.world.programs[name].start()

    def kill_above(self) -> None:
        self.restart(self.chance.choice(["broker", "publisher-g", "publisher-h"]))

    def kill_below(self) -> None:
        self.restart(self.chance.choice(["near", "far", "small"]))

    def pause(self, name: str) -> None:
        self.world.programs[name].pause()
        try:
            self.rest(1, 12)
        finally:
            self.world.programs[name].resume()

    def pause_above(self) -> None:
        self.pause(self.chance.choice(["broker", "publisher-g", "publisher-h"]))

    def pause_below(self) -> None:
        self.pause(self.chance.choice(["near", "far", "small"]))

    def disturb(self, *names: str) -> None:
        link = self.world.links[self.chance.choice(names)]
        link.set(self.chance.choice(MODES))
        try:
            self.rest(1, 12)
        finally:
            link.set("good")

    def forget_log(self) -> None:
        broker = self.world.programs["broker"]
        broker.kill()
        forget(self.world.state("broker"))
        broker.start()
        self.rest()

    def unmount(self) -> None:
        unmount(self.world.shown)
        self.rest(2, 12)
        mount("--bind", self.world.store, self.world.shown)
        self.rest(1, 3)

    def move_clock(self) -> None:
        self.world.set_clock(self.chance.choice([-86_400, -3_600, 3_600, 86_400, 31_536_000]))
        self.rest(2, 6)
        self.world.set_clock(0)

    def empty_mirrors(self) -> None:
        # Of one that follows nothing: what is only kept may go, and comes again.
        folder = os.path.join(self.world.state("far"), "mirrors")
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))
        self.rest()

    def fill_disk(self) -> None:
        foreign = os.path.join(self.world.small_state, "foreign")
        with contextlib.suppress(OSError), open(foreign, "wb", buffering=0) as f:
            while f.write(bytes(65_536)):
                pass
        try:
            self.rest(2, 8)
        finally:
            os.unlink(foreign)
