"""A line between a browser and the subscriber, which can be cut and mended."""

import random
import socket
import threading


class Line:
    def __init__(self, url: str) -> None:
        host, port = url.split("//")[1].split(":")
        self._target = (host, int(port))
        # It is given up and taken again: outside of the range from which the kernel gives ports to anybody.
        self._port = random.randrange(20_000, 32_000)
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        while True:
            try:
                self.mend()
                break
            except OSError:
                self._port = random.randrange(20_000, 32_000)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def cut(self) -> None:
        """Ends all connections; there are no new ones."""
        with self._lock:
            self._is_cut = True
            for end in [self._listener, *self._ends]:
                # Who waits for it in another thread is told by this alone.
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()
            self._ends.clear()

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._is_cut = False
        threading.Thread(target=self._serve, args=[self._listener], daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target)
            except OSError:
                near.close()
                continue
            with self._lock:
                # Who came in the very moment of the cut is cut off, too.
                if self._is_cut or listener is not self._listener:
                    near.close()
                    far.close()
                    return
                self._ends += [near, far]
            for ends in [(near, far), (far, near)]:
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
