"""The cards and alerts of one lane: what agents are shown of it, and what still waits for them.

A card may be ruled on for as long as the board shows it, and no longer: what
no screen shows any more must not open a door from a stale page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from portique.core.decide import Outcome, Reason
from portique.core.errors import TooLate
from portique.core.values import Direction
from portique.gate import board as shown

if TYPE_CHECKING:
    from portique.core.plain import Words
    from portique.core.values import HolderId
    from portique.core.zones import Lane as LaneRow
    from portique.gate.board import Board
    from portique.gate.journal_values import Receipt
    from portique.gate.judge import Judged
    from portique.gate.showing import Opened


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision not granted: what an agent's answer will point to. `receipt` None: no entry."""

    receipt: Receipt | None
    holder: HolderId | None


class Cards:
    """What one lane puts on its board. Not thread-safe: the lane's lock is held around it."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._waiting: dict[int, Waiting] = {}
        self._alerts = count(1)

    def show(self, card: shown.Card, waiting: Waiting) -> None:
        """Show a decision; one that was not granted waits for an agent's answer."""
        if card.outcome is not Outcome.GRANT:
            self._waiting[card.showing] = waiting
        self._board.present(card)
        self._keep_what_waits()

    def waiting(self, showing: int) -> Waiting:
        """Return what waits behind a card.

        Raises:
            TooLate: The card does not wait any more.
        """
        self._keep_what_waits()
        if showing not in self._waiting:
            raise TooLate("this showing was ruled on already")
        return self._waiting[showing]

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
