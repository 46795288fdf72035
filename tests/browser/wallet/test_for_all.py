"""The wallet for everybody: axe, keyboard, sizes down to 320 pixels, lying down, light and dark."""

import itertools
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_access_for_all import faults
from tests.browser.wallet.conftest import BROKEN, CODE, Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {
    "small": (320, 568),
    "cheap": (360, 640),
    "phone": (390, 844),
    "lying": (640, 360),
    "tablet": (768, 1024),
    "desk": (1280, 800),
}
EVERY = [*itertools.product(SIZES, ("fr-FR", "en-GB"), ("light", "dark"))]
# The narrowest by night; every other look at a release.
THOROUGH = bool(os.environ.get("PORTIQUE_EVERY_LOOK"))
LOOKS = EVERY if THOROUGH else [("small", "fr-FR", "dark")]
PICTURES = os.environ.get("PORTIQUE_PICTURES", "")
# What the server says of a pass, and what the phone makes of it.
SAID = ("revoked", "suspended", "ended", "off", "unknown") if THOROUGH else ("revoked",)
SAFARI = "Object.defineProperty(navigator, 'standalone', {value: false})"
PRIVATE = "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('') }})"
OFFERED = """() => {
  const offer = new Event('beforeinstallprompt');
  offer.prompt = () => (window.asked = true);
  offer.userChoice = Promise.resolve({ outcome: 'accepted' });
  dispatchEvent(offer);
}"""
SIDES = ("top", "right", "bottom", "left")
# What lies over the code, at points spread over it.
COVERED = """(code) => {
  const { x, y, width } = code.getBoundingClientRect();
  const parts = [0.02, 0.25, 0.5, 0.75, 0.98].map((part) => part * width);
  return parts
    .flatMap((down) => parts.map((across) => document.elementFromPoint(x + across, y + down)))
    .filter((each) => each !== code)
    .map((each) => each?.outerHTML ?? '');
}"""
NOT_YET = """async () => {
  const { Store } = await import('/web/shared/store.js');
  await new Store('portique-wallet', 'passes').change((kept) => ({
    put: kept.map((held) => ({ ...held, not_before: held.not_before + 86400 * 30 })),
  }));
}"""


@pytest.fixture(params=LOOKS, ids="-".join)
def looks(request, phone) -> Callable[..., Phone]:
    """Take out a phone of one size, language and scheme; `named` names its pictures."""
    size, locale, scheme = request.param
    width, height = SIZES[size]
    viewport = {"width": width, "height": height}

    def take(**options: Any) -> Phone:
        held: Phone = phone(viewport=viewport, locale=locale, color_scheme=scheme, **options)
        return held

    return take


def test_every_screen_in_its_looks(looks, code, request):
    """No fault of axe's, nothing beside the screen's edge, the code whole without scrolling."""
    held = looks()
    look(held.open(), request, "enrol")
    page = held.enrol(code())
    look(page, request, "code")
    is_first(page)
    viewport = page.viewport_size
    for turned in ({"width": viewport["height"], "height": viewport["width"]}, viewport):
        page.set_viewport_size(turned)
        expect(page.locator("canvas")).to_be_in_viewport(ratio=1)
    for number, what in enumerate(("pass", "help")):
        page.click(f".links button >> nth={number}")
        look(page, request, what)
        if what == "pass":
            page.click("section .primary")
            page.wait_for_selector(".data details")
            look(page, request, "data")
            page.go_back()
        page.click(".back")
        page.wait_for_selector(CODE)
    assert held.violations() == []


def test_every_obstacle_in_its_looks(looks, code, request):
    """Each names the matter first, and its next step is on the first screen."""
    held, said = looks(), dict.fromkeys(["status"], "valid")
    page = held.enrol(code())

    def answer(route):
        if said["status"] == "unknown":
            route.fulfill(status=404, json={"error": "unknown-pass", "words": ""})
        else:
            route.fulfill(json=route.fetch().json() | said | {"renew": False})

    held.context.route("**/wallet/v1/state", answer)
    for status in SAID:
        said["status"] = status
        page = held.reopen()
        obstructed(page, request, status)
    said["status"] = "valid"
    for state, prepare in (("clock", wrong_clock), ("expired", too_late))[: len(SAID)]:
        prepare(held)
        page = held.reopen()
        obstructed(page, request, state)


def test_what_is_rare_in_its_looks(looks, code, person, request):
    """Two passes, an offer to install, no key, not yet; an iPhone's first screen, no storage."""
    held = looks()
    held.enrol(code(person(0)))
    page = held.enrol(code(person(1)))
    look(page, request, "two-passes")
    page.evaluate(OFFERED)
    page.locator(".hints button").wait_for()
    look(page, request, "offered")
    held.context.add_init_script(BROKEN)
    page = held.reopen()
    obstructed(page, request, "lost")
    page.evaluate(NOT_YET)
    obstructed(held.reopen(), request, "notYet")
    look(looks(script=SAFARI).open(f"#code={code(person(2))}"), request, "iphone")
    look(looks(script=PRIVATE).open(), request, "stuck")


def test_the_code_has_the_height_and_nothing_covers_it(phone, code):
    """Lying down it takes nearly all of it; on a page enlarged to twice its size it is whole."""
    held = phone(viewport={"width": 640, "height": 360})
    page = held.enrol(code())
    drawn = page.locator("canvas")
    assert drawn.bounding_box()["height"] > 0.9 * 360
    for width, height in ((320, 180), (180, 320)):
        page.set_viewport_size({"width": width, "height": height})
        drawn.scroll_into_view_if_needed()
        expect(drawn).to_be_in_viewport(ratio=0.99)  # scrolled by whole pixels
        assert drawn.evaluate(COVERED) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_code_shown_all_the_same_is_seen_whole(phone, code):
    """The button may be far down the screen: the code is shown from its top."""
    held = phone(viewport={"width": 592, "height": 280})
    held.enrol(code())
    wrong_clock(held)
    page = held.reopen()
    page.click("text=Afficher quand même le code")

    expect(page.locator("canvas")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("language", ["fr-FR", "en-GB"])
def test_how_to_install_is_printed_on_one_sheet(phone, language):
    """Of A4, with the margins a browser leaves by itself: families put it on the fridge."""
    held = phone(locale=language)
    held.page.goto(f"{held.address}/telephones/installer/")
    printed = held.page.pdf(format="A4", margin=dict.fromkeys(SIDES, "10mm"))

    assert printed.count(b"/Type /Page\n") == 1


def wrong_clock(held: Phone) -> None:
    """Set the phone's clock five minutes ahead."""
    held.context.clock.set_fixed_time(held.times.at + timedelta(minutes=5))


def too_late(held: Phone) -> None:
    """Let more than a year pass, without network."""
    held.context.clock.set_fixed_time(held.times.at + timedelta(days=400))
    held.context.route("**/wallet/v1/**", lambda route: route.abort())


def is_first(page: Page) -> None:
    """Hold the screen to its purpose: whose pass it is, then the code, without scrolling."""
    for what in ("h1", "canvas"):
        expect(page.locator(what)).to_be_in_viewport(ratio=1)


def obstructed(page: Page, request: pytest.FixtureRequest, name: str) -> None:
    """Look at a screen with something in the way: what it is is seen first."""
    page.wait_for_selector(f".obstacle[data-state={name}]")
    expect(page.locator(".obstacle h2")).to_be_in_viewport(ratio=1)
    look(page, request, name)


def look(page: Page, request: pytest.FixtureRequest, what: str) -> None:
    """Hold a screen to what everybody needs; keep its picture where one is asked for."""
    name = f"{request.node.callspec.id}-{what}"
    page.locator("h1").first.wait_for()  # drawn by the app: a loaded page may still be empty
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/wallet-{name}.png", full_page=True)
    assert faults(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
