"""Markdown and PDF are shown as they are meant, and can do nothing."""

import os

from playwright.sync_api import Page, expect

from scene import Scene

MARKDOWN = """# Buoys

See [the mission](https://example.org/mission), [the waves](waves.b2nd), [this](javascript:alert(1)).

<script>alert(2)</script> <img src=x onerror=alert(3)>

![a chart](https://example.org/chart.png) ![a map](map.png)

| place | depth |
|---|---|
| north | 12 m |
"""


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
        "README.md": MARKDOWN.encode(), "page.pdf": pdf("A page"),
        "script.pdf": b"<!doctype html><script>parent.document.title = 'changed'; alert(4)</script>", "last.txt": b"last\n"}
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
    expect(document.get_by_role("link")).to_have_count(2)
    # Of the pictures, only that of the same group is asked for.
    expect(document.locator("img")).to_have_count(1)
    expect(document.get_by_role("img", name="a map")).to_have_attribute("src", "/api/download/pictures/map.png")
    expect(document).to_contain_text("a chart")

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
