"""Names and attributes that are markup stay text."""

from playwright.sync_api import Page, expect

from browser import drawn
from samples import HOSTILE
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/browse/pictures")
    page.get_by_role("link", name=HOSTILE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pictures/" + HOSTILE)
    drawn(page, "0.0000 to 11.000")
    page.goto(scene.url + "/datasets/pictures/waves.b2nd")
    units = "<b>m/s</b><script>alert(2)</script>"
    drawn(page, units + ";")
    expect(page.get_by_role("cell", name=units)).to_be_visible()
    expect(page.locator("main img, main script, main b")).to_have_count(0)
    page.goto(scene.url + "/datasets/pictures/%3Cscript%3Ealert(3)%3C%2Fscript%3E")
    expect(page.get_by_role("heading", name="This cannot be shown")).to_be_visible()
    # Of an address is taken what can be, or what is next to it.
    page.goto(scene.url + "/datasets/pictures/waves.b2nd?axes=9,9&at=1.5&zoom=-1:2,x&map=none&low=x&reduce=all&as=colours")
    drawn(page, "[1,0:3,0:1300]")
