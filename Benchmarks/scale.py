"""How far it goes on one machine: a million datasets, a hundred thousand files, a change of one percent."""

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

import data
from load import QUIET, undisturbed
from systems import Program, Workshop, settled

HEAD = "| what | figure | cores that others used meanwhile |\n|---|---|---|"


def dataset(number: int) -> dict:
    return {
        "path": f"big/d{number % 1000:03d}/a{number // 1000:04d}.b2nd", "version": f"{number:064x}", "size": 345_000_000,
        "modified": 1.5e9, "kind": "array", "mediaType": "application/vnd.blosc2.frame",
        "array": {"shape": [256, 1024, 1024], "chunks": [16, 256, 256], "blocks": [4, 64, 64], "dtype": "float32"}}


def seconds_until(condition, limit: float = 120) -> float:
    begin = time.monotonic()
    while time.monotonic() - begin < limit:
        try:
            if condition():
                return time.monotonic() - begin
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise RuntimeError("it takes too long")


def announce(broker: Program, count: int) -> float:
    client = httpx.Client(base_url=broker.url, timeout=120)
    claim = {"secret": "5" * 64, "urls": ["http://127.0.0.1:9"], "class": "public"}
    lease = client.put("/api/publishers/big", json=claim).raise_for_status().json()["lease"]
    begin = time.monotonic()
    for start in range(0, count, 10_000):
        changes = [{"put": dataset(n)} for n in range(start, min(start + 10_000, count))]
        answer = client.post("/api/changes", json={"changes": changes}, headers={"Bpubsub-Lease": lease})
        if answer.status_code == 403:
            lease = client.put("/api/publishers/big", json=claim).raise_for_status().json()["lease"]
            answer = client.post("/api/changes", json={"changes": changes}, headers={"Bpubsub-Lease": lease})
        answer.raise_for_status()
    return time.monotonic() - begin


def median_ms(client: httpx.Client, path: str) -> float:
    def once() -> float:
        begin = time.perf_counter()
        client.get(path).raise_for_status()
        return (time.perf_counter() - begin) * 1e3
    return statistics.median(once() for _ in range(50))


def catalogue(count: int) -> list[tuple[str, str]]:
    """A catalogue at broker and subscriber, each restarted."""
    last = dataset(count - 1)["path"]
    with Workshop() as shop:
        broker = shop.service("broker", "bpubsub-broker")
        taken = announce(broker, count)
        shop.stop(broker)
        begin = time.monotonic()
        broker = shop.service("broker", "bpubsub-broker")
        with httpx.Client(base_url=broker.url, timeout=120) as client:
            seconds_until(lambda: client.get("/api/datasets/" + last).status_code == 200)
        broker_restart = time.monotonic() - begin

        def subscriber() -> tuple[Program, float]:
            begin = time.monotonic()
            program = shop.service("subscriber", "bpubsub-subscriber", "--broker", broker.url)
            with httpx.Client(base_url=program.url, timeout=120) as client:
                seconds_until(lambda: client.get("/api/datasets/" + last).status_code == 200)
            return program, time.monotonic() - begin

        program, first = subscriber()
        first_memory, first_peak = program.memory(), program.peak()
        # Written behind: only what is on disk is there after a restart.
        settled([broker, program], 300)
        shop.stop(program)
        program, again = subscriber()
        with httpx.Client(base_url=program.url, timeout=120) as client:
            listed = median_ms(client, "/api/list/big/d500")
            cold = [median_first(client, f"/api/list/big/d{n:03d}") for n in range(100, 120)]
            tree = median_ms(client, "/api/tree/big/d500")
        return [
            (f"{count:,} datasets announced in batches of 10,000", f"{taken:.1f} s"),
            ("broker, restarted, until it answers for the last of them", f"{broker_restart:.2f} s, {broker.memory():.0f} MB"),
            ("subscriber, the first time", f"{first:.1f} s, {first_memory:.0f} MB, at most {first_peak:.0f} MB"),
            ("subscriber, restarted", f"{again:.2f} s, {program.memory():.0f} MB"),
            ("a folder of 1,000: list, the first time and again; tree",
             f"{statistics.median(cold):.2f}, {listed:.2f}; {tree:.2f} ms"),
        ]


def median_first(client: httpx.Client, path: str) -> float:
    begin = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - begin) * 1e3


def files(count: int) -> list[tuple[str, str]]:
    """A folder of small files, until the subscriber lists all; then all three again."""
    with Workshop() as shop:
        folder = shop.path("files")
        for number in range(count):
            inner = os.path.join(folder, f"{number % 100:02d}")
            if number < 100:
                os.makedirs(inner)
            with open(os.path.join(inner, f"{number:06d}.txt"), "w") as f:
                f.write(f"number {number}\n")

        def up(port: int) -> tuple[list[Program], float]:
            begin = time.monotonic()
            broker = shop.service("broker", "bpubsub-broker", port=port)
            # Side by side, as on a machine that starts.
            with ThreadPoolExecutor() as pool:
                starting = pool.submit(
                    shop.service, "publisher", "bpubsub-publisher", "many", folder, "--broker", broker.url)
                subscriber = shop.service("subscriber", "bpubsub-subscriber", "--broker", broker.url)
                publisher = starting.result()
            with httpx.Client(base_url=subscriber.url, timeout=120) as client:
                seconds_until(lambda: client.get("/api/status").json()["datasets"] >= count)
                with open(os.path.join(folder, "00", f"new-{begin}.txt"), "w") as f:
                    f.write("new\n")
                seconds_until(lambda: client.get(f"/api/datasets/many/00/new-{begin}.txt").status_code == 200)
            taken = time.monotonic() - begin
            # A subscriber that was there before lists all while the publisher still looks at its folder.
            settled([broker, publisher, subscriber], 300)
            return [broker, publisher, subscriber], taken

        programs, first = up(0)
        port = int(programs[0].url.rsplit(":", 1)[1])
        before, used = [p.memory() for p in programs], [p.cpu() for p in programs]
        for program in reversed(programs):
            shop.stop(program)
        programs, again = up(port)
        after, used_again = [p.memory() for p in programs], [p.cpu() for p in programs]
        cells = lambda values: ", ".join(f"{v:.0f}" for v in values)
        seconds = lambda values: ", ".join(f"{v:.1f}" for v in values)
        return [
            (f"{count:,} small files until the subscriber lists all and one that is new", f"{first:.2f} s"),
            ("broker, publisher, subscriber restarted, until a new file is listed", f"{again:.2f} s"),
            ("their memory when nothing is left to do, after the first start; after the restart",
             f"{cells(before)}; {cells(after)} MB"),
            ("their processor time until then", f"{seconds(used)}; {seconds(used_again)} s"),
        ]


def idle() -> list[tuple[str, str]]:
    with Workshop() as shop:
        os.makedirs(shop.path("empty"))
        broker = shop.service("broker", "bpubsub-broker")
        publisher = shop.service("publisher", "bpubsub-publisher", "none", shop.path("empty"), "--broker", broker.url)
        subscriber = shop.service("subscriber", "bpubsub-subscriber", "--broker", broker.url)
        seconds_until(lambda: httpx.get(subscriber.url + "/ready").status_code == 200)
        time.sleep(2)
        memory = ", ".join(f"{p.memory():.0f}" for p in (broker, publisher, subscriber))
        return [("memory of broker, publisher, subscriber with nothing to do", f"{memory} MB")]


def change(folder: str) -> list[tuple[str, str]]:
    """One percent of the chunks changes; three followers fetch it."""
    import blosc2

    data.cube(folder)
    with Workshop() as shop:
        place = shop.path("alone")
        os.makedirs(place)
        path = os.path.join(place, "cube.b2nd")
        with open(os.path.join(folder, "cube.b2nd"), "rb") as source, open(path, "wb") as target:
            target.write(source.read())
        size = os.path.getsize(path)
        broker = shop.service("broker", "bpubsub-broker")
        shop.service("publisher", "bpubsub-publisher", "foo", place, "--broker", broker.url)
        followers = [
            shop.service(f"subscriber-{n}", "bpubsub-subscriber", "--broker", broker.url) for n in range(3)]
        clients = [httpx.Client(base_url=f.url, timeout=120) for f in followers]
        info = lambda client: client.get("/api/info").json().get("foo/cube.b2nd", {})
        for client in clients:
            seconds_until(lambda: client.get("/api/datasets/foo/cube.b2nd").status_code == 200)
            client.post("/api/follow", json=["foo/cube.b2nd"]).raise_for_status()
            client.post("/api/download", json=["foo/cube.b2nd"]).raise_for_status()
        for client in clients:
            seconds_until(lambda: info(client).get("complete"))
        fetched = lambda client: client.get("/api/status").json()["transfers"]["fetchedBytes"]
        before = [fetched(c) for c in clients]
        old = [info(c)["version"] for c in clients]
        array = blosc2.open(path, mode="a")
        array_chunks = array.schunk.nchunks
        count = max(1, array_chunks // 100)
        for number in range(count):
            place = number * 97 % array_chunks
            array.schunk.update_data(place, bytes(reversed(array.schunk.decompress_chunk(place))), copy=True)
        del array
        begin = time.monotonic()
        for client, version in zip(clients, old):
            seconds_until(lambda: info(client).get("complete") and info(client)["version"] != version)
        taken = time.monotonic() - begin
        shares = [(fetched(c) - b) / size for c, b in zip(clients, before)]
        return [
            (f"{count} of {array_chunks} chunks ({count / array_chunks:.2%}) of {size / 1e6:.0f} MB change: fetched by each of "
             "three followers",
             ", ".join(f"{s:.2%}" for s in shares)),
            ("until all three hold it", f"{taken:.2f} s"),
        ]


def run(folder: str, quick: bool) -> list[dict]:
    print(HEAD)
    results = []
    cases = [
        idle, lambda: change(folder), lambda: files(10_000 if quick else 100_000),
        lambda: catalogue(100_000 if quick else 1_000_000)]
    for case in cases:
        # Not again when it was disturbed: that takes minutes.
        found = undisturbed(case, tries=1)
        for what, figure in found.value:
            others = f"{found.foreign:.2f}" + (": disturbed" if found.foreign > QUIET else "")
            print(f"| {what} | {figure} | {others} |", flush=True)
            results.append({"what": what, "figure": figure, "foreign": found.foreign})
    return results
