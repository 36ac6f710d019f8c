"""Somebody finds a picture, looks into it and takes it away."""

import os

from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url)
    page.get_by_role("link", name="pictures", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pictures")
    page.get_by_role("searchbox").fill("LINE")
    expect(page.get_by_role("link", name="waves.b2nd")).to_have_count(0)
    page.get_by_role("link", name="dir/line.b2nd").click()
    drawn(page, "0.0000 to 4999.0")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("LINE")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("link", name="waves.b2nd").click()
    drawn(page, "[0,0:900,0:1300]")
    drawn(page, "stride of 2 × 2 values a point")
    expect(page.locator("table").first).to_contain_text("5 × 900 × 1300")
    page.get_by_label("What a point shows").select_option("mean")
    drawn(page, "mean of 2 × 2 values a point")
    page.get_by_label("Position on axis 0").fill("3")
    drawn(page, "[3,0:900,0:1300]")
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    drawn(page, "[3,338:563,488:813]")
    drawn(page, "every value")
    seen = page.locator("canvas + p").inner_text()
    page.reload()
    expect(page.locator("canvas + p")).to_have_text(seen)
    part = seen[1:seen.index("]")]
    expect(page.get_by_label("Python, caterva2")).to_contain_text(f'client.get("pictures/waves.b2nd")[{part}]')
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    page.get_by_role("button", name="Fetch all of it").click()
    size = os.path.getsize(scene.folder + "/waves.b2nd")
    expect(page.locator("progress")).to_have_js_property("value", size)
    page.get_by_role("link", name="Status").click()
    expect(page.get_by_role("heading", name="Publishers")).to_be_visible()
