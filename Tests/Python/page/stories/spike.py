"""One value among very many is seen: a line shows the least and the greatest of what a point stands for."""

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene

COUNT, UP, DOWN = 100_000, 54_321, 20_007


def make(folder: str) -> None:
    values = np.zeros(COUNT, dtype="f8")
    values[UP], values[DOWN] = 1000, -250
    blosc2.asarray(values, urlpath=folder + "/spike.b2nd", mode="w", chunks=(10_000,))
    # More than is read for a picture that nobody has asked for.
    blosc2.asarray(np.zeros(10_000_000, dtype="f8"), urlpath=folder + "/long.b2nd", mode="w", chunks=(1_000_000,))
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def ink(page: Page, index: int, down: float) -> int:
    """How much colour there is at an index, so far down the plot: the greatest opacity within three pixels to each side."""
    return page.locator("canvas:has(+ p)").evaluate(
        """(canvas, [part, down]) => {
             const left = 64 * devicePixelRatio, right = 8 * devicePixelRatio, top = 8 * devicePixelRatio, bottom = 24 * devicePixelRatio;
             const x = left + (canvas.width - left - right) * part, y = top + (canvas.height - top - bottom) * down;
             const { data } = canvas.getContext("2d").getImageData(Math.round(x) - 3, Math.round(y), 7, 1);
             return Math.max(...data.filter((_, place) => place % 4 === 3));
           }""", [index / COUNT, down])


def play(page: Page, scene: Scene) -> None:
    address = scene.url + "/datasets/pictures/spike.b2nd"
    page.goto(address)
    drawn(page, f"[0:{COUNT}]: -250.00 to 1000.0; min and max of")
    expect(page.get_by_label("What a point shows")).to_have_value("range")
    # Between two lines of the grid, half way up to the one and half way down to the other.
    assert ink(page, UP, 0.37) > 200 and ink(page, DOWN, 0.93) > 200
    elsewhere = [ink(page, 70_000, down) for down in (0.37, 0.93)]
    assert elsewhere == [0, 0], elsewhere

    # What was shown before: of every so many values there is none.
    page.get_by_label("What a point shows").select_option("stride")
    drawn(page, f"[0:{COUNT}]: 0.0000 to 0.0000; stride of")
    page.go_back()
    page.goto(f"{address}?zoom={UP - 50}:{UP + 50}")
    drawn(page, "0.0000 to 1000.0; every value")

    page.goto(scene.url + "/datasets/pictures/long.b2nd")
    drawn(page, "[0:10000000]: 0.0000 to 0.0000; stride of")
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    drawn(page, "; min and max of")
    expect(page.get_by_label("What a point shows")).to_have_value("range")
