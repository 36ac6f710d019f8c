"""What is written into the published folders, and what may therefore be read: every content says by itself what it is of.

A line of a plain file has the dataset's name, the generation and its own number; an item of an array has its generation in
the upper half and its index in the lower. So any part of any answer shows whether it is right, of which generation it is,
and whether it mixes two.
"""

import os
import random
import shutil
import threading
import time

import blosc2
import numpy as np

LINE = 64
ITEMS = 100_000


def line(name: str, generation: int, number: int) -> bytes:
    return f"{name[:31]:<31} {generation:>12} {number:>18}\n".encode()


class Dataset:
    """One file, rewritten as a whole again and again; `history` has when each generation began and was complete."""

    def __init__(self, group: str, name: str, folder: str):
        self.group, self.name, self.folder = group, name, folder
        self.path = f"{group}/{name}"
        self.is_array = name.endswith(".b2nd")
        self.generation = 0
        self.lines = 0
        self.history: dict[int, tuple[float, float, int]] = {}
        self.lock = threading.Lock()

    @property
    def file(self) -> str:
        return os.path.join(self.folder, self.name)

    def rewrite(self, chance: random.Random) -> None:
        """A new generation, by rename."""
        generation = self.generation + 1
        hidden = os.path.join(self.folder, os.path.dirname(self.name), f".new-{os.path.basename(self.name)}")
        os.makedirs(os.path.dirname(hidden), exist_ok=True)
        begin = time.monotonic()
        lines = chance.randrange(1, 20_000)
        with self.lock:
            # Known before anybody can see it.
            self.history[generation] = (begin, float("inf"), lines)
            self.generation = generation
        if self.is_array:
            items = (np.int64(generation) << 32) + np.arange(ITEMS, dtype="i8")
            blosc2.asarray(items, chunks=(10_000,), blocks=(1_000,), urlpath=hidden, mode="w")
        else:
            with open(hidden, "wb") as f:
                f.write(b"".join(line(self.name, generation, n) for n in range(lines)))
        os.replace(hidden, self.file)
        with self.lock:
            self.history[generation] = (begin, time.monotonic(), lines)
            self.lines = lines

    def generation_of(self, content: bytes, first_line: int = 0, whole: bool = False) -> int | None:
        """Which generation these lines are of; `None` when they are not right, or of two."""
        if len(content) % LINE or not content:
            return None
        try:
            generation = int(content[32:44])
        except ValueError:
            return None
        with self.lock:
            known = self.history.get(generation)
        if known is None or whole and len(content) != known[2] * LINE:
            return None
        wanted = b"".join(line(self.name, generation, first_line + n) for n in range(len(content) // LINE))
        return generation if content == wanted else None

    def generation_of_items(self, items: np.ndarray, start: int) -> int | None:
        generation = int(items.flat[0]) >> 32
        wanted = (np.int64(generation) << 32) + np.arange(start, start + items.size, dtype="i8")
        with self.lock:
            known = generation in self.history
        return generation if known and np.array_equal(items.ravel(), wanted) else None

    def is_overdue(self, generation: int, moment: float, patience: float, seen_since: float) -> bool:
        """Whether a later generation was complete, and could be seen, so long before `moment` that who reads this one unmarked
        has been told something false."""
        with self.lock:
            return any(
                later > generation and max(complete, seen_since) < moment - patience
                for later, (_, complete, _) in self.history.items())


class Folder:
    """The datasets of one group and whoever writes them."""

    def __init__(self, group: str, folder: str, seed: int, plain: int, arrays: int):
        self.group, self.folder = group, folder
        self.chance = random.Random(seed)
        os.makedirs(folder, exist_ok=True)
        names = [f"d{n % 3}/plain-{n}.txt" for n in range(plain)] + [f"array-{n}.b2nd" for n in range(arrays)]
        self.datasets = [Dataset(group, name, folder) for name in names]
        self.writes = 0
        #: Since when changes can be seen by the publisher: it runs, and its folder is there.
        self.seen_since = time.monotonic()
        self.blind = 0
        self.lock = threading.Lock()
        for dataset in self.datasets:
            dataset.rewrite(self.chance)

    def write_one(self) -> None:
        self.chance.choice(self.datasets).rewrite(self.chance)
        self.writes += 1

    def unseen(self) -> None:
        with self.lock:
            self.blind += 1

    def seen(self) -> None:
        with self.lock:
            self.blind -= 1
            self.seen_since = time.monotonic()

    def since(self) -> float:
        """Since when the publisher can see the folder; never, while it cannot."""
        with self.lock:
            return float("inf") if self.blind else self.seen_since

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
