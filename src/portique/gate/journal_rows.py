"""Rows read back from a journal file, each one checked: the pair of the check made on append."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core.entries_chain import genesis
from portique.core.errors import JournalError, PassError
from portique.core.journal_checkpoint import Checkpoint, open_checkpoint
from portique.gate import journal_schema as schema
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import Head, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.core.seal import PublicKey
    from portique.gate.journal_values import Connection

COLUMNS = "number, time_ms, salt, body, commitment, chain"
_ROW_TYPES = {
    (int, int, bytes, bytes, bytes, bytes),
    (int, int, type(None), type(None), bytes, bytes),  # erased
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes a file: what its genesis is made of."""

    gate_id: str
    epoch: int
    public: bytes

    def genesis(self) -> Head:
        """Return the head before the first entry."""
        return Head(self.epoch, 0, genesis(self.gate_id, self.epoch, self.public))


def read_identity(connection: Connection) -> Identity:
    """Read who writes the file.

    Raises:
        DamagedError: The table holds anything but one row of the right types.
    """
    match connection.execute("SELECT gate_id, epoch, public FROM meta").fetchall():
        case [(str(gate_id), int(epoch), bytes(public))] if len(public) == 64 and epoch > 0:
            return Identity(gate_id, epoch, public)
    raise DamagedError("the journal no longer says whose it is")


def last_row(connection: Connection) -> tuple[int, bytes] | None:
    """Return the number and chain of the last entry."""
    found = connection.execute("SELECT number, chain FROM entry ORDER BY number DESC LIMIT 1")
    row: tuple[int, bytes] | None = found.fetchone()
    return row


def signed_head(connection: Connection) -> bytes | None:
    """Return the newest checkpoint of a file as it was signed, None when there is none."""
    found = connection.execute("SELECT signed FROM checkpoint ORDER BY number DESC LIMIT 1")
    row = found.fetchone()
    return row[0] if row else None


def chain_at(connection: Connection, number: int) -> bytes | None:
    """Return the chain value of one entry, None when there is no such entry."""
    found = connection.execute("SELECT chain FROM entry WHERE number = ?", (number,)).fetchone()
    return found[0] if found else None


def checked_rows(connection: Connection, head: Head, *, limit: int | None = None) -> Iterator[Row]:
    """Yield the rows after `head`, each checked against the one before.

    Raises:
        DamagedError: A row is missing, of wrong types, or was changed.
    """
    cursor = connection.execute(
        f"SELECT {COLUMNS} FROM entry WHERE number > ? ORDER BY number LIMIT ?",  # noqa: S608 - constants
        (head.number, -1 if limit is None else limit),
    )
    expected, previous = head.number + 1, head.chain
    while True:
        try:
            found = cursor.fetchone()
        except sqlite3.Error as error:
            if schema.is_damage(error):
                raise DamagedError(f"the entry can't be read: {error}", expected) from error
            raise
        if found is None:
            return
        row = row_from(found, head.epoch, expected)
        try:
            row.check(previous)
        except JournalError as error:
            raise DamagedError(str(error), expected) from error
        yield row
        expected, previous = expected + 1, row.chain


def row_from(found: tuple[Any, ...], epoch: int, expected: int) -> Row:
    """Take a row's values, whatever a damaged file made of them.

    Raises:
        DamagedError: The number isn't the expected one, or a type is wrong.
    """
    if tuple(map(type, found)) not in _ROW_TYPES or found[1] < 0:
        raise DamagedError("the entry's columns are not the journal's", expected)
    if found[0] != expected:
        raise DamagedError(f"entry {expected} is missing", expected)
    return Row(epoch, *found)


def verified_checkpoint(
    found: tuple[object, ...], identity: Identity, key: PublicKey
) -> Checkpoint:
    """Check a stored checkpoint against its row and its file.

    Raises:
        DamagedError: Its signature, place or gate is wrong.
    """
    number, signed = found
    if not isinstance(signed, bytes) or not isinstance(number, int):
        raise DamagedError("a signed checkpoint was changed")
    try:
        checkpoint = open_checkpoint(signed, key)
    except PassError as error:
        raise DamagedError(f"a signed checkpoint was changed: {error.detail}", number) from error
    if (checkpoint.gate_id, checkpoint.epoch, checkpoint.number) != (
        identity.gate_id,
        identity.epoch,
        number,
    ):
        raise DamagedError("a signed checkpoint belongs elsewhere", number)
    return checkpoint
