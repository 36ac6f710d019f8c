"""Markdown and PDF are shown as they are meant, and can do nothing."""

import os
import re

from playwright.sync_api import Page, expect

from samples import PNG
from scene import Scene

MARKDOWN = """# Buoys

See [the mission](https://example.org/mission), [the waves](waves.b2nd), [this](javascript:alert(1)).

<script>alert(2)</script> <img src=x onerror=alert(3)>

![a chart](https://example.org/chart.png) ![a map](map.png)

| place | depth |
|---|---|
| north | 12 m |

[How they are read](#how-theyre-read), [what is left](more.md#What%20is%20left)

#### How they're read

Every hour.
"""

MORE = "# More\n" + "A line.\n\n" * 200 + "# What is left\n" + "A line.\n\n" * 200

# Rows that are filled up to 13,000 columns, and references that are looked for one by one.
SLOW = {
    "filled.md": "|a" * 13_000 + "|\n" + "|-" * 13_000 + "|\n" + "|\n" * 6_000,
    "references.md": "\n".join(f"[a{number}]: b" for number in range(5_000))}

MANY = "![of many](map.png) ![none](none.png)\n" * 40


def pdf(text: str) -> bytes:
    """A page with a line of text."""
    content = f"BT /F1 24 Tf 50 100 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font "
        "/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>", f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"]
    file, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return file + (f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
                   f"startxref\n{len(file)}\n%%EOF\n").encode()


def make(folder: str) -> None:
    files = {
        "README.md": MARKDOWN.encode(), "more.md": MORE.encode(), "many.md": MANY.encode(), "map.png": PNG, "page.pdf": pdf("A page"),
        "script.pdf": b"<!doctype html><script>parent.document.title = 'changed'; alert(4)</script>", "last.txt": b"last\n"}
    files |= {name: content.encode() for name, content in SLOW.items()}
    # The last one tells that all are there.
    files["last.txt"] = files.pop("last.txt")
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(content)


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/README.md")
    document = page.locator("article")
    expect(document.get_by_role("heading", name="Buoys")).to_be_visible()
    expect(document.get_by_role("row", name="north 12 m")).to_be_visible()
    expect(document).to_contain_text("<script>alert(2)</script> <img src=x onerror=alert(3)>")
    elsewhere = document.get_by_role("link", name="the mission")
    expect(elsewhere).to_have_attribute("rel", "noopener noreferrer")
    expect(document.get_by_role("link", name="the waves")).to_have_attribute("href", "/datasets/pictures/waves.b2nd")
    expect(document.get_by_role("link")).to_have_count(4)
    # Of the pictures, only that of the same group is asked for.
    expect(document.locator("img")).to_have_count(1)
    expect(document.get_by_role("img", name="a map")).to_have_attribute("src", re.compile("^/api/download/pictures/map.png"))
    expect(document).to_contain_text("a chart")

    sections(page, scene)
    too_much(page, scene)
    pages(page, scene)


def sections(page: Page, scene: Scene) -> None:
    """Links lead to headings, of the text itself and of others; the address of one can be shared."""
    article = page.locator("article")
    # No level is left out between the page's own headings and the text's.
    heading = article.get_by_role("heading", name="How they're read", level=4)
    article.get_by_role("link", name="How they are read").click()
    expect(heading).to_be_in_viewport()
    expect(page).to_have_url(scene.url + "/datasets/pictures/README.md#section-how-theyre-read")
    article.get_by_role("link", name="what is left").click()
    further = article.get_by_role("heading", name="What is left", level=3)
    expect(further).to_be_in_viewport()
    expect(further).to_be_focused()
    page.reload()
    expect(further).to_be_in_viewport()
    page.go_back()
    expect(heading).to_be_in_viewport()


def too_much(page: Page, scene: Scene) -> None:
    """What was made to be slow is shown as text, and the page goes on meanwhile; of many pictures some are loaded."""
    for name in SLOW:
        page.goto(scene.url + "/datasets/pictures/" + name)
        page.get_by_label("Theme").select_option("dark")
        expect(page.get_by_text("This is its text:")).to_be_visible()
        expect(page.get_by_label("The start of the text")).to_contain_text(SLOW[name][:100])
    page.get_by_label("Theme").select_option("system")
    page.goto(scene.url + "/datasets/pictures/many.md")
    article = page.locator("article")
    # Half of the first fifty name nothing.
    expect(article.get_by_role("img", name="of many")).to_have_count(25)
    expect(article.locator("em", has_text="of many")).to_have_count(15)
    expect(article.locator("em", has_text="none")).to_have_count(40)


def pages(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/page.pdf")
    page.get_by_role("button", name="Show the PDF").click()
    expect(page.locator("iframe")).to_have_attribute("title", "page.pdf")
    wait_for_viewer(page)
    page.goto(scene.url + "/datasets/pictures/script.pdf")
    page.get_by_role("button", name="Show the PDF").click()
    wait_for_viewer(page)
    assert page.title() == "pictures/script.pdf – bpubsub", page.title()


def wait_for_viewer(page: Page) -> None:
    """Until the browser's own viewer has taken what is in the frame."""
    while not any(frame.url.startswith("chrome-extension:") for frame in page.frames):
        page.wait_for_event("framenavigated")
