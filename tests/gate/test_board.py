"""What the board keeps, for how long, and how it tells the screens."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.board_cards import ADMITTED, AT_MS, DENIED, IN_VIEW, LANE, grant, refer, refuse

from portique.core.decide import Outcome, Reason
from portique.core.entries import Ruling
from portique.core.errors import TooLate
from portique.core.sentences import ManualReason
from portique.core.values import Medium, PassId
from portique.gate.board import (
    ALERTS_MAX,
    ANSWERED_MAX,
    ASKED_MS_MIN,
    OLD_MS,
    RECENT_MAX,
    RECENT_MS,
    RULINGS_KEPT,
    WAITING_MAX,
    Advice,
    Aim,
    Alert,
    AlertKind,
    Board,
    Card,
    Counts,
    Freshness,
    FreshnessState,
    HolderState,
    Mode,
    Organ,
    Posture,
    Ruled,
    Words,
)


@pytest.fixture
def board():
    return Board(LANE)


def showings(cards: tuple[Card, ...]) -> list[int]:
    return [card.showing for card in cards]


@given(st.lists(st.sampled_from(Outcome), min_size=1, max_size=WAITING_MAX))
def test_grants_never_push_away_what_waits(outcomes):
    """Every referral and refusal is still there, in its order, whatever was granted after it."""
    board = Board(LANE)
    for showing, outcome in enumerate(outcomes):
        board.present(Card(showing, AT_MS, outcome, Medium.PAPER))

    expected = [n for n, outcome in enumerate(outcomes) if outcome is not Outcome.GRANT]
    assert showings(board.snapshot().waiting) == expected


def test_recent_grants_are_newest_first_and_bounded(board):
    """The quiet list holds the last ones only."""
    for showing in range(RECENT_MAX + 5):
        board.present(grant(showing))

    assert showings(board.snapshot().recent) == list(range(RECENT_MAX + 4, 4, -1))


def test_the_last_answers_stay_in_sight_while_grants_stream(board):
    """An agent still sees what was answered, newest first like the rest."""
    for showing in range(1, ANSWERED_MAX + 3):
        board.present(refer(showing))
        board.settle(showing, DENIED)
    for showing in range(100, 150):
        board.present(grant(showing))

    seen = showings(board.snapshot().recent)
    assert len(seen) == RECENT_MAX
    assert seen[0] == 149
    assert seen[-ANSWERED_MAX:] == [6, 5, 4, 3]


def test_names_of_those_who_passed_leave_after_ten_minutes(board):
    """A later grant takes the old ones, and their names, off the board."""
    board.present(grant(1, name="Zoé Tarrigue"))
    board.present(grant(2, at_ms=AT_MS + RECENT_MS + 1))

    assert showings(board.snapshot().recent) == [2]


def test_the_loop_can_have_old_cards_forgotten(board):
    """A quiet gate forgets too."""
    board.present(grant(1, name="Zoé Tarrigue"))
    board.forget(AT_MS + 1)

    assert board.snapshot().recent == ()


def test_a_ruled_card_moves_to_the_recent_ones(board):
    """The ruling stays on it, so that agents see what was answered."""
    board.present(refer(1))
    board.settle(1, DENIED)

    now = board.snapshot()
    assert now.waiting == ()
    assert now.recent[0].ruled == DENIED


def test_the_second_agent_is_too_late_and_can_learn_who_was_first(board):
    """One showing, one ruling."""
    board.present(refer(1))
    board.settle(1, ADMITTED)

    with pytest.raises(TooLate):
        board.settle(1, DENIED)
    assert board.ruled_on(1) == ADMITTED


def test_of_many_agents_at_once_exactly_one_rules(board):
    """Threads race for the same card; one wins."""
    board.present(refer(1))
    start, late = threading.Barrier(8), []

    def rule():
        start.wait()
        try:
            board.settle(1, ADMITTED)
        except TooLate:
            late.append(1)

    threads = [threading.Thread(target=rule) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(late) == 7


def test_who_ruled_is_remembered_for_a_bounded_number(board):
    """The memory for latecomers does not grow for ever."""
    for showing in range(RULINGS_KEPT + 1):
        board.present(refer(showing))
        board.settle(showing, ADMITTED)

    assert board.ruled_on(0) is None
    assert board.ruled_on(RULINGS_KEPT) == ADMITTED


def test_a_pass_shown_again_waits_once_and_keeps_its_place(board):
    """Three tries of one pupil are one card, ruled by its newest showing."""
    board.present(refer(1, pass_id=PassId("aa" * 8)))
    board.present(refer(2, pass_id=PassId("bb" * 8)))
    board.present(refer(3, pass_id=PassId("aa" * 8)))

    first, second = board.snapshot().waiting
    assert (first.showing, first.first, first.times) == (3, 1, 2)
    assert second.showing == 2


def test_cards_of_before_a_restart_are_old_at_once(board):
    """Nobody stands behind them any more."""
    board.bring_back([refer(1)])
    board.present(refer(2))

    assert [card.old for card in board.snapshot().waiting] == [True, False]


def test_a_card_nobody_answered_for_long_is_old_until_shown_again(board):
    """It still waits, and its person is there again when the pass is."""
    board.present(refer(1, pass_id=PassId("aa" * 8)))
    board.beat(1_000)
    board.beat(1_000 + OLD_MS - 1)
    young = board.snapshot().waiting[0].old
    board.beat(1_000 + OLD_MS)
    old = board.snapshot().waiting[0].old
    board.present(refer(2, pass_id=PassId("aa" * 8)))
    board.beat(1_000 + OLD_MS)

    assert (young, old, board.snapshot().waiting[0].old) == (False, True, False)


def test_two_codes_without_id_are_two_cards(board):
    """Nothing says that two unknown codes are one person's."""
    board.present(refuse(1))
    board.present(refuse(2))

    assert showings(board.snapshot().waiting) == [1, 2]


def test_the_same_pass_for_another_reason_is_another_card(board):
    """Nothing an agent must know is folded away."""
    board.present(refer(1, pass_id=PassId("aa" * 8)))
    board.present(refer(2, pass_id=PassId("aa" * 8), reasons=(Reason.DOUBLE_USE,)))

    assert showings(board.snapshot().waiting) == [1, 2]


def test_a_flood_of_unknown_codes_pushes_out_no_genuine_referral(board):
    """The oldest anonymous refusal goes first, and is counted."""
    board.present(refer(0, pass_id=PassId("aa" * 8)))
    for showing in range(1, WAITING_MAX + 3):
        board.present(refuse(showing))

    now = board.snapshot()
    assert len(now.waiting) == WAITING_MAX
    assert now.waiting[0].showing == 0
    assert now.set_aside == 3


def test_a_manual_admission_is_listed_without_anybodys_name(board):
    """It waves one person through and says who answered for it."""
    ruled = Ruled(Ruling.ADMIT, ManualReason.FORGOTTEN, "loge", AT_MS)
    board.list_manual(Card(9, AT_MS, Outcome.GRANT, None, ruled=ruled))

    assert board.snapshot().recent[0].ruled == ruled
    assert board.holder().state is HolderState.PASS


def test_aims_are_bounded_and_only_news_is_told(board):
    """The same frame twice wakes nobody."""
    aim = Aim(((0, 0), (1, 0), (1, 1), (0, 1)), Advice.CLOSER)
    board.aim([aim] * 9, advice=Advice.ONE_AT_A_TIME, aspect=16 / 9)
    version = board.holder().version
    board.aim([aim] * 9, advice=Advice.ONE_AT_A_TIME, aspect=16 / 9)

    assert len(board.holder().aims) == 4
    assert board.holder().version == version


def test_agents_see_what_the_queue_is_asked_for_long_enough_to_read_it(board):
    """Two codes at once come and go with each frame; the word stays two seconds."""
    board.beat(1000)
    board.aim([IN_VIEW] * 2, advice=Advice.ONE_AT_A_TIME)
    board.aim([IN_VIEW])
    board.beat(1000 + ASKED_MS_MIN - 1)
    assert board.snapshot().asked is Advice.ONE_AT_A_TIME

    board.beat(1000 + ASKED_MS_MIN)
    assert board.snapshot().asked is None


def test_what_the_queue_is_asked_again_is_told_once(board):
    """Fifteen frames a second redraw no screen."""
    board.aim([], advice=Advice.TAKE_AWAY)
    version = board.snapshot().version
    board.aim([], advice=Advice.TAKE_AWAY)

    assert board.snapshot().version == version


def test_a_fault_is_replaced_and_then_gone(board):
    """One organ has one fault at most."""
    unplugged, still = Words("débranchée", "unplugged"), Words("toujours", "still")
    board.set_fault(Organ.CAMERA, unplugged)
    board.set_fault(Organ.DOOR, unplugged)
    board.set_fault(Organ.CAMERA, still)
    assert [f.detail for f in board.snapshot().faults] == [unplugged, still]

    board.set_fault(Organ.CAMERA, None)
    assert [f.organ for f in board.snapshot().faults] == [Organ.DOOR]


def test_a_fault_told_again_redraws_nothing(board):
    """The gate tells every organ's state again and again."""
    board.set_fault(Organ.DOOR, Words("muette", "silent"))
    version = board.snapshot().version
    board.set_fault(Organ.DOOR, Words("muette", "silent"))
    board.set_fault(Organ.CAMERA, None)

    assert board.snapshot().version == version


def test_alerts_stay_until_dismissed_once(board):
    """Who dismisses second is told so."""
    board.raise_alert(Alert(1, AlertKind.STOLEN_ISSUER, AT_MS))
    board.drop_alert(1)

    assert board.snapshot().alerts == ()
    with pytest.raises(TooLate):
        board.drop_alert(1)


def test_alerts_are_bounded(board):
    """The newest are kept."""
    for number in range(ALERTS_MAX + 2):
        board.raise_alert(Alert(number, AlertKind.NOTICE, AT_MS))

    assert [a.alert for a in board.snapshot().alerts] == list(range(2, ALERTS_MAX + 2))


def test_counts_and_freshness_are_shown_as_given(board):
    """The board computes nothing of its own."""
    parts = (Freshness("keys", 60, FreshnessState.FRESH),)
    board.set_counts(Counts(4, 2))
    board.set_freshness(parts)

    assert board.snapshot().counts == Counts(4, 2)
    assert board.snapshot().freshness == parts


def test_waiting_for_a_change_returns_when_it_comes(board):
    """A reader sleeps until the version differs."""
    version = board.snapshot().version
    writer = threading.Thread(target=board.present, args=(refer(1),))
    writer.start()

    assert board.wait(version, 20).version != version
    writer.join()


def test_waiting_in_vain_returns_the_same_snapshot(board):
    """A time-out is no error."""
    now = board.snapshot()

    assert board.wait(now.version, 0.01) is now


def test_listeners_hear_each_change_until_they_leave(board):
    """Streams are woken, not polled."""
    heard = []
    leave = board.subscribe(lambda: heard.append(1))
    board.set_counts(Counts(1, 0))
    leave()
    leave()
    board.set_counts(Counts(2, 0))

    assert heard == [1]


def test_a_lane_renamed_by_the_school_is_shown_renamed(board):
    """Title and staffed point are the newest knowledge's."""
    renamed = replace(LANE, title=Words("Portail sud", "South gate"))
    board.set_lane(renamed)

    assert board.snapshot().lane == renamed


def test_a_beat_is_remembered(board):
    """Screens can tell a living loop from a dead one."""
    assert board.beat_ms is None
    board.beat(1234)

    assert board.beat_ms == 1234


def test_an_alarm_waves_nobody_through(board):
    """Free passage is not shown while the school asks for anything but its usual day."""
    board.set_mode(Mode.FREE)
    board.set_posture(Posture.INTRUSION)
    during = board.holder().state
    board.set_posture(Posture.NORMAL)

    assert (during, board.holder().state) == (HolderState.IDLE, HolderState.FREE)
