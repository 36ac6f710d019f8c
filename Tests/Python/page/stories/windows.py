"""More windows of one browser than it has connections to a server: all of them show what happens."""

import re
import urllib.request

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene

COUNT = 8


def watchers(scene: Scene) -> int:
    """How many connections wait for events."""
    with urllib.request.urlopen(scene.url + "/metrics") as answer:
        return int(re.search(r'bpubsub_feed_watchers{feed="events"} (\d+)', answer.read().decode())[1])


def put_aside(page: Page, is_hidden: bool) -> None:
    """As when another tab is chosen; a browser that is driven by a program takes all of its windows to be seen."""
    page.evaluate("""isHidden => {
        if (isHidden) Object.defineProperty(document, "hidden", { value: true, configurable: true });
        else delete document.hidden;
        document.dispatchEvent(new Event("visibilitychange"));
    }""", is_hidden)


def play(page: Page, scene: Scene) -> None:
    windows = [page, *[page.context.new_page() for _ in range(COUNT - 1)]]
    for window in windows:
        window.goto(scene.url + "/datasets/pictures/dir/line.b2nd")
        drawn(window, "0.0000 to 4999.0")
        expect(window.locator("#live")).to_have_text("live")
    assert watchers(scene) == 1, watchers(scene)

    aside = windows[3]
    put_aside(aside, True)
    blosc2.asarray(np.arange(10.0, 30), urlpath=scene.folder + "/dir/line.b2nd", mode="w")
    for window in windows:
        window.bring_to_front()
        if window is aside:
            expect(window.get_by_text("There is a newer version")).to_have_count(0)
            put_aside(window, False)
        window.get_by_role("button", name="Show it").click()
        drawn(window, "10.000 to 29.000")

    # Who leaves takes nobody's connection away; the last one ends it.
    for window in windows[1:]:
        window.close()
    blosc2.asarray(np.arange(40.0, 50), urlpath=scene.folder + "/dir/line.b2nd", mode="w")
    page.get_by_role("button", name="Show it").click()
    drawn(page, "40.000 to 49.000")
    put_aside(page, True)
    while watchers(scene):
        page.wait_for_timeout(50)
    put_aside(page, False)
    expect(page.locator("#live")).to_have_text("live")
    page.reload()
    drawn(page, "40.000 to 49.000")
    expect(page.locator("#live")).to_have_text("live")
    assert watchers(scene) == 1, watchers(scene)
