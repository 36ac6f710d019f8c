"""A folder with more in it than fits a page: what is looked for is found, and the page stays small."""

import os

from playwright.sync_api import Page, expect

from scene import Scene


def make(folder: str) -> None:
    for number in range(120):
        os.makedirs(f"{folder}/many/d{number:03d}")
        for name in (f"d{number:03d}/inner.txt", f"f{number:03d}.txt"):
            with open(f"{folder}/many/{name}", "w") as f:
                f.write(f"{number}\n")
    with open(folder + "/last.txt", "w") as f:
        f.write("last\n")


def play(page: Page, scene: Scene) -> None:
    def shows(text: str, rows: int) -> None:
        expect(page.get_by_text(text, exact=True)).to_be_visible()
        expect(page.locator("tbody tr")).to_have_count(rows)

    page.goto(scene.url + "/browse/pictures/many")
    shows("1 to 100 of 240", 100)
    page.get_by_role("button", name="Next").click()
    shows("101 to 200 of 240", 100)
    expect(page.get_by_role("link", name="d119/")).to_be_visible()
    expect(page.get_by_role("link", name="f000.txt")).to_be_visible()
    page.get_by_role("button", name="Last").click()
    shows("201 to 240 of 240", 40)
    page.reload()
    shows("201 to 240 of 240", 40)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    # What is typed is asked for when the typing pauses, from the first page on.
    asked = []
    page.on("request", lambda request: "/api/tree/" in request.url and asked.append(request.url))
    page.get_by_role("searchbox").press_sequentially("INNER", delay=20)
    shows("1 to 100 of 120", 100)
    assert len(asked) < 5, asked
    expect(page.get_by_role("button", name="First")).to_be_disabled()

    # A dataset is no folder.
    page.goto(scene.url + "/browse/pictures/last.txt")
    expect(page.get_by_text("'pictures/last.txt' is a dataset")).to_be_visible()
