"""A view that would be too much says so, and what to do instead."""

import blosc2
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def make(folder: str) -> None:
    blosc2.zeros((600_000_000_000,), dtype="u1", chunks=(1 << 30,), blocks=(1 << 20,), urlpath=folder + "/long.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as f:
        f.write("last\n")


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/long.b2nd?reduce=mean")
    expect(page.get_by_text("This is too much for one picture")).to_be_visible()
    page.get_by_role("button", name="Show every so many").click()
    drawn(page, "[0:600000000000]: 0.0000 to 0.0000; stride of")
    expect(page.get_by_text("This is too much for one picture")).to_have_count(0)
    expect(page.get_by_label("What a point shows")).to_have_value("stride")
