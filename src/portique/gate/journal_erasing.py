"""Erasing: an order is chained, then the bodies it names are deleted, wherever they are.

A file found damaged on the way is set aside, as everywhere. One in which
nothing can be erased any more is destroyed whole once its last entry is past
its retention: what can't be deleted must not be kept.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from portique.core import canonical, seal
from portique.core.entries import Authority, NoticeBody
from portique.core.entries_fields import EVIDENCE_BYTES_MAX, RANGES_MAX
from portique.core.errors import JournalError, PassError
from portique.gate import journal_schema as schema
from portique.gate.journal_file import JournalFile, delete_bodies
from portique.gate.journal_formers import reading
from portique.gate.journal_marks import ErasedLedger, beside
from portique.gate.journal_notices import notice
from portique.gate.journal_opening import close_quietly
from portique.gate.journal_personal import bodies_left, parts, personal_before
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import Erasure, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from portique.core.seal import PublicKey
    from portique.gate.journal_folder import Former
    from portique.gate.journal_formers import Formers
    from portique.gate.journal_keeper import Keeper
    from portique.gate.journal_personal import Ranges

T = TypeVar("T")
ORDER_TYPE = "portique-erasure"
ORDER_ITEMS_MAX = 2 * RANGES_MAX + 16
DESTROYED = "file-destroyed"  # the code of the entry, and of what agents are told


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
        self._unreached: set[Path] = set()

    # --- an order ------------------------------------------------------------------------------

    def erase(self, erasure: Erasure, at_ms: int) -> Receipt:
        """Chain the order and delete what it names; the ledger knows of it before anything goes.

        Raises:
            JournalError: No such epoch or entry.
        """
        _checked_body(erasure)
        if erasure.epoch == self._keeper.ready(at_ms).identity.epoch:
            done = self._in_present(partial(self._erase_present, erasure, at_ms), at_ms)
            if done is not None:
                return done
        return self._erase_former(erasure, at_ms)

    def _erase_present(self, erasure: Erasure, at_ms: int) -> Receipt:
        file = self._keeper.ready(at_ms)
        self._check_reach(erasure, file.head.number)
        self._ledger.add(erasure.epoch, erasure.ranges)
        return self._carry_out(file, erasure, at_ms)

    def _erase_former(self, erasure: Erasure, at_ms: int) -> Receipt:
        sound = [former for former in self._formers.of(erasure.epoch) if not former.damaged]
        if not self._formers.of(erasure.epoch):
            raise JournalError(f"no file of epoch {erasure.epoch} is here: nothing to erase in it")
        for former in sound:
            self._check_reach(erasure, self._formers.last(former))
        self._ledger.add(erasure.epoch, erasure.ranges)
        receipts = [
            self._in_former(former, partial(self._erase_sound, former, erasure, at_ms), at_ms)
            for former in sound
        ]
        for former in self._formers.of(erasure.epoch):
            if former.damaged and not self._scrub(former, erasure.ranges):
                self._tell("erasure-not-reached", file=former.path.name)
        return next(filter(None, receipts), None) or self._chain(erasure, at_ms)

    # --- a retention rule ----------------------------------------------------------------------

    def erase_before(self, before_ms: int, rule: str, at_ms: int) -> tuple[Receipt, ...]:
        """Erase what concerns people and is older than `before_ms`, in every file.

        One file's trouble keeps no other from its erasure; it is raised at the end.
        """
        receipts: list[Receipt] = []
        troubles: list[Exception] = []

        def attempt(work: Callable[[], list[Receipt] | None]) -> None:
            try:
                receipts.extend(work() or [])
            except (JournalError, sqlite3.Error, OSError) as error:
                troubles.append(error)

        retain = partial(Erasure, Authority.RETENTION, rule=rule)
        present = partial(self._retain_present, retain, before_ms, at_ms)
        attempt(partial(self._in_present, present, at_ms))
        for former in self._formers.sound():
            work = partial(self._retain_sound, former, retain, before_ms, at_ms)
            attempt(partial(self._in_former, former, work, at_ms))
        for former in self._formers.damaged():
            attempt(partial(self._retain_damaged, former, retain, before_ms, at_ms))
        if troubles:
            raise troubles[0]
        return tuple(receipts)

    def _retain_present(
        self, retain: Callable[[int, Ranges], Erasure], before_ms: int, at_ms: int
    ) -> list[Receipt]:
        file = self._keeper.ready(at_ms)
        old = personal_before(file.connection, before_ms)
        return [
            self._erase_present(retain(file.identity.epoch, part), at_ms) for part in parts(old)
        ]

    def _retain_sound(
        self, former: Former, retain: Callable[[int, Ranges], Erasure], before_ms: int, at_ms: int
    ) -> list[Receipt]:
        with reading(former.path) as connection:
            old = personal_before(connection, before_ms)
        self._ledger.add(former.epoch, old)
        return [self._erase_sound(former, retain(former.epoch, part), at_ms) for part in parts(old)]

    def _retain_damaged(
        self, former: Former, retain: Callable[[int, Ranges], Erasure], before_ms: int, at_ms: int
    ) -> list[Receipt]:
        """Erase what can be; destroy the file once it is old and something in it can't."""
        old = None if former.path in self._unreached else _readable_personal(former, before_ms)
        if old is not None:
            self._ledger.add(former.epoch, old)
            if not old or self._scrub(former, old):
                return [self._chain(retain(former.epoch, part), at_ms) for part in parts(old)]
        self._unreached.add(former.path)
        if self._formers.last_ms(former) < before_ms:
            self._destroy(former, at_ms)
        return []

    def _destroy(self, former: Former, at_ms: int) -> None:
        """Remove a file that still holds what should be erased; an entry says so first."""
        self._keeper.append(NoticeBody(DESTROYED, former.epoch).to_body(), at_ms)
        self._formers.remove(former)
        self._tell(DESTROYED, file=former.path.name)

    # --- at the start --------------------------------------------------------------------------

    def replay(self, at_ms: int) -> None:
        """Erase again what came back with an older copy, or what a crash left half done."""
        replayed = self._in_present(partial(self._replay_present, at_ms), at_ms)
        for former in self._formers.sound():
            work = partial(self._replay_sound, former, at_ms)
            replayed = self._in_former(former, work, at_ms) or replayed
        for former in self._formers.damaged():
            replayed = self._replay_damaged(former) or replayed
        if replayed:
            self._tell("erasure-replayed")

    def _replay_present(self, at_ms: int) -> bool:
        file = self._keeper.ready(at_ms)
        epoch = file.identity.epoch
        left = bodies_left(file.connection, self._ledger.ranges(epoch))
        for part in parts(left):
            self._carry_out(file, Erasure(Authority.REPLAY, epoch, part), at_ms)
        return bool(left)

    def _replay_sound(self, former: Former, at_ms: int) -> bool:
        left = self._left_in(former)
        for part in parts(left):
            self._erase_sound(former, Erasure(Authority.REPLAY, former.epoch, part), at_ms)
        return bool(left)

    def _replay_damaged(self, former: Former) -> bool:
        try:
            left = self._left_in(former)
        except sqlite3.Error:
            return False  # it goes whole, by the retention rule
        return bool(left) and self._scrub(former, left)

    def _left_in(self, former: Former) -> Ranges:
        known = self._ledger.ranges(former.epoch)
        if not known:
            return ()
        with reading(former.path) as connection:
            return bodies_left(connection, known)

    # --- in one file ---------------------------------------------------------------------------

    def _in_present(self, work: Callable[[], T], at_ms: int) -> T | None:
        """Work in the present file; set it aside if it is damaged, and begin the next epoch."""
        return _unless_damaged(work, lambda what: self._keeper.quarantine(what, at_ms))

    def _in_former(self, former: Former, work: Callable[[], T], at_ms: int) -> T | None:
        """Work in a former file; set it aside if it turns out to be damaged."""

        def set_aside(what: str) -> None:
            aside = self._formers.set_aside(former, at_ms)
            self._tell("former-damaged", what=what, file=aside.name)

        return _unless_damaged(work, set_aside)

    def _carry_out(self, file: JournalFile, erasure: Erasure, at_ms: int) -> Receipt:
        body = erasure.body()
        head = file.erase(body, self._keeper.site.line(body.to_body(), at_ms))
        self._keeper.remember_if_own(file)
        return Receipt(head.epoch, head.number)

    def _erase_sound(self, former: Former, erasure: Erasure, at_ms: int) -> Receipt:
        with self._writing(former) as file:
            return self._carry_out(file, erasure, at_ms)

    def _chain(self, erasure: Erasure, at_ms: int) -> Receipt:
        """Tell in the present epoch of an erasure in a damaged file, whose chain can't go on."""
        head = self._keeper.append(erasure.body().to_body(), at_ms)
        return Receipt(head.epoch, head.number)

    def _scrub(self, former: Former, ranges: Ranges) -> bool:
        """Delete bodies in a damaged file, which has no chain to write an order into.

        Returns:
            Whether they are gone, from every page that SQLite can account for.
        """
        connection = schema.connect_stock(former.path)
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA secure_delete = ON")
            for pair in ranges:
                connection.execute("INSERT INTO erased VALUES (?, ?, 0)", pair)
                delete_bodies(connection, pair)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error:
            return False
        finally:
            close_quietly(connection)
            self._formers.changed(former.path)
        return bool(answer == "ok")

    @contextmanager
    def _writing(self, former: Former) -> Iterator[JournalFile]:
        """Take up a former file, whose chain goes on with the order, and fold it up again."""
        connection = schema.connect_stock(former.path)
        try:
            yield JournalFile.open(connection, self._keeper.site.key)
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            close_quietly(connection)
            self._formers.changed(former.path)

    def _tell(self, code: str, **slots: object) -> None:
        self._keeper.notices.append(notice(code, **slots))

    @staticmethod
    def _check_reach(erasure: Erasure, last: int) -> None:
        if erasure.ranges[-1][1] > last:
            raise JournalError(
                f"an erasure names entry {erasure.ranges[-1][1]} of epoch {erasure.epoch}, "
                f"which has {last}: nothing was erased"
            )


def _unless_damaged(work: Callable[[], T], set_aside: Callable[[str], None]) -> T | None:
    """Return what `work` gives; None when the file was damaged, after setting it aside."""
    try:
        return work()
    except DamagedError as damage:
        what = damage.what
    except sqlite3.Error as error:
        if not schema.is_damage(error):
            raise
        what = str(error)
    set_aside(what)
    return None


def _readable_personal(former: Former, before_ms: int) -> Ranges | None:
    """Return what a damaged file holds of people; None when it can't be read to its end."""
    try:
        with reading(former.path) as connection:
            return personal_before(connection, before_ms)
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def _checked_body(erasure: Erasure) -> None:
    try:
        erasure.body().to_body()
    except (ValueError, TypeError) as error:
        raise JournalError(f"an erasure was refused: {error}") from error
