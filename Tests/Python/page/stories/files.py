"""Files of many kinds are shown as people read them: texts, tables, notebooks, pictures; none of them runs anything."""

import base64
import json
import os
import struct

from playwright.sync_api import Error, Locator, Page, expect

import barriers
from samples import PNG
from scene import Scene

TEXTS = {
    "settings.yaml": "depth: 12\n", "settings.toml": "[depth]\nmost = 12\n", "run.log": "12:00 begun\n", "run.ini": "[run]\n",
    "model.jl": "f(x) = x^2\n", "fit.R": "x <- c(1, 2)\n", "loop.c": "int main(void);\n", "App.swift": "let x = 1\n",
    "run.sh": "#!/bin/sh\n", "places.ndjson": '{"a": 1}\n{"a": 2}\n', "LICENSE": "Do what you like with Å.\n", "Makefile": "all:\n\tcc\n",
    # What names another file is not read.
    "outside.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a onload="alert(1)">&b;</a>\n'}

TABLE = 'name,depth,"what, and ""why"""\r\nnorth,12,"two\r\nlines"\r\n<img src=x onerror=alert(2)>,7.5,\r\n'

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="alert(3)">
<script>alert(4); fetch("https://example.org/svg")</script><image href="https://example.org/a.png" width="9" height="9"/>
<foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="alert(5)"/></foreignObject>
<rect width="40" height="30" fill="green"/></svg>"""

NOTEBOOK = {"nbformat": 4, "cells": [
    {"cell_type": "markdown", "source": ["# Depths\n", "*as measured* <script>alert(6)</script>"]},
    {"cell_type": "code", "source": "print('<b>')", "outputs": [
        {"output_type": "stream", "text": ["<b>\n"]},
        {"output_type": "display_data", "data": {"text/html": "<script>alert(7)</script><b>12</b>", "text/plain": "12 m"}},
        {"output_type": "display_data", "data": {"text/html": "<img src=x onerror=alert(8)>"}},
        {"output_type": "display_data", "data": {"image/png": base64.b64encode(PNG).decode(), "text/plain": "a figure"}},
        {"output_type": "display_data", "data": {"image/svg+xml": SVG}},
        {"output_type": "error", "traceback": ["\x1b[0;31mValueError\x1b[0m: none"]}]},
    {"cell_type": "code", "source": 7, "outputs": [None, {"output_type": "display_data", "data": {"image/png": 7}}]}, None]}

# As it is written, and as it is shown: no number is made another.
NUMBERS = '{"large":12345678901234567890, "one": 1.0,"none":[],"list":[1e400 ,{}],"text":"[a,\\"{b:"}'
LINES = """{
  "large": 12345678901234567890,
  "one": 1.0,
  "none": [],
  "list": [
    1e400,
    {}
  ],
  "text": "[a,\\"{b:"
}"""

# Lines that would be spaces, and outputs without end.
DEEP = "[" * 15_000 + "]" * 15_000
ENDLESS = {"cells": [{"cell_type": "code", "source": "loop", "outputs": [{"output_type": "stream", "text": "line\n" * 9}] * 50_000}]}


def bitmap(width: int, height: int) -> bytes:
    """A black picture that is not compressed."""
    size = (width * 3 + 3) // 4 * 4 * height
    return struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + size, 0, 0, 54, 40, width, height, 1, 24, 0, size, 0, 0, 0, 0) + bytes(size)


def make(folder: str) -> None:
    files = {name: content.encode() for name, content in TEXTS.items()} | {
        "depths.csv": TABLE.encode(), "depths.tsv": b"1\t2\n3\t4\n", "uneven.csv": b"a,b\n1,2,3\n", "empty.csv": b"",
        "broad.csv": b"\n".join([b",".join(b"a%d" % n for n in range(60)), b",".join([b"1"] * 60)]),
        "long.csv": b"name,depth\n" + b"north,12\n" * 20_000, "depths.ipynb": json.dumps(NOTEBOOK).encode(),
        "broken.ipynb": b'{"cells": 7}', "endless.ipynb": json.dumps(ENDLESS).encode(), "deep.json": DEEP.encode(),
        "numbers.json": NUMBERS.encode(), "no-cells.ipynb": b'{"cells": []}',
        "drawing.svg": SVG.encode(), "map.png": PNG, "broken.png": PNG[:20] + b"no picture",
        "large.bmp": bitmap(3400, 3400), "later.png": PNG + bytes(1 << 20), "binary": bytes(range(256)), "archive.zip": b"PK\3\4",
        "last.txt": b"last\n"}
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


def play(page: Page, scene: Scene) -> None:
    barriers.prepare(page.context)
    texts(page, scene)
    tables(page, scene)
    notebooks(page, scene)
    pictures(page, scene)
    without_the_publisher(page, scene)


def show(page: Page, scene: Scene, name: str) -> None:
    page.goto(scene.url + "/datasets/pictures/" + name)
    expect(page.get_by_role("heading", level=1)).to_have_text("pictures/" + name)


def faultless(page: Page) -> None:
    faults = barriers.found(page)
    assert not faults, "\n".join(faults)


def texts(page: Page, scene: Scene) -> None:
    for name, content in TEXTS.items():
        show(page, scene, name)
        expect(page.get_by_label("The start of the text")).to_have_text(content)
    show(page, scene, "deep.json")
    expect(page.get_by_label("The start of the text")).to_have_text(DEEP)
    show(page, scene, "numbers.json")
    assert page.get_by_label("The start of the text").text_content() == LINES
    for name in ("binary", "archive.zip"):
        show(page, scene, name)
        expect(page.get_by_text("There is no preview of files like this")).to_be_visible()
    show(page, scene, "empty.csv")
    expect(page.get_by_text("The file is empty.")).to_be_visible()


def tables(page: Page, scene: Scene) -> None:
    show(page, scene, "depths.csv")
    sheet = page.get_by_label("The start of the table")
    expect(sheet.get_by_role("columnheader")).to_have_text(["name", "depth", 'what, and "why"'])
    expect(sheet.get_by_role("cell")).to_have_text(["north", "12", "two\r\nlines", "<img src=x onerror=alert(2)>", "7.5", ""])
    # A map of one chunk would show nothing that is not written beside it.
    expect(page.get_by_text("its only chunk is held")).to_be_visible()
    expect(page.get_by_role("img", name="Map of the chunks")).to_have_count(0)
    faultless(page)
    show(page, scene, "depths.tsv")
    expect(page.get_by_label("The start of the table").get_by_role("columnheader")).to_have_text(["1", "2"])
    show(page, scene, "long.csv")
    expect(page.get_by_text("The first 200 rows; the rest is in the file.")).to_be_visible()
    expect(page.get_by_label("The start of the table").get_by_role("row")).to_have_count(201)
    show(page, scene, "broad.csv")
    expect(page.get_by_text("The first 50 columns; the rest is in the file.")).to_be_visible()
    expect(page.get_by_label("The start of the table").get_by_role("columnheader")).to_have_count(50)
    show(page, scene, "uneven.csv")
    expect(page.get_by_label("The start of the text")).to_have_text("a,b\n1,2,3\n")


def notebooks(page: Page, scene: Scene) -> None:
    show(page, scene, "depths.ipynb")
    book = page.locator(".notebook")
    expect(book.get_by_role("heading", name="Depths", level=3)).to_be_visible()
    expect(book).to_contain_text("<script>alert(6)</script>")
    expect(book.get_by_label("Cell 2", exact=True)).to_have_text("print('<b>')")
    expect(book.get_by_label("Output 1 of cell 2")).to_have_text("<b>\n")
    expect(book.get_by_label("Output 2 of cell 2")).to_have_text("12 m")
    expect(book.get_by_text("An output that is not shown here")).to_have_count(2)
    seen(book.get_by_role("img", name="Output 4 of cell 2"), 40)
    seen(book.get_by_role("img", name="Output 5 of cell 2"), 40)
    expect(book.get_by_label("Output 6 of cell 2")).to_have_text("ValueError: none")
    expect(book.locator("script, b, iframe, foreignObject")).to_have_count(0)
    faultless(page)
    show(page, scene, "endless.ipynb")
    expect(page.get_by_text("The rest is in the file.")).to_be_visible()
    expect(page.locator(".notebook > pre")).to_have_count(1000)
    show(page, scene, "no-cells.ipynb")
    expect(page.get_by_text("There is nothing in the notebook.")).to_be_visible()
    show(page, scene, "broken.ipynb")
    expect(page.get_by_label("The start of the text")).to_contain_text('"cells": 7')


def seen(picture: Locator, width: int) -> None:
    # The page may draw it anew meanwhile: then it is the new one that is looked at.
    while True:
        try:
            picture.scroll_into_view_if_needed()
            break
        except Error as error:
            if "not attached" not in str(error):
                raise
    expect(picture).to_have_js_property("naturalWidth", width)


def pictures(page: Page, scene: Scene) -> None:
    show(page, scene, "drawing.svg")
    seen(page.get_by_role("img", name="drawing.svg"), 40)
    # Where it is a page of its own, it has no origin and no scripts.
    answer = page.request.get(scene.url + "/api/download/pictures/drawing.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["content-disposition"].startswith("attachment")
    show(page, scene, "broken.png")
    expect(page.get_by_role("alert")).to_have_text("broken.png cannot be read as a picture.")
    show(page, scene, "large.bmp")
    page.get_by_role("button", name="Show the picture, of 34.7 MB").click()
    seen(page.get_by_role("img", name="large.bmp"), 3400)


def without_the_publisher(page: Page, scene: Scene) -> None:
    """What cannot be had now is shown when it can."""
    show(page, scene, "last.txt")
    scene.stop("publisher")
    page.goto(scene.url + "/datasets/pictures/later.png")
    expect(page.get_by_role("alert")).to_contain_text("the publisher of pictures is offline")
    scene.start("publisher")
    seen(page.get_by_role("img", name="later.png"), 40)
