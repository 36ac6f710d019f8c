"""Starts and stops programs, and looks at what they use."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DEPS = os.path.abspath(os.path.join(HERE, "..", ".deps"))
BIN = os.environ.get("BPUBSUB_BIN", os.path.join(HERE, "..", ".build", "release"))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Worker:
    """A process, what it uses."""

    def __init__(self, pid: int):
        self.pid = pid

    def memory(self) -> float:
        """Resident, in MB."""
        return self._status("VmRSS")

    def peak(self) -> float:
        """The most that was resident, in MB."""
        return self._status("VmHWM")

    def _status(self, field: str) -> float:
        with open(f"/proc/{self.pid}/status") as f:
            return int(re.search(field + r":\s+(\d+)", f.read())[1]) * 1024 / 1e6

    def cpu(self) -> float:
        """Seconds of user and system time."""
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def workers(pid: int) -> list[Worker]:
    """The processes that a program has started."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as f:
            found += [Worker(int(child)) for child in f.read().split()]
    return found


class Program(Worker):
    """A server that runs until `stop`, with its output in a file. It is told to end by `ending`."""

    def __init__(
        self, arguments: list[str], log: str, ready=None, environment: dict[str, str] = {}, ending=signal.SIGTERM
    ):
        self.log, self.ending = log, ending
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                arguments, stdout=output, stderr=subprocess.STDOUT, env=os.environ | environment)
        super().__init__(self.process.pid)
        self.url = self._wait_for_url() if ready is None else ready

    def _wait_for_url(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with open(self.log, errors="replace") as f:
                if found := re.search(r"listening on (http://\S+)", f.read()):
                    return found[1].rstrip("/")
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"did not start; its log:\n{open(self.log).read()}")

    def stop(self) -> None:
        """Ends it, and what it has started, if it leaves that behind."""
        if self.process.poll() is not None:
            return
        children = [os.pidfd_open(worker.pid) for worker in workers(self.pid)]
        self.process.send_signal(self.ending)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in children:
            if not select.select([child], [], [], 5)[0]:
                signal.pidfd_send_signal(child, signal.SIGKILL)
                select.select([child], [], [], 5)
            os.close(child)


def settled(programs: list[Program], seconds: float = 120) -> None:
    """Waits until they have nothing left to do: less than a fiftieth of a processor for two seconds, each."""
    end = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        before = [p.cpu() for p in programs]
        time.sleep(1)
        quiet = quiet + 1 if all(p.cpu() - b <= 0.02 for p, b in zip(programs, before)) else 0
        if time.monotonic() > end:
            raise RuntimeError(f"still at work after {seconds} s")


class Workshop:
    """A folder for what programs write, and the programs; all of it gone at the end."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="bpubsub-bench-")
        self.programs: list[Program] = []

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        for program in reversed(self.programs):
            program.stop()
        if error:
            for program in self.programs:
                with open(program.log, errors="replace") as f:
                    print(f"the end of {os.path.basename(program.log)}:", *f.readlines()[-10:], file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def start(
        self, name: str, *arguments: str, ready=None, environment: dict[str, str] = {}, ending=signal.SIGTERM
    ) -> Program:
        program = Program(list(arguments), self.path(name + ".log"), ready, environment, ending)
        self.programs.append(program)
        return program

    def stop(self, program: Program) -> None:
        program.stop()
        self.programs.remove(program)

    def service(
        self, name: str, program: str, *arguments: str, port: int = 0, environment: dict[str, str] = {}
    ) -> Program:
        """One of bpubsub's own, with a state of its own."""
        return self.start(
            name, os.path.join(BIN, program), *arguments, "--listen", f"127.0.0.1:{port}", "--state",
            self.path("state-" + name), "--log-level", "warning", environment=environment
        )

    def link(self, name: str, target: str, milliseconds: float, rate: float = 0) -> Program:
        port = target.rsplit(":", 1)[1]
        return self.start(name, sys.executable, os.path.join(HERE, "link.py"), "0", port, str(milliseconds), str(rate))
