"""The page is looked at below a path of a proxy that the subscriber knows nothing of."""

import os

import blosc2
import numpy as np
from playwright.sync_api import Page, expect

import samples
from browser import drawn
from prefix import Prefix
from scene import Scene


def make(folder: str) -> None:
    samples.make(folder)
    with open(folder + "/dir/read.md", "w") as file:
        file.write("# Read\n\n[the waves](../waves.b2nd), [what is beside](../../../../other)\n\n![grey](../grey.png)\n")
    with open(folder + "/grey.png", "wb") as file:
        file.write(samples.PNG)


def play(page: Page, scene: Scene) -> None:
    proxy = Prefix(scene.url, "/some/arrays")
    scene.others.append(proxy.url)
    walk(page, scene, proxy.url)
    addresses(page, proxy.url)
    documents(page, proxy.url)
    assert not proxy.outside, proxy.outside


def walk(page: Page, scene: Scene, url: str) -> None:
    """From the groups to a part of an array, to what is taken away of it, and back."""
    page.goto(url + "/")
    expect(page.locator("#live")).to_have_text("live")
    page.get_by_role("link", name="pictures", exact=True).click()
    expect(page).to_have_url(url + "/browse/pictures")
    page.get_by_role("link", name="waves.b2nd").click()
    drawn(page, "[0,0:900,0:1300]")
    page.get_by_label("Position on axis 0").fill("3")
    drawn(page, "[3,0:900,0:1300]")
    expect(page).to_have_url(url + "/datasets/pictures/waves.b2nd?at=3")
    expect(page.get_by_label("Python, caterva2")).to_contain_text(f'caterva2.Client("{url}")')
    taken: dict = {}
    exec(page.get_by_label("Python, caterva2").inner_text(), taken)
    np.testing.assert_array_equal(taken["data"], blosc2.open(scene.folder + "/waves.b2nd")[3])
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the file").click()
    assert os.path.getsize(saving.value.path()) == os.path.getsize(scene.folder + "/waves.b2nd")
    page.get_by_role("link", name="Status").click()
    expect(page).to_have_url(url + "/status")
    expect(page.get_by_role("heading", name="Publishers")).to_be_visible()
    page.go_back()
    drawn(page, "[3,0:900,0:1300]")
    page.get_by_role("link", name="bpubsub", exact=True).click()
    expect(page).to_have_url(url + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")


def addresses(page: Page, url: str) -> None:
    """Each can be opened by itself, also with an escaped slash, which is no level; so can one that nothing has."""
    for path in ["/datasets/pictures/dir/line.b2nd", "/datasets/pictures%2Fdir%2fline.b2nd"]:
        page.goto(url + path)
        drawn(page, "0.0000 to 4999.0")
    page.goto(url + "/none/of/these")
    page.get_by_role("link", name="All groups").click()
    expect(page).to_have_url(url + "/")


def documents(page: Page, url: str) -> None:
    """What a text names from where it is stays below the path; what lies beside the subscriber is another's."""
    page.goto(url + "/datasets/pictures/dir/read.md")
    expect(page.get_by_role("img", name="grey")).to_have_js_property("naturalWidth", 40)
    expect(page.get_by_role("link", name="what is beside")).to_have_attribute("target", "_blank")
    page.get_by_role("link", name="the waves").click()
    expect(page).to_have_url(url + "/datasets/pictures/waves.b2nd")
    drawn(page, "[0,0:900,0:1300]")
