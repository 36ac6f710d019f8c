"""The line to the subscriber is cut, for a moment or for long, and nothing of what happens meanwhile is missed."""

import os

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from line import Line
from scene import Scene
from stories.crowd import announce


def play(page: Page, scene: Scene) -> None:
    line = Line(scene.url)
    scene.others.append(line.url)
    state = page.locator("#live")

    def cut() -> None:
        line.cut()
        expect(state).to_contain_text("connection lost")

    def mend() -> None:
        line.mend()
        expect(state).to_have_text("live")

    file = scene.folder + "/new.b2nd"
    page.goto(line.url + "/browse/pictures")
    expect(state).to_have_text("live")
    page.evaluate("window.sameDocument = true")
    cut()
    blosc2.asarray(np.arange(9), urlpath=file, mode="w")
    mend()
    page.get_by_role("link", name="new.b2nd").click()
    drawn(page, "0.0000 to 8.0000")

    # What has gone meanwhile is said to have gone, and when it is there again it can be seen.
    removed = page.get_by_text("This dataset has been removed.")
    cut()
    os.remove(file)
    mend()
    expect(removed).to_be_visible()
    blosc2.asarray(np.arange(9), urlpath=file, mode="w")
    expect(removed).to_have_count(0)
    cut()
    os.remove(file)
    mend()
    expect(removed).to_be_visible()
    cut()
    blosc2.asarray(np.arange(10, 30), urlpath=file, mode="w")
    mend()
    page.get_by_role("button", name="Show it").click()
    drawn(page, "10.000 to 29.000")

    # More than the subscriber keeps for those who come back.
    page.get_by_role("link", name="bpubsub", exact=True).click()
    expect(page.get_by_role("row", name="pictures")).to_be_visible()
    cut()
    announce(scene.broker, 10_000)
    mend()
    expect(page.get_by_role("row", name="crowd")).to_contain_text("10,000")
    assert page.evaluate("window.sameDocument"), "the page was loaded again"

    # An address that nothing has yet is shown when something has it.
    page.goto(line.url + "/datasets/pictures/later.b2nd")
    expect(page.get_by_text("This cannot be shown")).to_be_visible()
    blosc2.asarray(np.arange(9), urlpath=scene.folder + "/later.b2nd", mode="w")
    drawn(page, "0.0000 to 8.0000")

    # A view that the network failed comes back with that, also when the line for what happens never was cut.
    page.get_by_role("link", name="bpubsub", exact=True).click()
    expect(page.get_by_role("row", name="pictures")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("link", name="pictures", exact=True).click()
    expect(page.get_by_text("The subscriber cannot be reached.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="waves.b2nd")).to_be_visible()
