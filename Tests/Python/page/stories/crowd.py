"""A folder of very many datasets: it opens, turns its pages and finds, and the page stays small."""

import json
import time
import urllib.request
from contextlib import contextmanager
from typing import Iterator

from playwright.sync_api import Page, expect

from scene import Scene

COUNT = 100_000
BATCH = 5000
FOLDER = "crowd/all"


def make(folder: str) -> None:
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def dataset(number: int) -> dict:
    return {"path": f"{FOLDER}/{number:06d}.b2nd", "version": f"{number * 7919:064x}", "size": 345_000_000, "modified": 1.5e9,
            "kind": "array", "mediaType": "application/vnd.blosc2.frame",
            "array": {"shape": [256, 1024, 1024], "chunks": [16, 256, 256], "blocks": [4, 64, 64], "dtype": "float32"}}


def announce(broker: str, count: int = COUNT) -> None:
    """As a publisher would that had so many files."""
    def send(method: str, path: str, body: dict, headers: dict[str, str] = {}) -> dict:
        request = urllib.request.Request(broker + path, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)

    claim = {"secret": "5" * 64, "urls": ["http://127.0.0.1:9"], "class": "public"}
    lease = {"Bpubsub-Lease": send("PUT", "/api/publishers/crowd", claim)["lease"]}
    for start in range(0, count, BATCH):
        send("POST", "/api/changes", {"changes": [{"put": dataset(n)} for n in range(start, min(count, start + BATCH))]}, lease)


@contextmanager
def timed(what: str) -> Iterator[None]:
    begin = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - begin:.2f} s")


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url)
    with timed(f"{COUNT:,} datasets announced, and known to the page"):
        announce(scene.broker)
        expect(page.get_by_role("row", name="crowd")).to_contain_text(f"{COUNT:,}")
    with timed("its folder opened"):
        page.get_by_role("link", name="crowd", exact=True).click()
        page.get_by_role("link", name="all/").click()
        expect(page.get_by_role("link", name="000000.b2nd")).to_be_visible()
    expect(page.get_by_text(f"of {COUNT:,}")).to_be_visible()
    size = page.locator("*").count()
    with timed("its last page"):
        page.get_by_role("button", name="Last").click()
        expect(page.get_by_role("link", name=f"{COUNT - 1:06d}.b2nd")).to_be_visible()
    with timed("filtered to one"):
        page.get_by_role("searchbox").press_sequentially("012345")
        expect(page.get_by_role("link", name="012345.b2nd")).to_be_visible()
        expect(page.get_by_role("link", name=".b2nd")).to_have_count(1)
    with timed("filtered to many"):
        page.get_by_role("searchbox").fill("9.b2nd")
        expect(page.get_by_text(f"of {COUNT // 10:,}")).to_be_visible()
    most = max(size, page.locator("*").count())
    print(f"elements of the page: {most:,}")
    assert most < 4000, "there is one page of the list, however long it is"
