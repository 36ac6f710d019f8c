"""The programs of the campaign: started, killed, stopped, and looked at from outside."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes, error: str = ""):
        self.status, self.headers, self.body, self.error = status, headers, body, error

    @property
    def is_marked(self) -> bool:
        """Whether it says that there may be something newer."""
        return "age" in self.headers or "detail=" in self.headers.get("cache-status", "")

    def __repr__(self) -> str:
        text = self.body[:300] if self.status >= 400 else f"{len(self.body)} bytes"
        return f"{self.status} {self.error} {text} {self.headers.get('cache-status', '')} age {self.headers.get('age')}"


def ask(port: int, path: str, method="GET", body=None, headers=None, timeout=60) -> Answer:
    """One request by a connection of its own; one that fails is an answer with status 0."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, names, answer.read())
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, {}, b"", repr(error))
    finally:
        connection.close()


class Program:
    """One program; `before` are the words before it, as `prlimit` and its options."""

    def __init__(self, name: str, words: list[str], port: int, folder: str, before=(), environment=None):
        self.name, self.words, self.port = name, [*before, *words], port
        self.environment = {**os.environ, **(environment or {})}
        self.log = os.path.join(folder, f"{name}.log")
        self.process: subprocess.Popen | None = None
        self.intended = threading.Event()
        self.lock = threading.RLock()
        self.peak_memory = self.peak_files = self.starts = 0

    def start(self, wait: float = 120) -> None:
        with self.lock:
            self.intended.clear()
            self.starts += 1
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(
                    self.words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        end = time.monotonic() + wait
        while ask(self.port, "/health", timeout=5).status != 200:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} does not answer: {self.tail()}")
            time.sleep(0.05)

    def kill(self, how=signal.SIGKILL) -> None:
        with self.lock:
            self.intended.set()
            if self.process and self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)
                self.process.send_signal(how)
                try:
                    self.process.wait(60)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def unexpected_end(self) -> str | None:
        """How it ended when nobody had ended it."""
        with self.lock:
            if self.process is None or self.intended.is_set() or self.process.poll() is None:
                return None
            return f"{self.name} ended with {self.process.returncode}: {self.tail()}"

    def measure(self) -> None:
        try:
            with open(f"/proc/{self.process.pid}/status") as f:
                resident = next(int(line.split()[1]) // 1024 for line in f if line.startswith("VmRSS:"))
            self.peak_memory = max(self.peak_memory, resident)
            self.peak_files = max(self.peak_files, len(os.listdir(f"/proc/{self.process.pid}/fd")))
        except (OSError, StopIteration, AttributeError):
            pass

    def tail(self) -> str:
        try:
            with open(self.log, "rb") as f:
                return f.read()[-800:].decode("utf8", "replace")
        except OSError:
            return ""


def on_disk(folder: str) -> int:
    """Bytes that the files of a folder take on disk, each inode once."""
    seen, total = set(), 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                stat = os.lstat(os.path.join(place, name))
            except OSError:
                continue
            if stat.st_ino not in seen:
                seen.add(stat.st_ino)
                total += stat.st_blocks * 512
    return total


def status(port: int) -> dict:
    answer = ask(port, "/api/status", timeout=20)
    return json.loads(answer.body) if answer.status == 200 else {}


def forget(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
