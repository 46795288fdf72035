"""Erasing: an order is chained, then the bodies it names are deleted, wherever they are."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portique.core import canonical, seal
from portique.core.entries import Authority, EntryKind
from portique.core.entries_fields import EVIDENCE_BYTES_MAX, RANGES_MAX
from portique.core.errors import JournalError, PassError
from portique.gate import journal_schema as schema
from portique.gate.journal_file import NEVER_ERASED_SQL, JournalFile, delete_bodies
from portique.gate.journal_formers import reading
from portique.gate.journal_marks import ErasedLedger, beside
from portique.gate.journal_notices import notice
from portique.gate.journal_opening import close_quietly
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import Erasure, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portique.core.seal import PublicKey
    from portique.gate.journal_folder import Former
    from portique.gate.journal_formers import Formers
    from portique.gate.journal_keeper import Keeper
    from portique.gate.journal_values import Connection

ORDER_TYPE = "portique-erasure"
ORDER_ITEMS_MAX = 2 * RANGES_MAX + 16
PERSONAL = frozenset(
    {EntryKind.DECISION, EntryKind.RULING, EntryKind.PASSAGE, EntryKind.MANUAL_ADMISSION}
)
_PERSONAL_SQL = ", ".join(f"x'{kind:02x}'" for kind in sorted(PERSONAL))

Ranges = tuple[tuple[int, int], ...]


def open_order(message: bytes, key: PublicKey, *, gate_id: str) -> Erasure:
    """Check a signed erasure order: {1: gate id, 2: epoch, 3: [first, last, …], 4: order id}.

    Args:
        message: COSE_Sign1 of type `portique-erasure`, at most 2,048 bytes.
        key: The orders key of the school (purpose `ORDERS`).
        gate_id: This gate's; an order for another gate is refused.

    Raises:
        JournalError: Not signed by that key, not an order, or for another gate.
    """
    try:
        decoded = canonical.decode(message, bytes_max=EVIDENCE_BYTES_MAX)
        signed = seal.signed_from(decoded)
        if signed.header().get(seal.TYP) != ORDER_TYPE or key.purpose is not seal.Purpose.ORDERS:
            raise JournalError("not an erasure order")
        payload = canonical.decode(
            seal.verify(signed, key), bytes_max=EVIDENCE_BYTES_MAX, items_max=ORDER_ITEMS_MAX
        )
    except PassError as error:
        raise JournalError(f"an erasure order was refused: {error.detail}") from error
    match payload:
        case {1: str(gate), 2: int(epoch), 3: [*ends], 4: bytes(order_id)} if (
            len(payload) == 4 and gate == gate_id and len(ends) % 2 == 0
        ):
            ranges = tuple(zip(ends[::2], ends[1::2], strict=True))
            erasure = Erasure(
                Authority.SERVER, epoch, ranges, order_id=order_id.hex(), evidence=message
            )
            _checked_body(erasure)
            return erasure
    raise JournalError("an erasure order was refused: it is for another gate, or not in form")


class Eraser:
    """Carries erasures out in the present file and in former ones."""

    def __init__(self, keeper: Keeper, formers: Formers) -> None:
        self._keeper = keeper
        self._formers = formers
        self._ledger = ErasedLedger(beside(keeper.site.path, ".erased"))

    def erase(self, erasure: Erasure, at_ms: int) -> Receipt:
        """Chain the order and delete what it names; the ledger knows of it before anything goes.

        Raises:
            JournalError: No such epoch or entry.
        """
        _checked_body(erasure)
        file = self._keeper.ready(at_ms)
        if erasure.epoch == file.identity.epoch:
            self._check_reach(erasure, file.head.number)
            self._ledger.add(erasure.epoch, erasure.ranges)
            return self._carry_out(file, erasure, at_ms)
        return self._erase_former(erasure, at_ms)

    def erase_before(self, before_ms: int, rule: str, at_ms: int) -> tuple[Receipt, ...]:
        """Erase what concerns people and is older than `before_ms`, in every file."""
        receipts = []
        for former in self._formers.all():
            ranges = self._personal_in_former(former, before_ms)
            for part in _parts(ranges):
                erasure = Erasure(Authority.RETENTION, former.epoch, part, rule=rule)
                receipts.append(self.erase(erasure, at_ms))
        file = self._keeper.ready(at_ms)
        for part in _parts(_personal_before(file.connection, before_ms)):
            erasure = Erasure(Authority.RETENTION, file.identity.epoch, part, rule=rule)
            receipts.append(self.erase(erasure, at_ms))
        return tuple(receipts)

    def replay(self, at_ms: int) -> None:
        """Erase again what came back with an older copy, or what a crash left half done."""
        file = self._keeper.ready(at_ms)
        known = self._ledger.ranges(file.identity.epoch)
        come_back = _as_ranges(
            number for pair in known for number in _bodies_left(file.connection, pair)
        )
        for part in _parts(come_back):
            self._carry_out(file, Erasure(Authority.REPLAY, file.identity.epoch, part), at_ms)
        replayed = bool(come_back)
        for former in self._formers.all():
            replayed |= self._replay_former(former, at_ms)
        if replayed:
            self._keeper.notices.append(notice("erasure-replayed"))

    def _carry_out(self, file: JournalFile, erasure: Erasure, at_ms: int) -> Receipt:
        body = erasure.body()
        head = file.erase(body, self._keeper.site.line(body.to_body(), at_ms))
        self._keeper.remember_if_own(file)
        return Receipt(head.epoch, head.number)

    def _erase_former(self, erasure: Erasure, at_ms: int) -> Receipt:
        formers = self._formers.of(erasure.epoch)
        if not formers:
            raise JournalError(f"no file of epoch {erasure.epoch} is here: nothing to erase in it")
        sound = [former for former in formers if not former.damaged]
        for former in sound:
            self._check_reach(erasure, self._formers.last(former))
        self._ledger.add(erasure.epoch, erasure.ranges)
        receipts = [self._erase_sound(former, erasure, at_ms) for former in sound]
        for former in formers:
            if former.damaged:
                self._scrub(former, erasure.ranges)
        if receipts:
            return receipts[0]
        # No chain of that epoch goes on: this epoch's tells what was done to the damaged file.
        head = self._keeper.append(erasure.body().to_body(), at_ms)
        return Receipt(head.epoch, head.number)

    def _erase_sound(self, former: Former, erasure: Erasure, at_ms: int) -> Receipt:
        with self._writing(former) as file:
            return self._carry_out(file, erasure, at_ms)

    def _replay_former(self, former: Former, at_ms: int) -> bool:
        left = self._left_in(former)
        if not left:
            return False
        if former.damaged:
            self._scrub(former, left)
            return True
        for part in _parts(left):
            self._erase_sound(former, Erasure(Authority.REPLAY, former.epoch, part), at_ms)
        return True

    def _left_in(self, former: Former) -> Ranges:
        known = self._ledger.ranges(former.epoch)
        if not known:
            return ()
        try:
            with reading(former.path) as connection:
                return _as_ranges(n for pair in known for n in _bodies_left(connection, pair))
        except sqlite3.Error:
            return tuple(known) if former.damaged else ()

    def _personal_in_former(self, former: Former, before_ms: int) -> Ranges:
        try:
            with reading(former.path) as connection:
                return _personal_before(connection, before_ms)
        except sqlite3.Error:
            return ()

    def _scrub(self, former: Former, ranges: Ranges) -> None:
        """Delete bodies in a damaged file, which has no chain to write an order into."""
        connection = schema.connect_stock(former.path)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA secure_delete = ON")
            for pair in ranges:
                connection.execute("INSERT INTO erased VALUES (?, ?, 0)", pair)
                delete_bodies(connection, pair)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            self._keeper.notices.append(notice("erasure-not-reached", file=former.path.name))
        finally:
            close_quietly(connection)
            self._formers.changed(former.path)

    @contextmanager
    def _writing(self, former: Former) -> Iterator[JournalFile]:
        """Take up a former file, whose chain goes on with the order, and fold it up again."""
        connection = schema.connect_stock(former.path)
        try:
            yield JournalFile.open(connection, self._keeper.site.key)
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except DamagedError as damage:
            raise JournalError(f"{former.path.name} is damaged: {damage.what}") from damage
        finally:
            close_quietly(connection)
            self._formers.changed(former.path)

    @staticmethod
    def _check_reach(erasure: Erasure, last: int) -> None:
        if erasure.ranges[-1][1] > last:
            raise JournalError(
                f"an erasure names entry {erasure.ranges[-1][1]} of epoch {erasure.epoch}, "
                f"which has {last}: nothing was erased"
            )


def _checked_body(erasure: Erasure) -> None:
    try:
        erasure.body().to_body()
    except (ValueError, TypeError) as error:
        raise JournalError(f"an erasure was refused: {error}") from error


def _personal_before(connection: Connection, before_ms: int) -> Ranges:
    found = connection.execute(
        "SELECT number FROM entry WHERE time_ms < ? AND body IS NOT NULL "  # noqa: S608 - constants
        f"AND {schema.KIND_SQL} IN ({_PERSONAL_SQL}) ORDER BY number",
        (before_ms,),
    )
    return _as_ranges(number for (number,) in found)


def _bodies_left(connection: Connection, pair: tuple[int, int]) -> list[int]:
    found = connection.execute(
        "SELECT number FROM entry WHERE number BETWEEN ? AND ? AND body IS NOT NULL "  # noqa: S608
        f"AND {schema.KIND_SQL} NOT IN ({NEVER_ERASED_SQL}) ORDER BY number",
        pair,
    )
    return [number for (number,) in found]


def _as_ranges(numbers: Iterable[int]) -> Ranges:
    """Fold numbers into ranges that rise and never touch."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] + 1 == number:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


def _parts(ranges: Ranges) -> list[Ranges]:
    return [ranges[at : at + RANGES_MAX] for at in range(0, len(ranges), RANGES_MAX)]
