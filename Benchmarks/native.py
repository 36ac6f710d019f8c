"""What is written in C, compiled when it is needed: slices, watchers, and the counter of allocations."""

import os
import struct
import subprocess
from dataclasses import dataclass

from systems import DEPS, HERE



def compiled(name: str, product: str, *options: str) -> str:
    source, path = os.path.join(HERE, "native", name), os.path.join(DEPS, "benchmark-programs", product)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(source):
        subprocess.check_call(["cc", "-O2", "-Wall", "-Wextra", "-o", path, source, *options])
    return path


def slice_program() -> str:
    blosc2 = os.path.join(DEPS, "blosc2")
    return compiled(
        "slice.c", "slice", f"-I{blosc2}/include", f"-L{blosc2}/lib", "-lblosc2", "-lm", "-ldl", "-lpthread")


def watchers_program() -> str:
    return compiled("watchers.c", "watchers")


@dataclass
class Allocations:
    """Of a program that runs with `environment`."""

    file: str

    @property
    def environment(self) -> dict[str, str]:
        library = compiled("allocations.c", "allocations.so", "-shared", "-fPIC")
        return {"LD_PRELOAD": os.path.abspath(library), "ALLOCATIONS": self.file}

    def count(self) -> tuple[int, int]:
        """How many, and their bytes."""
        with open(self.file, "rb") as f:
            return struct.unpack("=QQ", f.read(16))
