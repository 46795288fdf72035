"""What a restarted gate reads back: used phone proofs and the last grants on its lane."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from portique.core.entries import DecisionBody, Ruling, RulingBody, from_body
from portique.core.errors import JournalError
from portique.gate.journal_schema import KIND_SQL
from portique.gate.journal_values import Grant, Recent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.core.entries import Body
    from portique.core.values import HolderId, PassId
    from portique.gate.journal_values import Connection

# Entries looked at, from the newest back: a time may have jumped, so none is trusted to stop the
# search early; at two showings a second this is almost three hours.
RECENT_ENTRIES_MAX = 20_000

Dated = tuple[int, int, int, "Body"]  # epoch, number, time in ms, body


def read_dated(connection: Connection, epoch: int, since_ms: int) -> list[Dated]:
    """Return the decisions and rulings of a file's last entries, at or after `since_ms`."""
    found = connection.execute(
        "SELECT number, time_ms, body FROM entry "  # noqa: S608 - a constant of ours
        "WHERE number > (SELECT max(number) FROM entry) - ? AND time_ms >= ? "
        f"AND {KIND_SQL} IN (x'02', x'03') ORDER BY number",
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
    """Gather used proofs, and the last grant of each (holder, lane), oldest first."""
    decisions: dict[tuple[int, int], DecisionBody] = {}
    proofs: set[tuple[PassId, int]] = set()
    grants: dict[tuple[HolderId, str], Grant] = {}
    for epoch, number, time_ms, body in entries:
        granted: DecisionBody | None = None
        if isinstance(body, DecisionBody):
            decisions[(epoch, number)] = body
            if body.pass_id is not None and body.proof_s is not None:
                proofs.add((body.pass_id, body.proof_s))
            granted = body if body.outcome == 0 else None
        elif isinstance(body, RulingBody) and body.ruling is Ruling.ADMIT:
            granted = decisions.get((body.epoch, body.number))
        if granted is not None and granted.holder is not None:
            key = (granted.holder, granted.lane)
            grants.pop(key, None)  # so that the order is that of the last grant
            grants[key] = Grant(granted.holder, granted.lane, time_ms)
    return Recent(frozenset(proofs), tuple(grants.values()))


def _readable(body: bytes) -> Body | None:
    try:
        return from_body(body)
    except JournalError:
        return None  # of a newer version, or in a damaged file
