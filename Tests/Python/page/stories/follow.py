"""Groups, folders and datasets are followed by a click, and what is followed with a folder says so."""

import json
import os
import urllib.parse
import urllib.request

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from scene import Scene


def make(folder: str) -> None:
    for name in ("run[1]/a.b2nd", "run1/a.b2nd"):
        os.makedirs(os.path.dirname(f"{folder}/{name}"))
        blosc2.asarray(np.arange(100), urlpath=f"{folder}/{name}", mode="w")
    with open(f"{folder}/last.txt", "w") as file:
        file.write("the last")


def play(page: Page, scene: Scene) -> None:
    follow = page.get_by_role("button", name="Follow", exact=True)
    unfollow = page.get_by_role("button", name="Unfollow", exact=True)

    # A folder whose name reads as a pattern is followed as that folder.
    page.goto(f"{scene.url}/browse/pictures")
    page.get_by_role("link", name="run[1]/").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pictures/run[1]")
    follow.click()
    expect(unfollow).to_be_focused()
    expect(page.get_by_role("row", name="a.b2nd")).to_contain_text("followed")
    assert scene.ask("/api/followed") == ["pictures/run[1]"]
    page.goto(f"{scene.url}/browse/pictures/run1")
    expect(follow).to_be_visible()
    expect(page.get_by_role("row", name="a.b2nd")).not_to_contain_text("followed")

    # A dataset in it says by what it is followed, and that can be ended there.
    page.goto(f"{scene.url}/datasets/pictures/{urllib.parse.quote('run[1]')}/a.b2nd")
    page.get_by_role("button", name="Unfollow pictures/run[1]").click()
    follow.click()
    unfollow.click()
    expect(follow).to_be_visible()
    assert scene.ask("/api/followed") == []

    # What somebody else follows is seen at once.
    names = json.dumps(["pictures"]).encode()
    with urllib.request.urlopen(urllib.request.Request(scene.url + "/api/follow", names, method="POST"), timeout=600):
        pass
    expect(page.get_by_role("button", name="Unfollow pictures")).to_be_visible()
    page.get_by_role("link", name="groups").click()
    expect(page.get_by_role("row", name="pictures")).to_contain_text("followed")
