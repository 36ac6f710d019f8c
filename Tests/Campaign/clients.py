"""Who asks during the campaign: readers that check every value, clients that are slow, and clients that mean harm."""

import os
import random
import socket
import time

import blosc2

from programs import ask
from truth import ITEMS, LINE, Dataset
from world import World

#: What a read may be answered with while things are broken; anything else is a fault of ours.
HONEST = {200, 206, 429, 502, 503, 504, 507}


class Reader:
    """Reads at random at one subscriber, and knows what is right."""

    def __init__(self, world: World, program, seed: int, report, patience: float):
        self.world, self.program, self.report, self.patience = world, program, report, patience
        self.chance = random.Random(seed)
        self.known: set[str] = set()

    def read_one(self) -> None:
        folder = self.world.folders[self.chance.choice("gh")]
        dataset = self.chance.choice(folder.datasets)
        moment = time.monotonic()
        if dataset.is_array:
            answer, generation = self.slice(dataset)
        elif self.chance.random() < 0.5:
            answer, generation = self.part(dataset)
        else:
            answer = ask(self.program.port, f"/api/download/{dataset.path}")
            generation = dataset.generation_of(answer.body, whole=True) if answer.status == 200 else None
        self.judge(folder, dataset, answer, generation, moment)

    def slice(self, dataset: Dataset):
        start = self.chance.randrange(ITEMS - 1)
        stop = min(ITEMS, start + self.chance.choice([1, 10, 20_000]))
        answer = ask(self.program.port, f"/api/fetch/{dataset.path}?slice_={start}:{stop}")
        if answer.status != 200:
            return answer, None
        items = blosc2.ndarray_from_cframe(answer.body)[:]
        return answer, dataset.generation_of_items(items, start) if items.size == stop - start else None

    def part(self, dataset: Dataset):
        first = self.chance.randrange(max(1, dataset.lines))
        last = first + self.chance.choice([0, 100])
        headers = {"Range": f"bytes={first * LINE}-{(last + 1) * LINE - 1}"}
        answer = ask(self.program.port, f"/api/download/{dataset.path}", headers=headers)
        if answer.status == 206:
            # Of a shorter generation less comes.
            return answer, dataset.generation_of(answer.body, first_line=first)
        return answer, dataset.generation_of(answer.body, whole=True) if answer.status == 200 else None

    def judge(self, folder, dataset: Dataset, answer, generation: int | None, moment: float) -> None:
        where = f"{dataset.path} at {self.program.name}: {answer}"
        self.report.count(f"answers {answer.status}{' marked' if answer.is_marked else ''}")
        if answer.status in (200, 206):
            self.known.add(dataset.path)
            if generation is None:
                self.report.violation("wrong or mixed values", where)
            elif not answer.is_marked and dataset.is_overdue(generation, moment, self.patience, folder.since()):
                self.report.violation("old, and not marked", f"generation {generation}, {where}")
            if int(answer.headers.get("age", 0)) > time.monotonic() - self.report.begin + 60:
                self.report.violation("older than the campaign", where)
        elif answer.status == 404 and dataset.path in self.known:
            self.report.violation("404 of what was known", where)
        elif answer.status not in HONEST | {0, 404, 416}:
            self.report.violation("a status that nothing explains", where)


def look_at_copies(world: World, state: str, report) -> None:
    """The copies of what is followed are there whatever happens, and each is the whole of one generation."""
    for folder in world.folders.values():
        for dataset in folder.datasets:
            try:
                with open(os.path.join(state, "files", dataset.path), "rb") as f:
                    content = f.read()
            except FileNotFoundError:
                report.violation("a followed copy is gone", dataset.path)
                continue
            report.count("copies looked at")
            if not dataset.is_array and dataset.generation_of(content, whole=True) is None:
                report.violation("a copy with wrong or mixed values", dataset.path)


class Nuisance:
    """Connections that say nothing or do not read, and requests that are made to cost."""

    def __init__(self, world: World, seed: int, report):
        self.world, self.chance, self.report = world, random.Random(seed), report
        self.open: list[socket.socket] = []

    def once(self) -> None:
        program = self.chance.choice(list(self.world.programs.values()))
        for _ in range(20):
            self.connect(program.port, self.chance.choice(self.silent()))
        for path, method, body in self.chance.sample(self.costly(), 2):
            ask(program.port, path, method, body, {"Content-Type": "text/plain"}, timeout=20)
        self.report.count("nuisances")
        while len(self.open) > 300:
            self.open.pop(0).close()

    def connect(self, port: int, words: bytes) -> None:
        try:
            plug = socket.create_connection(("127.0.0.1", port), timeout=2)
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            plug.sendall(words)
            self.open.append(plug)
        except OSError:
            pass

    def silent(self) -> list[bytes]:
        array = self.world.folders["h"].datasets[-1].path
        return [
            b"", b"GET / HT", b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /api/changes HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /api/changes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", os.urandom(200),
            f"GET /api/fetch/{array} HTTP/1.1\r\nHost: x\r\n\r\n".encode()]

    def costly(self) -> list[tuple[str, str, bytes | None]]:
        array = self.world.folders["g"].datasets[-1].path
        return [
            ("/api/fetch/no/such", "POST", b'{"slice_":' + b"[" * 400 + b"]" * 400 + b"}"),
            ("/api/fetch/no/such", "POST", b'{"a":' * 5000 + b"1" + b"}" * 5000),
            ("/api/list?" + "&".join(f"pattern=**/*a%d*/**" % n for n in range(100)), "GET", None),
            (f"/api/explain/{array}?slice_=::4", "GET", None), ("/api/download/g/" + "x" * 3000, "GET", None),
            ("/versions/" + "0" * 64 + "/blocks?of=" + ";".join(["1:0"] * 500), "GET", None),
            ("/api/publishers/g", "PUT", b'{"secret":"00","urls":["file:///etc/passwd"],"class":"public"}')]
