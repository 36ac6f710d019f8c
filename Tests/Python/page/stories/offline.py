"""The publisher goes away and comes back: what is held is shown, what is not says why, and comes by itself."""

from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/waves.b2nd")
    drawn(page, "[0,0:900,0:1300]")
    held = page.locator("canvas + p").inner_text()
    page.goto(scene.url)
    expect(page.get_by_role("row", name="pictures")).to_contain_text("online")
    scene.stop("publisher")
    expect(page.get_by_role("row", name="pictures")).to_contain_text("offline since")
    # Everything is still listed; what has been seen is still there.
    page.get_by_role("link", name="pictures", exact=True).click()
    page.get_by_role("link", name="waves.b2nd").click()
    expect(page.locator("canvas + p")).to_have_text(held)
    # Another plane is not held.
    with page.expect_response(lambda answer: "/api/view/" in answer.url) as answer:
        page.get_by_label("Position on axis 0").fill("3")
    assert answer.value.status == 503, answer.value.status
    expect(page.get_by_text("the publisher of pictures is offline")).to_be_visible()
    scene.start("publisher")
    drawn(page, "[3,0:900,0:1300]")
    page.goto(scene.url)
    expect(page.get_by_role("row", name="pictures")).to_contain_text("online")
    expect(page.get_by_role("row", name="pictures")).not_to_contain_text("offline")
