"""The agent's screen in a real browser: keys, two agents, cuts, small screens."""

from dataclasses import replace

import pytest
from tests.browser.conftest import on_stage

from portique.core.decide import Outcome
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
    Words,
)
from portique.gate.faults import NO_CAMERA
from portique.gate.screen.app import create_app
from portique.gate.screen.preview import LANE, MONDAY_MS, PIN, PreviewDesk, agents
from portique.gate.screen.serving import serve_in_thread
from portique.gate.screen.settings import ScreenSettings

pytestmark = pytest.mark.browser

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


def test_a_forgotten_card_by_the_keyboard_alone(visit, board, wait_until):
    """F, three letters, Enter, Enter: found, let through, and no name stays in the dialog."""
    page = visit().sign_in()
    page.keyboard.press("f")
    page.keyboard.type("leo")
    page.keyboard.press("Enter")
    page.wait_for_selector("#candidates button:focus")
    page.keyboard.press("Enter")
    wait_until(lambda: board.snapshot().recent[0].ruled)

    card = board.snapshot().recent[0]
    assert (card.name, card.ruled.reason, card.ruled.agent) == (
        "Léonie Parmentel", "at-home", "loge",
    )  # fmt: skip
    page.wait_for_selector("#forgotten-dialog:not([open])", state="attached")
    assert "Léonie" not in (page.locator("#forgotten-dialog").text_content() or "")
    assert page.locator("#letters").input_value() == ""


def test_a_forgotten_card_with_another_reason_comes_on_stage(visit, board):
    """On a phone, by touch: what else objects is shown and waits for its own answer."""
    page = visit(390, 844).sign_in("en")
    page.click("[data-open=forgotten-dialog]")
    page.fill("#letters", "mme")
    page.fill("#group", "sv")
    page.click("#forgotten-form .primary")
    page.click(".reason:has-text('lost')")
    page.click("#candidates button")

    on_stage(page, "Mme Escoffray")
    page.wait_for_selector("#toast:has-text('see the card shown')")


def test_a_gate_without_a_list_sends_the_agent_to_manual_admission(visit, desk):
    """Said at the first search, in words."""
    desk.listed = None
    page = visit().sign_in()
    page.keyboard.press("f")
    page.keyboard.type("leo")
    page.keyboard.press("Enter")
    page.wait_for_selector("#forgotten-error:has-text('Admettre à la main')")


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
