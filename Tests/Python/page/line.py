"""A line between a browser and the subscriber, which can be cut and mended."""

import socket
import threading


class Line:
    def __init__(self, url: str) -> None:
        host, port = url.split("//")[1].split(":")
        self._target = (host, int(port))
        self._port = 0
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def cut(self) -> None:
        """Ends all connections; there are no new ones."""
        with self._lock:
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
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=[self._listener], daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            with self._lock:
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
