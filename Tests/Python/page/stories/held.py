"""A map of a dataset's chunks moves as others read of it, and the status has the figures."""

import json
import os
import re
import urllib.request

import caterva2
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene

PATH = "pictures/waves.b2nd"


def ask(scene: Scene, path: str) -> str:
    with urllib.request.urlopen(scene.url + path, timeout=600) as answer:
        return answer.read().decode()


def play(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/datasets/{PATH}")
    here = page.get_by_role("region", name="What is held here")
    chunks = here.get_by_role("img", name="Map of the chunks")
    drawn(page, "[0,0:900,0:1300]")
    whole = sum(count for _, count in json.loads(ask(scene, "/api/held/" + PATH))["whole"])
    expect(here).to_contain_text(f"{whole} of 30 chunks held")

    # Somebody else reads one chunk, and the map that is open shows it.
    before = chunks.screenshot()
    caterva2.Client(scene.url).get(PATH)[3, 0:300, 0:650]
    expect(here).to_contain_text(f"{whole + 1} of 30 chunks held")
    expect(chunks).to_have_attribute("aria-label", re.compile(f"{whole + 1} of 30 chunks held"))
    chunks.focus()
    page.keyboard.press("Home")
    for _ in range(18):
        page.keyboard.press("ArrowRight")
    expect(here).to_contain_text("chunk 18 [3:4, 0:300, 0:650]: held")
    page.keyboard.press("ArrowRight")
    expect(here).to_contain_text("chunk 19 [3:4, 0:300, 650:1300]: not held")
    page.keyboard.press("Tab")
    assert chunks.screenshot() != before

    here.get_by_role("button", name="Fetch all of it").click()
    expect(here).to_contain_text("all 30 chunks are held")
    size = os.path.getsize(scene.folder + "/waves.b2nd")
    expect(here.get_by_role("progressbar")).to_have_js_property("value", size)

    page.get_by_role("link", name="Status").click()
    expect(page.get_by_role("row", name="pictures")).to_contain_text("online since")
    metrics = ask(scene, "/metrics")
    requests = re.search(r"^bpubsub_subscriber_publisher_requests_total (\d+)", metrics, re.MULTILINE)[1]
    expect(page.get_by_role("region", name="Fetched")).to_contain_text(f"requests to publishers{requests}")
    expect(page.get_by_role("region", name="Held here")).to_contain_text("no limit")
