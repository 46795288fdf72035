"""Every screen of the scanner in its looks: for everybody, nothing cut, what matters under the eye.

One walk belongs to every run; all sizes, languages and schemes to a release (PORTIQUE_EVERY_LOOK).
PORTIQUE_PICTURES names a folder for pictures to be looked at.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import WATCH_POLICY
from tests.browser.scanner.alone import (
    CLEARED,
    LISTENED,
    PATIENCE_MS,
    REMOVED,
    SHOWN,
    command,
    serving_files,
    signed_in,
    tells_everything,
)
from tests.browser.test_access_for_all import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {
    "narrow": (320, 640),
    "cheap": (360, 640),
    "phone": (390, 844),
    "lying": (640, 360),
    "tablet": (768, 1024),
    "wide": (1280, 800),
}
EVERY = [*itertools.product(SIZES, ("fr-FR", "en-GB"), ("light", "dark"))]
SAMPLED = [("cheap", "fr-FR", "light")]
LOOKS = EVERY if os.environ.get("PORTIQUE_EVERY_LOOK") else SAMPLED
PICTURES = os.environ.get("PORTIQUE_PICTURES", "")

INES: dict[str, Any] = {"showing": 1, "outcome": 0, "name": "Inès Garrigue", "label": "2de 4"}
LATE: dict[str, Any] = {
    "showing": 5,
    "outcome": 1,
    "name": "Maximilienne-Anne-Sophie de Brie",
    "label": "1re STI2D B",
    "passId": "00112233445566bb",
    "reasons": ["expired", "outside-opening"],
}
LOST: dict[str, Any] = {
    "showing": 4,
    "outcome": 2,
    "name": "Yanis Oudrhiri",
    "label": "2de 12",
    "passId": "00112233445566aa",
    "reasons": ["revoked"],
}
ALERT = {"alert": 1, "kind": "stolen-issuer", "atMs": 1_795_421_520_000, "detail": None}
TOLD_ALERT = ALERT | {
    "alert": 2,
    "kind": "notice",
    "detail": {
        "fr": "La grille du parking est fermée jusqu’à midi : envoyez les parents à la loge.",
        "en": "The car park's gate is shut until noon: send parents to the lodge.",
    },
}
SECOND_MS = 1_000
BLINDED = """() => {
  const denied = async () => { throw new DOMException('', 'NotAllowedError'); };
  navigator.mediaDevices.getUserMedia = denied;
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the scanner's files."""
    with serving_files() as found:
        yield found


class Walk:
    """One phone, looked at on each of its screens."""

    def __init__(self, context: BrowserContext, address: str, name: str) -> None:
        self.context, self.address, self.name = context, address, name
        self.page = context.new_page()
        self.wrong: list[str] = []

    def open(self) -> None:
        """Open the app."""
        self.page.goto(self.address)
        self.page.wait_for_selector("h1")

    def look(self, what: str, *main: str) -> None:
        """Hold a screen to what everybody needs; `main`: what is in view without scrolling."""
        page = self.page
        page.wait_for_selector("h1")
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"scanner-{self.name}-{what}.png")
        self.wrong += [f"{what}: {fault}" for fault in faults(page)]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            self.wrong.append(f"{what}: wider than the screen")
        self.wrong += [f"{what}: {each} is out of view" for each in main if not whole(page, each)]


def whole(page: Page, selector: str) -> bool:
    """Say whether something can be seen whole, by nothing covered and cut off nowhere."""
    return bool(page.locator(selector).first.evaluate(WHOLE))


WHOLE = """(element) => {
  const box = element.getBoundingClientRect();
  const [across, down] = [box.width / 2, box.height / 2];
  const edges = [[across, 3], [across, box.height - 3], [3, down], [box.width - 3, down]];
  return [...edges, [across, down]].every(([x, y]) =>
    element.contains(document.elementFromPoint(box.left + x, box.top + y)));
}"""


@pytest.fixture
def walk(seeing_chromium: Browser, camera, address: str) -> Iterator[Callable[..., Walk]]:
    """Take out a phone of a size, language and scheme; its policy stops nothing."""
    walks: list[Walk] = []

    def take(size: str, locale: str, scheme: Any) -> Walk:
        width, height = SIZES[size]
        context = seeing_chromium.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=True,
            permissions=["camera"],
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH_POLICY + LISTENED)
        tells_everything(context)
        context.route("**/gate/v1/**", lambda route: route.abort())
        walks.append(Walk(context, address, f"{size}-{locale[:2]}-{scheme}"))
        return walks[-1]

    yield take
    for one in walks:
        broken = one.page.evaluate("window.broken")
        one.context.close()
        assert broken == []


@pytest.mark.parametrize(("size", "locale", "scheme"), LOOKS)
def test_every_screen_in_its_looks(walk, size, locale, scheme):
    """From joining to removal: axe, nothing beside the edge, the next step without scrolling."""
    phone = walk(size, locale, scheme)
    before_the_lane(phone)
    at_the_lane(phone)
    sheets(phone)
    beside_the_lane(phone)
    in_trouble(phone)
    after_the_lane(phone)
    assert phone.wrong == []


def before_the_lane(phone: Walk) -> None:
    """Joining, and the first agent."""
    page = phone.page
    phone.open()
    phone.look("join", ".scanning .primary")
    page.click(".scanning .primary")
    page.wait_for_selector(".finder[data-state=on]")
    phone.look("join-camera", ".finder", ".finder + button")
    page.reload()
    signed_in(page, told=True)
    page.wait_for_selector(".finder[data-state=on]")


def at_the_lane(phone: Walk) -> None:
    """Every outcome, one waiting behind another, answered, counted, in an alarm."""
    page = phone.page
    phone.look("calm", ".tools button:last-child", ".light")
    shown(page, INES)
    phone.look("grant", ".stage .name")
    shown(page, LOST)
    phone.look("refuse", ".stage .name", ".speech .next", ".pair .admit", ".pair .deny")
    shown(page, LATE)
    phone.look("refer", ".stage .name", ".pair .admit", ".pair .deny")
    shown(page, INES | {"showing": 6})
    phone.look("granted-behind", ".stage .name", ".pair .admit", ".answers .whom p")
    page.evaluate(CLEARED)
    command(page, ["setMode", "counting"])
    page.wait_for_selector(".count-one")
    phone.look("counting", ".count-one", ".counting .quiet")
    command(page, ["setMode", "control"], ["setPosture", {"posture": "evacuation", "drill": True}])
    page.wait_for_selector("#alarm .posture")
    phone.look("alarm", "#alarm .posture")
    shown(page, LATE | {"showing": 7})
    phone.look("alarm-refer", "#alarm .posture", ".pair .admit", ".pair .deny")
    command(page, ["setPosture", {"posture": "normal", "drill": False}])


def sheets(phone: Walk) -> None:
    """What is asked: why, by hand, a forgotten card, the mode."""
    page = phone.page
    expect(page.locator("#alarm .posture")).to_have_count(0)
    page.clock.run_for(SECOND_MS)  # a tap on a card that has just changed opens nothing
    page.click(".pair .deny")
    phone.look("why", ".sheet .presets button:last-child", ".sheet > .quiet")
    page.keyboard.press("Escape")
    page.evaluate(CLEARED)
    page.click(".tools button:nth-child(2)")
    phone.look("by-hand", ".sheet .presets button:first-child", ".sheet > .quiet")
    page.keyboard.press("Escape")
    page.click(".tools button:nth-child(1)")
    phone.look("forgotten", "#letters", ".sheet .primary")
    page.fill("#letters", "ine")
    page.keyboard.press("Enter")
    page.wait_for_selector(".found button")
    phone.look("found", ".found button")
    page.keyboard.press("Escape")


def beside_the_lane(phone: Walk) -> None:
    """The menu and what is behind it."""
    page = phone.page
    page.click(".tools button:last-child")
    phone.look("menu", ".back", ".leaving .primary")
    page.click("nav .row")
    phone.look("mode", ".sheet .presets button")
    page.keyboard.press("Escape")
    for place, what in enumerate(("agents", "about", "help"), 1):
        page.click(f"nav .row >> nth={place}")
        page.wait_for_selector("body[data-screen=page] h1")
        phone.look(what, ".back")
        page.click(".back")
        page.wait_for_selector(".leaving")
    page.click(".back")
    page.wait_for_selector(".standing")


def in_trouble(phone: Walk) -> None:
    """Alerts, a journal that can't be written, no camera with somebody waiting."""
    page = phone.page
    command(
        page, ["raiseAlert", ALERT], ["raiseAlert", TOLD_ALERT], ["setFault", "journal", "full"]
    )
    page.wait_for_selector(".troubles li")
    phone.look("notices", ".middle .alerts button")
    page.click(".middle .alerts button")
    page.click(".middle .alerts button")
    expect(page.locator(".middle .alerts li")).to_have_count(0)
    command(page, ["setFault", "journal", None])
    page.evaluate(BLINDED)
    for _ in range(2):
        page.click(".lights .light:last-child")  # paused, then asked for again
    page.wait_for_selector(".finder[data-state=fault]")
    phone.look("blind", ".trouble button")
    shown(page, LATE | {"showing": 8})
    phone.look("blind-refer", ".stage .name", ".trouble button", ".pair .admit", ".pair .deny")
    page.evaluate(CLEARED)


def after_the_lane(phone: Walk) -> None:
    """The end of the shift, another window, removal."""
    page = phone.page
    page.click(".tools button:last-child")
    page.click(".leaving .primary")
    page.wait_for_selector(".keypad")
    phone.look("sign", ".keypad button:last-child")
    other = phone.context.new_page()
    phone.page, before = other, page
    phone.open()
    phone.look("elsewhere", ".primary")
    other.close()
    phone.page = before
    before.evaluate(REMOVED)
    before.reload()
    phone.look("removed", "button:last-child")


def shown(page: Page, card: dict[str, Any]) -> None:
    """Present a card; return once it stands on the stage."""
    page.evaluate(SHOWN, [card])
    expect(page.locator(".stage .plaque")).to_contain_text(str(card["name"]))
