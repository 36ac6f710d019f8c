"""An array without axes has one value, which is shown, and which can be taken away."""

import subprocess

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from scene import Scene

POINT = np.array((7, "hé", 2.5), dtype=[("number", "<i4"), ("name", "<U4"), ("height", "<f4")])


def make(folder: str) -> None:
    alone = blosc2.asarray(np.array(2**62 + 1), urlpath=folder + "/alone.b2nd", mode="w")
    alone.schunk.vlmeta["units"] = "m"
    alone.schunk.vlmeta["limits"] = [2**53 + 1, {"least": -(2**63), "most": 2**64 - 1}, 0.1, "text"]
    alone.schunk.vlmeta["largest"] = 2**63 - 1
    blosc2.asarray(POINT, urlpath=folder + "/point.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def taken(page: Page, name: str) -> np.ndarray:
    """What the lines of Python give that the page shows."""
    names = {}
    exec(page.get_by_label(name).inner_text(), names)
    return names["data"]


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/alone.b2nd")
    expect(page.get_by_text("4611686018427387905 m", exact=True)).to_be_visible()
    # Integers that no double has are written as they are.
    for text in ('[9007199254740993,{"least":-9223372036854775808,"most":18446744073709551615},0.1,"text"]', "9223372036854775807"):
        expect(page.get_by_role("cell", name=text, exact=True)).to_be_visible()
    for name in ("Python, caterva2", "Python, blosc2"):
        assert taken(page, name) == 2**62 + 1, name

    page.goto(scene.url + "/datasets/pictures/point.b2nd")
    for row in ("number 7", "name hé", "height 2.5"):
        expect(page.get_by_role("row", name=row)).to_be_visible()
    for name in ("Python, caterva2", "Python, blosc2"):
        assert taken(page, name) == POINT, name
    line = page.get_by_label("curl").inner_text().replace("curl -o part.b2nd", f"curl -sf -o {scene.folder}.part.b2nd")
    subprocess.run(line, shell=True, check=True)
    assert blosc2.open(scene.folder + ".part.b2nd")[()] == POINT
