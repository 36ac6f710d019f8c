"""The browser, and what goes for every page that is looked at."""

from typing import Callable

from playwright.sync_api import Page, expect, sync_playwright

from scene import Scene

# Milliseconds that a story waits for one thing, however slow the machine is.
PATIENCE = 300_000


def play(story: Callable[[Page, Scene], None], scene: Scene) -> None:
    """Plays a story; no page may show a dialog, fail in its scripts or ask anything of another server."""
    wrong = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        context.on("dialog", lambda dialog: (wrong.append("a dialog: " + dialog.message), dialog.dismiss()))
        context.on("weberror", lambda error: wrong.append(f"an error: {error.error}"))
        # What the browser shows a PDF with is its own.
        inside = (scene.url, "data:", "blob:" + scene.url, "chrome:", "chrome-extension:")
        context.on("request", lambda request: request.url.startswith((*inside, *scene.others))
                   or wrong.append("a request to elsewhere: " + request.url))
        page = context.new_page()
        story(page, scene)
        browser.close()
    if wrong:
        raise SystemExit("\n".join(wrong))


def drawn(page: Page, text: str) -> None:
    """Waits until the line below the picture says this."""
    expect(page.locator("canvas + p")).to_contain_text(text)


def shade(page: Page, across: float) -> list[int]:
    """The colour that the picture has half way down, and so far across: red, green, blue, opacity."""
    return page.locator("canvas:has(+ p)").evaluate(
        "(canvas, across) => [...canvas.getContext('2d')"
        ".getImageData(Math.round(canvas.width * across), Math.round(canvas.height / 2), 1, 1).data]", across)


def cells(page: Page) -> list[list[str]]:
    """What the table of the values says, row by row, without the index."""
    rows = page.get_by_role("group", name="Values").locator("tbody tr")
    return [row.locator("td").all_inner_texts()[1:] for row in rows.all()]
