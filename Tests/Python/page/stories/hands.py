"""A picture is moved and zoomed by mouse and fingers; however fast that is, one request is under way."""

from playwright.sync_api import Page, Request, expect

from browser import drawn
from scene import Scene


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


def play(page: Page, scene: Scene) -> None:
    requests = Requests(page)
    page.goto(scene.url + "/datasets/pictures/waves.b2nd?zoom=300:600,400:833")
    drawn(page, "[0,300:600,400:833]")
    canvas = page.get_by_role("img", name="The values as a picture")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    # What is under the mouse stays there: a third to the right shows what was a third to the left.
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + box["width"] / 3, middle[1], steps=40)
    page.mouse.up()
    drawn(page, "[0,300:600,256:689]")
    page.reload()
    drawn(page, "[0,300:600,256:689]")

    page.mouse.move(box["x"] + 2, box["y"] + 2)
    for _ in range(60):
        page.mouse.wheel(0, -100)
    drawn(page, "[0,300:")
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
