"""Back and forth: each entry of the history is found as it was left, and nothing of a view stays behind in another's."""

from playwright.sync_api import Page, Route, expect

from browser import drawn
from scene import Scene
import samples


def make(folder: str) -> None:
    for number in range(90):
        with open(f"{folder}/f{number:02d}.txt", "w") as file:
            file.write(f"{number}\n")
    samples.make(folder)


def depth(page: Page) -> int:
    return round(page.evaluate("scrollY"))


def places(page: Page, scene: Scene) -> None:
    """Who comes back is as far down as before, on the link that was taken."""
    page.goto(scene.url + "/browse/pictures")
    left = page.get_by_role("link", name="f80.txt")
    left.hover()
    before = depth(page)
    assert before > 1000, before
    left.click()
    expect(page.get_by_text("80", exact=True)).to_be_visible()
    assert depth(page) == 0
    page.go_back()
    expect(left).to_be_focused()
    assert depth(page) == before, (depth(page), before)
    page.go_forward()
    expect(page.get_by_text("80", exact=True)).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    assert depth(page) == 0
    page.go_back()
    expect(left).to_be_visible()
    page.reload()
    expect(left).to_be_visible()
    assert depth(page) == before, (depth(page), before)


def jumps(page: Page, scene: Scene) -> None:
    """A jump inside the page makes nothing anew."""
    page.goto(scene.url + "/browse/pictures")
    expect(page.get_by_role("link", name="f00.txt")).to_be_visible()
    page.evaluate("document.querySelector('.listing').before = true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(scene.url + "/browse/pictures#main")
    expect(page.locator("main")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(scene.url + "/browse/pictures")
    assert page.evaluate("document.querySelector('.listing').before")


def remains(page: Page, scene: Scene) -> None:
    """What a view still does when it has been left does not change the address of the next, which takes its time."""
    waiting: list[Route] = []
    page.goto(scene.url + "/datasets/pictures/waves.b2nd")
    drawn(page, "[0,0:900,0:1300]")
    page.route("**/api/status", lambda route: waiting.append(route))
    canvas = page.get_by_role("img", name="The values as a picture")
    canvas.hover()
    page.mouse.wheel(0, -100)
    page.get_by_role("link", name="Status").click()
    expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    # Nobody can reach the old view, whose listeners are still there.
    assert page.locator("main").evaluate("main => main.inert")
    page.get_by_label("Position on axis 0").evaluate(
        "slider => { for (const name of ['input', 'change']) slider.dispatchEvent(new Event(name)); }")
    page.wait_for_timeout(500)
    expect(page).to_have_url(scene.url + "/status")
    for route in waiting:
        route.continue_()
    page.unroute("**/api/status")
    expect(page.get_by_role("heading", name="Publishers")).to_be_visible()
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
    expect(page).to_have_url(scene.url + "/status")
    page.go_back()
    drawn(page, "[0,")
    page.go_forward()

    # So does a filter that is still being typed.
    page.goto(scene.url + "/browse/pictures")
    page.get_by_role("searchbox").fill("f8")
    page.get_by_role("link", name="Status").click()
    page.wait_for_timeout(300)
    expect(page).to_have_url(scene.url + "/status")


def nowhere(page: Page, scene: Scene) -> None:
    """An address that nothing has."""
    for path in ["/nonsense", "/browse/", "/datasets/", "/status/more", "/constructor"]:
        answer = page.goto(scene.url + path)
        assert answer.status == 404, (path, answer.status)
        expect(page.get_by_text("There is no such page.")).to_be_visible()
    page.get_by_role("link", name="All groups").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")


def play(page: Page, scene: Scene) -> None:
    places(page, scene)
    jumps(page, scene)
    remains(page, scene)
    nowhere(page, scene)
