"""How fast a dataset that is held is served: bpubsub, Caterva2 and nginx in turn, on the same work."""

import os
import statistics
import subprocess
import urllib.parse
from dataclasses import dataclass, field

import httpx

import data
from load import QUIET, Round, random_slices, undisturbed, wrk
from peers import Bpubsub, Caterva2, Nginx
from systems import Workshop

SLICE = (1, 160, 160)
FIXED = "100:101,200:360,300:460"


@dataclass
class Case:
    name: str
    connections: int
    # System's name to path (and Lua).
    paths: dict[str, str]
    scripts: dict[str, str] = field(default_factory=dict)
    headers: str | None = None
    seconds: float = 4


def cases(files: dict[str, bytes]) -> list[Case]:
    slices = {s.name: random_slices(s.cube.format("fetch"), data.SHAPE, SLICE, 3) for s in (Bpubsub, Caterva2)}
    fixed = "?slice_=" + urllib.parse.quote(FIXED, safe=":,")

    def paths(kind: str, query: str, static: str) -> dict[str, str]:
        return {s.name: s.cube.format(kind) + query for s in (Bpubsub, Caterva2)} | {"nginx": static}

    result = [Case(f"info, {c} connections", c, paths("info", "", "/info.json")) for c in (1, 16, 64)]
    for c in (1, 16):
        found = Case(f"random slice of 100 KB, {c} connections", c, paths("fetch", "", ""), slices)
        del found.paths["nginx"]
        result.append(found)
    for c in (1, 16):
        result.append(Case(f"the same slice of 100 KB, {c} connections", c, paths("fetch", fixed, "/slice.b2nd")))
        result.append(Case(f"a chunk of 1.3 MB, {c} connections", c, paths("chunk", "?nchunk=77", "/chunk.bin")))
        result.append(
            Case(f"a range of 64 KB, {c} connections", c, paths("fetch", "", "/cube.b2nd"),
                 headers="bytes=100000000-100065535"))
    result.append(
        Case("list of 10,000, 1 connection", 1,
             {"bpubsub": Bpubsub.many, "caterva2": Caterva2.many, "nginx": "/list.json"}))
    return result


def script(case: Case, name: str) -> str | None:
    if name in case.scripts:
        return case.scripts[name]
    return f'wrk.headers["Range"] = "{case.headers}"' if case.headers else None


def static_files(system: Bpubsub) -> dict[str, bytes]:
    """The very bytes that bpubsub answers with."""
    get = lambda path: httpx.get(system.url + path, timeout=60).content
    return {
        "info.json": get(system.cube.format("info")),
        "slice.b2nd": get(system.cube.format("fetch") + "?slice_=" + FIXED),
        "chunk.bin": get(system.cube.format("chunk") + "?nchunk=77"),
        "list.json": get(system.many),
    }


def download(url: str) -> float:
    return float(subprocess.check_output(["curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download}", url])) / 1e6


def run(folder: str, quick: bool, wanted: list[str]) -> list[dict]:
    rounds, seconds, tries = (1, 1.0, 2) if quick else (3, 4.0, 4)
    with Workshop() as shop:
        data.cube(folder)
        many = data.many(folder)
        alone = shop.path("alone")
        os.makedirs(alone)
        os.link(os.path.join(folder, "cube.b2nd"), os.path.join(alone, "cube.b2nd"))
        ours = Bpubsub(shop, alone, many)
        files = static_files(ours)
        systems = {s.name: s for s in (ours, Caterva2(shop, folder, many), Nginx(shop, files, folder))}
        results = []
        for case in cases(files):
            if wanted and not any(w in case.name for w in wanted):
                continue
            found: dict[str, list[Round]] = {name: [] for name in case.paths}
            for _ in range(rounds):
                for name, path in case.paths.items():
                    system = systems[name]
                    url, lua = system.url + path, script(case, name)
                    one = undisturbed(
                        lambda: wrk(system.servers, url, case.connections, seconds, lua), system.servers, tries)
                    one.value.foreign = one.foreign
                    found[name].append(one.value)
            results.append({"case": case.name, "rounds": {n: [vars(r) for r in rs] for n, rs in found.items()}})
            print(row(results[-1]), flush=True)
        if not wanted or any("download" in w for w in wanted):
            rates: dict[str, list[float]] = {name: [] for name in systems}
            for _ in range(2 if quick else 5):
                rates["bpubsub"].append(download(ours.url + ours.cube.format("download")))
                rates["caterva2"].append(download(systems["caterva2"].url + Caterva2.cube.format("download")))
                rates["nginx"].append(download(systems["nginx"].url + "/cube.b2nd"))
            results.append({"case": "the whole file, warm", "MB/s": rates})
            print(row(results[-1]), flush=True)
        results.append({"case": "peak memory, MB", "peak": {n: sum(p.peak() for p in s.servers) for n, s in systems.items()}})
        print(row(results[-1]), flush=True)
        return results


def middle(values) -> float:
    return statistics.median(values)


HEAD = (
    "| case | bpubsub | caterva2 | nginx | of caterva2 | of nginx | ms of CPU a request |\n"
    "|---|---|---|---|---|---|---|")


def row(result: dict) -> str:
    if "peak" in result:
        cells = [f"{result['peak'][n]:.0f}" for n in ("bpubsub", "caterva2", "nginx")]
        return f"| {result['case']} | {' | '.join(cells)} | | | |"
    if "MB/s" in result:
        rates = {n: middle(v) for n, v in result["MB/s"].items()}
        cells = [f"{rates[n]:.0f} MB/s" for n in ("bpubsub", "caterva2", "nginx")]
        return (f"| {result['case']} | {' | '.join(cells)} | {rates['bpubsub'] / rates['caterva2']:.2f} × "
                f"| {rates['bpubsub'] / rates['nginx']:.2f} × | |")
    rounds = result["rounds"]
    rate = {n: middle(r["rate"] for r in rs) for n, rs in rounds.items()}

    def cell(name: str) -> str:
        if name not in rounds:
            return ""
        rs = rounds[name]
        errors = sum(r["errors"] for r in rs)
        disturbed = max(r["foreign"] for r in rs)
        rates = [r["rate"] for r in rs]
        spread = f" ({min(rates):.0f} to {max(rates):.0f})" if len(rs) > 1 else ""
        return (f"{rate[name]:.0f}/s{spread}, {middle(r['p50'] for r in rs):.2f} / {middle(r['p99'] for r in rs):.2f} ms"
                + (f", {errors} errors" if errors else "") + (f" ({disturbed:.2f} cores busy)" if disturbed > QUIET else ""))

    def ratio(name: str) -> str:
        return f"{rate['bpubsub'] / rate[name]:.2f} ×" if name in rate and rate[name] else ""

    cpu = " / ".join(f"{middle(r['cpu'] for r in rounds[n]):.3f}" for n in rounds)
    return (f"| {result['case']} | {cell('bpubsub')} | {cell('caterva2')} | {cell('nginx')} | {ratio('caterva2')} "
            f"| {ratio('nginx')} | {cpu} |")
