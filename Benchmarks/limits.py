"""A random slice of 100 KB of an array that is held, beside what decoding and encoding it cost without any server.

In turn: a program in C on C-Blosc2, python-blosc2 in this process, and a subscriber under load.
"""

import os
import random
import resource
import statistics
import subprocess

import blosc2

import data
from load import random_slices, undisturbed, wrk
from native import slice_program
from peers import Bpubsub
from systems import Workshop


def c_program(cube: str, count: int, *options: str) -> float:
    """Milliseconds of processor time a slice."""
    text = subprocess.check_output([slice_program(), cube, str(count), *options], text=True)
    return float(text.split()[0]) * 1e3 / count


def in_process(array: blosc2.NDArray, count: int) -> float:
    """The same by python-blosc2: decoded to NumPy, encoded with LZ4 at level 1."""
    used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    before = used()
    for _ in range(count):
        starts = [random.randrange(size - length + 1) for size, length in zip(data.SHAPE, data.SLICE)]
        items = array[tuple(slice(start, start + length) for start, length in zip(starts, data.SLICE))]
        blosc2.asarray(items, cparams={"codec": blosc2.Codec.LZ4, "clevel": 1, "nthreads": 1}).to_cframe()
    return (used() - before) * 1e3 / count


def run(folder: str, quick: bool) -> dict[str, list[float]]:
    rounds, seconds, count = (3, 1, 400) if quick else (5, 3, 2000)
    cube = data.cube(folder)
    blosc2.set_nthreads(1)
    array = blosc2.open(cube, mode="r")
    with Workshop() as shop:
        alone = shop.path("alone")
        os.makedirs(alone)
        os.link(cube, os.path.join(alone, "cube.b2nd"))
        ours = Bpubsub(shop, alone, data.many(folder, 10))
        url = ours.url
        script = random_slices(ours.paths["random"], data.SHAPE, data.SLICE, 3)
        programs = {
            "C program, decoding only": lambda: c_program(cube, count, "decode"),
            "C program": lambda: c_program(cube, count),
            "python-blosc2 in process": lambda: in_process(array, count),
            "bpubsub, 1 connection": lambda: wrk(ours.servers, url, 1, seconds, script).cpu,
            "bpubsub, 16 connections": lambda: wrk(ours.servers, url, 16, seconds, script).cpu,
        }
        found: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(rounds):
            for name, program in programs.items():
                found[name].append(undisturbed(program, ours.servers, tries=2).value)
    print("| random slice of 100 KB, decoded and encoded by | ms of processor time each, median | from to | of the C program |")
    print("|---|---|---|---|")
    limit = statistics.median(found["C program"])
    for name, values in found.items():
        middle = statistics.median(values)
        print(f"| {name} | {middle:.3f} | {min(values):.3f} to {max(values):.3f} | {middle / limit:.2f} × |")
    return found
