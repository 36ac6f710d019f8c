"""Looking costs what is seen: a slider over many planes, and an array of 40,000 x 40,000 down to its single values."""

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene
from traffic import Meter

PLANES = 40
SIDE, CHUNK, BLOCK = 40_000, 2000, 200


def make(folder: str) -> None:
    planes = np.random.default_rng(1).integers(0, 255, (PLANES, 300, 400), "u1")
    blosc2.asarray(planes, urlpath=folder + "/planes.b2nd", mode="w", chunks=(4, 300, 400), blocks=(1, 100, 100))
    # One chunk of real values, as often as the array has chunks: 1.6 GB that are made in a moment.
    y, x = np.mgrid[0:CHUNK, 0:CHUNK]
    one = blosc2.asarray(((x // 8 + y // 8) % 251).astype("u1"), chunks=(CHUNK, CHUNK), blocks=(BLOCK, BLOCK))
    chunk = one.schunk.get_chunk(0)
    large = blosc2.zeros((SIDE, SIDE), dtype="u1", urlpath=folder + "/large.b2nd", mode="w", chunks=(CHUNK, CHUNK),
                         blocks=(BLOCK, BLOCK))
    for number in range((SIDE // CHUNK) ** 2):
        large.schunk.update_chunk(number, chunk)
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def slide(page: Page, scene: Scene, meter: Meter) -> None:
    page.goto(scene.url + "/datasets/pictures/planes.b2nd")
    drawn(page, "[0,0:300,0:400]")
    first = meter.read("a plane of 300 x 400, opened")
    assert first.views <= 2, "the picture, and at most once more when it knows how large it is"
    slider = page.get_by_label("Position on axis 0")
    slider.focus()
    for _ in range(PLANES - 1):
        page.keyboard.press("ArrowRight")
    drawn(page, f"[{PLANES - 1},0:300,0:400]")
    there = meter.read(f"the slider over {PLANES - 1} more planes")
    plane = 300 * 400
    # A step is at most one question, for one plane; steps that follow too soon are left out.
    assert there.views <= PLANES and there.bytes < PLANES * (plane + 2000)
    assert there.asked <= PLANES + 1 and there.fetched < PLANES * plane * 1.2
    for _ in range(PLANES - 1):
        page.keyboard.press("ArrowLeft")
    drawn(page, "[0,0:300,0:400]")
    back = meter.read("and back")
    assert back.views <= PLANES and there.fetched + back.fetched < PLANES * plane * 1.2, "nothing is fetched twice"


def zoom(page: Page, scene: Scene, meter: Meter) -> None:
    page.goto(scene.url + "/datasets/pictures/large.b2nd")
    drawn(page, "stride of")
    opened = meter.read(f"an array of {SIDE:,} x {SIDE:,}, opened")
    assert opened.views <= 2 and opened.bytes < 5_000_000
    line, steps = page.locator("canvas + p"), 0
    while "every value" not in line.inner_text():
        before = line.inner_text()
        page.get_by_role("button", name="Zoom in").click()
        expect(line).not_to_have_text(before)
        steps += 1
    assert steps <= 8, "each halves what is seen"
    zoomed = meter.read(f"zoomed in {steps} times, to every value")
    assert zoomed.views <= 2 * steps and zoomed.bytes < steps * 1_500_000
    # Every block has a point of the first picture, so all of them are held.
    assert zoomed.asked == 0, "what is held is not asked for again"


def play(page: Page, scene: Scene) -> None:
    meter = Meter(page, scene)
    slide(page, scene, meter)
    zoom(page, scene, meter)
