"""One change to many watchers: a broker beside nats-server with plain subjects, in turn, messages of the same length.

The same program in C watches both; five changes a second are told.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

import httpx

from load import undisturbed
from native import watchers_program
from systems import Program, Workshop, free_port

RATE = 5
HEAD = (
    "| watchers, changes a second | system | received | p50 | p99 | longest | ms of CPU a change | KB a watcher, idle |\n"
    "|---|---|---|---|---|---|---|---|")


def dataset(stamp: int) -> dict:
    return {
        "path": "fan/changing.b2nd", "version": f"{stamp:064x}", "size": 345_000_000, "modified": 1.5e9, "kind": "file",
        "mediaType": "application/octet-stream", "attributes": {"stamp": f"@@{stamp:019d}"}}


class Broker:
    name = "bpubsub"
    mark = "\r\n\r\n"

    def __init__(self, shop: Workshop):
        self.server = shop.service("broker", "bpubsub-broker")
        self.port = int(self.server.url.rsplit(":", 1)[1])
        self.hello = f"GET /api/changes HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n"
        self.client = httpx.Client(base_url=self.server.url, timeout=60)
        self.claim()

    def claim(self) -> None:
        """Takes the group, or keeps it, as a publisher does every few seconds."""
        claim = {"secret": "5" * 64, "urls": ["http://127.0.0.1:9"], "class": "public"}
        answer = self.client.put("/api/publishers/fan", json=claim).raise_for_status().json()
        self.lease, self.renewal = answer["lease"], time.monotonic() + answer["seconds"] / 3

    def tell(self) -> None:
        if time.monotonic() > self.renewal:
            self.claim()
        change = {"changes": [{"put": dataset(time.monotonic_ns())}]}
        self.client.post("/api/changes", json=change, headers={"Bpubsub-Lease": self.lease}).raise_for_status()


class Nats:
    name = "nats-server"
    mark = "PONG"
    hello = 'CONNECT {"verbose":false}\r\nSUB fan 1\r\nPING\r\n'

    def __init__(self, shop: Workshop):
        self.port = free_port()
        program = os.path.join(os.path.dirname(sys.executable), "nats-server")
        self.server = shop.start("nats", program, "-a", "127.0.0.1", "-p", str(self.port), ready=self.port)
        end = time.monotonic() + 20
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.port))
                break
            except ConnectionRefusedError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self.socket.sendall(b'CONNECT {"verbose":false}\r\n')

    def claim(self) -> None:
        """Whoever is connected may tell."""

    def tell(self) -> None:
        line = {"dataset": dataset(time.monotonic_ns()), "revision": 7, "type": "put"}
        message = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        self.socket.sendall(b"PUB fan %d\r\n%b\r\n" % (len(message), message))


def ended(process: subprocess.Popen) -> str:
    process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=60)[0]


@contextlib.contextmanager
def watching(system, watchers: int):
    """So many watchers, which are there."""
    process = subprocess.Popen(
        [watchers_program(), str(system.port), str(watchers), system.mark], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)
    try:
        process.stdin.write(system.hello)
        process.stdin.close()
        process.stdin = None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{system.name}: not all watchers are there")
        yield process
    finally:
        process.kill()
        process.wait()


def fan_out(system, watchers: int, changes: int) -> dict:
    server: Program = system.server
    before = server.memory()
    with watching(system, watchers) as process:
        system.claim()
        time.sleep(1)
        idle, cpu = server.memory() - before, server.cpu()
        begin = time.monotonic()
        for number in range(changes):
            time.sleep(max(begin + number / RATE - time.monotonic(), 0))
            system.tell()
        received, p50, p99, longest = map(float, ended(process).split())
    return {
        "received": received / (watchers * changes), "p50": p50, "p99": p99, "longest": longest,
        "cpu": (server.cpu() - cpu) * 1e3 / changes, "idle": idle * 1e3 / watchers}


def once(kind, watchers: int, changes: int) -> dict:
    """With a server of its own: what others left behind would count as memory of these watchers."""
    with Workshop() as shop:
        return fan_out(kind(shop), watchers, changes)


def run(folder: str, quick: bool) -> list[dict]:
    rounds, changes, sizes = (1, 15, (1_000, 10_000)) if quick else (3, 40, (1_000, 10_000))
    print(HEAD)
    results = []
    for watchers in sizes:
        found: dict[str, list[dict]] = {kind.name: [] for kind in (Broker, Nats)}
        for _ in range(rounds):
            for kind in (Broker, Nats):
                found[kind.name].append(undisturbed(lambda: once(kind, watchers, changes), tries=2).value)
        results.append({"watchers": watchers, "rounds": found})
        for name, values in found.items():
            row = sorted(values, key=lambda v: v["p99"])[len(values) // 2]
            spread = f" ({min(v['p99'] for v in values):.0f} to {max(v['p99'] for v in values):.0f})"
            print(
                f"| {watchers}, {RATE} | {name} | {row['received']:.1%} | {row['p50']:.1f} ms | {row['p99']:.1f} ms"
                f"{spread if len(values) > 1 else ''} | {row['longest']:.1f} ms | {row['cpu']:.1f} | {row['idle']:.1f} |",
                flush=True)
    return results
