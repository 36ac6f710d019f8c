"""Structures: any field has a column, whatever it is called and has in it; fields with numbers have a picture."""

import re

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

from browser import cells, drawn
from scene import Scene

STATION = np.dtype([
    ("name", "<U6"), (("height above sea", "it's \"high\""), "<f4"), ("speed", "<f8", (3,)), ("raw", "V3"), ("count", ">i8"),
    ("place", [("day", "<M8[D]"), ("box", "<i2", (2, 2))]), ("größe", "S5"),
])
GAPS = np.dtype({"names": ["b", "a"], "formats": [("<f8", (2,)), "<i4"], "offsets": [16, 4], "itemsize": 40})


def stations() -> np.ndarray:
    rows = np.zeros(25, STATION)
    rows["name"], rows["it's \"high\""] = [f"ü{n}" for n in range(25)], np.arange(25) / 10
    rows["speed"], rows["count"] = np.arange(75).reshape(25, 3) / 4, 2**60 + np.arange(25)
    rows["place"]["day"], rows["place"]["box"] = np.arange(25), np.arange(100).reshape(25, 2, 2)
    rows["raw"], rows["größe"] = b"\x01\xff\x00", b"a\xff"
    return rows


def make(folder: str) -> None:
    blosc2.asarray(stations(), urlpath=folder + "/stations.b2nd", mode="w")
    # More than 64 MiB, of which a field with numbers has very little.
    plane = np.zeros((300, 400), [("note", "<U200"), ("value", "<f4")])
    plane["value"] = np.arange(300 * 400).reshape(300, 400)
    plane["note"][1, 2] = "here"
    blosc2.asarray(plane, urlpath=folder + "/plane.b2nd", mode="w", chunks=(100, 100), blocks=(20, 50))
    blosc2.asarray(np.full((60, 70), "wide", "<U20000"), urlpath=folder + "/wide.b2nd", mode="w", chunks=(2, 7), blocks=(1, 7))
    # The text of this type, of more than 64 KiB, is too long for the catalogue.
    many = np.zeros(3, [(f"field {n}", "<i2") for n in range(3000)])
    many["field 150"] = 150
    blosc2.asarray(many, urlpath=folder + "/many.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as file:
        file.write("last\n")


def texts(row: np.void) -> list[str]:
    """What the table says of a station."""
    day, box = row["place"]
    rows = ", ".join(f"[{', '.join(map(str, numbers))}]" for numbers in box)
    speed = ", ".join(f"{value:g}" for value in row["speed"])
    return [row["name"], f"{row[1]:g}", speed, "\\x01\\xff\\x00", str(row["count"]), f"({day}, {rows})", "a\\xff"]


def types(page: Page) -> None:
    """The page reads types, and items, as NumPy does: those, too, that no file of this story has."""
    for dtype in (STATION, GAPS, np.dtype([("a", "i1"), ("b", "f8")], align=True), np.dtype([("n", GAPS["b"])])):
        found = page.evaluate("async (text) => (await import('/page/dtype.js')).itemType(text)", str(dtype))
        assert found["size"] == dtype.itemsize, (dtype, found)
        assert [(field["name"], field["offset"]) for field in found["fields"]] == [
            (name, dtype.fields[name][1]) for name in dtype.names], (dtype, found)
    for text in ("", "x", "[('a', '<i4')", "{'names': ['a']}", "[" * 10_000, "[('a', '<i4'), 3]", "'<i4'", "<U0", "[('a', '<i4', (32, 0))]"):
        assert page.evaluate("async (text) => (await import('/page/dtype.js')).itemType(text)", text) is None, text


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/browse/pictures")
    expect(page.get_by_text("25 of name, it's \"high\", speed, raw, count, place, größe")).to_be_visible()
    types(page)

    page.get_by_role("link", name="stations.b2nd").click()
    # The first that has a picture.
    expect(page.get_by_label("Field")).to_have_value("it's \"high\"")
    drawn(page, "0.0000 to 2.4000")
    with page.expect_request(lambda request: "/api/view/" in request.url) as request:
        page.get_by_text("As a table").click()
    assert "field=" not in request.value.url, "one request brings all columns"
    expect(page.get_by_role("cell", name="1152921504606846995")).to_be_visible()
    for shown, row in zip(cells(page), stations(), strict=False):
        assert shown == texts(row), (shown, texts(row))
    page.get_by_label("Field").select_option("speed")
    drawn(page, "Each item has several values: they are in the table below.")
    expect(page.locator("canvas:has(+ p)")).to_be_hidden()
    page.get_by_label("Field").focus()
    page.get_by_label("Field").select_option("count")
    drawn(page, "1.1529e+18 to 1.1529e+18")
    expect(page.get_by_label("Field")).to_be_focused()

    page.goto(scene.url + "/datasets/pictures/plane.b2nd")
    drawn(page, "0.0000 (dark) to 1.2000e+5 (bright)")
    page.get_by_label("Field").select_option("note")
    expect(page.get_by_role("cell", name="here")).to_be_visible()
    looks_without_pictures(page, scene)

    page.goto(scene.url + "/datasets/pictures/many.b2nd?field=field%20150")
    drawn(page, "150.00 to 150.00")
    page.get_by_text("As a table").click()
    expect(page.get_by_text("Fields 151 to 250 of 3000")).to_be_visible()
    assert cells(page) == [["150"] + ["0"] * 99] * 3
    expect(page.get_by_role("cell", name=re.compile(r"… \(\d\d,\d\d\d characters\)"))).to_be_visible()


def looks_without_pictures(page: Page, scene: Scene) -> None:
    """Texts are not fetched as a picture: the table is open, and no answer is larger than a page of it."""
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/view/" in request.url else None)
    page.goto(scene.url + "/datasets/pictures/wide.b2nd")
    drawn(page, "Texts are not drawn: they are in the table below.")
    expect(page.get_by_role("cell", name="wide").first).to_be_visible()
    assert len(asked) == 1, asked
    page.get_by_role("button", name="Later rows").click()
    expect(page.get_by_role("cell", name="5", exact=True)).to_be_visible()
