"""A connection that misbehaves on command: it stands between two programs, and its `mode` changes while it is used."""

import asyncio
import random
import socket
import struct
import threading

MODES = ("cut", "stall", "slow", "truncate", "reset")


class Link:
    def __init__(self, name: str, port: int, target: int, seed: int):
        self.name, self.port, self.target = name, port, target
        self.chance = random.Random(seed)
        self.mode = "good"
        self.carried = 0
        self.writers: set[asyncio.StreamWriter] = set()

    def set(self, mode: str) -> None:
        self.mode = mode
        if mode == "cut":
            LOOP.call_soon_threadsafe(self.abort_all)

    def abort_all(self) -> None:
        for writer in list(self.writers):
            writer.transport.abort()

    def start(self) -> "Link":
        asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self.accept, "127.0.0.1", self.port), LOOP).result(30)
        return self

    async def accept(self, reader, writer) -> None:
        if self.mode == "cut":
            return writer.transport.abort()
        try:
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return writer.transport.abort()
        both = {writer, downstream}
        self.writers |= both
        await asyncio.gather(
            self.carry(reader, downstream, both, answers=False), self.carry(upstream, writer, both, answers=True),
            return_exceptions=True)
        self.writers -= both
        for one in both:
            one.close()

    async def carry(self, reader, writer, both, answers: bool) -> None:
        left = self.chance.randrange(1, 50_000)
        try:
            while data := await reader.read(65_536):
                while self.mode == "stall":
                    await asyncio.sleep(0.05)
                if self.mode == "slow":
                    await asyncio.sleep(min(0.5, len(data) / 100_000))
                if answers and self.mode in ("truncate", "reset"):
                    left -= len(data)
                    if left < 0:
                        writer.write(data[:left])
                        return self.end(both)
                self.carried += len(data)
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            pass

    def end(self, both) -> None:
        for writer in both:
            if self.mode == "reset" and (plug := writer.get_extra_info("socket")):
                # With no time to linger, closing sends RST.
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort() if self.mode == "reset" else writer.close()


LOOP = asyncio.new_event_loop()
threading.Thread(target=LOOP.run_forever, daemon=True).start()
