"""A link between two programs: counts requests and bytes, adds a round trip's time, and lets only so much through.

    python link.py PORT TARGET_PORT MILLISECONDS [MEGABYTES_PER_SECOND]

Half of the round trip is added each way, as much again to a new connection's first bytes as its handshake would take.
Answers GET /link/counts itself, and GET /link/reset.
"""

import asyncio
import json
import sys


class Link:
    def __init__(self, target: int, milliseconds: float, rate: float):
        self.target, self.delay, self.rate = target, milliseconds / 2000, rate * 1e6
        # Until when the way back is taken by what all connections have sent.
        self.taken = 0.0
        self.requests, self.received, self.lines = 0, 0, []

    def counts(self) -> bytes:
        return json.dumps({"requests": self.requests, "bytes": self.received, "lines": self.lines[-20:]}).encode()

    def reset(self) -> None:
        self.requests, self.received, self.lines = 0, 0, []

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1 << 16)
        if first.startswith(b"GET /link/"):
            body = self.counts()
            if first.startswith(b"GET /link/reset"):
                self.reset()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
            writer.close()
            return
        await asyncio.sleep(2 * self.delay)
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(
            self.carry(reader, back, first, self.sent), self.carry(there, writer, b"", self.answered)
        )

    def sent(self, data: bytes) -> None:
        self.requests += data.count(b" HTTP/1.1\r\n")
        self.lines += [line.decode() for line in data.split(b"\r\n") if line.endswith(b" HTTP/1.1")]

    def answered(self, data: bytes) -> None:
        self.received += len(data)

    def due(self, size: int, is_answer: bool) -> float:
        now = asyncio.get_running_loop().time()
        if not is_answer or not self.rate:
            return now + self.delay
        self.taken = max(self.taken, now) + size / self.rate
        return self.taken + self.delay

    async def carry(self, source, target, first: bytes, count) -> None:
        queue: asyncio.Queue = asyncio.Queue(maxsize=256 if not self.rate else 8)
        clock = asyncio.get_running_loop().time

        async def deliver() -> None:
            while (item := await queue.get()) is not None:
                due, data = item
                if (wait := due - clock()) > 0:
                    await asyncio.sleep(wait)
                target.write(data)
                await target.drain()

        delivery = asyncio.create_task(deliver())
        try:
            data = first or await source.read(1 << 18)
            while data:
                count(data)
                await queue.put((self.due(len(data), count == self.answered), data))
                data = await source.read(1 << 18)
        except ConnectionError:
            pass
        await queue.put(None)
        try:
            await delivery
        except ConnectionError:
            pass
        target.close()


async def main(port: int, target: int, milliseconds: float, rate: float) -> None:
    server = await asyncio.start_server(Link(target, milliseconds, rate).accept, "127.0.0.1", port)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4] if sys.argv[4:] else 0)))
