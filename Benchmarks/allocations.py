"""How often a subscriber allocates for a request, on the paths that are served most."""

import os
import statistics

import httpx

import data
from load import random_slices, wrk
from native import Allocations
from peers import Bpubsub
from systems import Workshop


def paths(system: Bpubsub) -> list[tuple[str, str, str | None]]:
    """What is asked for, its path, and Lua for wrk."""
    at = system.paths
    tag = httpx.get(system.url + at["info"]).headers.get("etag", "")
    return [
        ("info", at["info"], None),
        ("info, not modified", at["info"], f"wrk.headers['If-None-Match'] = '{tag}'"),
        ("random slice of 100 KB", "", random_slices(at["random"], data.SHAPE, data.SLICE, 3)),
        ("the same slice again", at["slice"], None),
        ("a chunk", at["chunk"], None),
        ("a range of 64 KB", at["range"], 'wrk.headers["Range"] = "bytes=100000000-100065535"'),
        ("list of 10,000", at["list"], None),
    ]


def run(folder: str, quick: bool) -> list[dict]:
    rounds = 3 if quick else 5
    results = []
    print("| request | allocations, median | from to | bytes of them |\n|---|---|---|---|")
    with Workshop() as shop:
        alone = shop.path("alone")
        os.makedirs(alone)
        os.link(data.cube(folder), os.path.join(alone, "cube.b2nd"))
        counter = Allocations(shop.path("allocations"))
        system = Bpubsub(shop, alone, data.many(folder), counter.environment)
        for name, path, script in paths(system):
            found = []
            for _ in range(rounds):
                before = counter.count()
                requests = wrk(system.servers, system.url + path, 4, 1, script).requests
                found.append([(b - a) / requests for a, b in zip(before, counter.count())])
            counts, sizes = zip(*found)
            results.append({"request": name, "allocations": counts, "bytes": sizes})
            print(
                f"| {name} | {statistics.median(counts):.1f} | {min(counts):.1f} to {max(counts):.1f} "
                f"| {statistics.median(sizes):.0f} |", flush=True)
    return results
