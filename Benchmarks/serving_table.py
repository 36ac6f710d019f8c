"""What `serving` found, as Markdown: a row for each case and system."""

import statistics

from load import QUIET

HEAD = (
    "Requests a second: the median of the rounds, in brackets the slowest and the fastest. p50 and p99: the medians of the\n"
    "rounds' own; of a page, where an answer has several. CPU: processor time of the server's processes. The last column:\n"
    "bpubsub's figure by that system's.\n\n"
    "| case | system | requests a second | p50, p99 | CPU a request | bpubsub beside it |\n"
    "|---|---|---|---|---|---|")


def rows(result: dict) -> list[str]:
    if "peak" in result:
        ours = result["peak"]["bpubsub"]
        cells = {name: (f"{mb:.0f} MB", "", "", mb and ours / mb) for name, mb in result["peak"].items()}
    elif "MB/s" in result:
        middle = {name: statistics.median(rates) for name, rates in result["MB/s"].items()}
        cells = {
            name: (f"{middle[name]:.0f} MB/s{spread(rates)}", "", "", middle["bpubsub"] / middle[name])
            for name, rates in result["MB/s"].items()}
    else:
        cells = load_cells(result["rounds"])
    return [
        f"| {result['case']} | {name} | {rate} | {times} | {cpu} | {'' if name == 'bpubsub' else f'{ratio:.2f} ×'} |"
        for name, (rate, times, cpu, ratio) in cells.items()]


def load_cells(found: dict[str, list[dict]]) -> dict[str, tuple]:
    middle = lambda rounds, key: statistics.median(r[key] for r in rounds)
    cells = {}
    for name, rounds in found.items():
        notes = []
        if pages := rounds[0]["pages"] - 1:
            notes.append(f"of {pages + 1} pages")
        if errors := sum(r["errors"] for r in rounds):
            notes.append(f"{errors} ERRORS")
        if (others := max(r["foreign"] for r in rounds)) > QUIET:
            notes.append(f"disturbed: {others:.2f} cores")
        rate = middle(rounds, "rate")
        cells[name] = (
            "; ".join([f"{rate:,.{0 if rate > 100 else 1}f}{spread([r['rate'] for r in rounds])}", *notes]),
            f"{middle(rounds, 'p50'):.2f}, {middle(rounds, 'p99'):.2f} ms", f"{middle(rounds, 'cpu'):.3f} ms",
            middle(found["bpubsub"], "rate") / rate if rate else float("inf"))
    return cells


def spread(values: list[float]) -> str:
    if len(values) < 2:
        return ""
    digits = 0 if min(values) > 100 else 1
    return f" ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
