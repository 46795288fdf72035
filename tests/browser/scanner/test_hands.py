"""What an agent's hands and ears meet at the lane: order, focus, second taps, chores, the end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.scanner.alone import (
    CLEARED,
    SHOWN,
    command,
    opened,
    serving_files,
    sign_in,
    signed_in,
    tells_everything,
)
from tests.browser.scanner.at_school import TYPED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECOND_MS = 1_000
WAITS = {"showing": 1, "outcome": 1, "name": "Inès Garrigue", "reasons": ["expired"]}
GONE_BY = {"showing": 2, "outcome": 2, "name": "Yanis Oudrhiri", "reasons": ["revoked"]}
ALERT = {"kind": "notice", "atMs": 1_795_421_520_000, "detail": {"fr": "Un", "en": "One"}}
STAGED = """async (card) => {
  const { cardWith } = await import('/scanner/web/scanner/shown.js');
  window.metBoard.stage(cardWith({ atMs: Date.now(), medium: 'paper', ...card }));
}"""
# A gloved hand's second tap lands on what the first one opened.
TAPPED_TWICE = """() => {
  document.querySelector('.pair .deny').click();
  const under = document.querySelector('.sheet .presets button');
  under.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 2 }));
}"""
HANGS = """async () => {
  const { Lane } = await import('/scanner/web/scanner/lane.js');
  const { tend } = Lane.prototype;
  window.tended = 0;
  Lane.prototype.tend = function () {
    window.tended += 1;
    return new Promise((resolve) => (window.goOn = resolve));
  };
  window.asBefore = () => (Lane.prototype.tend = tend);
}"""
CLOSED = """async () => {
  const open = indexedDB.open('portique-scanner-journal');
  await new Promise((done) => (open.onsuccess = done));
  const asked = open.result.transaction('states').objectStore('states').get('journal');
  await new Promise((done) => (asked.onsuccess = done));
  open.result.close();
  return asked.result.clean;
}"""
NEVER_CLOSED = """async () => {
  const { Journal } = await import('/scanner/web/scanner/journal.js');
  Journal.prototype.close = () => new Promise(() => {});
}"""


@pytest.fixture(scope="module")
def shift(chromium: Browser) -> Iterator[Page]:
    """Open the scanner at its lane, for English, knowing its school."""
    with serving_files() as address:
        page = opened(chromium, address, viewport={"width": 1280, "height": 800}, locale="en-GB")
        tells_everything(page.context)
        yield signed_in(page, told=True)
        assert page.evaluate("window.broken") == []
        page.context.close()


@pytest.fixture
def lane(shift: Page) -> Page:
    """Find nobody at the lane."""
    if shift.locator("#pin").is_visible():
        sign_in(shift)
    shift.evaluate(CLEARED)
    return shift


def test_a_phone_without_a_camera_says_what_serves_instead(lane: Page):
    """A reader, a forgotten card, or by hand; a reader's pass is read as ever."""
    expect(lane.locator(".trouble h2")).to_have_text("No camera here")
    expect(lane.locator(".troubles")).to_contain_text("Bluetooth")
    lane.evaluate(TYPED, f"PQ1:{'B' * 60}")
    expect(lane.locator(".stage .plaque")).to_contain_text("Refuse")


def test_help_for_who_stands_there_comes_before_who_waits(lane: Page):
    """Why one of a flood is refused, then the card that waits, named, and why that one."""
    lane.evaluate(SHOWN, [WAITS])
    lane.evaluate(STAGED, GONE_BY)
    expect(lane.locator(".card .reasons")).to_have_count(2)
    kinds = lane.eval_on_selector_all(".card > *", "all => all.map((each) => each.className)")
    assert kinds == ["why", "plaque", "why"]
    expect(lane.locator(".card .reasons").first).to_contain_text("Cancelled pass")
    expect(lane.locator(".card .plaque")).to_contain_text("Inès Garrigue")
    expect(lane.locator(".answers .whom p")).to_have_text("Answer for: Inès Garrigue")


def test_a_second_tap_answers_nothing_and_a_later_one_does(lane: Page):
    """What the sheet shows is taken for an answer only once it could be read."""
    lane.evaluate(TYPED, f"PQ1:{'A' * 60}")
    expect(lane.locator(".pair .deny")).to_be_visible()
    lane.clock.run_for(SECOND_MS)
    lane.evaluate(TAPPED_TWICE)
    expect(lane.locator(".sheet")).to_be_visible()
    expect(lane.locator("#sheet-title")).to_be_focused()
    assert lane.evaluate("window.metBoard.snapshot.waiting.length") == 1
    lane.clock.run_for(SECOND_MS)
    lane.click(".sheet [data-code=left]")
    expect(lane.locator(".sheet")).to_have_count(0)
    expect(lane.locator(".lists h2 .number")).to_have_text("0")


@pytest.mark.parametrize(
    "opener", [".pair .admit", ".tools button:nth-child(1)", ".tools button:nth-child(2)"]
)
def test_a_sheet_opens_by_keyboard_and_gives_the_focus_back(lane: Page, opener: str):
    """Enter opens, Escape closes, and the finger is where it was."""
    steady_card(lane)
    lane.locator(opener).press("Enter")
    expect(lane.locator(".sheet")).to_be_visible()
    assert lane.evaluate("document.querySelector('.sheet').contains(document.activeElement)")
    lane.keyboard.press("Escape")
    expect(lane.locator(".sheet")).to_have_count(0)
    expect(lane.locator(opener)).to_be_focused()


def test_a_forgotten_card_takes_letters_and_two_presses_of_a_keyboard(lane: Page):
    """The focus goes to what was found, so that Tab is at the first name."""
    lane.locator(".tools button").first.press("Enter")
    lane.keyboard.type("ine")
    lane.keyboard.press("Enter")
    expect(lane.locator("#candidates")).to_be_focused()
    lane.keyboard.press("Tab")
    expect(lane.locator(".found button").first).to_be_focused()
    lane.keyboard.press("Escape")


def test_everything_at_the_lane_is_reached_by_tab(lane: Page):
    """Camera, standing, list, answers, tools: each once on the way round."""
    steady_card(lane)
    lane.locator(".standing").focus()
    met: set[str] = set()
    for _ in range(30):
        lane.keyboard.press("Tab")
        met.add(lane.evaluate("document.activeElement.textContent.trim()"))
    wanted = ("Try again", "Do not let in", "Let in", "Forgotten card", "By hand", "Menu")
    assert [each for each in wanted if each not in met] == []
    assert any("Inès Garrigue" in each for each in met)


def test_an_alert_stays_itself_until_it_is_dismissed(lane: Page):
    """Another that comes or goes draws none anew: a screen reader says each once."""
    command(lane, ["raiseAlert", ALERT | {"alert": 1}])
    lines = lane.locator(".middle .alerts li")
    expect(lines).to_have_count(1)
    lane.evaluate("document.querySelector('.middle .alerts li').seen = true")
    command(lane, ["raiseAlert", ALERT | {"alert": 2}])
    expect(lines).to_have_count(2)
    assert lane.evaluate(LINES_SEEN) == [True, False]
    lines.nth(1).locator("button").press("Enter")
    expect(lines).to_have_count(1)
    expect(lane.locator(".middle")).to_be_focused()
    assert lane.evaluate(LINES_SEEN) == [True]
    lines.locator("button").click()
    expect(lines).to_have_count(0)


LINES_SEEN = """() =>
  [...document.querySelectorAll('.middle .alerts li')].map((line) => line.seen === true)"""


def test_counting_has_its_buttons_and_an_alarm_has_none_of_them(lane: Page):
    """One more, one less, each way; where each code is decided by the alarm, nobody counts."""
    lane.click(".tools button:last-child")
    lane.click("nav .row >> nth=0")
    lane.clock.run_for(SECOND_MS)
    lane.click(".sheet >> text=Counting only")
    lane.click(".back")
    entered = lane.locator(".counts dd").first
    before = int(entered.inner_text())
    lane.click("text=One in")
    expect(entered).to_have_text(str(before + 1))
    lane.click("text=Take back one in")
    expect(entered).to_have_text(str(before))
    command(lane, ["setPosture", {"posture": "shelter", "drill": True}])
    expect(lane.locator(".count-one")).to_have_count(0)
    command(lane, ["setPosture", {"posture": "normal", "drill": False}])
    expect(lane.locator(".count-one")).to_have_count(2)
    lane.click(".tools button:last-child")
    lane.click("nav .row >> nth=0")
    lane.clock.run_for(SECOND_MS)
    lane.click(".sheet >> text=Checking")
    lane.click(".back")


def test_chores_that_wait_for_the_storage_do_not_queue_up(lane: Page, wait_until):
    """One at a time: the next begins once the last is over."""
    lane.evaluate(HANGS)
    lane.clock.run_for(5 * SECOND_MS)
    wait_until(lambda: lane.evaluate("window.tended") > 0)
    lane.clock.run_for(5 * SECOND_MS)
    assert lane.evaluate("window.tended") == 1
    lane.evaluate("window.goOn()")
    lane.clock.run_for(2 * SECOND_MS)
    wait_until(lambda: lane.evaluate("window.tended") == 2, what="the next chore")
    lane.evaluate("window.asBefore() && window.goOn()")


def test_a_shift_that_ends_closes_its_journal_and_begins_the_page_anew(lane: Page):
    """Nothing opened stays in memory, and the next shift knows that this one ended in order."""
    lane.evaluate("window.before = true")
    lane.click(".tools button:last-child")
    lane.click(".leaving .primary")
    lane.wait_for_selector("#pin")
    assert lane.evaluate("window.before") is None
    assert lane.evaluate(CLOSED) is True
    sign_in(lane)
    assert lane.evaluate(CLOSED) is False


def test_a_storage_that_hangs_keeps_nobody_from_locking_the_phone(lane: Page):
    """The page begins anew all the same; the next shift is told that the last one was cut short."""
    lane.evaluate(NEVER_CLOSED)
    lane.click(".tools button:last-child")
    lane.click(".leaving .primary")
    lane.wait_for_selector("#pin")
    assert lane.evaluate(CLOSED) is False


def steady_card(page: Page) -> None:
    """Have a card wait for so long that a press is meant for it."""
    page.evaluate(SHOWN, [WAITS])
    expect(page.locator(".pair .admit")).to_be_visible()
    page.clock.run_for(SECOND_MS)
