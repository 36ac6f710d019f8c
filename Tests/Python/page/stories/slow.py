"""Pictures that take long: what nobody wants any more is given up, and who drags a slider sees some on the way."""

import time

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene

SIDE, CHUNK = 20_000, 2000


def make(folder: str) -> None:
    blosc2.asarray(np.zeros((40, 60, 80), "u1") + np.arange(40, dtype="u1")[:, None, None],
                   urlpath=folder + "/planes.b2nd", mode="w", chunks=(1, 60, 80))
    # One chunk as often as the array has chunks: large, and made in a moment.
    y, x = np.mgrid[0:CHUNK, 0:CHUNK]
    one = blosc2.asarray(((x // 8 + y // 8) % 251).astype("u1"), chunks=(CHUNK, CHUNK))
    large = blosc2.zeros((SIDE, SIDE), dtype="u1", urlpath=folder + "/large.b2nd", mode="w", chunks=(CHUNK, CHUNK))
    for number in range((SIDE // CHUNK) ** 2):
        large.schunk.update_chunk(number, one.schunk.get_chunk(0))
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


class Views:
    """Counts what became of the questions for pictures."""

    def __init__(self, page: Page):
        self.asked, self.answered, self.given_up = 0, 0, 0
        page.on("request", lambda request: self._count("asked", request))
        page.on("requestfinished", lambda request: self._count("answered", request))
        page.on("requestfailed", lambda request: self._count("given_up", request))

    def _count(self, what, request) -> None:
        if "/api/view/" in request.url:
            setattr(self, what, getattr(self, what) + 1)


def superseded(page: Page, scene: Scene) -> None:
    """A mean over all values is begun and not wanted."""
    views = Views(page)
    page.goto(scene.url + "/datasets/pictures/large.b2nd?reduce=mean")
    expect(page.get_by_role("img", name="The values as a picture")).to_have_attribute("aria-busy", "true")
    began = time.monotonic()
    page.get_by_label("What a point shows").select_option("stride")
    drawn(page, "stride of")
    print(f"{time.monotonic() - began:.1f} s until the next picture; {vars(views)}")
    assert views.given_up == 1, vars(views)
    drawn(page, "stride of")


def dragged(page: Page, scene: Scene) -> None:
    """Each answer takes longer than the page waits for one that is not wanted."""
    page.goto(scene.url + "/datasets/pictures/planes.b2nd")
    drawn(page, "[0,0:60,0:80]")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions",
                 {"offline": False, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1})
    views = Views(page)
    slider = page.get_by_label("Position on axis 0")
    slider.focus()
    for _ in range(39):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
    on_the_way = views.answered
    drawn(page, "[39,0:60,0:80]: 39.000 (dark)")
    print(f"dragged: {on_the_way} on the way; {vars(views)}")
    assert on_the_way >= 2 and views.given_up >= 2, vars(views)


def play(page: Page, scene: Scene) -> None:
    superseded(page, scene)
    dragged(page, scene)
