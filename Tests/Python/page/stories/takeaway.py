"""Each line that a view offers to take away gives exactly what is seen, pasted as it is."""

import os
import subprocess
import tempfile

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene

CUBE = "it's \"3\" µm $HOME [1].b2nd"
PLAIN = "notes & 'more'.txt"
VALUES = np.arange(6 * 70 * 90, dtype="f4").reshape(6, 70, 90)


def make(folder: str) -> None:
    blosc2.asarray(VALUES, urlpath=f"{folder}/{CUBE}", mode="w")
    rows = np.zeros(30, dtype=[("a name", "<f4"), ("count", "<i8")])
    rows["count"] = np.arange(30) * 10**15
    blosc2.asarray(rows, urlpath=folder + "/rows.b2nd", mode="w")
    with open(f"{folder}/{PLAIN}", "w") as file:
        file.write("noted\n")
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def pasted(page: Page, name: str, more: str = "") -> bytes:
    """What the line prints, or writes to the only file that it makes."""
    line = page.get_by_label(name, exact=True).inner_text()
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run(line + more, shell=True, cwd=folder, check=True, stdout=subprocess.PIPE).stdout
        made = os.listdir(folder)
        if not made:
            return printed
        with open(f"{folder}/{made[0]}", "rb") as file:
            return file.read()


def same(page: Page, expected: np.ndarray) -> None:
    for name in ("Python, caterva2", "Python, blosc2"):
        taken: dict = {}
        exec(page.get_by_label(name, exact=True).inner_text(), taken)
        np.testing.assert_array_equal(taken["data"], expected, name)
    raw = pasted(page, "the command line", " --raw")
    np.testing.assert_array_equal(np.frombuffer(raw, expected.dtype).reshape(expected.shape), expected)
    fetched = blosc2.ndarray_from_cframe(pasted(page, "curl"))[...]
    np.testing.assert_array_equal(fetched.reshape(expected.shape), expected)


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/browse/pictures")
    page.get_by_role("link", name=CUBE).click()
    drawn(page, "every value")
    page.get_by_label("Position on axis 0").fill("4")
    drawn(page, "[4,0:70,0:90]")
    same(page, VALUES[4])
    page.get_by_role("button", name="Zoom in").click()
    drawn(page, "[4,18:53,23:68]")
    same(page, VALUES[4, 18:53, 23:68])
    # The link leads to this very view.
    page.goto(page.get_by_label("a link to this view", exact=True).inner_text())
    drawn(page, "[4,18:53,23:68]")

    page.goto(scene.url + "/datasets/pictures/rows.b2nd?field=count")
    drawn(page, "2.9000e+16")
    same(page, np.arange(30) * 10**15)

    page.goto(scene.url + "/browse/pictures")
    page.get_by_role("link", name=PLAIN).click()
    expect(page.get_by_label("The start of the text")).to_have_text("noted\n")
    for name in ("the command line", "curl"):
        assert pasted(page, name) == b"noted\n", name
