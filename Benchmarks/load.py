"""Load by wrk, with what it costs the server, and whether the machine had other work meanwhile."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from systems import Worker

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass
class Round:
    rate: float  # requests per second
    p50: float  # ms
    p99: float
    cpu: float  # ms of the server's processor time per request
    bytes: float  # per second
    requests: int
    errors: int
    pages: int = 1  # requests that make one of those that are counted; p50 and p99 are of a page
    foreign: float = 0  # cores that others used meanwhile


# Cores that others may use in a round that counts.
QUIET = 0.15


class Watch:
    """How busy others keep the machine: all that its processors do, without us, our programs and the servers."""

    def __init__(self, servers: list[Worker] = ()):
        self.servers = servers
        self.start, self.all, self.own = time.monotonic(), self._busy(), self._own()

    @staticmethod
    def _busy() -> float:
        with open("/proc/stat") as f:
            fields = [int(x) for x in f.readline().split()[1:9]]
        return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")

    def _own(self) -> float:
        return sum(os.times()[:4]) + sum(s.cpu() for s in self.servers)

    def foreign(self) -> float:
        """Cores, since it was made."""
        used = (self._busy() - self.all) - (self._own() - self.own)
        return max(used, 0) / (time.monotonic() - self.start)


@dataclass
class Kept:
    """A round that counts: what it gave, and what others used meanwhile."""

    value: Any
    foreign: float


kept: list[Kept] = []
discarded: list[Kept] = []


def undisturbed(work: Callable[[], Any], servers: list[Worker] = (), tries: int = 4) -> Kept:
    """Runs a round again, so often at most, as long as others keep the machine busy; the quietest counts."""
    rounds: list[Kept] = []
    while len(rounds) < tries and not (rounds and rounds[-1].foreign <= QUIET):
        watch = Watch(servers)
        rounds.append(Kept(work(), 0))
        rounds[-1].foreign = watch.foreign()
    best = min(rounds, key=lambda r: r.foreign)
    kept.append(best)
    discarded.extend(r for r in rounds if r is not best)
    return best


def interference() -> str:
    """What the reader must know of others' work on the machine."""
    if not kept:
        return ""
    cores = sorted(r.foreign for r in kept)
    loud = sum(c > QUIET for c in cores)
    return (f"{len(kept)} rounds count, {len(discarded)} were discarded because others used more than {QUIET} cores; in "
            f"those that count others used {cores[len(cores) // 2]:.2f} cores at the median, {cores[-1]:.2f} at most"
            + (f"; {loud} of them are disturbed all the same" if loud else ""))


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


def size(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(B|KB|MB|GB)", text).groups()
    return float(number) * {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[unit]


def wrk(
    servers: list[Worker], url: str, connections: int, seconds: float, script: str | None = None, pages: int = 1
) -> Round:
    """One round. `script` is Lua for wrk; without it the same request is sent again and again. `pages` of them count as one."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as f:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{int(seconds)}s", "--latency", "--timeout", "30s"]
        if script:
            f.write(script)
            f.flush()
            command += ["-s", f.name]
        before = [s.cpu() for s in servers]
        text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
        cpu = sum(s.cpu() - b for s, b in zip(servers, before))
    requests = int(re.search(r"(\d+) requests in", text)[1])
    if not requests:
        raise RuntimeError(f"{url} answered nothing within {seconds} s:\n{text}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failed = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return Round(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]) / pages,
        p50=milliseconds(re.search(r"\n +50% +(\S+)", text)[1]),
        p99=milliseconds(re.search(r"\n +99% +(\S+)", text)[1]),
        cpu=cpu * 1e3 * pages / requests,
        bytes=size(re.search(r"Transfer/sec:\s+(\S+)", text)[1]),
        requests=requests,
        errors=(int(wrong[1]) if wrong else 0) + (sum(map(int, failed.groups())) if failed else 0),
        pages=pages,
    )


def script(headers: dict[str, str], request: str = "") -> str | None:
    """Lua for wrk: what is sent with each request, and what `request` defines."""
    return "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in headers.items()) + request or None


def random_slices(path: str, shape: tuple, size: tuple, seed: int) -> str:
    """Lua: each request asks for a slice at another place, written where `path` has {}."""
    spans = ", ".join(f"{{{a - b}, {b}}}" for a, b in zip(shape, size))
    before, after = path.split("{}")
    return f"""
math.randomseed({seed})
local spans = {{{spans}}}
request = function()
  local parts = {{}}
  for i, span in ipairs(spans) do
    local start = math.random(0, span[1])
    parts[i] = start .. ":" .. (start + span[2])
  end
  return wrk.format("GET", "{before}" .. table.concat(parts, ",") .. "{after}")
end
"""


def in_turn(paths: list[str]) -> str:
    """Lua: asks for one after the other, and again."""
    return f"""
local paths = {{{", ".join(f'"{path}"' for path in paths)}}}
local number = 0
request = function()
  number = number % #paths + 1
  return wrk.format("GET", paths[number])
end
"""
