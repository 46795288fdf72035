"""What a restarted gate reads back: used phone proofs, grants, counts, what nobody answered."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from portique.core.entries import (
    CountBody,
    DecisionBody,
    ManualAdmissionBody,
    Ruling,
    RulingBody,
    from_body,
)
from portique.core.errors import JournalError
from portique.gate.journal_schema import KIND_SQL
from portique.gate.journal_values import Counted, Grant, Receipt, Recent, Unanswered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.core.entries import Body
    from portique.core.values import PassId
    from portique.gate.journal_values import Connection, Whose

# Entries looked at, from the newest back: a time may have jumped, so none is trusted to stop the
# search early. A lane's fullest day holds half of this; reading them takes a second.
RECENT_ENTRIES_MAX = 10_000

Dated = tuple[int, int, int, "Body"]  # epoch, number, time in ms, body


def read_dated(connection: Connection, epoch: int, since_ms: int) -> list[Dated]:
    """Return what `gather` looks at among a file's last entries, at or after `since_ms`."""
    found = connection.execute(
        "SELECT number, time_ms, body FROM entry "  # noqa: S608 - a constant of ours
        "WHERE number > (SELECT max(number) FROM entry) - ? AND time_ms >= ? "
        f"AND {KIND_SQL} IN (x'02', x'03', x'05', x'0c') ORDER BY number",
        (RECENT_ENTRIES_MAX, since_ms),
    )
    dated = ((number, time_ms, _readable(body)) for number, time_ms, body in found.fetchall())
    return [(epoch, number, time_ms, body) for number, time_ms, body in dated if body is not None]


def read_dated_of_damaged(connection: Connection, epoch: int, since_ms: int) -> list[Dated]:
    """Do the same for a file that may be damaged: nothing rather than an error."""
    try:
        return read_dated(connection, epoch, since_ms)
    except sqlite3.Error:
        return []


def gather(entries: Iterable[Dated]) -> Recent:
    """Gather what a gate must remember from entries given oldest first."""
    gathering = _Gathering()
    for epoch, number, time_ms, body in entries:
        gathering.take(Receipt(epoch, number), time_ms, body)
    return gathering.recent()


class _Gathering:
    def __init__(self) -> None:
        self._decisions: dict[Receipt, DecisionBody] = {}
        self._proofs: set[tuple[PassId, int]] = set()
        self._grants: dict[tuple[Whose, str], Grant] = {}
        self._counted: list[Counted] = []
        self._unanswered: dict[Receipt, Unanswered] = {}
        self._admissions: list[tuple[str, int]] = []

    def take(self, receipt: Receipt, time_ms: int, body: Body) -> None:
        match body:
            case DecisionBody():
                self._decide(receipt, time_ms, body)
            case RulingBody():
                self._rule(time_ms, body)
            case ManualAdmissionBody():
                self._counted.append(Counted(body.lane, None, body.people, time_ms))
                if body.admission is not None:
                    self._admissions.append((body.admission, time_ms))
            case CountBody():
                self._counted.append(Counted(body.lane, body.direction, body.people, time_ms))

    def _decide(self, receipt: Receipt, time_ms: int, body: DecisionBody) -> None:
        self._decisions[receipt] = body
        if body.pass_id is not None and body.proof_s is not None:
            self._proofs.add((body.pass_id, body.proof_s))
        if body.outcome == 0:
            self._let_through(body, time_ms)
        else:
            self._unanswered[receipt] = Unanswered(receipt, time_ms, body)

    def _rule(self, time_ms: int, body: RulingBody) -> None:
        decided = Receipt(body.epoch, body.number)
        self._unanswered.pop(decided, None)
        if body.ruling is Ruling.ADMIT:
            # None: its showing could not be written, or is of yesterday.
            self._let_through(self._decisions.get(decided), time_ms)

    def _let_through(self, body: DecisionBody | None, time_ms: int) -> None:
        self._counted.append(Counted(body.lane if body else None, None, 1, time_ms))
        whose = (body.holder or body.pass_id) if body else None
        if body is not None and whose is not None:
            self._grants.pop((whose, body.lane), None)  # so that the order is of the last grants
            self._grants[whose, body.lane] = Grant(whose, body.lane, time_ms)

    def recent(self) -> Recent:
        return Recent(
            frozenset(self._proofs),
            tuple(self._grants.values()),
            tuple(self._counted),
            tuple(self._unanswered.values()),
            max((body.showing for body in self._decisions.values()), default=0),
            tuple(self._admissions),
        )


def _readable(body: bytes) -> Body | None:
    try:
        return from_body(body)
    except JournalError:
        return None  # of a newer version, or in a damaged file
