"""What keeps people from using a page, as far as axe-core can see."""

import os

import axe_playwright_python
from playwright.sync_api import BrowserContext, Page

_SCRIPT = os.path.join(os.path.dirname(axe_playwright_python.__file__), "axe.min.js")


def prepare(context: BrowserContext) -> None:
    """Brings axe into the pages to come, before their own policy says what may run."""
    context.add_init_script(path=_SCRIPT)


def found(page: Page) -> list[str]:
    """The faults that axe calls serious or critical: each with its rule and the first element that has it."""
    answer = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{fault['impact']} {fault['id']} ({fault['help']}): {fault['nodes'][0]['html'][:200]}"
            f" {fault['nodes'][0].get('failureSummary', '')[:300]}"
            for fault in answer["violations"] if fault["impact"] in ("serious", "critical")]
