"""Which card the agent's screen shows: who came last, what one is at, what is old."""

import pytest
from tests.browser.conftest import on_stage

from portique.core.decide import Outcome
from portique.core.entries import Ruling
from portique.core.sentences import AdmitReason
from portique.core.values import Medium
from portique.gate.board import (
    Card,
    Mode,
    Ruled,
)
from portique.gate.screen.preview import MONDAY_MS

pytestmark = pytest.mark.browser

BY_OTHER = Ruled(Ruling.ADMIT, AdmitReason.CHECKED, "cpe", MONDAY_MS)


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
