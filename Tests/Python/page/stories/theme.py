"""Light or dark as the system says, until somebody chooses; the choice stays."""

from playwright.sync_api import Page, expect

from scene import Scene

LIGHT, DARK = "rgb(247, 248, 246)", "rgb(20, 24, 29)"


def play(page: Page, scene: Scene) -> None:
    paper = page.locator("html")
    page.emulate_media(color_scheme="dark")
    page.goto(scene.url)
    expect(paper).to_have_css("background-color", DARK)
    page.get_by_label("Theme").select_option("light")
    expect(paper).to_have_css("background-color", LIGHT)
    page.reload()
    expect(paper).to_have_css("background-color", LIGHT)
    expect(page.get_by_label("Theme")).to_have_value("light")
    page.get_by_label("Theme").select_option("system")
    expect(paper).to_have_css("background-color", DARK)
    page.emulate_media(color_scheme="light")
    expect(paper).to_have_css("background-color", LIGHT)
