"""The browser, and what goes for every page that is looked at."""

import contextlib
from typing import Callable, Self

from playwright.sync_api import Page, expect, sync_playwright

from scene import Scene

# Milliseconds that a story waits for one thing, however slow the machine is.
PATIENCE = 300_000

# Chromium makes a window for each context, and in each the two pages that an address that is typed needs, which costs more than
# most stories do. Of this switch the last one counts: what Playwright leaves out is repeated.
LEFT_OUT = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"]


class Theatre:
    """The browser that all stories are played in, one after the other; each has a context, as it were a browser, of its own."""

    def __init__(self) -> None:
        self._parts = contextlib.ExitStack()

    def __enter__(self) -> Self:
        playwright = self._parts.enter_context(sync_playwright())
        self._browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-features=" + ",".join(LEFT_OUT)])
        self._parts.callback(self._browser.close)
        expect.set_options(timeout=PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.close()

    def play(self, story: Callable[[Page, Scene], None], scene: Scene) -> None:
        """Plays a story; no page may show a dialog, fail in its scripts or ask anything of another server."""
        wrong = []
        with self._browser.new_context(viewport={"width": 1200, "height": 900}) as context:
            context.set_default_timeout(PATIENCE)
            context.on("dialog", lambda dialog: (wrong.append("a dialog: " + dialog.message), dialog.dismiss()))
            context.on("weberror", lambda error: wrong.append(f"an error: {error.error}"))
            # What the browser shows a PDF with is its own.
            inside = (scene.url, "data:", "blob:" + scene.url, "chrome:", "chrome-extension:")
            context.on("request", lambda request: request.url.startswith((*inside, *scene.others))
                       or wrong.append("a request to elsewhere: " + request.url))
            story(context.new_page(), scene)
        assert not self._browser.contexts, "a story closes the contexts that it makes"
        assert not wrong, "\n".join(wrong)


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
