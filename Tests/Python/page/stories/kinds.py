"""Items that browsers have no number for, or that are several, are shown as they are."""

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def make(folder: str) -> None:
    moments = np.array([1700000000123456789, -1, 2**63 - 1])
    array = blosc2.asarray(moments, urlpath=folder + "/moments.b2nd", mode="w")
    # Too long for the catalogue.
    array.schunk.vlmeta["notes"] = ["a note"] * 1000
    array.schunk.vlmeta["count"] = 2**60 + 1
    blosc2.asarray(np.arange(12, dtype=">f8") / 4, urlpath=folder + "/large-end.b2nd", mode="w")
    steps = np.zeros(5, dtype=[("time", "<i8"), ("speed", "<f4", (3,))])
    steps["time"], steps["speed"] = np.arange(5), np.arange(15).reshape(5, 3) / 2
    blosc2.asarray(steps, urlpath=folder + "/steps.b2nd", mode="w")
    blosc2.asarray(np.full((40, 60), np.nan, "f4"), urlpath=folder + "/nothing.b2nd", mode="w")
    blosc2.asarray(np.full(50, np.nan), urlpath=folder + "/nowhere.b2nd", mode="w")
    blosc2.asarray(np.array([7.0]), urlpath=folder + "/single.b2nd", mode="w")
    between = np.array(["NaT", "2020-01-01", "NaT"], "M8[ns]")
    blosc2.asarray(between, urlpath=folder + "/between.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/moments.b2nd")
    expect(page.get_by_role("row", name='notes ["a note","a note",')).to_be_visible()
    expect(page.get_by_role("row", name="count 1152921504606846977")).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("cell", name="1700000000123456789", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="9223372036854775807", exact=True)).to_be_visible()
    page.goto(scene.url + "/datasets/pictures/large-end.b2nd")
    drawn(page, "0.0000 to 2.7500")
    # The first point of a plot is where its first value is drawn, and not at the edge of the canvas.
    canvas = page.locator("canvas").filter(visible=True).last
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 66, box["y"] + 20)
    expect(page.get_by_text("axis 0: 0 → 0")).to_be_visible()
    # What has no picture has its table open.
    page.goto(scene.url + "/datasets/pictures/steps.b2nd?field=speed")
    expect(page.get_by_role("cell", name="6, 6.5, 7", exact=True)).to_be_visible()
    for name in ("nothing", "nowhere"):
        page.goto(f"{scene.url}/datasets/pictures/{name}.b2nd")
        drawn(page, "there are no numbers here")
        expect(page.get_by_label("Colours")).to_be_hidden()
    # A value without neighbours is a dot, in the middle of the plot when there is no other.
    for name in ("single", "between"):
        page.goto(f"{scene.url}/datasets/pictures/{name}.b2nd")
        drawn(page, "every value")
        assert coloured(page) > 9, f"the only value of {name}.b2nd cannot be seen"


def coloured(page: Page) -> int:
    """How many points in the middle of the plot have the colour of its line."""
    return page.locator("canvas:has(+ p)").evaluate("""(canvas) => {
        const [left, top] = [Math.round(canvas.width / 2 + 18), Math.round(canvas.height / 2 - 18)];
        const context = canvas.getContext("2d"), { data } = context.getImageData(left, top, 20, 20);
        const [red, green, blue] = getComputedStyle(canvas).color.match(/\\d+/g).map(Number);
        const isNear = (at) => Math.hypot(data[at] - red, data[at + 1] - green, data[at + 2] - blue) < 30;
        return Array.from({ length: 400 }, (_, place) => isNear(4 * place)).filter(Boolean).length;
    }""")
