"""Somebody goes from view to view for long: nothing of a view stays in the browser when it has been left."""

from playwright.sync_api import Page, expect

from browser import drawn
from scene import Scene

ROUNDS = 12


def play(page: Page, scene: Scene) -> None:
    session = page.context.new_cdp_session(page)

    def kept() -> dict[str, int]:
        session.send("HeapProfiler.collectGarbage")
        counters = session.send("Memory.getDOMCounters")
        return {what: counters[what] for what in ("documents", "nodes", "jsEventListeners")}

    found = []
    page.goto(scene.url)
    for _ in range(ROUNDS):
        page.get_by_role("link", name="pictures", exact=True).click()
        page.get_by_role("link", name="waves.b2nd").click()
        drawn(page, "[0,0:900,0:1300]")
        page.get_by_role("link", name="Status").click()
        expect(page.get_by_role("heading", name="Publishers")).to_be_visible()
        page.get_by_role("link", name="bpubsub", exact=True).click()
        expect(page.get_by_role("row", name="pictures")).to_be_visible()
        found.append(kept())
    print(f"after 4 views: {found[0]}; after {4 * ROUNDS}: {found[-1]}")
    # One view may wait for what is still to be collected, at times; were views kept, there would be more with each round.
    late = {what: min(each[what] for each in found[ROUNDS // 2:]) for what in found[0]}
    assert all(late[what] < found[1][what] + 100 for what in late), found
