"""The cards and alerts of one lane: what agents are shown of it, and what still waits for them.

A card may be ruled on for as long as the board shows it, and no longer: what
no screen shows any more must not open a door from a stale page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count as numbers
from typing import TYPE_CHECKING

from portique.core.decide import Outcome, Reason
from portique.core.errors import TooLate
from portique.core.plain import Words
from portique.core.values import Direction
from portique.gate import board as shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.core.zones import Lane as LaneRow
    from portique.gate.board import Board
    from portique.gate.journal_values import Receipt, Unanswered, Whose
    from portique.gate.judge import Judged
    from portique.gate.showing import Opened

BROUGHT_BACK_MAX = 4 * shown.WAITING_MAX  # the board keeps the most useful of them
BROUGHT_BACK = Words(
    "Présentée avant le redémarrage du portique : le nom n’est pas gardé.",
    "Shown before the gate started again: the name is not kept.",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision not granted: what an agent's answer will point to.

    `receipt` is None where there is no entry, `whose` where no pass was genuine. `checking`: the
    agent was asked to confirm who it is.
    """

    receipt: Receipt | None = None
    whose: Whose | None = None
    checking: bool = False


class Cards:
    """What one lane puts on its board. Not thread-safe: the lane's lock is held around it."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._waiting: dict[int, Waiting] = {}
        self._alerts = numbers(1)

    def show(self, card: shown.Card, waiting: Waiting) -> None:
        """Show a decision; one that was not granted waits for an agent's answer."""
        if card.outcome is not Outcome.GRANT:
            self._waiting[card.showing] = waiting
        self._board.present(card)
        self._keep_what_waits()

    def bring_back(self, unanswered: Iterable[Unanswered]) -> None:
        """Let decisions of before a restart wait again, without names: the journal has none."""
        kept = list(unanswered)[-BROUGHT_BACK_MAX:]
        for one in kept:
            checking = str(Reason.IDENTITY_TO_CONFIRM) in one.body.reasons
            whose = one.body.holder or one.body.pass_id
            self._waiting[one.body.showing] = Waiting(one.receipt, whose, checking)
        self._board.bring_back(_card_without_name(one) for one in kept)
        self._keep_what_waits()

    def end_day(self, at_ms: int) -> None:
        """Take away what nobody answered by midnight, and say so: no name outlives its day."""
        left = self._board.clear_waiting()
        self._waiting.clear()
        if left:
            self.alert(shown.AlertKind.NOTICE, at_ms, _unanswered_words(left))

    def waiting(self, showing: int) -> Waiting:
        """Return what waits behind a card.

        Raises:
            TooLate: The card does not wait any more.
        """
        self._keep_what_waits()
        if showing not in self._waiting:
            raise TooLate("this showing was ruled on already")
        return self._waiting[showing]

    def showing_of(self, receipt: Receipt) -> int:
        """Return the showing whose decision is this entry.

        Raises:
            TooLate: Its card does not wait (any more).
        """
        self._keep_what_waits()
        for showing, held in self._waiting.items():
            if held.receipt == receipt:
                return showing
        raise TooLate("this decision does not wait for an answer")

    def checking(self, whose: Whose) -> bool:
        """Say whether a check of this holder's identity still waits for an answer."""
        return any(held.checking and held.whose == whose for held in self._waiting.values())

    def settle(self, showing: int, ruled: shown.Ruled) -> None:
        """Take an answered card off the waiting ones."""
        del self._waiting[showing]
        self._board.settle(showing, ruled)

    def alert(self, kind: shown.AlertKind, at_ms: int, detail: Words | None = None) -> None:
        """Show an alert until somebody dismisses it."""
        self._board.raise_alert(shown.Alert(next(self._alerts), kind, at_ms, detail))

    def alert_of(self, judged: Judged, lane: LaneRow, at_ms: int) -> None:
        """Alert every screen to a decision that concerns more than this lane's agent."""
        alerting = {each.reason for each in judged.decision.objections if each.alert}
        if Reason.STATUS_UNLISTED in alerting:
            self.alert(shown.AlertKind.STOLEN_ISSUER, at_ms)
        unseen = lane.direction is Direction.EXIT and not lane.staffed and not judged.granted
        if unseen or Reason.EXIT_NOT_PERMITTED in alerting:
            self.alert(shown.AlertKind.EXIT_REFUSED, at_ms)

    def _keep_what_waits(self) -> None:
        """Keep for ruling just the decisions whose cards wait: the board alone sets the limit."""
        cards = {card.showing for card in self._board.snapshot().waiting}
        self._waiting = {number: held for number, held in self._waiting.items() if number in cards}


def card_of(judged: Judged, opened: Opened) -> shown.Card:
    """Make what the agent sees of a decision."""
    held, identity = judged.presented.held, judged.identity
    return shown.Card(
        showing=opened.showing,
        at_ms=opened.at_ms,
        outcome=judged.decision.outcome,
        medium=judged.presented.medium,
        reasons=judged.decision.reasons,
        pass_id=held.pass_id if held else None,
        name=identity.name if identity else None,
        label=judged.label,
        kind=identity.kind if identity else None,
        note=judged.note,
    )


def _card_without_name(one: Unanswered) -> shown.Card:
    body = one.body
    known = {str(reason): reason for reason in Reason}
    return shown.Card(
        showing=body.showing,
        at_ms=one.at_ms,
        outcome=Outcome(body.outcome),
        medium=body.medium,
        reasons=tuple(known[code] for code in body.reasons if code in known),
        pass_id=body.pass_id,
        kind=body.kind,
        note=BROUGHT_BACK,
    )


def _unanswered_words(count: int) -> Words:
    return Words(
        f"Cartes d’hier restées sans réponse : {count}. Elles sont retirées avec leurs noms ; "
        "les décisions restent au journal.",
        f"Yesterday’s cards left without an answer: {count}. They are taken away with their names; "
        "the decisions stay in the journal.",
    )
