"""What the page is made of is asked for at once, and not as one file after the other names it."""

from playwright.sync_api import Page, expect

from scene import Scene


def play(page: Page, scene: Scene) -> None:
    page.goto(scene.url)
    expect(page.get_by_role("link", name="pictures", exact=True)).to_be_visible()
    named = page.locator("link[rel=modulepreload]").evaluate_all("links => links.map(({ href }) => href)")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name).filter(name => name.endsWith('.js'))")
    assert len(named) > 20 and set(named) <= set(loaded), set(named) - set(loaded)
    # A script whose name was there before it was needed is asked for by the document itself.
    late = set(loaded) - set(named)
    assert len(late) < 10, f"index.html does not name {late}"
