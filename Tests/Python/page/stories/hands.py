"""A picture is moved and zoomed by mouse and fingers; however fast that is, one request is under way."""

import blosc2
import numpy as np
from playwright.sync_api import Locator, Page, Request, expect

import samples
from browser import drawn
from scene import Scene


def make(folder: str) -> None:
    blosc2.asarray(np.arange(600_000.0).reshape(2000, 300), urlpath=folder + "/tall.b2nd", mode="w")
    samples.make(folder)


class Requests:
    """Counts the views that are being asked for."""

    def __init__(self, page: Page):
        self.running = self.most = 0
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _begun(self, request: Request) -> None:
        if "/api/view/" in request.url:
            self.running += 1
            self.most = max(self.most, self.running)

    def _ended(self, request: Request) -> None:
        if "/api/view/" in request.url:
            self.running -= 1


def fingers(page: Page, steps: list[list[tuple[float, float]]]) -> None:
    """Puts fingers down, moves them, and takes them up."""
    session = page.context.new_cdp_session(page)
    for number, places in enumerate([*steps, []]):
        kind = "touchEnd" if not places else "touchMove" if number else "touchStart"
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def place(canvas: Locator) -> tuple[dict, tuple[float, float]]:
    """Where it is on the screen, and its middle."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def play(page: Page, scene: Scene) -> None:
    requests = Requests(page)
    page.goto(scene.url + "/datasets/pictures/waves.b2nd?zoom=300:600,400:833")
    drawn(page, "[0,300:600,400:833]")
    canvas = page.get_by_role("img", name="The values as a picture")
    box, middle = place(canvas)

    # What is under the mouse stays there: a third to the right shows what was a third to the left.
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + box["width"] / 3, middle[1], steps=40)
    page.mouse.up()
    drawn(page, "[0,300:600,256:689]")
    page.reload()
    drawn(page, "[0,300:600,256:689]")

    wheels(page, canvas)

    box, middle = place(canvas)
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    for _ in range(60):
        page.mouse.wheel(0, -100)
    drawn(page, "[0,333:334,")
    drawn(page, "; every value")
    for _ in range(60):
        page.mouse.wheel(0, 100)
    drawn(page, "[0,0:900,0:1300]")

    fingers(page, [[(middle[0] - 50 - 5 * step, middle[1]), (middle[0] + 50 + 5 * step, middle[1])] for step in range(11)])
    drawn(page, "[0,225:675,325:975]")
    fingers(page, [[(middle[0] - box["width"] / 40 * step, middle[1])] for step in range(21)])
    drawn(page, "[0,225:675,650:1300]")

    slider = page.get_by_label("Position on axis 0").bounding_box()
    page.mouse.move(slider["x"] + 8, slider["y"] + slider["height"] / 2)
    page.mouse.down()
    page.mouse.move(slider["x"] + slider["width"], slider["y"] + slider["height"] / 2, steps=60)
    page.mouse.up()
    drawn(page, "[4,225:675,650:1300]")
    expect(page).to_have_url(scene.url + "/datasets/pictures/waves.b2nd?at=4&zoom=225:675,650:1300")
    assert requests.most == 1, requests.most
    telephone(page, scene)


def wheels(page: Page, canvas: Locator) -> None:
    """Who scrolls gets past the picture; the wheel zooms with Ctrl, and when the picture has been clicked."""
    seen = page.locator("canvas + p").inner_text()
    canvas.scroll_into_view_if_needed()
    canvas.hover()
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 200)
    page.locator("h2", has_text="Take it away").hover()
    assert page.evaluate("scrollY") > before
    expect(page.locator("canvas + p")).to_have_text(seen)
    canvas.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(page.locator("canvas + p")).not_to_have_text(seen)
    canvas.click()


def telephone(page: Page, scene: Scene) -> None:
    """One finger scrolls the page past a tall picture while all of it is seen, and moves what is seen of a part."""
    context = page.context.browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto(scene.url + "/datasets/pictures/tall.b2nd")
    drawn(phone, "[0:2000,0:300]")
    canvas = phone.get_by_role("img", name="The values as a picture")
    box, (x, y) = place(canvas)
    assert box["height"] <= 0.7 * 640 + 1

    def drag() -> int:
        """How far the page goes with a finger that goes up by 140."""
        before = phone.evaluate("scrollY")
        fingers(phone, [[(x, y - 10 * step)] for step in range(15)])
        # What the fingers did is seen in the frame after the next.
        return phone.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY))))") - before

    assert drag() > 100
    drawn(phone, "[0:2000,0:300]")
    _, (x, y) = place(canvas)
    # One of the fingers stays where it is, the other goes down.
    scrolled = phone.evaluate("scrollY")
    fingers(phone, [[(x, y - 50), (x, y + 50 + 10 * step)] for step in range(11)])
    expect(phone.locator("canvas + p")).not_to_contain_text("[0:2000,0:300]")
    assert phone.evaluate("[scrollY, visualViewport.scale]") == [scrolled, 1]
    part = phone.locator("canvas + p").inner_text()
    assert drag() == 0
    expect(phone.locator("canvas + p")).not_to_have_text(part)
    context.close()
