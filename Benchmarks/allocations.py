"""How often a subscriber allocates for a request, on the paths that are served most."""

import os
import statistics
import urllib.parse

import httpx

import data
from load import random_slices, wrk
from native import Allocations
from peers import Bpubsub
from serving import FIXED, SLICE
from systems import Workshop


def paths(system: Bpubsub) -> list[tuple[str, str, str | None]]:
    """What is asked for, its path, and Lua for wrk."""
    fetch = system.cube.format("fetch")
    tag = httpx.get(system.url + system.cube.format("info")).headers.get("etag", "")
    return [
        ("info", system.cube.format("info"), None),
        ("info, not modified", system.cube.format("info"), f"wrk.headers['If-None-Match'] = '{tag}'"),
        ("random slice of 100 KB", fetch, random_slices(fetch, data.SHAPE, SLICE, 3)),
        ("the same slice again", fetch + "?slice_=" + urllib.parse.quote(FIXED, safe=":,"), None),
        ("a chunk", system.cube.format("chunk") + "?nchunk=77", None),
        ("a range of 64 KB", fetch, 'wrk.headers["Range"] = "bytes=100000000-100065535"'),
        ("list of 10,000", system.many, None),
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
