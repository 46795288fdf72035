"""The wallet for everybody: axe, keyboard, sizes down to 320 pixels, lying down, light and dark."""

import itertools
import os

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_access_for_all import faults
from tests.browser.wallet.conftest import CODE

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.passes.models import IssuedPass

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {
    "small": (320, 568),
    "cheap": (360, 640),
    "phone": (390, 844),
    "tablet": (820, 1180),
    "lying": (740, 360),
}
EVERY = [*itertools.product(SIZES, ("fr-FR", "en-GB"), ("light", "dark"))]
# The narrowest by night; every other look at a release.
LOOKS = EVERY if os.environ.get("PORTIQUE_EVERY_LOOK") else [("small", "fr-FR", "dark")]
PICTURES = os.environ.get("PORTIQUE_PICTURES", "")


@pytest.mark.parametrize(("size", "locale", "scheme"), LOOKS)
def test_every_screen_in_its_looks(phone, code, served, size, locale, scheme):
    """No fault of axe's, nothing beside the screen's edge, the code whole without scrolling."""
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}
    held = phone(viewport=viewport, locale=locale, color_scheme=scheme)
    name = f"{size}-{locale}-{scheme}"
    look(held.open(), f"{name}-enrol")
    page = held.enrol(code())
    look(page, f"{name}-code")
    for turned in ({"width": height, "height": width}, viewport):
        page.set_viewport_size(turned)
        expect(page.locator("canvas")).to_be_in_viewport(ratio=1)
    for number, what in enumerate(("pass", "help")):
        page.click(f".links button >> nth={number}")
        look(page, f"{name}-{what}")
        if what == "pass":
            page.click("section .primary")
            page.wait_for_selector(".data details")
            look(page, f"{name}-data")
            page.go_back()
        page.click(".back")
        page.wait_for_selector(CODE)
    served.register.set_status(PassId(IssuedPass.objects.get().pk), Status.SUSPENDED)
    page = held.reopen()
    page.wait_for_selector(".obstacle")
    look(page, f"{name}-suspended")
    assert held.violations() == []


def look(page: Page, name: str) -> None:
    """Hold a screen to what everybody needs; keep its picture where one is asked for."""
    page.locator("h1").first.wait_for()  # drawn by the app: a loaded page may still be empty
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/wallet-{name}.png", full_page=True)
    assert faults(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
