"""Load by wrk, with what it costs the server, and whether the machine had other work meanwhile."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from systems import Program

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass
class Round:
    rate: float  # requests per second
    p50: float  # ms
    p99: float
    cpu: float  # ms of the server's processor time per request
    bytes: float  # per second
    errors: int
    foreign: float  # cores that others used meanwhile


def busy() -> float:
    """Seconds that all processors have worked."""
    with open("/proc/stat") as f:
        fields = [int(x) for x in f.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


def size(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(B|KB|MB|GB)", text).groups()
    return float(number) * {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[unit]


def wrk(servers: list[Program], url: str, connections: int, seconds: float, script: str | None = None) -> Round:
    """One round. `script` is Lua for wrk; without one the same request is sent again and again."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as f:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{int(seconds)}s", "--latency", "--timeout", "30s"]
        if script:
            f.write(script)
            f.flush()
            command += ["-s", f.name]
        before, all_before, own_before = [s.cpu() for s in servers], busy(), children()
        text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
        cpu = sum(s.cpu() - b for s, b in zip(servers, before))
        foreign = busy() - all_before - (children() - own_before) - cpu
    requests = int(re.search(r"(\d+) requests in", text)[1])
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failed = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return Round(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        p50=milliseconds(re.search(r"50%\s+(\S+)", text)[1]),
        p99=milliseconds(re.search(r"99%\s+(\S+)", text)[1]),
        cpu=cpu * 1e3 / max(requests, 1),
        bytes=size(re.search(r"Transfer/sec:\s+(\S+)", text)[1]),
        errors=(int(wrong[1]) if wrong else 0) + (sum(map(int, failed.groups())) if failed else 0),
        foreign=max(foreign, 0) / seconds,
    )


def random_slices(path: str, shape: tuple, size: tuple, seed: int) -> str:
    """Lua: each request asks for a slice at another place."""
    spans = ", ".join(f"{{{a - b}, {b}}}" for a, b in zip(shape, size))
    return f"""
math.randomseed({seed})
local spans = {{{spans}}}
request = function()
  local parts = {{}}
  for i, span in ipairs(spans) do
    local start = math.random(0, span[1])
    parts[i] = start .. ":" .. (start + span[2])
  end
  return wrk.format("GET", "{path}?slice_=" .. table.concat(parts, ","))
end
"""
