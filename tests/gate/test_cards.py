"""The cards of one lane: what waits for an agent, over a restart and over midnight."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from portique.core.decide import Outcome, Reason
from portique.core.entries import DecisionBody, Ruling, RulingBody
from portique.core.errors import TooLate
from portique.core.revocation import Status
from portique.core.sentences import AdmitReason, DenyReason
from portique.core.zones import default_site
from portique.gate.board import Alert, AlertKind, Board
from portique.gate.cards import BROUGHT_BACK, BROUGHT_BACK_MAX, Cards
from portique.gate.journal_values import Receipt, Unanswered
from portique.testing.fakes import FakeClock
from portique.testing.lanes import Told, WorkingLane, open_lane

HOUR_MS = 3_600_000
NOON_TO_MIDNIGHT_MS = 16 * HOUR_MS  # the fakes' Monday begins at 09:00 in Paris


@pytest.fixture
def start(school, tmp_path) -> Iterator[Callable[..., WorkingLane]]:
    """Give a way to start the lane's gate, and to start it again over the same journal."""
    made: list[WorkingLane] = []

    def again(clock: FakeClock | None = None) -> WorkingLane:
        if made:
            made[-1].close()
        known = school.knowledge()
        made.append(open_lane(tmp_path / "journal.db", school, known=known, clock=clock))
        return made[-1]

    yield again
    for lane in made[-1:]:
        lane.close()


def notices(working: WorkingLane) -> list[Alert]:
    return [a for a in working.board.snapshot().alerts if a.kind is AlertKind.NOTICE]


def test_what_nobody_answered_waits_again_after_a_restart(school, start):
    """With its reasons, its number and its hour, without the name, which no journal holds."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    first = start()
    first.show(held.text)

    [card] = start(first.clock).board.snapshot().waiting

    assert (card.outcome, card.reasons, card.pass_id) == (
        Outcome.REFUSE,
        (Reason.REVOKED,),
        held.pass_id,
    )
    assert (card.name, card.label, card.note) == (None, None, BROUGHT_BACK)
    assert card.at_ms == first.clock.now_ms()


def test_a_card_brought_back_can_be_answered(school, start):
    """The ruling points to the decision of before the restart; the door opens."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    first = start()
    first.show(held.text)
    second = start(first.clock)
    [card] = second.board.snapshot().waiting

    second.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")

    ruling = second.bodies()[-1]
    assert isinstance(ruling, RulingBody)
    assert isinstance(second.bodies()[ruling.number - 1], DecisionBody)
    assert second.door.releases == 1


def test_what_was_answered_or_granted_does_not_come_back(school, start):
    """Only what an agent still has to see."""
    held, revoked = school.issue(), school.issue()
    school.set_status(revoked, Status.REVOKED)
    first = start()
    first.show(held.text)
    first.show(revoked.text)
    [card] = first.board.snapshot().waiting
    first.lane.rule(card.showing, Ruling.DENY, DenyReason.SENT, "loge")

    assert start(first.clock).board.snapshot().waiting == ()


def test_yesterdays_cards_do_not_come_back(school, start):
    """Nobody waits overnight before a gate."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    first = start()
    first.show(held.text)
    first.clock.advance(NOON_TO_MIDNIGHT_MS)

    assert start(first.clock).board.snapshot().waiting == ()


def test_no_showing_after_a_restart_has_the_number_of_one_before(school, start):
    """Two cards of one number could be answered for each other."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    first = start()
    for _ in range(10):
        first.showings.take_number()
    first.show(held.text)
    [before] = first.board.snapshot().waiting
    second = start(first.clock)

    assert second.showings.take_number() > before.showing


def test_at_midnight_cards_and_their_names_are_taken_away_and_said(school, start):
    """A quiet night as well: no showing is needed. The agent learns how many had no answer."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = start()
    working.show(held.text)
    [card] = working.board.snapshot().waiting
    working.clock.advance(NOON_TO_MIDNIGHT_MS)

    working.lane.keep_day(working.clock.now_ms())

    assert working.board.snapshot().waiting == ()
    [notice] = notices(working)
    assert notice.detail is not None
    assert ": 1." in notice.detail.en
    with pytest.raises(TooLate):
        working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.KNOWN, "loge")


def test_a_midnight_with_nothing_left_says_nothing(start):
    """No notice for an agent to dismiss each morning."""
    working = start()
    working.clock.advance(NOON_TO_MIDNIGHT_MS)

    working.lane.keep_day(working.clock.now_ms())

    assert notices(working) == []


def test_a_reason_of_another_version_is_left_out():
    """After an update or its undoing, the card still says the reasons that are known."""
    board = Board(default_site().lane("entry-1"))
    body = DecisionBody(1, "entry-1", 1, ("of-tomorrow", "revoked"), (), "0" * 16, "normal")

    Cards(board).bring_back([Unanswered(Receipt(1, 2), 0, body)])

    [card] = board.snapshot().waiting
    assert card.reasons == (Reason.REVOKED,)


def test_a_long_list_of_unanswered_cards_is_cut():
    """A day on which nobody answered anything costs a restart next to nothing."""
    cards = Cards(Board(default_site().lane("entry-1")))
    bodies = (
        DecisionBody(n, "entry-1", 2, ("not-a-pass",), (), "0" * 16, "normal")
        for n in range(1, 5_000)
    )

    cards.bring_back(Unanswered(Receipt(1, body.showing), 0, body) for body in bodies)

    board = cards._board.snapshot()
    assert len(board.waiting) + board.set_aside == BROUGHT_BACK_MAX
    assert set(cards._waiting) == {card.showing for card in board.waiting}


def test_a_pass_never_listed_alerts_of_a_stolen_key(school, start):
    """Signed by the school's key but in no list: somebody else holds that key."""
    held = school.issue()
    working = start()
    known = working.lane.bench.knowledge
    assert known is not None
    working.learn(replace(known, status=replace(known.status, packed=b"")))

    judged = working.show(held.text)

    assert judged is not None
    assert Reason.STATUS_UNLISTED in judged.decision.reasons
    assert [alert.kind for alert in working.board.snapshot().alerts] == [AlertKind.STOLEN_ISSUER]


def test_an_exit_refused_where_nobody_stands_alerts_every_screen(school, tmp_path):
    """At a lane without an agent whatever isn't granted is told to all."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    usual = default_site()
    site = replace(usual, lanes=tuple(replace(lane, staffed=False) for lane in usual.lanes))
    known = school.knowledge(told=Told(site=site))
    working = open_lane(tmp_path / "exit.db", school, known=known, lane="exit-1")

    working.show(held.text)
    alerts = working.board.snapshot().alerts
    working.close()

    assert [alert.kind for alert in alerts] == [AlertKind.EXIT_REFUSED]


def test_the_showing_behind_an_entry_is_found_while_its_card_waits(school, start):
    """Not one that was answered, and not another entry's."""
    working = start()
    working.show("PQ1:NOT A PASS")
    [card] = working.board.snapshot().waiting
    receipt = Receipt(1, working.journal.head.number)

    assert working.lane._cards.showing_of(receipt) == card.showing
    with pytest.raises(TooLate):
        working.lane._cards.showing_of(Receipt(1, 1))
