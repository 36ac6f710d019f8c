"""Additions, changes and removals appear while somebody looks."""

import os

import blosc2
import numpy as np
from playwright.sync_api import Page, Route, expect

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
    becomes_another(page, scene)
    is_told_late(page, scene)
    comes_back(page, scene)
    os.remove(scene.folder + "/new.b2nd")
    expect(page.get_by_text("has been removed")).to_be_visible()


def becomes_another(page: Page, scene: Scene) -> None:
    """An open view is asked for parts that the dataset has no more: it says so, whatever is done with what it has."""
    file, another = scene.folder + "/new.b2nd", page.get_by_text("The dataset has another shape or type than it had")
    newer = page.get_by_role("button", name="Show it")
    for values in (np.ones((4, 5)), np.full((40, 50), b"text")):
        blosc2.asarray(np.arange(2000.0).reshape(40, 50), urlpath=file, mode="w")
        newer.click()
        page.goto(scene.url + "/datasets/pictures/new.b2nd?zoom=20:30,20:40")
        drawn(page, "1020.0 (dark) to 1489.0 (bright)")
        blosc2.asarray(values, urlpath=file, mode="w")
        expect(newer).to_be_visible()
        page.get_by_role("button", name="Zoom in").click()
        expect(another).to_be_visible()
        page.set_viewport_size({"width": 900, "height": 900})
        page.get_by_label("Colours").select_option("magma")
        page.set_viewport_size({"width": 1200, "height": 900})
        newer.click()
        expect(another).to_have_count(0)
        expect(page.get_by_text("they are in the table below" if values.dtype.kind == "S" else "1.0000 (dark)")).to_be_visible()


def is_told_late(page: Page, scene: Scene) -> None:
    """What was asked before a change and is answered after it does not hide the change."""
    file, newer = scene.folder + "/new.b2nd", page.get_by_role("button", name="Show it")
    held: list = []

    def hold(route: Route) -> None:
        """Of the second question, with which an open view begins to listen, the answer is made and kept back."""
        answer = route.fetch()
        if held:
            held.append(lambda: route.fulfill(response=answer))
        else:
            held.append(None)
            route.fulfill(response=answer)

    page.route("**/api/datasets/**", hold)
    page.goto(scene.url + "/datasets/pictures/new.b2nd")
    for _ in range(30_000):
        if len(held) > 1:
            break
        page.wait_for_timeout(20)
    blosc2.asarray(np.arange(7), urlpath=file, mode="w")
    expect(newer).to_be_visible()
    with page.expect_event("requestfinished"):
        held[1]()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(newer).to_be_visible()
    page.unroute("**/api/datasets/**")


def comes_back(page: Page, scene: Scene) -> None:
    """What could not be drawn while the file was away is drawn as soon as it is there again, and the same."""
    file = scene.folder + "/back.b2nd"
    blosc2.asarray(np.arange(2000.0).reshape(40, 50), urlpath=file, mode="w")
    with open(file, "rb") as opened:
        content = opened.read()
    page.goto(scene.url + "/datasets/pictures/back.b2nd")
    drawn(page, "[0:40,0:50]")
    os.remove(file)
    expect(page.get_by_text("has been removed")).to_be_visible()
    page.get_by_role("button", name="Zoom in").click()
    expect(page.get_by_text("This cannot be drawn.")).to_be_visible()
    with open(file, "wb") as opened:
        opened.write(content)
    drawn(page, "[10:30,13:38]")
    expect(page.get_by_text("has been removed")).to_have_count(0)
    page.goto(scene.url + "/datasets/pictures/new.b2nd")
