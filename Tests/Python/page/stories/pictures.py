"""Arrays of red, green and blue are pictures; counts of a microscope are grey, until another scale is chosen."""

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import drawn, shade
from scene import Scene


def make(folder: str) -> None:
    film = np.zeros((3, 60, 80, 4), "u1")
    film[..., 3] = 255
    film[1, :, :40, 0] = 255
    film[1, :, 40:, 2] = 255
    blosc2.asarray(film, urlpath=folder + "/film.b2nd", mode="w")
    blosc2.asarray(film[1, ..., :3].astype("f4") / 255, urlpath=folder + "/still.b2nd", mode="w")
    # Larger than a screen: its points are means, which are floats.
    poster = np.zeros((2600, 2000, 4), "u1")
    poster[..., 1], poster[..., 3] = 128, 255
    poster[:, 1000:, 3] = 0
    blosc2.asarray(poster, urlpath=folder + "/poster.b2nd", mode="w")
    cells = np.broadcast_to(np.arange(96, dtype="u2") * 10, (4, 64, 96))
    blosc2.asarray(np.ascontiguousarray(cells), urlpath=folder + "/cells.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as f:
        f.write("last\n")


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/film.b2nd?at=1")
    drawn(page, "[1,0:60,0:80,0:4]")
    assert [shade(page, 0.25), shade(page, 0.75)] == [[255, 0, 0, 255], [0, 0, 255, 255]]
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name="0 255, 0, 0, 255 255, 0, 0, 255").first).to_be_visible()
    page.get_by_label("Show as").select_option("values")
    drawn(page, "[1,0:60,0:80,0]: 0.0000 (dark) to 255.00 (bright)")
    page.get_by_label("Position on axis 3").fill("2")
    drawn(page, "[1,0:60,0:80,2]")
    assert [shade(page, 0.25), shade(page, 0.75)] == [[0, 0, 0, 255], [255, 255, 255, 255]]

    page.goto(scene.url + "/datasets/pictures/poster.b2nd?reduce=mean")
    drawn(page, "mean of ")
    assert [shade(page, 0.25), shade(page, 0.75)] == [[0, 128, 0, 255], [0, 0, 0, 0]]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == "poster.b2nd.png"

    page.goto(scene.url + "/datasets/pictures/still.b2nd")
    drawn(page, "(bright)")
    page.get_by_label("Show as").select_option("colours")
    drawn(page, "[0:60,0:80,0:3]: 0.0000 to 1.0000")
    assert shade(page, 0.25) == [255, 0, 0, 255]

    page.goto(scene.url + "/datasets/pictures/cells.b2nd")
    drawn(page, "0.0000 (dark) to 950.00 (bright)")
    expect(page.get_by_label("Colours")).to_have_value("grey")
    page.get_by_label("Colours").select_option("viridis")
    page.get_by_label("Lower limit").fill("400")
    page.get_by_label("Upper limit").fill("500")
    page.get_by_label("Upper limit").press("Enter")
    # The ends of the map are what is below and above the limits.
    assert [shade(page, 0.1), shade(page, 0.9)] == [[0x44, 0x01, 0x54, 255], [0xFD, 0xE7, 0x25, 255]]
    page.reload()
    expect(page.get_by_label("Lower limit")).to_have_value("400")
    drawn(page, "(bright)")
    assert shade(page, 0.1) == [0x44, 0x01, 0x54, 255]
    page.get_by_role("button", name="Automatic").click()
    assert shade(page, 0.4) not in ([0x44, 0x01, 0x54, 255], [0xFD, 0xE7, 0x25, 255])
