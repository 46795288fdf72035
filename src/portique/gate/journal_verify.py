"""Checking a whole journal file: every row, every signature, every absence explained.

SQLite's own `integrity_check` is not enough: of 1,500 flipped bits it missed
1,361 (reliability.md §0.4). It is run all the same, for the pages that hold no
entry. Steps are small so that a live gate can append between them.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from portique.core.entries import EntryKind, EpochBody, OrderBody
from portique.core.errors import JournalError, PassError
from portique.core.seal import COORDINATE_BYTES, PublicKey, Purpose
from portique.gate import journal_schema as schema
from portique.gate.journal_file import NEVER_ERASED_SQL
from portique.gate.journal_formers import reading
from portique.gate.journal_marks import HeadFile, Remembered, beside
from portique.gate.journal_rows import (
    Identity,
    chain_at,
    checked_rows,
    read_identity,
    verified_checkpoint,
)
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import CHECKPOINT_ROWS, Fault, Head, Row, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.gate.journal_values import Connection

ROWS_AT_ONCE = 5_000
SIGNATURES_AT_ONCE = 50
_KIND_AT = 2  # the byte of a body that holds its kind, see journal_schema.KIND_SQL


class Verifier:
    """One pass over one file. `step` until it returns True, then read `verdict`."""

    def __init__(
        self,
        connection: Connection,
        remembered: Remembered | None = None,
        *,
        public: bytes | None = None,
        pages: bool = True,
    ) -> None:
        """Start at the first entry.

        Args:
            connection: The open file; nothing is written through it.
            remembered: What the machine remembers of this journal, to notice a cut tail.
            public: The gate's public key, 64 bytes, where the caller knows it; without it the
                file's own word is taken, and the verdict says which key that is.
            pages: Let SQLite check its own pages at the end: one statement, a second or two for
                500,000 entries, during which a live gate could append nothing.
        """
        self._connection = connection
        self._remembered = remembered
        self._public = public
        self._identity: Identity | None = None
        self._head = Head(0, 0, b"")
        self._fault: Fault | None = None
        self._bodiless: list[tuple[int, int]] = []
        self._orders: dict[int, OrderBody] = {}
        self._pages = pages
        self._rows_left = self._signed_left = True
        self._signed_at = 0

    def step(self, rows_max: int = ROWS_AT_ONCE) -> bool:
        """Check up to `rows_max` more rows; return True when all is checked.

        Raises:
            sqlite3.Error: The disk or a lock is in the way (not damage).
        """
        if self._sound and self._rows_left:
            self._guarded(lambda: self._advance(rows_max))
        elif self._sound and self._signed_left:
            self._guarded(self._check_checkpoints)
        else:
            return self._finish(rows_max)
        return False

    @property
    def _sound(self) -> bool:
        return self._fault is None

    def _finish(self, rows_max: int) -> bool:
        """Take up what a live gate appended meanwhile, then check what surrounds the rows."""
        if self._sound:
            self._guarded(lambda: self._advance(rows_max))
        if self._sound and self._rows_left:
            return False
        for check in (self._check_remembered, self._check_absences, self._check_rest):
            self._guarded(check)
        return True

    def verdict(self) -> Verdict:
        """Say what was found."""
        identity = self._identity or Identity("", 0, bytes(64))
        erased = sum(last - first + 1 for first, last in self._bodiless)
        return Verdict(
            identity.gate_id,
            identity.epoch,
            self._head.number,
            erased,
            self._head.chain,
            key_id(identity.public),
            self._fault,
        )

    # --- rows ----------------------------------------------------------------------------------

    def _advance(self, rows_max: int) -> None:
        if self._identity is None:
            self._begin()
        before = self._head.number
        for row in checked_rows(self._connection, self._head, limit=rows_max):
            self._note(row)
            self._head = Head(row.epoch, row.number, row.chain)
        self._rows_left = self._head.number - before == rows_max

    def _begin(self) -> None:
        self._identity = read_identity(self._connection)
        self._head = self._identity.genesis()
        if self._public is not None and self._public != self._identity.public:
            raise DamagedError("the journal is not of this gate's key")
        begun = "SELECT 1 FROM meta JOIN entry ON number = 1 AND time_ms = created_ms"
        if self._connection.execute(begun).fetchone() is None:
            raise DamagedError("the journal did not begin when it says", 1)

    def _note(self, row: Row) -> None:
        kind = row.body[_KIND_AT] if row.body is not None and len(row.body) > _KIND_AT else None
        if row.body is None:
            self._extend_absence(row.number)
        elif kind == EntryKind.ORDER:
            body = row.read()
            if isinstance(body, OrderBody) and body.epoch == row.epoch:
                self._orders[row.number] = body
        if row.number == 1:
            self._check_first(row)

    def _check_first(self, row: Row) -> None:
        body = row.read()
        if not isinstance(body, EpochBody) or body.epoch != row.epoch:
            raise DamagedError("the first entry does not begin this epoch", 1)

    def _extend_absence(self, number: int) -> None:
        if self._bodiless and self._bodiless[-1][1] == number - 1:
            self._bodiless[-1] = (self._bodiless[-1][0], number)
        else:
            self._bodiless.append((number, number))

    # --- what surrounds the rows ---------------------------------------------------------------

    def _check_absences(self) -> None:
        """Find the first row without body that no order names, and the first named one with."""
        pairs = [pair for order in self._orders.values() for pair in order.ranges]
        if self._fault is not None:
            # The order may lie in or beyond the damage; what was found there is the first fault.
            pairs += self._explained_beyond()
        for first, last in self._bodiless:
            for number in _unexplained(first, last, pairs):
                raise DamagedError(f"entry {number} has no body and no order says why", number)
        for number in self._bodies_left():
            raise DamagedError(f"entry {number} was ordered erased and has its body", number)

    def _explained_beyond(self) -> list[tuple[int, int]]:
        found = self._connection.execute(
            "SELECT first, last FROM erased WHERE by_order > ?", (self._head.number,)
        )
        return [(first, last) for first, last in found.fetchall()]

    def _bodies_left(self) -> list[int]:
        found = self._connection.execute(
            "SELECT min(number) FROM entry JOIN erased ON number BETWEEN first AND last "  # noqa: S608
            f"WHERE body IS NOT NULL AND {schema.KIND_SQL} NOT IN ({NEVER_ERASED_SQL})"
        )
        return [number for (number,) in found if number is not None]

    def _check_checkpoints(self) -> None:
        """Check the next few signatures, and that the rows are those that were signed for."""
        identity = self._sure_identity()
        key = _public_key(identity.public)
        found = self._connection.execute(
            "SELECT number, signed FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?",
            (self._signed_at, SIGNATURES_AT_ONCE),
        )
        signed = found.fetchall()
        if not signed and not self._signed_at:
            raise DamagedError("the signed checkpoints are gone")
        for each in signed:
            checkpoint = verified_checkpoint(each, identity, key)
            self._check_gap(checkpoint.number)
            if chain_at(self._connection, checkpoint.number) != checkpoint.chain:
                first = min(checkpoint.number, self._head.number + 1)
                raise DamagedError("not the entries that the gate signed for", first)
            self._signed_at = checkpoint.number
        self._signed_left = len(signed) == SIGNATURES_AT_ONCE
        if not self._signed_left:
            self._check_gap(self._head.number)

    def _check_gap(self, number: int) -> None:
        """Find signed heads taken out: whoever rewrites entries has to remove those over them."""
        most = CHECKPOINT_ROWS if self._signed_at else 1
        if number - self._signed_at > most:
            raise DamagedError("more entries than a gate leaves unsigned", self._signed_at + 1)

    def _check_rest(self) -> None:
        """Check what holds no entry: the tables and SQLite's own pages."""
        schema.check_schema(self._connection)
        answer = "ok"
        if self._pages:
            (answer,) = self._connection.execute("PRAGMA integrity_check(1)").fetchone()
        if answer != "ok":
            raise DamagedError(f"SQLite finds its file malformed: {answer}")
        stray = self._connection.execute(
            "SELECT first FROM erased WHERE first > last OR first < 1 OR last > ?",
            (self._head.number,),
        ).fetchone()
        if stray or self._strange_orders():
            raise DamagedError("the table of erased numbers was changed")

    def _strange_orders(self) -> bool:
        """Say whether the table of erased numbers and the orders differ."""
        found = self._connection.execute("SELECT by_order, first, last FROM erased").fetchall()
        named = {(n, *pair) for n, order in self._orders.items() for pair in order.ranges}
        return set(found) != named

    def _check_remembered(self) -> None:
        known = self._remembered
        identity = self._sure_identity()
        if known is None or known.epoch != identity.epoch:
            return
        if chain_at(self._connection, known.number) != known.chain:
            raise DamagedError(
                f"entry {known.number} was written and is no longer there", self._head.number + 1
            )

    def _sure_identity(self) -> Identity:
        if self._identity is None:
            raise DamagedError("the journal no longer says whose it is")
        return self._identity

    def _guarded(self, check: Callable[[], None]) -> None:
        """Run a check and keep the lowest fault: by number, then by order of finding."""
        try:
            check()
        except DamagedError as damage:
            self._blame(damage.number, damage.what)
        except (JournalError, PassError) as error:
            self._blame(self._head.number + 1, str(error))
        except UnicodeDecodeError:
            self._blame(None, "SQLite gives text that is none")
        except sqlite3.Error as error:
            if not schema.is_damage(error):
                raise
            self._blame(None, f"SQLite can't read it: {error}")

    def _blame(self, number: int | None, what: str) -> None:
        epoch = self._identity.epoch if self._identity else 0
        known = self._fault
        if known is None or (number is not None and (known.number or number + 1) > number):
            self._fault = Fault(epoch, number, what)


def key_id(public: bytes) -> str:
    """Return the id of a public key (x ‖ y) in hexadecimal, empty when it is no key."""
    try:
        return _public_key(public).kid.hex()
    except PassError:
        return ""


def verify_file(path: Path, *, public: bytes | None = None) -> Verdict:
    """Check a file that no gate holds, with the head remembered beside it.

    Raises:
        sqlite3.Error: A gate holds it, or the disk is in the way.
    """
    with reading(path) as connection:
        remembered = HeadFile(beside(path, ".head")).read()
        verifier = Verifier(connection, remembered, public=public)
        while not verifier.step():
            pass
        return verifier.verdict()


def _unexplained(first: int, last: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Return the first number of first..last that no pair covers, if any."""
    number = first
    for low, high in sorted(pairs):
        if low <= number <= high:
            number = high + 1
    return [number] if number <= last else []


def _public_key(public: bytes) -> PublicKey:
    x, y = public[:COORDINATE_BYTES], public[COORDINATE_BYTES:]
    return PublicKey.from_point(Purpose.GATE, x, y)
