"""What somebody has marked to copy it, or scrolled to, stays so while the figures around it change."""

import blosc2
import numpy as np
from playwright.sync_api import Locator, Page, expect

from scene import Scene

TEXT = "getSelection().toString()"


def mark(place: Locator) -> str:
    place.evaluate("node => getSelection().selectAllChildren(node)")
    return place.inner_text()


def play(page: Page, scene: Scene) -> None:
    page.set_viewport_size({"width": 220, "height": 800})
    page.goto(scene.url)
    row = page.get_by_role("row", name="pictures")
    count = row.locator("td").nth(3)
    before = count.inner_text()
    name = mark(row.get_by_role("link"))
    blosc2.asarray(np.arange(9), urlpath=scene.folder + "/new.b2nd", mode="w")
    expect(count).not_to_have_text(before)
    assert page.evaluate(TEXT) == name == "pictures", page.evaluate(TEXT)

    page.get_by_role("link", name="Status").click()
    url = mark(page.get_by_text(scene.broker, exact=True))
    table = page.locator(".scroll")
    across = table.evaluate("node => { node.scrollLeft = 30; return node.scrollLeft; }")
    served = page.locator("dt", has_text="requests of readers").locator("+ dd")
    for _ in range(2):
        expect(served).not_to_have_text(served.inner_text())
    assert page.evaluate(TEXT) == url == scene.broker, page.evaluate(TEXT)
    assert table.evaluate("node => node.scrollLeft") == across > 0, across

    # A row that comes leaves the others alone.
    page.goto(scene.url + "/browse/pictures")
    name = mark(page.get_by_role("link", name="waves.b2nd"))
    blosc2.asarray(np.arange(9), urlpath=scene.folder + "/another.b2nd", mode="w")
    expect(page.get_by_role("link", name="another.b2nd")).to_be_visible()
    assert page.evaluate(TEXT) == name == "waves.b2nd", page.evaluate(TEXT)
