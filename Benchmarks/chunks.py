"""Slices that are not held of an array of very many chunks: what finding a few of them costs."""

import random
import time

import httpx

import data
from reading import percentile
from systems import Workshop


def listed(url: str, path: str) -> None:
    end = time.monotonic() + 300
    while httpx.get(f"{url}/api/datasets/{path}").status_code != 200:
        if time.monotonic() > end:
            raise RuntimeError(f"{path} is not listed")
        time.sleep(0.1)


def seconds(client: httpx.Client, path: str, **query: str) -> float:
    begin = time.perf_counter()
    client.get(path, params=query).raise_for_status()
    return time.perf_counter() - begin


def run(folder: str, quick: bool) -> dict:
    r, count = random.Random(8), 50 if quick else 200
    with Workshop() as shop:
        broker = shop.service("broker", "bpubsub-broker")
        shop.service("publisher", "bpubsub-publisher", "foo", data.rows(folder), "--broker", broker.url)
        program = shop.service("subscriber", "bpubsub-subscriber", "--broker", broker.url)
        listed(program.url, "foo/rows.b2nd")
        with httpx.Client(base_url=program.url, timeout=300) as client:
            read = lambda text: seconds(client, "/api/fetch/foo/rows.b2nd", slice_=text)
            first = read("0")
            rows = [read(f"{start}:{start + 3}") for start in r.sample(range(1, data.ROWS - 3), count)]
            column = read("::8, 0")
            mean = seconds(client, "/api/view/foo/rows.b2nd", slice_=f"0:{data.ROWS},0:1000", pixels="600,600", reduce="mean")
    found = {"first": first, "p50": percentile(rows, 50), "p99": percentile(rows, 99), "column": column, "mean": mean}
    print("| the first | three rows, p50 | p99 | one value of each eighth row | mean of all for 600 × 600 points |")
    print("|---|---|---|---|---|")
    print("| " + " | ".join(f"{value * 1e3:.1f} ms" for value in found.values()) + " |")
    return found
