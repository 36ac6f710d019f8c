"""The subscriber ends and starts again under an open page, which says so and goes on by itself."""

import os

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/browse/pictures")
    state = page.locator("#live")
    expect(state).to_have_text("live")
    page.evaluate("window.sameDocument = true")
    # In between a dataset comes, one goes, and the page learns of both without being loaded again.
    scene.stop("subscriber")
    expect(state).to_contain_text("connection lost")
    expect(page.get_by_role("link", name="waves.b2nd")).to_be_visible()
    blosc2.asarray(np.arange(9), urlpath=scene.folder + "/between.b2nd", mode="w")
    os.remove(scene.folder + "/volume.b2nd")
    scene.start("subscriber")
    expect(state).to_have_text("live")
    expect(page.get_by_role("link", name="between.b2nd")).to_be_visible()
    expect(page.get_by_role("link", name="volume.b2nd")).to_have_count(0)
    # So does an open dataset, and a picture that was asked for in vain comes when it can.
    page.get_by_role("link", name="between.b2nd").click()
    drawn(page, "0.0000 to 8.0000")
    scene.stop("subscriber")
    expect(state).to_contain_text("connection lost")
    blosc2.asarray(np.arange(10, 30), urlpath=scene.folder + "/between.b2nd", mode="w")
    scene.start("subscriber")
    page.get_by_role("button", name="Show it").click()
    drawn(page, "10.000 to 29.000")
    scene.stop("subscriber")
    page.get_by_role("button", name="Zoom in").click()
    scene.start("subscriber")
    drawn(page, "[5:15]: 15.000 to 24.000")
    assert page.evaluate("window.sameDocument"), "the page was loaded again"
