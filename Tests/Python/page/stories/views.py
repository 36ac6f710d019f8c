"""Each view as it looks, light, dark and narrow, in pictures for people; and without barriers, as far as axe can see.

The pictures go into the folder that SCREENSHOTS names in the environment; without it nobody keeps them. CONTRIBUTING.md
says how those of the README are made of them.
"""

import os

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

import barriers
from browser import drawn
from scene import Scene

NOTES = """# Surface temperature

Monthly means on a grid of 0.25°, *checked* against the stations.

| file | unit |
|---|---|
| `temperature.b2nd` | K |
| `station.b2nd` | K |

- [x] calibrated
- see <https://example.org/temperature>
"""

STATIONS = "station,depth (m),temperature,salinity,remark\n" + "".join(
    f'N{number % 7},{number * 10},{12 - number * 0.03:.2f},{35 + number * 0.001:.3f},"calm, no. {number}"\n' for number in range(60))


def make(folder: str) -> None:
    lat, lon = np.mgrid[90:-90:720j, 0:360:1440j]
    months = [288 - 45 * np.abs(np.sin(np.radians(lat))) ** 1.5 + 8 * np.sin(np.radians(lat)) * np.cos(month / 2)
              + 4 * np.sin(np.radians(lon * 3 + month * 20)) * np.cos(np.radians(lat * 2)) for month in range(12)]
    array = blosc2.asarray(np.stack(months).astype("f4"), urlpath=folder + "/temperature.b2nd", mode="w",
                           chunks=(1, 360, 720), blocks=(1, 90, 180))
    array.schunk.vlmeta["units"] = "K"
    array.schunk.vlmeta["title"] = "Surface temperature, monthly mean"
    hours = np.arange(24 * 365)
    station = 283 + 9 * np.sin(hours / 24 / 365 * 2 * np.pi - 2) + 4 * np.sin(hours / 24 * 2 * np.pi)
    blosc2.asarray(station + np.random.default_rng(1).normal(0, 1, hours.size), urlpath=folder + "/station.b2nd", mode="w")
    places = np.zeros(30, dtype=[("name", "S8"), ("height", "<f4"), ("readings", "<i8")])
    places["name"], places["height"], places["readings"] = [f"no. {n}" for n in range(30)], np.arange(30) * 12.5, hours.size
    blosc2.asarray(places, urlpath=folder + "/places.b2nd", mode="w")
    os.makedirs(folder + "/raw/2025")
    for month in range(1, 13):
        blosc2.asarray(np.arange(1000) * month, urlpath=f"{folder}/raw/2025/{month:02d}.b2nd", mode="w")
    for name, content in [("notes.md", NOTES), ("stations.csv", STATIONS), ("last.txt", "last\n")]:
        with open(f"{folder}/{name}", "w") as file:
            file.write(content)


def groups(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("link", name="pictures", exact=True)).to_be_visible()


def folder(page: Page, url: str) -> None:
    page.goto(url + "/browse/pictures")
    expect(page.get_by_role("link", name="temperature.b2nd")).to_be_visible()


def dataset(page: Page, url: str) -> None:
    page.goto(url + "/datasets/pictures/temperature.b2nd?at=6&reduce=mean")
    drawn(page, "(bright) K;")


def line(page: Page, url: str) -> None:
    page.goto(url + "/datasets/pictures/station.b2nd?reduce=max")
    drawn(page, " to ")


def table(page: Page, url: str) -> None:
    page.goto(url + "/datasets/pictures/places.b2nd?field=height")
    drawn(page, "0.0000 to 362.50")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name="3 no. 3 37.5 8760")).to_be_visible()


def text(page: Page, url: str) -> None:
    page.goto(url + "/datasets/pictures/notes.md")
    expect(page.get_by_text("Monthly means on a grid")).to_be_visible()


def sheet(page: Page, url: str) -> None:
    page.goto(url + "/datasets/pictures/stations.csv")
    expect(page.get_by_role("columnheader", name="salinity")).to_be_visible()


def missing(page: Page, url: str) -> None:
    page.goto(url + "/datasets/pictures/none.b2nd")
    expect(page.get_by_role("heading", name="This cannot be shown")).to_be_visible()


def status(page: Page, url: str) -> None:
    page.goto(url + "/status")
    expect(page.get_by_role("heading", name="Publishers")).to_be_visible()


VIEWS = [groups, folder, dataset, line, table, text, sheet, missing, status]


def play(page: Page, scene: Scene) -> None:
    kept, faults = os.environ.get("SCREENSHOTS"), []
    if kept:
        os.makedirs(kept, exist_ok=True)
    barriers.prepare(page.context)
    for looks, scheme, width in [("light", "light", 1200), ("dark", "dark", 1200), ("narrow", "light", 360)]:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        for view in VIEWS:
            view(page, scene.url)
            expect(page.locator("#live")).to_have_text("live")
            wide = page.evaluate("document.documentElement.scrollWidth") - width
            if wide > 0:
                faults.append(f"{view.__name__}, {looks}: {wide} pixels wider than the screen")
            if kept:
                page.screenshot(path=f"{kept}/{view.__name__}-{looks}.png")
                page.screenshot(path=f"{kept}/{view.__name__}-{looks}-whole.png", full_page=True)
            faults += [f"{view.__name__}, {looks}: {fault}" for fault in barriers.found(page)]
    assert not faults, "\n".join(faults)
