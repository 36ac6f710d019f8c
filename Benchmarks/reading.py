"""Slices of an array of 1 GiB through a subscriber: what a cold one costs, what a warm one, and what stays.

    python reading.py DATA_FOLDER [PART…]      parts: cost, far, warm, memory, download
"""

import random
import statistics
import subprocess
import sys
import threading
import time

import blosc2
import httpx
import numpy as np

import data
from systems import Workshop, free_port


class Far:
    """A publisher behind a link (without `milliseconds`: not), a broker, and subscribers that come and go."""

    def __init__(self, shop: Workshop, folder: str, milliseconds: float | None, rate: float = 0):
        self.shop, self.count = shop, 0
        port = free_port()
        self.broker = shop.service("broker", "bpubsub-broker")
        advertised = []
        if milliseconds is not None:
            self.link = shop.link("link", f"http://127.0.0.1:{port}", milliseconds, rate)
            advertised = ["--advertise", self.link.url]
        self.publisher = shop.service(
            "publisher", "bpubsub-publisher", "foo", folder, "--broker", self.broker.url, *advertised, port=port)

    def subscriber(self, *arguments: str):
        self.count += 1
        program = self.shop.service(
            f"subscriber{self.count}", "bpubsub-subscriber", "--broker", self.broker.url, *arguments
        )
        end = time.monotonic() + 120
        while not [d for d in httpx.get(program.url + "/api/list/foo").json() or [] if d == "cube.b2nd"]:
            if time.monotonic() > end:
                raise RuntimeError("cube.b2nd is not listed")
            time.sleep(0.05)
        return program

    def counts(self) -> dict:
        return httpx.get(self.link.url + "/link/counts").json()

    def reset(self) -> None:
        httpx.get(self.link.url + "/link/reset")


def fetch(client: httpx.Client, slice_: str) -> bytes:
    answer = client.get("/api/fetch/foo/cube.b2nd", params={"slice_": slice_})
    answer.raise_for_status()
    return answer.content


def some_slice(r: random.Random, *shape: int) -> tuple[str, tuple]:
    starts = [r.randrange(size - length + 1) for size, length in zip(data.SHAPE, shape)]
    text = ", ".join(f"{start}:{start + length}" for start, length in zip(starts, shape))
    return text, tuple(slice(start, start + length) for start, length in zip(starts, shape))


def block_bytes(array, where: tuple) -> tuple[int, int]:
    """How many blocks a slice touches, and their compressed bytes."""
    total, count = 0, 0
    spans = [range(s.start // c, (s.stop - 1) // c + 1) for s, c in zip(where, data.CHUNKS)]
    grid = [size // c for size, c in zip(data.SHAPE, data.CHUNKS)]
    blocks = [c // b for c, b in zip(data.CHUNKS, data.BLOCKS)]
    for chunk in np.ndindex(*[len(s) for s in spans]):
        at = [s[i] for s, i in zip(spans, chunk)]
        raw = array.schunk.get_chunk(int(np.ravel_multi_index(at, grid)))
        offsets = np.frombuffer(raw, "<i4", int(np.prod(blocks)), 32).astype(int)
        ends = dict(zip(sorted(offsets), list(sorted(offsets))[1:] + [len(raw)]))
        local = [(max(s.start - a * c, 0), min(s.stop - a * c, c)) for s, a, c in zip(where, at, data.CHUNKS)]
        touched = [range(low // b, (high - 1) // b + 1) for (low, high), b in zip(local, data.BLOCKS)]
        for block in np.ndindex(*[len(t) for t in touched]):
            offset = offsets[np.ravel_multi_index([t[i] for t, i in zip(touched, block)], blocks)]
            total += int(ends[offset] - offset)
            count += 1
    return count, total


def percentile(values: list[float], p: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))]


def milliseconds(values: list[float]) -> str:
    return f"p50 {percentile(values, 50) * 1e3:.2f} ms, p99 {percentile(values, 99) * 1e3:.2f} ms"


def cost(far: Far, array) -> None:
    """Requests and bytes of a small cold slice, at a subscriber that holds nothing, and then others of the array."""
    r = random.Random(5)
    for shape in ((1, 10, 10), (1, 160, 160)):
        firsts, ratios, later_requests = [], [], []
        for _ in range(3):
            subscriber = far.subscriber()
            with httpx.Client(base_url=subscriber.url) as client:
                far.reset()
                fetch(client, some_slice(r, *shape)[0])
                firsts.append(far.counts())
                for _ in range(20):
                    text, where = some_slice(r, *shape)
                    far.reset()
                    got = blosc2.ndarray_from_cframe(fetch(client, text))[:]
                    assert np.array_equal(got, array[where])
                    counts, (blocks, size) = far.counts(), block_bytes(array, where)
                    later_requests.append(counts["requests"])
                    if counts["requests"]:
                        ratios.append((counts["bytes"], size, blocks))
            far.shop.stop(subscriber)
        print(f"{shape}: first slice: {[c['requests'] for c in firsts]} requests (manifest, blocks), "
              f"{[c['bytes'] for c in firsts]} bytes")
        total = sum(a for a, _, _ in ratios) / sum(b for _, b, _ in ratios)
        print(f"{shape}: later cold slices: at most {max(later_requests)} requests, "
              f"bytes of answers / compressed bytes of their blocks: {total:.3f} overall, "
              f"median {statistics.median(a / b for a, b, _ in ratios):.3f}, "
              f"worst {max(a / b for a, b, _ in ratios):.3f}; "
              f"median {statistics.median(a for a, _, _ in ratios):.0f} bytes "
              f"for {statistics.median(c for _, _, c in ratios):.0f} blocks")


def far_slices(far: Far, delay: float) -> None:
    r = random.Random(6)
    times, fresh = [], []
    subscriber = far.subscriber()
    with httpx.Client(base_url=subscriber.url, timeout=60) as client:
        for number in range(101):
            begin = time.perf_counter()
            fetch(client, some_slice(r, 1, 160, 160)[0])
            times.append(time.perf_counter() - begin)
    far.shop.stop(subscriber)
    print(f"(1, 160, 160), cold, {delay:.0f} ms of round trip: first {times[0] * 1e3:.0f} ms "
          f"(connection, manifest, blocks); then {milliseconds(times[1:])}: "
          f"{percentile(times[1:], 50) * 1e3 / delay:.2f} round trips")


def warm(far: Far) -> None:
    r = random.Random(7)
    slices = [some_slice(r, 1, 160, 160)[0] for _ in range(200)]
    subscriber = far.subscriber()
    with httpx.Client(base_url=subscriber.url) as client:
        for text in slices:
            fetch(client, text)
        far.reset()
        times = []
        for _ in range(5):
            for text in slices:
                begin = time.perf_counter()
                fetch(client, text)
                times.append(time.perf_counter() - begin)
        counts = far.counts()
        print(f"(1, 160, 160), warm, {len(times)} reads: {counts['requests']} requests to the publisher, "
              f"{milliseconds(times)} (the client's own time is in it)")
    far.shop.stop(subscriber)


def memory(far: Far, count: int) -> None:
    subscriber = far.subscriber()
    marks = [subscriber.memory()]
    # As a warm-up: all that can be held is held from here on.
    httpx.get(subscriber.url + "/api/download/foo/cube.b2nd", timeout=300).raise_for_status()
    marks.append(subscriber.memory())
    for step in range(10):
        def run(seed: int) -> None:
            r = random.Random(seed)
            with httpx.Client(base_url=subscriber.url, timeout=60) as client:
                for _ in range(count // 20):
                    shape = r.choice([(1, 10, 10), (1, 160, 160), (4, 64, 64), (16, 8, 300)])
                    fetch(client, some_slice(r, *shape)[0])
        threads = [threading.Thread(target=run, args=(step * 2 + n,)) for n in range(2)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        marks.append(subscriber.memory())
    print(f"memory of the subscriber in MB: start, after the download, after each of 10 times {count // 10} slices: "
          + ", ".join(f"{m:.0f}" for m in marks) + f"; peak {subscriber.peak():.0f}")
    far.shop.stop(subscriber)


def curl(url: str) -> float:
    """MB per second of a whole answer."""
    return float(subprocess.check_output(["curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download}", url])) / 1e6


def download(far: Far, source: str, how: str) -> None:
    direct, cold, peaks = [], [], []
    for _ in range(5):
        subscriber = far.subscriber()
        version = httpx.get(subscriber.url + "/api/datasets/foo/cube.b2nd").json()["version"]
        direct.append(curl(f"{source}/versions/{version}/data"))
        cold.append(curl(subscriber.url + "/api/download/foo/cube.b2nd"))
        peaks.append(subscriber.peak())
        far.shop.stop(subscriber)
    print(f"whole file, {how}: directly {statistics.median(direct):.0f} MB/s, through a cold subscriber "
          f"{statistics.median(cold):.0f} MB/s, ratio {statistics.median(cold) / statistics.median(direct):.2f}; "
          f"peak memory {max(peaks):.0f} MB")


def main(folder: str, parts: list[str]) -> None:
    path = data.cube(folder)
    array = blosc2.open(path)
    print(f"{path}: {array.shape} {array.dtype}, {array.schunk.cbytes} bytes compressed")
    parts = parts or ["cost", "far", "warm", "memory", "download"]
    with Workshop() as shop:
        near = Far(shop, folder, 0)
        if "cost" in parts:
            cost(near, array)
        if "warm" in parts:
            warm(near)
        if "memory" in parts:
            memory(near, 100_000)
    if "far" in parts:
        with Workshop() as shop:
            far_slices(Far(shop, folder, 100), 100)
    if "download" in parts:
        with Workshop() as shop:
            far = Far(shop, folder, 0)
            # The bytes must not go through the link, which is slower than what is measured.
            shop.stop(far.publisher)
            far.publisher = shop.service("near", "bpubsub-publisher", "foo", folder, "--broker", far.broker.url)
            download(far, far.publisher.url, "loopback")
        with Workshop() as shop:
            far = Far(shop, folder, 1, 125)
            download(far, far.link.url, "over a link of 1 Gbit/s")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
