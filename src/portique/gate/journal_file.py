"""One journal file: one SQLite file, one epoch, one chain from its genesis to its head."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from portique.core.entries import NEVER_ERASED
from portique.core.entries_chain import commitment, link
from portique.core.errors import JournalError
from portique.core.journal_checkpoint import Checkpoint
from portique.gate import journal_schema as schema
from portique.gate.journal_rows import (
    Identity,
    chain_at,
    checked_rows,
    last_row,
    read_identity,
    verified_checkpoint,
)
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import Head, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.core.entries import OrderBody
    from portique.core.seal import PrivateKey
    from portique.gate.journal_values import Connection

NEVER_ERASED_SQL = ", ".join(f"x'{kind:02x}'" for kind in sorted(NEVER_ERASED))


@dataclass(frozen=True, slots=True)
class Line:
    """What one append writes: the body, its time and 16 random bytes."""

    body: bytes
    at_ms: int
    salt: bytes


class JournalFile:
    """An open file of the journal. Not thread-safe: the journal above holds the lock."""

    def __init__(self, connection: Connection, identity: Identity, key: PrivateKey) -> None:
        self.connection = connection
        self.identity = identity
        self.head = identity.genesis()
        self.highest_ms = 0
        self.checkpointed = 0
        self._key = key

    # --- opening -------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, connection: Connection, identity: Identity, key: PrivateKey, first: Line
    ) -> Self:
        """Make the tables, the first entry and its signed checkpoint, all or nothing."""
        schema.harden(connection)
        file = cls(connection, identity, key)
        with file.transaction():
            schema.create(connection)
            connection.execute(
                "INSERT INTO meta VALUES (?, ?, ?, ?)",
                (identity.gate_id, identity.epoch, identity.public, first.at_ms),
            )
            head = file._insert(first)
            file._sign(head, first.at_ms)
        file._advance(head, first.at_ms)
        file.checkpointed = head.number
        return file

    @classmethod
    def open(cls, connection: Connection, key: PrivateKey) -> Self:
        """Take up a file and check its tail since the last signed checkpoint.

        Raises:
            DamagedError: The file is not what was written.
            sqlite3.Error: The disk, the space or the lock is in the way.
        """
        schema.harden(connection)
        schema.check_schema(connection)
        file = cls(connection, read_identity(connection), key)
        file._resume()
        return file

    @property
    def is_own(self) -> bool:
        """Say whether this gate's present key began the file."""
        return self.identity.public == self._key.public.x + self._key.public.y

    @property
    def begun_ms(self) -> int:
        """When the file was begun, UTC ms.

        Raises:
            DamagedError: It no longer says so.
        """
        match self.connection.execute("SELECT created_ms FROM meta").fetchone():
            case (int(created_ms),):
                return created_ms
        raise DamagedError("the journal no longer says when it began")

    def _resume(self) -> None:
        """Start from the last checkpoint that this gate signed, then check every later row."""
        start = self._last_checkpoint() if self.is_own else None
        if start is not None:
            self.head = Head(self.identity.epoch, start.number, start.chain)
            self.highest_ms, self.checkpointed = start.highest_ms, start.number
            stored = chain_at(self.connection, start.number)
            if stored != start.chain:
                raise DamagedError("the entry under the last checkpoint was changed", start.number)
        for row in self.rows(self.head.number, previous=self.head.chain):
            self._advance(Head(row.epoch, row.number, row.chain), row.time_ms)
        if self.head.number == 0:
            raise DamagedError("no entry at all", 1)

    def _last_checkpoint(self) -> Checkpoint | None:
        found = self.connection.execute(
            "SELECT number, signed FROM checkpoint ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if found is None:
            raise DamagedError("the signed checkpoints are gone")
        return verified_checkpoint(found, self.identity, self._key.public)

    # --- appending -----------------------------------------------------------------------------

    def append(self, line: Line, *, checkpoint_rows: int, reached: Callable[[str], None]) -> Head:
        """Write one entry durably; sign a checkpoint with it every `checkpoint_rows` entries."""
        signed = False
        with self.transaction():
            reached("begin")
            head = self._insert(line)
            reached("insert")
            if head.number - self.checkpointed >= checkpoint_rows:
                self._sign(head, line.at_ms)
                signed = True
            reached("before-commit")
        reached("after-commit")
        self._advance(head, line.at_ms)
        if signed:
            self.checkpointed = head.number
        return head

    def erase(self, order: OrderBody, line: Line) -> Head:
        """Chain the order and delete the bodies it names, all or nothing, then empty the WAL.

        Orders and epochs that it names keep their bodies: they explain the absence.
        """
        with self.transaction():
            head = self._insert(line)
            for first, last in order.ranges:
                self.connection.execute(
                    "INSERT INTO erased VALUES (?, ?, ?)", (first, last, head.number)
                )
                delete_bodies(self.connection, (first, last))
            if self.is_own:  # a file begun under a former key keeps that key's checkpoints
                self._sign(head, line.at_ms)
        self._advance(head, line.at_ms)
        self.checkpointed = head.number
        self.empty_wal()
        return head

    def checkpoint(self, at_ms: int) -> bytes:
        """Sign the present head, keep it, and return the signed bytes."""
        with self.transaction():
            signed = self._sign(self.head, at_ms)
        self.checkpointed = self.head.number
        return signed

    def transaction(self) -> _Transaction:
        """Do what follows entirely or not at all."""
        return _Transaction(self.connection)

    def seal(self, at_ms: int) -> None:
        """Sign the last head and fold everything into one plain file, before it is kept aside."""
        self.checkpoint(at_ms)
        self.empty_wal()
        self.connection.execute("PRAGMA journal_mode = DELETE").fetchone()

    def empty_wal(self) -> None:
        """Fold the write-ahead log back and cut it, so that no deleted body stays in it."""
        busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise JournalError("the write-ahead log could not be emptied after an erasure")

    def _insert(self, line: Line) -> Head:
        stored = last_row(self.connection) or (0, self.identity.genesis().chain)
        if stored != (self.head.number, self.head.chain):
            raise DamagedError("the last entry is not the one written last", self.head.number)
        number = self.head.number + 1
        commit = commitment(line.salt, line.body)
        chain = link(self.head.chain, number, line.at_ms, commit)
        self.connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            (number, line.at_ms, line.salt, line.body, commit, chain),
        )
        return Head(self.identity.epoch, number, chain)

    def _sign(self, head: Head, at_ms: int) -> bytes:
        signed = Checkpoint(
            self.identity.gate_id,
            head.epoch,
            head.number,
            head.chain,
            at_ms,
            max(self.highest_ms, at_ms),
        ).sign(self._key)
        self.connection.execute(
            "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", (head.number, signed)
        )
        return signed

    def _advance(self, head: Head, at_ms: int) -> None:
        self.head = head
        self.highest_ms = max(self.highest_ms, at_ms)

    # --- reading -------------------------------------------------------------------------------

    def rows(
        self, after: int = 0, *, previous: bytes | None = None, limit: int | None = None
    ) -> Iterator[Row]:
        """Yield rows after `after`, each checked against the one before.

        Raises:
            DamagedError: A row is missing or was changed.
        """
        if previous is None:
            previous = chain_at(self.connection, after) or self.identity.genesis().chain
        return checked_rows(
            self.connection, Head(self.identity.epoch, after, previous), limit=limit
        )

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when anything was raised."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):  # the first error is the one to tell
                    self._connection.execute("ROLLBACK")


def delete_bodies(connection: Connection, pair: tuple[int, int]) -> None:
    """Delete bodies and salts from the first to the last number, save orders' and epochs'."""
    connection.execute(
        "UPDATE entry SET salt = NULL, body = NULL "  # noqa: S608 - constants
        "WHERE number BETWEEN ? AND ? AND body IS NOT NULL "
        f"AND {schema.KIND_SQL} NOT IN ({NEVER_ERASED_SQL})",
        pair,
    )
