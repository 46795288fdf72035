"""The holder's screen in a real browser: two states, no difference between refer and refuse."""

import re

import pytest

from portique.core.decide import Outcome
from portique.core.values import Medium
from portique.gate.board import Advice, Card
from portique.gate.screen.preview import MONDAY_MS, sample_aim, sample_waiting

pytestmark = pytest.mark.browser


MOVING = "document.getAnimations().some((each) => each.playState === 'running')"


@pytest.fixture
def settled(wait_until):
    """Give a way to picture a state once nothing moves any more."""

    def picture(page, state):
        page.wait_for_selector(f"body[data-state={state}]")
        wait_until(lambda: not page.evaluate(MOVING))
        return page.screenshot()

    return picture


def test_a_referral_and_a_refusal_are_the_same_picture(visit, board, settled):
    """Pixel for pixel, so that the queue learns nothing."""
    page = visit().holder()
    refer, refuse, _ = sample_waiting()
    board.present(refer)
    first = settled(page, "agent")
    board.gone(refer.showing)
    page.wait_for_selector("body[data-state=idle]")
    board.present(refuse)

    assert settled(page, "agent") == first


def test_a_referral_and_a_refusal_are_the_same_sound(visit, board, wait_until):
    """And a grant is another one."""
    watched = visit()
    watched.write_down_notes()
    page = watched.holder()
    page.mouse.click(400, 400)
    page.wait_for_selector("#sound", state="hidden")
    heard = []
    for card in (*sample_waiting()[:2], Card(70, MONDAY_MS, Outcome.GRANT, Medium.PAPER)):
        board.present(card)
        wait_until(lambda: page.evaluate("window.notes.length") >= 2)
        heard.append(page.evaluate("window.notes.splice(0)"))

    assert heard[0] == heard[1] != heard[2]


def test_no_name_and_no_reason_is_on_the_page_or_on_the_line(visit, board):
    """Whatever was decided."""
    watched = visit()
    page = watched.holder()
    for card in sample_waiting():
        board.present(card)
    page.wait_for_selector("body[data-state=agent]")

    assert not re.search("Brézolles|Oudrhiri|Tle G3|expired|fin", page.inner_text("body"))
    assert (watched.wrong, watched.violations()) == ([], [])


def test_it_says_go_ahead_and_rests_once_the_code_is_gone(visit, board):
    """Green, then how to show the code."""
    page = visit().holder()
    board.present(Card(70, MONDAY_MS, Outcome.GRANT, Medium.PAPER))
    page.wait_for_selector("text=Passez")
    board.gone(70)

    page.wait_for_selector("text=Présentez votre code")


def test_two_grants_in_a_row_are_two(visit, board, wait_until):
    """A blink between them, without any motion asked."""
    page = visit(reduced_motion="reduce").holder()
    page.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.body.dataset.state))"
        ".observe(document.body, {attributeFilter: ['data-state']})"
    )
    for showing in (70, 71):
        board.present(Card(showing, MONDAY_MS, Outcome.GRANT, Medium.PAPER))
        wait_until(lambda: page.evaluate("window.seen.at(-1)") == "pass")
        seen = page.evaluate("window.seen.splice(0)")

    assert seen == ["between", "pass"]


@pytest.mark.parametrize(
    ("advice", "word"),
    [
        (Advice.CLOSER, "Plus près"),
        (Advice.FLATTER, "Plus à plat"),
        (Advice.HOLD_STILL, "Ne bougez plus"),
        (Advice.LESS_GLARE, "Évitez le reflet"),
    ],
)
def test_it_helps_to_aim_by_an_outline_and_a_word(visit, board, advice, word):
    """No picture of anybody: a polygon, mirrored as in a looking-glass."""
    page = visit().holder()
    board.aim([sample_aim(advice)])
    page.wait_for_selector(f".coach >> text={word}")

    points = page.locator("#aims polygon").get_attribute("points")
    assert points.startswith("906.")  # (1 - 0.32) of 1333 units
    assert page.locator("img, video, canvas").count() == 0


def test_advice_for_the_whole_frame_wins(visit, board):
    """Two people: one at a time."""
    page = visit().holder()
    board.aim([sample_aim(None), sample_aim(None)], advice=Advice.ONE_AT_A_TIME)

    page.wait_for_selector(".coach >> text=Un à la fois")


def test_a_code_left_in_place_is_asked_away_under_either_state_alike(visit, board):
    """Under the decision, small, the same for all."""
    page = visit().holder()
    board.present(sample_waiting()[1])
    board.aim([], advice=Advice.TAKE_AWAY)

    page.wait_for_selector("[data-takeaway]:not([hidden]) >> text=Retirez le code")


def test_a_screen_without_contact_sends_to_the_agent(visit, board, serving):
    """A frozen green must wave nobody through."""
    page = visit().holder()
    board.present(Card(70, MONDAY_MS, Outcome.GRANT, Medium.PAPER))
    page.wait_for_selector("body[data-state=pass]")
    serving.stop()

    page.wait_for_selector("#offline:not([hidden]) >> text=Voyez l’agent", timeout=10_000)


@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (1920, 1080), (1024, 600)])
def test_the_words_fit_every_screen_and_are_big(visit, board, settled, size):
    """Inside the screen, and at least a twelfth of its width high."""
    page = visit(*size).holder()
    for card in (sample_waiting()[0], Card(70, MONDAY_MS, Outcome.GRANT, Medium.PAPER)):
        board.present(card)
        state = "pass" if card.outcome is Outcome.GRANT else "agent"
        settled(page, state)
        box = page.locator(f"[data-show={state}] .first").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["height"] >= size[0] / 12
        assert box["y"] + box["height"] <= size[1]
