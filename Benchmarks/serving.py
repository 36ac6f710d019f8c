"""How fast a dataset that is held is served: bpubsub and the others in turn, on the same work."""

import os
import subprocess
from dataclasses import dataclass

import blosc2
import httpx
import numpy as np

import data
import serving_table
from load import Round, in_turn, random_slices, script, undisturbed, wrk
from peers import Bpubsub, Caterva2, Hsds, Nginx, Tiled
from systems import Workshop


@dataclass
class Case:
    """Requests of a kind that peers name a path for, over so many connections."""

    name: str
    kind: str
    connections: int
    range: str | None = None


KINDS = [
    ("info", "info", (1, 16, 64), None),
    ("random slice of 100 KB", "random", (1, 16), None),
    ("the same slice of 100 KB", "slice", (1, 16), None),
    ("a chunk of 1.3 MB", "chunk", (1, 16), None),
    ("a range of 64 KB", "range", (1, 16), "bytes=100000000-100065535"),
    ("list of 10,000", "list", (1,), None),
]


def cases() -> list[Case]:
    return [
        Case(f"{name}, {count} connection{'s' if count > 1 else ''}", kind, count, span)
        for name, kind, connections, span in KINDS for count in connections]


def ask(system, case: Case, seconds: float) -> Round:
    """One round of a case."""
    path = system.paths[case.kind]
    headers = system.headers | ({"Range": case.range} if case.range else {})
    if case.kind == "random":
        request = random_slices(path, data.SHAPE, data.SLICE, 3)
    elif isinstance(path, list):
        request = in_turn(path)
    else:
        request = f'wrk.path = "{path}"\n'
    pages = len(path) if isinstance(path, list) else 1
    return wrk(system.servers, system.url, case.connections, seconds, script(headers, request), pages)


def static_files(system: Bpubsub) -> dict[str, bytes]:
    """The very bytes that bpubsub answers with, by nginx' paths."""
    return {
        Nginx.paths[kind]: httpx.get(system.url + system.paths[kind], timeout=60).raise_for_status().content
        for kind in ("info", "slice", "chunk", "list")}


def check(systems: list, folder: str) -> None:
    """All that serve slices give the same items."""
    span = tuple(slice(*map(int, part.split(":"))) for part in data.FIXED.split(","))
    expected = blosc2.open(os.path.join(folder, "cube.b2nd"), mode="r")[span]
    for system in systems:
        if "random" in system.paths:
            url = system.url + system.paths["slice"]
            content = httpx.get(url, headers=system.headers, timeout=60).raise_for_status().content
            items = np.frombuffer(content, np.float32) if len(content) == expected.nbytes else (
                blosc2.ndarray_from_cframe(content)[:])
            if not np.array_equal(items.reshape(expected.shape), expected):
                raise RuntimeError(f"{system.name} gives other items")


def download(system) -> float:
    """MB per second of the whole file."""
    url = system.url + system.paths["download"]
    return float(subprocess.check_output(["curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download}", url])) / 1e6


def started(shop: Workshop, folder: str) -> list:
    data.cube(folder)
    many = data.many(folder)
    # These first: they link the file, which a publisher that looks at it already takes for a change.
    nginx, caterva2 = Nginx(shop, folder), Caterva2(shop, folder, many)
    alone = shop.path("alone")
    os.makedirs(alone)
    os.link(os.path.join(folder, "cube.b2nd"), os.path.join(alone, "cube.b2nd"))
    ours = Bpubsub(shop, alone, many)
    nginx.add(static_files(ours))
    return [ours, caterva2, nginx, Tiled(shop, folder), Hsds(shop, folder)]


def downloads(systems: list, rounds: int) -> dict:
    rates: dict[str, list[float]] = {s.name: [] for s in systems if "download" in s.paths}
    for _ in range(rounds):
        for system in systems:
            if system.name in rates:
                rates[system.name].append(undisturbed(lambda: download(system), system.servers).value)
    return {"case": "the whole file, warm", "MB/s": rates}


def run(folder: str, quick: bool, wanted: list[str]) -> list[dict]:
    rounds, seconds, tries = (1, 1.0, 2) if quick else (3, 4.0, 4)
    results = []

    def tell(result: dict) -> None:
        results.append(result)
        print("\n".join(serving_table.rows(result)), flush=True)

    with Workshop() as shop:
        systems = started(shop, folder)
        check(systems, folder)
        print(serving_table.HEAD)
        for case in cases():
            if wanted and not any(w in case.name for w in wanted):
                continue
            found: dict[str, list[Round]] = {s.name: [] for s in systems if case.kind in s.paths}
            for _ in range(rounds):
                for system in systems:
                    if system.name in found:
                        one = undisturbed(lambda: ask(system, case, seconds), system.servers, tries)
                        one.value.foreign = one.foreign
                        found[system.name].append(one.value)
            tell({"case": case.name, "rounds": {n: [vars(r) for r in rs] for n, rs in found.items()}})
        if not wanted or any("download" in w for w in wanted):
            tell(downloads(systems, 2 if quick else 5))
        tell({"case": "peak memory", "peak": {s.name: sum(p.peak() for p in s.servers) for s in systems}})
    return results
