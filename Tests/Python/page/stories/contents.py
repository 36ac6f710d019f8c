"""Texts, structures and any two axes of a volume are shown."""

from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url + "/datasets/pictures/last.txt")
    expect(page.get_by_label("The start of the text")).to_have_text("<b>last</b>\n")
    page.goto(scene.url + "/datasets/pictures/rows.b2nd")
    drawn(page, "0.0000 to 7.2500")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name="3 0.75 3000000000 <b>")).to_be_visible()
    page.get_by_role("button", name="Later rows").click()
    expect(page.get_by_role("row", name="29 7.25 29000000000 <b>")).to_be_visible()
    page.get_by_label("Field").select_option("count")
    drawn(page, "0.0000 to 2.9000e+10")
    # What is taken away is of this field.
    for name in ("Python, caterva2", "Python, blosc2"):
        taken = {}
        exec(page.get_by_label(name, exact=True).inner_text(), taken)
        assert list(taken["data"]) == [row * 10**9 for row in range(30)]
    expect(page.get_by_label("the command line", exact=True)).to_contain_text("--field 'count'")
    page.goto(scene.url + "/datasets/pictures/volume.b2nd")
    drawn(page, "[0:64,0:48,0]")
    page.get_by_label("Axes shown").select_option(label="axes 1 and 2")
    drawn(page, "[0,0:48,0:3]")
    page.get_by_label("Position on axis 0").fill("63")
    drawn(page, "[63,0:48,0:3]: 9072.0 (dark) to 9215.0 (bright)")
    page.reload()
    drawn(page, "[63,0:48,0:3]: 9072.0 (dark) to 9215.0 (bright)")
