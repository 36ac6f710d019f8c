"""Times are read as times, and complex numbers as such: exactly in the table, and as numbers in a picture."""

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import cells, drawn
from scene import Scene

UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "25us"]
COUNTS = np.array([-1, 0, 1, 19_675, -800_000, 12_345_678])


def times() -> dict[str, np.ndarray]:
    """Arrays of dates and durations of each unit, large-endian ones among them; in each a time that is none."""
    arrays = {}
    for number, unit in enumerate(UNITS):
        for kind in "Mm":
            counts = COUNTS // 100 if unit in ("Y", "M", "W") else COUNTS
            values = counts.view(f"<{kind}8[{unit}]").astype(f"{'<>'[number % 2]}{kind}8[{unit}]")
            values[2] = "NaT"
            arrays[f"{kind}-{unit}"] = values
    return arrays


def waves() -> np.ndarray:
    return ((np.arange(12).reshape(3, 4) - 5.25) * (1 - 2j)).astype("c8")


def nights() -> np.ndarray:
    return np.datetime64("2023-11-14T22:13:20.123456789") + np.arange(12).reshape(3, 4) * np.timedelta64(1, "D")


def make(folder: str) -> None:
    for name, values in times().items():
        blosc2.asarray(values, urlpath=f"{folder}/{name}.b2nd", mode="w")
    blosc2.asarray(waves(), urlpath=folder + "/waves.b2nd", mode="w")
    blosc2.asarray(nights(), urlpath=folder + "/nights.b2nd", mode="w")
    blosc2.asarray(waves().astype("c16"), urlpath=folder + "/double.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def play(page: Page, scene: Scene) -> None:
    for name, values in times().items():
        page.goto(f"{scene.url}/datasets/pictures/{name}.b2nd")
        known = values[~np.isnat(values)]
        drawn(page, f"[0:6]: {known.min()} to {known.max()}")
        page.get_by_text("As a table").click()
        expect(page.get_by_role("cell", name="NaT")).to_be_visible()
        assert cells(page) == [[str(value)] for value in values], name
    # There is no mean of dates to choose.
    expect(page.get_by_label("What a point shows")).to_have_count(0)

    page.goto(scene.url + "/datasets/pictures/nights.b2nd?reduce=mean")
    drawn(page, "2023-11-14T22:13:20.123456789 (dark) to 2023-11-25T22:13:20.123456789 (bright)")
    page.locator("canvas:has(+ p)").hover(position={"x": 5, "y": 5})
    expect(page.get_by_text("axis 0: 0, axis 1: 0 → 2023-11-14T22:13:20.123456789")).to_be_visible()

    parts = {"magnitude": np.abs, "real": np.real, "imaginary": np.imag, "phase": np.angle}
    for name in ("waves", "double"):
        page.goto(f"{scene.url}/datasets/pictures/{name}.b2nd")
        for part, of in parts.items():
            page.get_by_label("Of complex numbers").select_option(part)
            low, high = of(waves()).min(), of(waves()).max()
            drawn(page, f"{low:#.5g} (dark) to {high:#.5g} (bright)")
        page.get_by_text("As a table").click()
        expect(page.get_by_role("cell", name="-5.25+10.5j", exact=True)).to_be_visible()
        assert [[complex(text) for text in row] for row in cells(page)] == waves().tolist()
    page.reload()
    expect(page.get_by_label("Of complex numbers")).to_have_value("phase")
