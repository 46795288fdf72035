"""The scanner's screens in a real browser: read by everybody, answered by hand, inert to text."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser.scanner.alone import (
    CLEARED,
    JOINED,
    REMOVED,
    SHOWN,
    command,
    opened,
    serving_files,
    signed_in,
    tells_everything,
)
from tests.browser.test_access_for_all import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORBIDDEN = """IDBFactory.prototype.open = () => {
  throw new DOMException('', 'SecurityError');
};"""
HOSTILE = "<img src=x onerror=alert(1)>\u202eZoé"
READ = "<img src=x onerror=alert(1)>⟨U+202E⟩Zoé"
NO_ROOM = """if (sessionStorage.full) IDBFactory.prototype.open = () => {
  throw new DOMException('', 'QuotaExceededError');
}"""
ROOM_MADE = """delete sessionStorage.full;
document.dispatchEvent(new Event('visibilitychange'))"""
AIMED_PX = 90  # of a phone 360 wide: a code as wide has three of the camera's points a module
AIMED = """(finder) => {
  finder.dataset.state = 'on'; // as with a camera
  return [finder.clientHeight, finder.querySelector('.corners').clientWidth];
}"""
TOPS = "(parts) => parts.map((part) => document.querySelector(part).getBoundingClientRect().top)"
CARDS = [
    {"showing": 901, "outcome": 0, "name": "Inès Garrigue", "label": "2de 4", "reasons": ["late"]},
    {"showing": 902, "outcome": 2, "name": "Yanis Oudrhiri", "passId": "00112233445566aa"},
    {
        "showing": 903,
        "outcome": 1,
        "name": "Maximilienne-Anne-Sophie de Brie",
        "label": "1re STI2D B",
        "passId": "00112233445566bb",
        "reasons": ["expired", "outside-opening"],
    },
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the scanner's files."""
    with serving_files() as found:
        yield found


@pytest.fixture
def small(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the scanner on a small phone, for French, by day; its policy stops nothing."""
    size = {"width": 360, "height": 640}
    page = opened(chromium, address, viewport=size, locale="fr-FR", color_scheme="light")
    yield page
    broken = page.evaluate("window.broken")
    page.context.close()
    assert broken == []


@pytest.fixture(scope="module")
def night(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the scanner at its lane, for English, by night; its policy stops nothing."""
    size = {"width": 1280, "height": 800}
    page = opened(chromium, address, viewport=size, locale="en-GB", color_scheme="dark")
    yield signed_in(page)
    broken = page.evaluate("window.broken")
    page.context.close()
    assert broken == []


@pytest.fixture
def lane(night: Page) -> Page:
    """Find nobody at the lane."""
    night.evaluate(CLEARED)
    return night


def test_everybody_can_read_the_lane_in_the_dark_zoomed_and_turned(lane: Page):
    """Axe finds nothing, a zoomed screen scrolls one way only, and the answers are in sight."""
    lane.evaluate(SHOWN, CARDS)
    expect(lane.locator(".stage .plaque")).to_contain_text("Refer")
    is_fit(lane)
    lane.set_viewport_size({"width": 320, "height": 256})
    is_fit(lane)
    for width, height in ((768, 1024), (640, 360)):  # a tablet held up, a phone lying down
        lane.set_viewport_size({"width": width, "height": height})
        is_fit(lane)
        expect(lane.locator(".pair .admit")).to_be_in_viewport(ratio=1)
    lane.set_viewport_size({"width": 1280, "height": 800})


def test_what_a_reader_reads_is_announced_once_and_answered_by_keyboard(lane: Page, wait_until):
    """A code before any knowledge is referred; its sheet takes a reason, the plaque its answer."""
    lane.evaluate("window.said = []")
    lane.locator(".lane-name").click()
    lane.keyboard.type(f"PQ1:{'A' * 60}\n")
    expect(lane.locator(".stage .name")).to_have_text("No readable name")
    sheet = lane.locator(".sheet")

    def asked() -> bool:
        if not sheet.is_visible():  # just after a card came, presses are meant for the one before
            lane.locator(".pair .deny").press("Enter")
        return sheet.is_visible()

    wait_until(asked, what="the sheet of reasons")
    lane.locator(".sheet [data-code=sent]").press("Enter")
    expect(lane.locator(".stage .ruling")).to_contain_text("loge-1")
    expect(lane.locator(".middle")).to_be_focused()
    said = lane.evaluate("window.said.filter(Boolean)")
    assert len(said) == 2
    assert "loge-1" in said[1]


def test_whoever_was_let_in_is_sent_nowhere(lane: Page, wait_until):
    """Why they were referred stays; what to say and the next step go with the answer."""
    lane.locator(".lane-name").click()
    lane.keyboard.type(f"PQ1:{'A' * 60}\n")
    expect(lane.locator(".speech .next")).to_be_visible()

    def asked() -> bool:
        if not lane.locator(".sheet").is_visible():
            lane.locator(".pair .admit").press("Enter")
        return lane.locator(".sheet").is_visible()

    wait_until(asked, what="the sheet of reasons")
    lane.locator(".sheet .presets button").first.press("Enter")
    expect(lane.locator(".stage .ruling")).to_contain_text("loge-1")
    expect(lane.locator(".reasons li").first).to_be_visible()
    expect(lane.locator(".speech")).to_have_count(0)


def test_the_plaque_turns_to_whoever_was_answered_last(lane: Page):
    """A red answer of before does not stay over somebody who was let in since; a newcomer does."""
    lane.evaluate(SHOWN, [CARDS[2], CARDS[1]])
    answer = {"reason": "known", "agent": "loge-1"}
    command(
        lane,
        ["settle", 902, answer | {"ruling": "deny", "atMs": 1}],
        ["settle", 903, answer | {"ruling": "admit", "atMs": 2}],
    )
    expect(lane.locator(".stage .name")).to_have_text(str(CARDS[2]["name"]))
    expect(lane.locator(".stage .plaque")).to_have_attribute("data-outcome", "grant")
    lane.evaluate(SHOWN, CARDS[:1])
    expect(lane.locator(".stage .name")).to_have_text(str(CARDS[0]["name"]))


@pytest.mark.parametrize("page", ["lane", "menu"])
def test_an_alarm_is_seen_wherever_the_agent_looks(lane: Page, page: str):
    """Above every screen, and no plaque says that there is nothing to check."""
    if page == "menu":
        lane.locator(".tools button").last.click()
    alarm(lane, "intrusion")
    expect(lane.locator("#alarm .posture")).to_contain_text("follow the safety plan")
    if page == "lane":
        expect(lane.locator(".stage .calm strong")).to_contain_text("Intrusion")
    else:
        lane.click(".back")
    alarm(lane, "normal")
    expect(lane.locator(".posture")).to_have_count(0)
    expect(lane.locator(".stage .calm strong")).to_have_text("Nothing to check")


def test_the_next_step_is_in_view_on_a_small_phone(small: Page):
    """Why, what to say and what comes next stand above the thumb, alarm or not."""
    signed_in(small).evaluate(SHOWN, CARDS[2:])
    expect(small.locator(".speech .next")).to_be_in_viewport(ratio=1)


def test_the_next_one_can_be_aimed_at_while_somebody_waits(small: Page):
    """The picture keeps what room the card before the agent leaves, and marks a code's own size."""
    signed_in(small).evaluate(SHOWN, CARDS[1:2])
    expect(small.locator(".pair .admit")).to_be_in_viewport(ratio=1)
    found = small.locator(".finder").evaluate(AIMED)
    assert min(found) >= AIMED_PX, found


def test_why_is_chosen_before_a_forgotten_card_is_let_in(small: Page):
    """One touch on a name lets in: the reason and the warning stand above it, in sight."""
    tells_everything(small.context)
    signed_in(small, told=True)
    small.click(".tools button:first-child")
    small.fill("#letters", "ine")
    small.keyboard.press("Enter")
    expect(small.locator("#candidates")).to_be_focused()
    parts = (".choices", "#candidates", "#candidates + .soft", ".found li:first-child")
    for part in (*parts, ".sheet h2", ".sheet > .quiet"):
        expect(small.locator(part)).to_be_in_viewport(ratio=1)
    tops = small.evaluate(TOPS, parts)
    assert tops == sorted(tops)


def test_a_sheet_scrolls_between_its_title_and_its_way_out(small: Page):
    """On the lowest screen, in letters twice as large: the last reason is reached by keys."""
    signed_in(small).evaluate(SHOWN, CARDS[2:])
    small.set_viewport_size({"width": 360, "height": 480})
    small.evaluate("document.documentElement.style.fontSize = '200%'")
    small.click(".tools button:nth-child(2)")
    reasons = small.locator(".sheet .presets button")
    for _ in range(reasons.count()):
        small.keyboard.press("Tab")
    expect(reasons.last).to_be_focused()
    for part in (reasons.last, small.locator(".sheet h2"), small.locator(".sheet > .quiet")):
        expect(part).to_be_in_viewport(ratio=1)


def test_a_browser_that_keeps_nothing_is_told_so(small: Page):
    """Private, or storage forbidden: nothing can be joined, and what to do is said."""
    small.context.add_init_script(FORBIDDEN)
    small.reload()
    expect(small.locator("[role=alert]")).to_contain_text("Ce navigateur ne garde rien")
    expect(small.locator("button.primary")).to_have_text("Réessayer")


def test_a_network_that_goes_while_the_app_is_coming_is_said(small: Page, address: str):
    """The first screen stands; what comes after it is asked for again, the invitation unused."""
    small.context.route("**/at_school.js", lambda route: route.abort())
    small.reload()
    small.wait_for_selector("h1")
    small.goto(f"{address}#PQE1:ABC")
    small.click("form .primary")
    expect(small.locator("#wrong")).to_contain_text("Vérifiez le réseau")
    small.evaluate(JOINED)
    small.reload()
    expect(small.locator("[role=alert]")).to_contain_text("Vérifiez le réseau")
    small.context.unroute("**/at_school.js")
    small.click(".primary")
    expect(small.locator("#alias")).to_be_visible()


def test_a_phone_that_still_calls_is_not_said_to_be_offline(small: Page, wait_until):
    """Just after joining it says that it connects, with no word of passages that may be lost."""
    calls: list[Route] = []
    small.context.route("**/gate/v1/**", lambda route: calls.append(route))  # noqa: PLW0108
    signed_in(small)
    standing = small.locator(".standing")
    wait_until(lambda: standing.is_visible() and calls, what="the first call")
    expect(standing).to_contain_text("Connexion…")
    expect(small.locator(".troubles")).not_to_contain_text("peut effacer les passages")
    calls[0].abort()
    expect(standing).to_contain_text("Hors ligne")
    expect(small.locator(".troubles")).to_contain_text("peut effacer les passages")


def test_a_removed_phone_says_that_a_new_invitation_was_read(small: Page, address: str):
    """The link of the console's code is not lost on it: what was lost is said, then it joins."""
    small.evaluate(REMOVED)
    small.goto("about:blank")
    small.goto(f"{address}#PQE1:ABC")
    expect(small.locator("#screen")).to_contain_text("Invitation lue")
    expect(small.locator("#screen")).to_contain_text("perdus\u00a0: 12")
    small.click("#screen .primary")
    expect(small.locator("form .primary")).to_have_text("Rejoindre l’établissement")


def test_a_name_that_is_markup_is_read_as_text(lane: Page):
    """What hides in it is shown, wherever the name stands."""
    hostile = {"showing": 990, "outcome": 1, "name": HOSTILE, "passId": "00112233445566cc"}
    lane.evaluate(SHOWN, [hostile])
    expect(lane.locator(".stage .name")).to_have_text(READ)
    expect(lane.locator(".lists .line-name").first).to_have_text(READ)
    assert lane.locator("#screen img").count() == 0


def alarm(page: Page, posture: str) -> None:
    """Have the school raise an alarm, or end it, while nobody stands there."""
    command(page, ["stage", None], ["setPosture", {"posture": posture, "drill": False}])


def is_fit(page: Page) -> None:
    """See that everybody can use what the page shows, on its width."""
    page.wait_for_selector("h1")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_without_any_room_says_what_to_do_and_opens_once_there_is_some(small: Page):
    """Whoever comes back from deleting photos finds the scanner, without pressing anything."""
    small.add_init_script(NO_ROOM)
    small.evaluate("sessionStorage.full = 'yes'")
    small.reload()
    expect(small.get_by_role("alert")).to_contain_text("n’a plus de place")
    expect(small.locator("#screen")).to_contain_text("notez sur papier qui entre")
    small.evaluate(ROOM_MADE)

    expect(small.locator("h1")).to_have_text("Ce téléphone devient un scanner")
