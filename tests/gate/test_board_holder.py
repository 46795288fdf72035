"""What the board lets the holder's screen show."""

import pytest
from tests.gate.board_cards import ADMITTED, DENIED, IN_VIEW, LANE, grant, refer, refuse

from portique.core.decide import Outcome
from portique.gate.board import (
    UNSEEN_MS_MAX,
    Board,
    Counts,
    HolderState,
    Mode,
    Organ,
    Posture,
    Words,
)


@pytest.fixture
def board():
    return Board(LANE)


@pytest.mark.parametrize("card", [refer(1), refuse(1)], ids=["refer", "refuse"])
def test_the_holder_cannot_tell_a_referral_from_a_refusal(board, card):
    """Both are one state, with nothing else in it."""
    board.present(card)

    view = board.holder()
    assert (view.state, view.turn, view.aims, view.advice) == (HolderState.AGENT, 1, (), None)


def test_the_holder_is_shown_to_pass_once_admitted(board):
    """The one at the lane sees the agent's answer."""
    board.present(refer(1))
    board.settle(1, ADMITTED)

    assert board.holder().state is HolderState.PASS


def test_a_denial_changes_nothing_for_the_holder(board):
    """No screen ever says no."""
    board.present(refer(1))
    before = board.holder()
    board.settle(1, DENIED)

    assert board.holder() == before


def test_admitting_someone_aside_does_not_wave_the_next_one_through(board):
    """The holder's screen belongs to whoever is at the lane."""
    board.present(refer(1))
    board.present(refer(2))
    board.settle(1, ADMITTED)

    assert board.holder().state is HolderState.AGENT


def test_the_holders_screen_rests_when_the_medium_is_gone(board):
    """Only the showing it belongs to can end a state."""
    board.present(grant(1))
    board.gone(0)
    assert board.holder().state is HolderState.PASS
    board.gone(1)
    assert board.holder().state is HolderState.IDLE


@pytest.mark.parametrize("card", [grant(1), refer(1), refuse(1)], ids=["grant", "refer", "refuse"])
def test_what_a_hand_held_reader_read_leaves_the_screen_by_itself(board, card):
    """Nobody can tell when the paper left: ten seconds, whatever was decided."""
    board.beat(1_000)
    board.present(card)
    board.beat(1_000 + UNSEEN_MS_MAX - 1)
    assert board.holder().state is not HolderState.IDLE
    board.beat(1_000 + UNSEEN_MS_MAX)

    assert board.holder().state is HolderState.IDLE


@pytest.mark.parametrize("card", [grant(1), refer(1)], ids=["grant", "refer"])
def test_a_code_in_view_of_the_camera_keeps_its_state(board, card):
    """As long as frames show it, however still it is held."""
    board.present(card)
    for now_ms in range(0, 3 * UNSEEN_MS_MAX, 1000):
        board.beat(now_ms)
        board.aim([IN_VIEW])
    shown = board.holder().state

    assert shown is (HolderState.PASS if card.outcome is Outcome.GRANT else HolderState.AGENT)


def test_a_camera_that_died_does_not_leave_a_green_screen(board):
    """Its last frame showed the code; no other frame came."""
    board.beat(0)
    board.present(grant(1))
    board.aim([IN_VIEW])
    board.beat(UNSEEN_MS_MAX)

    assert board.holder().state is HolderState.IDLE


def test_the_screen_that_rested_by_itself_follows_the_mode(board):
    """Free passage is shown although nobody said that the paper left."""
    board.present(grant(1))
    board.set_mode(Mode.FREE)
    board.beat(0)
    board.beat(UNSEEN_MS_MAX)

    assert board.holder().state is HolderState.FREE


def test_the_end_of_an_evacuation_is_shown_at_once(board):
    """Even when a showing was in progress as it began."""
    board.present(grant(1))
    board.set_posture(Posture.EVACUATION)
    board.set_posture(Posture.NORMAL)

    assert board.holder().state is HolderState.IDLE


def test_a_decision_is_still_read_when_the_mode_changes(board):
    """Nothing takes it from under the holder's eyes."""
    board.present(refer(1))
    board.set_mode(Mode.COUNTING)

    assert board.holder().state is HolderState.AGENT


@pytest.mark.parametrize("organ", [Organ.CAMERA, Organ.DECODER])
def test_without_eyes_the_queue_is_sent_to_the_agent(board, organ):
    """Nobody is asked to show a code that nothing would read."""
    board.set_fault(organ, Words("débranchée", "unplugged"))
    during = board.holder()
    board.set_fault(organ, None)

    assert (during.state, during.turn) == (HolderState.AGENT, 0)
    assert board.holder().state is HolderState.IDLE


def test_whoever_is_counted_is_shown_to_pass(board):
    """Codes are asked for in counting mode, and each one counted lets its holder through."""
    board.set_mode(Mode.COUNTING)
    board.set_counts(Counts(1, 0))
    shown = board.holder().state
    board.gone(7)
    rested = board.holder().state
    board.set_counts(Counts(0, 0))

    assert (shown, rested) == (HolderState.PASS, HolderState.IDLE)
    assert board.holder().state is HolderState.IDLE


def test_outside_counting_mode_counts_wave_nobody_through(board):
    """The decision alone does; nor is anybody waved through under an alarm."""
    board.set_counts(Counts(1, 0))
    board.set_mode(Mode.COUNTING)
    board.set_posture(Posture.INTRUSION)
    board.set_counts(Counts(2, 0))

    assert board.holder().state is HolderState.IDLE


def test_where_nothing_is_checked_any_more_what_waited_is_old(board):
    """Refusals of before stop shouting; nothing is taken away."""
    board.present(refuse(1))
    board.set_mode(Mode.COUNTING)

    assert [card.old for card in board.snapshot().waiting] == [True]


def test_two_grants_in_a_row_are_two_turns(board):
    """Two alike must be seen as two."""
    board.present(grant(1))
    board.present(grant(2))

    assert board.holder().turn == 2


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (Mode.CONTROL, HolderState.IDLE),
        (Mode.COUNTING, HolderState.IDLE),
        (Mode.FREE, HolderState.FREE),
    ],
)
def test_the_resting_screen_follows_the_mode(board, mode, state):
    """Nobody is asked for a code that is not looked at."""
    board.set_mode(mode)

    assert board.holder().state is state
    assert board.snapshot().mode is mode


def test_evacuation_overrides_every_state_of_the_holders_screen(board):
    """Fire beats everything, a decision included."""
    board.present(refer(1))
    board.set_posture(Posture.EVACUATION, drill=True)
    board.present(refer(2))

    assert board.holder().state is HolderState.EVACUATE
    assert board.snapshot().drill
