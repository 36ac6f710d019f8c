"""Looks at a subscriber's web page with a real browser, as a person would.

browse_page.py make FOLDER           makes the files
browse_page.py PART URL FOLDER       PART: walk, live, hostile, contents, keyboard
"""

import os
import sys

import blosc2
import numpy as np
from playwright.sync_api import expect, sync_playwright

HOSTILE = "<img src=x onerror=alert(1)>.b2nd"


def make(folder: str) -> None:
    os.makedirs(folder + "/dir")
    y, x = np.mgrid[0:900, 0:1300]
    waves = np.stack([np.sin(x / 60 + k) * np.cos(y / 50) * (k + 1) for k in range(5)]).astype("f4")
    array = blosc2.asarray(waves, urlpath=folder + "/waves.b2nd", mode="w", chunks=(1, 300, 650), blocks=(1, 100, 130))
    array.schunk.vlmeta["units"] = "<b>m/s</b><script>alert(2)</script>"
    blosc2.asarray(np.arange(5000.0), urlpath=folder + "/dir/line.b2nd", mode="w")
    blosc2.asarray(np.arange(12), urlpath=f"{folder}/{HOSTILE}", mode="w")
    rows = np.zeros(30, dtype=[("height", "<f4"), ("count", "<i8"), ("name", "S5")])
    rows["height"], rows["count"], rows["name"] = np.arange(30) / 4, np.arange(30) * 10**9, b"<b>"
    blosc2.asarray(rows, urlpath=folder + "/rows.b2nd", mode="w")
    blosc2.asarray(np.arange(64 * 48 * 3).reshape(64, 48, 3), urlpath=folder + "/volume.b2nd", mode="w")
    with open(folder + "/last.txt", "w") as f:
        f.write("<b>last</b>\n")


def drawn(page, text: str) -> None:
    expect(page.locator("canvas + p")).to_contain_text(text)


def walk(page, url: str, folder: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="pictures", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pictures")
    page.get_by_role("searchbox").fill("LINE")
    expect(page.get_by_role("link", name="waves.b2nd")).to_have_count(0)
    page.get_by_role("link", name="dir/line.b2nd").click()
    drawn(page, "0.0000 to 4998.0")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("LINE")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("link", name="waves.b2nd").click()
    drawn(page, "[0,0:900,0:1300]")
    drawn(page, "stride of 3 × 3 values a point")
    expect(page.locator("table").first).to_contain_text("5 × 900 × 1300")
    page.get_by_label("What a point shows").select_option("mean")
    drawn(page, "mean of 3 × 3 values a point")
    page.get_by_label("Position on axis 0").fill("3")
    drawn(page, "[3,0:900,0:1300]")
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    drawn(page, "every value")
    seen = page.locator("canvas + p").inner_text()
    page.reload()
    expect(page.locator("canvas + p")).to_have_text(seen)
    part = seen[1:seen.index("]")]
    expect(page.get_by_label("Python, caterva2")).to_contain_text(f'client.get("pictures/waves.b2nd")[{part}]')
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    page.get_by_role("button", name="Fetch all of it").click()
    size = os.path.getsize(folder + "/waves.b2nd")
    expect(page.locator("progress")).to_have_js_property("value", size)
    page.get_by_role("link", name="Status").click()
    expect(page.get_by_role("heading", name="Publishers")).to_be_visible()


def live(page, url: str, folder: str) -> None:
    page.goto(url + "/browse/pictures")
    reached = page.get_by_role("link", name="waves.b2nd")
    reached.focus()
    blosc2.asarray(np.arange(9), urlpath=folder + "/new.b2nd", mode="w")
    expect(page.get_by_role("link", name="new.b2nd")).to_be_visible()
    # Who is there by the keyboard stays there.
    expect(reached).to_be_focused()
    page.get_by_role("link", name="new.b2nd").click()
    drawn(page, "0.0000 to 8.0000")
    blosc2.asarray(np.arange(10, 30), urlpath=folder + "/new.b2nd", mode="w")
    page.get_by_role("button", name="Show it").click()
    drawn(page, "10.000 to 29.000")
    os.remove(folder + "/new.b2nd")
    expect(page.get_by_text("has been removed")).to_be_visible()


def hostile(page, url: str, folder: str) -> None:
    page.goto(url + "/browse/pictures")
    page.get_by_role("link", name=HOSTILE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("pictures/" + HOSTILE)
    drawn(page, "0.0000 to 11.000")
    page.goto(url + "/datasets/pictures/waves.b2nd")
    expect(page.get_by_text("<b>m/s</b><script>alert(2)</script>")).to_be_visible()
    expect(page.locator("main img, main script, main b")).to_have_count(0)
    page.goto(url + "/datasets/pictures/%3Cscript%3Ealert(3)%3C%2Fscript%3E")
    expect(page.get_by_role("heading", name="This cannot be shown")).to_be_visible()


def contents(page, url: str, folder: str) -> None:
    page.goto(url + "/datasets/pictures/last.txt")
    expect(page.get_by_label("The start of the text")).to_have_text("<b>last</b>\n")
    page.goto(url + "/datasets/pictures/rows.b2nd")
    drawn(page, "0.0000 to 7.2500")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name="3 0.75 3000000000 <b>")).to_be_visible()
    page.get_by_role("button", name="Later rows").click()
    expect(page.get_by_role("row", name="29 7.25 29000000000 <b>")).to_be_visible()
    page.get_by_label("Field").select_option("count")
    drawn(page, "0.0000 to 2.9000e+10")
    page.goto(url + "/datasets/pictures/volume.b2nd")
    drawn(page, "[0:64,0:48,0]")
    page.get_by_label("Axes shown").select_option(label="axes 1 and 2")
    drawn(page, "[0,0:48,0:3]")
    page.get_by_label("Position on axis 0").fill("63")
    drawn(page, "[63,0:48,0:3]: 9072.0 (dark) to 9215.0 (bright)")
    page.reload()
    drawn(page, "[63,0:48,0:3]: 9072.0 (dark) to 9215.0 (bright)")


def keyboard(page, url: str, folder: str) -> None:
    def to(role: str, name: str) -> None:
        wanted = page.get_by_role(role, name=name, exact=True)
        expect(wanted).to_be_visible()
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{name} cannot be reached by the keyboard")

    page.goto(url)
    for name in ("pictures", "waves.b2nd"):
        to("link", name)
        page.keyboard.press("Enter")
    to("slider", "Position on axis 0")
    page.keyboard.press("ArrowRight")
    drawn(page, "[1,0:900,0:1300]")
    to("img", "The values as a picture")
    page.keyboard.press("+")
    drawn(page, "[1,225:675,325:975]")
    page.keyboard.press("ArrowRight")
    drawn(page, "[1,225:675,488:1138]")


def main(part: str, url: str, folder: str) -> None:
    wrong = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        page.on("dialog", lambda dialog: (wrong.append("a dialog: " + dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: wrong.append(f"an error: {error}"))
        page.on("request", lambda request: request.url.startswith(url) or request.url.startswith("data:")
                or wrong.append("a request to elsewhere: " + request.url))
        {"walk": walk, "live": live, "hostile": hostile, "contents": contents, "keyboard": keyboard}[part](page, url, folder)
        browser.close()
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else main(*sys.argv[1:])
