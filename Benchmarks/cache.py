"""A cold slice through a cache: a subscriber beside Caterva2's peer cache, on the same slices in turn.

Time is taken without anything between origin and cache; requests and bytes by a link that counts, in a second pass.
"""

import os
import random
import statistics
import time
from dataclasses import dataclass

import blosc2
import httpx
import numpy as np

import data
from load import undisturbed
from peers import Caterva2
from reading import Far, percentile, some_slice
from systems import Workshop

HEAD = (
    "| cold slice through the cache | bpubsub | caterva2 | ratio |\n"
    "|---|---|---|---|")


@dataclass
class Cache:
    """A cache in front of an origin, with a link between them that counts."""

    url: str
    servers: list
    link: str | None

    def __post_init__(self):
        self.client = httpx.Client(timeout=60)

    def read(self, text: str) -> tuple[float, bytes]:
        begin = time.perf_counter()
        answer = self.client.get(self.url, params={"slice_": text})
        elapsed = time.perf_counter() - begin
        if answer.is_error:
            raise RuntimeError(f"{answer.url}: {answer.status_code} {answer.text}")
        return elapsed, answer.content

    def reset(self) -> None:
        if self.link:
            httpx.get(self.link + "/link/reset")

    def counts(self) -> dict:
        return httpx.get(self.link + "/link/counts").json() if self.link else {"requests": 0, "bytes": 0}


def bpubsub(shop: Workshop, folder: str, linked: bool) -> Cache:
    far = Far(shop, folder, 0 if linked else None)
    subscriber = far.subscriber()
    return Cache(
        subscriber.url + "/api/fetch/foo/cube.b2nd", [far.publisher, subscriber], far.link.url if linked else None)


def caterva2(shop: Workshop, folder: str, linked: bool) -> Cache:
    origin = Caterva2(shop, folder, None, "origin")
    link = shop.link("caterva2-link", origin.url, 0) if linked else None
    cache = Caterva2(shop, None, None, "cache", peer=link.url if linked else origin.url)
    return Cache(
        cache.url + "/api/fetch/@origin/cube.b2nd", [origin.server, cache.server], link.url if linked else None)


def chunks(where: tuple) -> set[tuple]:
    spans = [range(s.start // c, (s.stop - 1) // c + 1) for s, c in zip(where, data.CHUNKS)]
    return {tuple(span[i] for span, i in zip(spans, at)) for at in np.ndindex(*[len(s) for s in spans])}


def cold_slices(shape: tuple, count: int) -> list[tuple[str, tuple]]:
    """No two of them have a chunk in common."""
    r, taken, found = random.Random(7), set(), []
    for _ in range(10_000):
        text, where = some_slice(r, *shape)
        if taken.isdisjoint(chunks(where)):
            taken |= chunks(where)
            found.append((text, where))
        if len(found) == count:
            break
    return found


def measure(folder: str, shape: tuple, count: int, linked: bool) -> dict[str, list[dict]]:
    array = blosc2.open(os.path.join(folder, "cube.b2nd"), mode="r")
    with Workshop() as shop:
        # Caterva2 first: it links the file, which a publisher that looks at it already takes for a change.
        other = caterva2(shop, folder, linked)
        caches = {"bpubsub": bpubsub(shop, folder, linked), "caterva2": other}
        found: dict[str, list[dict]] = {name: [] for name in caches}
        for text, where in cold_slices(shape, count):
            for name, cache in caches.items():
                cache.reset()
                elapsed, answer = cache.read(text)
                assert np.array_equal(blosc2.ndarray_from_cframe(answer)[:], array[where])
                found[name].append({"seconds": elapsed} | {k: cache.counts()[k] for k in ("requests", "bytes")})
        for name, cache in caches.items():
            found[name].append({"peak": [s.peak() for s in cache.servers]})
    return found


def run(folder: str, quick: bool) -> list[dict]:
    count = 10 if quick else 30
    print(HEAD)
    results = []
    for shape in ((1, 160, 160), (1, 10, 10)):
        timed = undisturbed(lambda: measure(folder, shape, count, linked=False)).value
        counted = measure(folder, shape, count, linked=True)
        results.append({"shape": shape, "timed": timed, "counted": counted})
        report(shape, timed, counted)
    return results


def report(shape: tuple, timed: dict, counted: dict) -> None:
    # The first of all opens the dataset; it has a row of its own.
    names = ("bpubsub", "caterva2")
    seconds = {n: [r["seconds"] for r in timed[n][1:-1]] for n in names}
    middle = {n: statistics.median(seconds[n]) for n in names}
    sent = {n: statistics.median(r["bytes"] for r in counted[n][1:-1]) for n in names}
    asked = {n: statistics.median(r["requests"] for r in counted[n][1:-1]) for n in names}
    first = {n: timed[n][0]["seconds"] for n in names}

    def line(what: str, text, ratio: str) -> None:
        print(f"| {shape}: {what} | {text('bpubsub')} | {text('caterva2')} | {ratio} |", flush=True)

    line(f"time, p50 / p99 of {len(seconds['bpubsub'])}",
         lambda n: f"{middle[n] * 1e3:.2f} / {percentile(seconds[n], 99) * 1e3:.2f} ms",
         f"{middle['caterva2'] / middle['bpubsub']:.1f} × faster")
    line("the first, which opens the dataset", lambda n: f"{first[n] * 1e3:.1f} ms",
         f"{first['caterva2'] / first['bpubsub']:.1f} × faster")
    line("bytes from the origin, median", lambda n: f"{sent[n] / 1e3:.1f} KB", f"1/{sent['caterva2'] / sent['bpubsub']:.0f}")
    line("requests to the origin, median", lambda n: f"{asked[n]:.0f}", "")
    line("peak memory of origin and cache, MB", lambda n: " / ".join(f"{m:.0f}" for m in timed[n][-1]["peak"]), "")
