"""The agent's screen in a real browser: keys, two agents, cuts, small screens."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.sentences import AdmitReason
from portique.core.values import Medium
from portique.gate.board import (
    RECENT_MAX,
    Advice,
    Alert,
    AlertKind,
    Card,
    Counts,
    Mode,
    Organ,
    Posture,
    Ruled,
    Words,
)
from portique.gate.faults import NO_CAMERA
from portique.gate.screen.app import create_app
from portique.gate.screen.preview import LANE, MONDAY_MS, PIN, PreviewDesk, agents
from portique.gate.screen.serving import serve_in_thread
from portique.gate.screen.settings import ScreenSettings

pytestmark = pytest.mark.browser

BY_OTHER = Ruled(Ruling.ADMIT, AdmitReason.CHECKED, "cpe", MONDAY_MS)
SMALLEST_TARGET = """
[...document.querySelectorAll("button, .aliases span, input[data-digits]")]
  .filter((each) => each.checkVisibility())
  .map((each) => each.getBoundingClientRect())
  .reduce((least, box) => Math.min(least, box.height, box.width), 999)
"""
BROKEN_WORDS = """
[...document.querySelectorAll("button span, h2, h3, h4, dt, dd, .reasons li")]
  .filter((each) => each.checkVisibility())
  .flatMap((each) => {
    const texts = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
    const broken = [];
    while (texts.nextNode()) {
      const text = texts.currentNode;
      for (const word of text.data.matchAll(/[\\p{L}’]+/gu)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
    return broken;
  })
"""


def on_stage(page: Page, name: str) -> None:
    page.wait_for_selector(f".card[data-waits=yes]:has-text('{name}')")


def test_signing_in_with_the_keyboard_alone(visit):
    """The PIN's field has the focus; Enter opens the screen."""
    watched = visit()
    watched.page.goto(f"{watched.url}/agent")
    watched.page.keyboard.type(PIN)
    watched.page.keyboard.press("Enter")

    on_stage(watched.page, "Camille Brézolles")


def test_a_code_that_nobody_made_is_a_refusal_without_name(visit):
    """Nothing is known of it, not even on what it was shown: no manual admission."""
    page = visit().sign_in()
    page.locator("#waiting button").nth(2).click()
    on_stage(page, "Sans nom lisible")

    assert page.locator(".card h3").inner_text() == "Refus"
    assert not page.locator(".card [data-slot=medium]").is_visible()
    assert "Admission manuelle" not in page.inner_text("body")


def test_ruling_with_the_keyboard_alone(visit, board, wait_until):
    """Down chooses the next card, 5 sends to an adult, 1 admits the first."""
    page = visit().sign_in()
    page.keyboard.press("ArrowDown")
    on_stage(page, "Yanis Oudrhiri")
    page.keyboard.press("5")
    wait_until(lambda: board.ruled_on(10))
    on_stage(page, "Camille Brézolles")
    # The page ignores presses for a moment after the card changed: an agent presses again.
    wait_until(lambda: page.keyboard.press("1") or board.ruled_on(11))

    assert (board.ruled_on(10).reason, board.ruled_on(11).reason) == ("sent", "known")


def test_the_digits_work_on_a_french_keyboard_without_shift(visit, board, wait_until):
    """The key above the letters says `&`; its place says 1."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {code: 'Digit1', key: '&', bubbles: true}))"
    )

    wait_until(lambda: board.ruled_on(11))


def test_keys_of_one_character_can_be_turned_off(visit, board):
    """Speech input would press them by accident (WCAG 2.1.4)."""
    page = visit().sign_in()
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("m")

    assert page.locator("dialog[open]").count() == 0
    assert board.ruled_on(11) is None


def test_manual_admission_mode_and_lock_by_keys(visit, board, wait_until):
    """M then a digit; C, arrow, Enter; L and the PIN again."""
    page = visit().sign_in()
    page.keyboard.press("m")
    page.keyboard.press("2")
    wait_until(lambda: board.snapshot().recent[0].medium is None)
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-mode=counting]")
    page.keyboard.press("i")
    wait_until(lambda: board.snapshot().counts == Counts(413, 3))
    page.keyboard.press("l")
    page.wait_for_selector("body[data-locked=yes]")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-locked=no]")


def test_changing_the_mode_can_be_given_up(visit, board):
    """Esc changes nothing, whatever was chosen."""
    page = visit().sign_in()
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)

    assert board.snapshot().mode is Mode.CONTROL


@pytest.mark.parametrize(
    ("dialog", "key", "focused"),
    [
        ("manual-dialog", "m", "[data-manual]"),
        ("mode-dialog", "c", "[value=counting]"),
        ("end-dialog", "e", "[autofocus]"),
        ("help-dialog", "?", "#keys-on"),
    ],
)
def test_a_dialog_takes_the_focus_and_gives_it_back(visit, board, dialog, key, focused):
    """The mode's on the present one; Esc closes, and the button that opened has the focus again."""
    board.set_mode(Mode.COUNTING)
    board.set_posture(Posture.EVACUATION)
    page = visit().sign_in()
    opener = page.locator(f"[data-open={dialog}]")
    for opening in (lambda: opener.press("Enter"), lambda: page.keyboard.press(key)):
        opening()
        page.wait_for_selector(f"#{dialog}[open]")
        assert page.evaluate("(form) => document.activeElement.matches(form)", focused)
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#{dialog}", state="hidden")
        assert opener.evaluate("(each) => each === document.activeElement")


def test_the_agent_sees_what_the_queue_is_asked(visit, board):
    """Two codes held at once, a code left there: without moving anything under a finger."""
    page = visit().sign_in()
    before = page.locator("[data-reason=known]").bounding_box()
    board.aim([], advice=Advice.ONE_AT_A_TIME)
    page.wait_for_selector("#asked:has-text('un seul code')")
    assert page.locator("[data-reason=known]").bounding_box() == before
    board.aim([], advice=Advice.TAKE_AWAY)

    page.wait_for_selector("#asked:has-text('faites-le retirer')")


def test_a_lane_the_school_renames_is_renamed_on_the_screen(visit, board):
    """Without loading the page again."""
    page = visit().sign_in()
    board.set_lane(replace(LANE, title=Words("Portail sud", "South gate")))

    page.wait_for_selector(".bar h1:has-text('Portail sud')")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (1366, 768), (390, 844), (820, 1180), (1920, 1080)])
def test_the_way_back_into_a_locked_screen_is_in_sight(visit, board, size, language):
    """The PIN, every digit and the button, without scrolling, under a fault as well."""
    page = visit(*size).sign_in(language)
    if size[0] > 400:
        board.set_fault(Organ.CAMERA, NO_CAMERA)
    page.click("#lock-now")
    page.wait_for_selector("body[data-locked=yes]")
    boxes = [
        each.bounding_box() for each in page.locator("#lock input:visible, #lock button").all()
    ]

    assert len(boxes) == 13
    assert max(box["y"] + box["height"] for box in boxes) <= size[1]
    assert page.locator(".card .body").is_hidden()


def test_the_button_of_the_sign_in_page_stays_in_sight_under_an_error(visit):
    """On a laptop, without scrolling."""
    watched = visit(1280, 720)
    page = watched.page
    page.goto(f"{watched.url}/agent")
    page.fill("#pin", "000000")
    page.click("form .primary")
    page.wait_for_selector("#error:not(:empty)")
    box = page.locator("form .primary").bounding_box()

    assert box["y"] + box["height"] <= 720


def test_what_was_done_is_said_over_nothing_one_presses(visit, board):
    """Counting goes on while an admission is told."""
    board.set_mode(Mode.COUNTING)
    page = visit(1280, 720).sign_in()
    page.keyboard.press("m")
    page.keyboard.press("1")
    page.wait_for_selector("#toast:not(:empty)")
    said, button = (page.locator(each).bounding_box() for each in ("#toast", ".count-one >> nth=0"))

    assert said["y"] + said["height"] <= button["y"]


def test_the_second_agent_is_told_who_ruled_first(visit, board):
    """The other answer arrives while the press is on its way."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    page.route("**/agent/rule*", lambda route: (board.settle(11, BY_OTHER), route.continue_()))
    page.locator("[data-reason=known]").click()

    page.wait_for_selector("#toast:has-text('cpe a déjà répondu')")


def test_a_card_answered_elsewhere_stays_with_its_answer_until_one_moves_on(visit, board):
    """The stage never changes by itself, so that no press falls on another person."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    board.settle(11, BY_OTHER)
    page.wait_for_selector(".card[data-waits=no]:has-text('accordé par cpe')")
    page.keyboard.press("1")
    board.present(Card(100, MONDAY_MS, Outcome.GRANT, Medium.PAPER, name="Passante"))
    page.wait_for_selector("#recent li:has-text('Passante')")
    assert "Brézolles" in page.inner_text(".card")
    page.locator("[data-next]").click()

    on_stage(page, "Yanis Oudrhiri")
    assert board.ruled_on(10) is None


def test_after_ones_own_answer_the_next_newest_card_comes_and_the_answer_is_seen(visit, board):
    """Nothing can be undone, so what was done is said."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    page.keyboard.press("1")
    on_stage(page, "Yanis Oudrhiri")

    said = page.inner_text("#last")
    assert "Camille Brézolles · Passage accordé par loge · je connais la personne" in said
    page.keyboard.press("l")
    page.wait_for_selector("body[data-locked=yes]")
    assert page.locator("#last").text_content() == ""


def test_a_second_press_of_the_same_key_answers_for_nobody_else(visit, board):
    """A finger that trembles rules once."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    page.evaluate(
        "new MutationObserver(() => {"
        " if (document.querySelector('.card')?.textContent.includes('Oudrhiri'))"
        "  document.querySelector('[data-reason=known]').click();"
        "}).observe(document.getElementById('stage'), {childList: true})"
    )
    page.keyboard.press("1")
    on_stage(page, "Yanis Oudrhiri")
    page.wait_for_timeout(300)

    assert board.ruled_on(10) is None


def test_on_a_phone_the_card_chosen_in_the_list_is_shown_from_its_top(visit):
    """And the answer given is told over the bar, not over the next card's buttons."""
    page = visit(390, 844).sign_in()
    page.locator("#waiting button").nth(1).click()
    on_stage(page, "Yanis Oudrhiri")
    assert page.evaluate("document.querySelector('.scroll').scrollTop") == 0
    page.locator("[data-reason=sent]").click()

    page.wait_for_selector("#toast:has-text('Passage non accordé par loge')")
    assert page.locator("#toast").bounding_box()["y"] < 40


def test_a_card_one_chose_stays_when_others_come_and_grants_flow(visit, board):
    """Who comes meanwhile is told of above it, and one key away."""
    page = visit().sign_in()
    page.locator("#waiting button").nth(1).click()
    on_stage(page, "Yanis Oudrhiri")
    for showing in range(100, 130):
        board.present(Card(showing, MONDAY_MS, Outcome.GRANT, Medium.PAPER, name="Passante"))
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Nouvelle Venue"))
    page.wait_for_selector("#waiting li:has-text('Nouvelle Venue')")

    on_stage(page, "Yanis Oudrhiri")
    assert page.locator("#waiting li").count() == 4
    assert "Nouvelle Venue" in page.inner_text("#newcomer")
    page.keyboard.press("n")
    on_stage(page, "Nouvelle Venue")
    page.wait_for_selector("#newcomer", state="hidden")


def test_the_stage_follows_whoever_came_last(visit, board):
    """The person at the gate is first, on the stage and in the list."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Nouvelle Venue"))

    on_stage(page, "Nouvelle Venue")
    assert "Nouvelle Venue" in page.locator("#waiting li").first.inner_text()
    assert page.locator("#newcomer").is_hidden()


def test_a_press_meant_for_the_card_before_answers_for_nobody(visit, board):
    """The stage moved on by itself: a press at that moment is not taken."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    page.evaluate(
        "new MutationObserver(() => document.querySelector('[data-reason=known]')?.click())"
        ".observe(document.getElementById('stage'), {childList: true})"
    )
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Nouvelle Venue"))
    on_stage(page, "Nouvelle Venue")
    page.wait_for_timeout(300)

    assert board.ruled_on(200) is None


def test_a_card_left_alone_gives_way_to_who_came(visit, board):
    """A quarter of a minute without a touch."""
    watched = visit()
    watched.page.clock.install()
    page = watched.sign_in()
    page.locator("#waiting button").nth(1).click()
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Nouvelle Venue"))
    page.wait_for_selector("#newcomer:not([hidden])")
    on_stage(page, "Yanis Oudrhiri")
    page.clock.run_for(15_000)

    on_stage(page, "Nouvelle Venue")


def test_refusals_of_before_do_not_shout_once_nothing_is_checked(visit, board):
    """They wait in the list of what is to be filed; the stage is calm."""
    page = visit().sign_in()
    on_stage(page, "Camille Brézolles")
    board.set_mode(Mode.COUNTING)

    page.wait_for_selector("#old:has-text('À classer 3')")
    page.wait_for_selector(".card[data-outcome=grant]")


def test_old_cards_are_grouped_and_filed_at_once_by_keys(visit, board, wait_until):
    """Cards of before a restart stay under those of who is there; R, Tab, Enter rule them all."""
    page = visit().sign_in()
    board.bring_back(Card(each, MONDAY_MS, Outcome.REFER, Medium.PAPER) for each in (3, 4, 5))
    page.wait_for_selector("#old:has-text('À classer 3')")
    on_stage(page, "Camille Brézolles")
    assert "À voir" in page.locator("#old-cards li").first.inner_text()
    for key in ("r", "Tab", "Enter"):
        page.keyboard.press(key)
    wait_until(lambda: all(board.ruled_on(each) for each in (3, 4, 5)))

    page.wait_for_selector("#old", state="hidden")
    assert {board.ruled_on(each).reason for each in (3, 4, 5)} == {"left"}
    assert page.locator("#waiting li").count() == 3


def test_a_card_and_an_alert_sound_different_and_a_grant_is_silent(visit, board, wait_until):
    """An agent who looks elsewhere knows which it is."""
    watched = visit()
    watched.write_down_notes()
    page = watched.sign_in()
    page.mouse.click(5, 5)
    board.present(Card(100, MONDAY_MS, Outcome.GRANT, Medium.PAPER, name="Passante"))
    page.wait_for_selector("#recent li:has-text('Passante')")
    assert page.evaluate("window.notes") == []
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Nouvelle Venue"))
    wait_until(lambda: page.evaluate("window.notes.length") >= 2)
    card = page.evaluate("window.notes.splice(0)")
    board.raise_alert(Alert(3, AlertKind.EXIT_REFUSED, MONDAY_MS))
    wait_until(lambda: page.evaluate("window.notes.length") >= 4)

    assert page.evaluate("window.notes") != card


def test_eight_oclock_goes_by_one_key_a_card(visit, board, wait_until):
    """Six wait while the others stream through; each press answers for the card on the stage."""
    page = visit(1280, 800).sign_in()
    for number in range(3):
        name = f"Venue {number}"
        board.present(Card(50 + number, MONDAY_MS, Outcome.REFER, Medium.PAPER, name=name))
    for showing in sorted((card.showing for card in board.snapshot().waiting), reverse=True):
        page.wait_for_selector(f".card[data-waits=yes][data-key='{showing}']")
        board.present(Card(900 + showing, MONDAY_MS, Outcome.GRANT, Medium.PHONE, name="Passe"))
        wait_until(lambda: page.keyboard.press("1") or board.ruled_on(showing))  # noqa: B023 - used at once

    assert board.snapshot().waiting == ()
    assert len(board.snapshot().recent) == RECENT_MAX


def test_new_cards_are_announced_to_screen_readers(visit, board):
    """Outcome, name and reasons, politely."""
    page = visit().sign_in()
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Nouvelle Venue"))

    page.wait_for_selector("#announce:has-text('À voir. Nouvelle Venue')", state="attached")
    assert page.locator("#announce").get_attribute("role") == "status"


def test_an_evacuation_is_ended_with_the_keyboard_alone(visit, board, wait_until):
    """E asks, with the cautious answer in hand; Tab and Enter confirm."""
    page = visit().sign_in()
    page.keyboard.press("e")
    assert page.locator("dialog[open]").count() == 0
    board.set_posture(Posture.EVACUATION)
    page.wait_for_selector("#posture button")
    page.keyboard.press("e")
    assert "centrale incendie est réarmée" in page.inner_text("#end-dialog")
    page.keyboard.press("Enter")
    page.wait_for_selector("#end-dialog", state="hidden")
    assert board.snapshot().posture is Posture.EVACUATION
    for key in ("e", "Tab", "Enter"):
        page.keyboard.press(key)

    wait_until(lambda: board.snapshot().posture is Posture.NORMAL)
    page.wait_for_selector("#posture", state="hidden")


@pytest.mark.parametrize(("language", "said"), [("fr", "rien n’a changé"), ("en", "reset")])
def test_a_fire_panel_that_still_asks_is_said_where_one_asked(visit, board, desk, language, said):
    """In the dialog, which stays open; the posture too."""
    page = visit().sign_in(language)
    desk.panel_asks = True
    board.set_posture(Posture.EVACUATION, drill=True)
    page.click("[data-open=end-dialog]")
    page.click("#end-evacuation")

    page.wait_for_selector(f"#end-error:has-text('{said}')")
    assert page.locator("#posture button").is_visible()


@pytest.mark.parametrize("posture", [Posture.INTRUSION, Posture.SHELTER])
def test_other_alarms_are_not_the_agents_to_end(visit, board, posture):
    """The button is for an evacuation alone."""
    page = visit().sign_in()
    board.set_posture(posture)
    page.wait_for_selector("#posture:not([hidden])")

    assert not page.locator("#posture button").is_visible()


def test_an_alert_is_on_screen_within_five_seconds(visit, board):
    """An exit refused at a lane without agent."""
    page = visit().sign_in()
    board.raise_alert(Alert(3, AlertKind.EXIT_REFUSED, MONDAY_MS))

    page.wait_for_selector("#alerts:has-text('Sortie refusée')", timeout=5000)
    page.keyboard.press("x")
    page.wait_for_selector("#alerts li", state="detached")


def test_a_cut_screen_says_so_and_resumes_by_itself(visit, board, serving):
    """The banner comes; the server comes back on its port; the agent signs in and goes on."""
    page = visit().sign_in()
    serving.stop()
    page.wait_for_selector("#offline:not([hidden])", timeout=10_000)
    assert "Ne vous fiez pas" in page.inner_text("#offline")

    settings = ScreenSettings(port=serving.port, agents=agents())
    desk = PreviewDesk(board, lambda: MONDAY_MS)
    app = create_app(board, desk, settings, monotonic_ms=lambda: 0)
    again = serve_in_thread(app, settings)
    page.wait_for_selector("#pin")
    again.stop()


def test_a_line_that_comes_back_brings_what_was_missed(visit, board, serving):
    """Same gate: no reload, no sign-in, the new card is there and the banner gone."""
    page = visit().sign_in()
    page.evaluate("window.same = true")
    serving.stop()
    page.wait_for_selector("#offline:not([hidden])", timeout=10_000)
    board.present(Card(200, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Venue Entre-temps"))
    again = serve_in_thread(serving._app, ScreenSettings(port=serving.port, agents=agents()))

    page.wait_for_selector("#waiting li:has-text('Venue Entre-temps')")
    page.wait_for_selector("#offline", state="hidden")
    assert page.evaluate("window.same")
    again.stop()


def test_signing_out_elsewhere_returns_to_the_sign_in_page(visit):
    """The stream says so; no name stays."""
    watched = visit()
    page = watched.sign_in()
    other = page.context.new_page()
    other.goto(f"{watched.url}/agent")
    other.click("#sign-out")

    page.wait_for_selector("form[data-post='/agent/sign-in']")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "size", [(1280, 800), (1366, 768), (1024, 768), (390, 844), (820, 1180), (1920, 1080)]
)
def test_every_answer_to_a_card_with_two_reasons_is_in_sight(visit, size, language):
    """Eight buttons and the tools, without scrolling, and no word is broken."""
    page = visit(*size).sign_in(language)
    on_stage(page, "Camille Brézolles")
    boxes = [each.bounding_box() for each in page.locator(".card [data-ruling]").all()]
    tools = page.locator(".tools").bounding_box()

    assert len(boxes) == 8
    assert max(box["y"] + box["height"] for box in boxes) <= tools["y"]
    assert tools["y"] + tools["height"] <= size[1]
    assert page.evaluate(BROKEN_WORDS) == []


@pytest.mark.parametrize("width", [320, 390, 820, 1920])
def test_nothing_is_cut_or_scrolls_sideways(visit, board, width):
    """Reflow down to 320 px (WCAG 1.4.10), long words included."""
    watched = visit(width, 800)
    page = watched.sign_in()
    board.present(
        Card(300, MONDAY_MS, Outcome.REFER, Medium.PAPER, name="Abc" * 20, label="X" * 40)
    )
    page.locator("#waiting button").last.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{watched.url}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_can_be_twice_as_big(visit):
    """Zoom on text only, to 200 % (RGAA 10.4)."""
    page = visit(820, 1180).sign_in()
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 820


@pytest.mark.parametrize("width", [390, 820, 1920])
def test_everything_one_presses_is_big_enough_for_gloves(visit, board, width):
    """56 CSS pixels and more, both ways."""
    watched = visit(width, 900)
    watched.page.goto(f"{watched.url}/agent")
    assert watched.page.evaluate(SMALLEST_TARGET) >= 56
    page = watched.sign_in()
    board.raise_alert(Alert(1, AlertKind.NOTICE, MONDAY_MS))
    page.wait_for_selector("#alerts li")

    assert page.evaluate(SMALLEST_TARGET) >= 56


def test_a_working_day_leaves_no_complaint(visit, board, wait_until):
    """No script error, no console warning, nothing stopped by the policy."""
    watched = visit()
    page = watched.sign_in("en")
    page.locator("[data-reason=sent]").click()
    wait_until(lambda: page.locator("#waiting li").count() == 2)
    page.click("[data-open=help-dialog]")
    page.keyboard.press("Escape")

    assert (watched.wrong, watched.violations()) == ([], [])
