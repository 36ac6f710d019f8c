"""Additions, changes and removals appear while somebody looks."""

import os

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/browse/pictures")
    reached = page.get_by_role("link", name="waves.b2nd")
    reached.focus()
    blosc2.asarray(np.arange(9), urlpath=scene.folder + "/new.b2nd", mode="w")
    expect(page.get_by_role("link", name="new.b2nd")).to_be_visible()
    # Who is there by the keyboard stays there.
    expect(reached).to_be_focused()
    page.get_by_role("link", name="new.b2nd").click()
    drawn(page, "0.0000 to 8.0000")
    blosc2.asarray(np.arange(10, 30), urlpath=scene.folder + "/new.b2nd", mode="w")
    page.get_by_role("button", name="Show it").click()
    drawn(page, "10.000 to 29.000")
    os.remove(scene.folder + "/new.b2nd")
    expect(page.get_by_text("has been removed")).to_be_visible()
