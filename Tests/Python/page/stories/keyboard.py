"""All of it without a mouse."""

from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    def to(role: str, name: str) -> None:
        wanted = page.get_by_role(role, name=name, exact=True)
        expect(wanted).to_be_visible()
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{name} cannot be reached by the keyboard")

    page.goto(scene.url)
    for name in ("pictures", "waves.b2nd"):
        to("link", name)
        page.keyboard.press("Enter")
    to("slider", "Position on axis 0")
    page.keyboard.press("ArrowRight")
    drawn(page, "[1,0:900,0:1300]")
    to("img", "The values as a picture")
    page.keyboard.press("+")
    drawn(page, "[1,225:675,325:975]")
    page.keyboard.press("ArrowRight")
    drawn(page, "[1,225:675,488:1138]")
