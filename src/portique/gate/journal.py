"""The gate's journal: append-only, durable before it is told, never silently changed.

One process writes it (the one that decides), through one connection that holds
the file alone. `append` returns after the disk has the entry; what follows
(door, lamp, screen) may then happen. A file that is not what was written is set
aside, never repaired; a new epoch begins and `notices` says so.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Self

from portique.core.entries import NoticeBody
from portique.core.errors import JournalError
from portique.gate.journal_erasing import Eraser
from portique.gate.journal_folder import close_all_to_others
from portique.gate.journal_formers import Formers, reading
from portique.gate.journal_keeper import Keeper
from portique.gate.journal_marks import Remembered, beside
from portique.gate.journal_notices import notice
from portique.gate.journal_opening import Site
from portique.gate.journal_recent import gather, read_dated, read_dated_of_damaged
from portique.gate.journal_rows import signed_head
from portique.gate.journal_values import (
    ALARM_AT,
    Head,
    JournalSettings,
    Receipt,
    SetAside,
)
from portique.gate.journal_verify import Verifier
from portique.gate.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from portique.core.entries import Body
    from portique.core.seal import PrivateKey
    from portique.gate.journal_values import Erasure, Notice, Recent, Row, Verdict

ROWS_AT_ONCE = 1_000  # about 5 ms: how long a background check may hold up an append
FORMERS_RECALLED_MAX = 8
DEFAULT_SETTINGS = JournalSettings()


class Journal:
    """An open journal. Safe to call from several threads; everything waits for its turn."""

    def __init__(self, site: Site, now_ms: int) -> None:
        self._lock = threading.RLock()
        close_all_to_others(site.path)
        self._keeper = Keeper(site, now_ms)
        self._formers = Formers(site.path)
        self._eraser = Eraser(self._keeper, self._formers)
        self._outbox = Outbox(beside(site.path, ".outbox"))
        self._alarmed = False
        if self._outbox.unreadable:
            self._keeper.notices.append(notice("outbox-restarted"))
        with self._keeper.telling():
            self._eraser.replay(now_ms)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        gate_id: str,
        key: PrivateKey,
        now_ms: int,
        entropy: Callable[[int], bytes],
        settings: JournalSettings = DEFAULT_SETTINGS,
    ) -> Self:
        """Open the journal at `path`, checking its tail since the last signed checkpoint.

        A file that is damaged, older than what this machine remembers, or of
        another key is set aside; a new epoch begins; `notices` says so.

        Args:
            path: The SQLite file; small files with longer names live beside it.
            gate_id: Goes into the genesis hash, at most 64 bytes of UTF-8.
            key: The gate's own signing key (purpose `GATE`).
            now_ms: UTC ms, for the first entry of a new epoch.
            entropy: Returns as many random bytes as asked; salts come from it.
            settings: Limits, and seams for tests.

        Raises:
            JournalError: Another process holds the file, or the disk is in the way.
        """
        try:
            return cls(Site(path, gate_id, key, entropy, settings), now_ms)
        except OSError as error:
            raise JournalError(f"the journal {path.name}: {error.strerror}") from error

    # --- where it stands -----------------------------------------------------------------------

    @property
    def gate_id(self) -> str:
        """The gate's name, as in the genesis hash."""
        return self._keeper.site.gate_id

    @property
    def path(self) -> Path:
        """The file entries are written to."""
        return self._keeper.site.path

    @property
    def was_clean(self) -> bool:
        """Say whether the run before this one closed the journal in order (or there was none)."""
        return self._keeper.was_clean

    @property
    def closed(self) -> bool:
        """Say whether `close` was called."""
        return self._keeper.closed

    @property
    def head(self) -> Head:
        """The last entry that is durable."""
        with self._lock:
            return self._keeper.head

    @property
    def highest_ms(self) -> int:
        """The highest time of any entry, former epochs included: the clock's high-water mark."""
        with self._lock:
            return self._keeper.highest_ms

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was noticed since the journal was opened, oldest first."""
        with self._lock:
            return tuple(self._keeper.notices)

    # --- writing -------------------------------------------------------------------------------

    def append(self, body: Body, *, at_ms: int) -> Receipt:
        """Write one entry durably.

        Returns:
            Its epoch and number, after the disk has it: only then open a door.

        Raises:
            JournalError: Nothing was acknowledged; don't act. The next call tries
                anew by itself: no restart is needed once the disk is well.
        """
        data = body.to_body()
        with self._lock:
            head = self._keeper.append(data, at_ms)
            if head.number % self._keeper.site.settings.checkpoint_rows == 0:
                with suppress(JournalError):  # the entry is durable: the next one tells
                    self._watch_level()
            return Receipt(head.epoch, head.number)

    def checkpoint(self, *, at_ms: int) -> bytes:
        """Sign the present head (COSE_Sign1 bytes), keep it and return it.

        Call every minute and before each contact with the server.

        Raises:
            JournalError: The disk refused.
        """
        with self._lock:
            return self._keeper.checkpoint(at_ms)

    def rotate(self, *, at_ms: int) -> None:
        """Keep this epoch's file under another name, and begin the next epoch.

        Raises:
            JournalError: The disk refused; the former file is still whole.
        """
        with self._lock:
            self._keeper.ready(at_ms)
            self._keeper.rotate(at_ms)

    def close(self, *, at_ms: int) -> None:
        """Sign the head, note that the end was orderly, give the file back. May be repeated."""
        with self._lock:
            self._keeper.close(at_ms)

    # --- reading -------------------------------------------------------------------------------

    def recent(self, since_ms: int) -> Recent:
        """Return proofs, grants, counts and what nobody answered since `since_ms`, for a restart.

        Looks at the last 10,000 entries of this file and of the few before it: a gate that was
        stopped and changed several times in a morning began a file each time.

        Raises:
            JournalError: The file can't be read.
        """
        with self._lock, self._keeper.telling():
            entries = []
            for former in self._formers.all()[-FORMERS_RECALLED_MAX:]:
                with reading(former.path) as connection:
                    entries += read_dated_of_damaged(connection, former.epoch, since_ms)
            file = self._keeper.ready(since_ms)
            entries += read_dated(file.connection, file.identity.epoch, since_ms)
        return gather(entries)

    def rows(self, after: int = 0, limit: int = ROWS_AT_ONCE) -> tuple[Row, ...]:
        """Return up to `limit` rows of this epoch after number `after`, each one checked.

        Raises:
            JournalError: A row is not what was appended.
        """
        with self._lock, self._keeper.telling():
            file = self._keeper.ready(self._keeper.highest_ms)
            return tuple(file.rows(after, limit=limit))

    def verify(
        self, *, rows_at_once: int = ROWS_AT_ONCE, between: Callable[[], None] | None = None
    ) -> Verdict:
        """Check the whole file of this epoch in small steps, letting appends pass in between.

        All but SQLite's own pages, which take one long statement; no entry depends on them.

        A fault is only reported here: `give_up` sets the file aside.

        Args:
            rows_at_once: How many rows an append may have to wait for.
            between: Called between two steps, without the lock: a pause, for a check that
                is in no hurry.

        Raises:
            JournalError: The disk is in the way, or the file was exchanged meanwhile.
        """
        with self._lock:
            file = self._keeper.ready(self._keeper.highest_ms)
            head = self._keeper.head
            known = Remembered(head.epoch, head.number, head.chain, 0, clean=False)
            verifier = Verifier(file.connection, known, pages=False)
        done = False
        while not done:
            with self._lock, self._keeper.telling():
                if self._keeper.ready(self._keeper.highest_ms) is not file:
                    raise JournalError("the journal was taken up anew meanwhile: verify again")
                done = verifier.step(rows_at_once)
            if between is not None and not done:
                between()
        return verifier.verdict()

    def give_up(self, what: str, *, at_ms: int, epoch: int | None = None) -> bool:
        """Set this file aside as damaged and begin a new epoch: after `verify` found a fault.

        Args:
            what: What was found, for agents.
            at_ms: Now.
            epoch: The verdict's; a file that was replaced since is not set aside for it.

        Returns:
            Whether the file was set aside.

        Raises:
            JournalError: The disk refused, or the journal is closed.
        """
        with self._lock:
            if self.closed:
                raise JournalError("the journal is closed: the gate is stopping")
            if epoch is not None and epoch != self._keeper.head.epoch:
                return False
            self._keeper.quarantine(what, at_ms)
            return True

    # --- erasing -------------------------------------------------------------------------------

    def erase(self, erasure: Erasure, *, at_ms: int) -> Receipt:
        """Chain an order and delete the bodies it names, in this or a former file.

        Raises:
            JournalError: No such epoch or entry, or the disk refused. In the second case the
                erasure is noted and carried out at the next start.
        """
        with self._lock, self._keeper.telling():
            return self._eraser.erase(erasure, at_ms)

    def erase_before(self, before_ms: int, *, rule: str, at_ms: int) -> tuple[Receipt, ...]:
        """Apply a retention rule: erase what concerns people and is older than `before_ms`.

        Decisions, rulings, passages, manual admissions, modes and alarms are concerned, in every
        file. A damaged file is set aside; one in which nothing can be erased is destroyed
        once all of it is older.

        Args:
            before_ms: UTC ms; entries strictly older go.
            rule: The rule's code, e.g. `next-school-day`; it is chained.
            at_ms: Now.

        Raises:
            JournalError: The disk refused; call again, what was done stays done.
        """
        with self._lock, self._keeper.telling():
            return self._eraser.erase_before(before_ms, rule, at_ms)

    # --- the outbox ----------------------------------------------------------------------------

    def unacknowledged(self, limit: int = ROWS_AT_ONCE) -> tuple[Row, ...]:
        """Return the oldest rows that the server has not acknowledged, former files first.

        What was set aside is left out. Of a damaged file, the rows before its damage.

        Raises:
            JournalError: The folder or the file can't be read.
        """
        with self._lock, self._keeper.telling():
            for former in self._formers.all():
                after = self._outbox.acknowledged(former.epoch)
                rows = self._waiting(partial(self._formers.rows, former), after, limit)
                if rows:
                    return rows
            return self._waiting(self.rows, self._outbox.acknowledged(self.head.epoch), limit)

    def to_file(self, limit: int, *, without: Collection[int] = ()) -> tuple[Row, ...]:
        """Return the next rows of one epoch to file, former files first, none left out between.

        What was set aside goes without salt and body: its place in the chain is proved, and
        nothing behind it is held up. Of a damaged file, the rows before its damage.

        Args:
            limit: How many at most.
            without: Epochs to leave alone for now.

        Raises:
            JournalError: The folder or the file can't be read.
        """
        with self._lock, self._keeper.telling():
            for former in self._formers.all():
                after = self._outbox.acknowledged(former.epoch)
                if former.epoch not in without and (
                    rows := self._formers.rows(former, after, limit)
                ):
                    return self._bare(rows)
            epoch = self.head.epoch
            if epoch in without:
                return ()
            return self._bare(self.rows(self._outbox.acknowledged(epoch), limit))

    def last_filed(self) -> tuple[Row, ...]:
        """Return the last acknowledged row of each epoch here: to ask whether it is still held.

        Raises:
            JournalError: The folder or a file can't be read.
        """
        with self._lock, self._keeper.telling():
            found: list[Row] = []
            for former in self._formers.all():
                after = self._outbox.acknowledged(former.epoch) - 1
                found += self._formers.rows(former, after, 1) if after >= 0 else ()
            after = self._outbox.acknowledged(self.head.epoch) - 1
            found += self.rows(after, 1) if after >= 0 else ()
            return self._bare(found)

    def signed_head(self, epoch: int) -> bytes | None:
        """Return the newest signed head of an epoch, at most 100 entries or a minute old.

        Raises:
            JournalError: The file can't be read.
        """
        with self._lock, self._keeper.telling():
            if epoch == self.head.epoch:
                return signed_head(self._keeper.ready(self._keeper.highest_ms).connection)
            heads = (self._formers.signed_head(former) for former in self._formers.of(epoch))
            return next(filter(None, heads), None)

    def acknowledged(self, epoch: int) -> int:
        """Return up to which number the server has everything of an epoch; 0 for nothing."""
        with self._lock:
            return self._outbox.acknowledged(epoch)

    def rewind(self, epoch: int, number: int) -> None:
        """Let everything of an epoch above `number` wait again: the server has lost it.

        Raises:
            JournalError: This can't be kept.
        """
        with self._lock, self._keeper.telling():
            self._outbox.rewind(epoch, number)

    def acknowledge(self, epoch: int, number: int) -> None:
        """Note the server's receipt for everything up to `number` of `epoch`.

        Raises:
            JournalError: The entry was never made, or the receipt can't be kept.
        """
        with self._lock, self._keeper.telling():
            self._outbox.acknowledge(epoch, number, last=self._last_of(epoch))

    def set_aside(self, epoch: int, number: int, *, why: str, at_ms: int) -> None:
        """Leave an entry that the server can't take out of the sendings, and keep it.

        Raises:
            JournalError: There is no such entry, or this can't be kept.
        """
        with self._lock, self._keeper.telling():
            if not 0 < number <= self._last_of(epoch):
                raise JournalError(f"there is no entry {number} in epoch {epoch} to set aside")
            self._outbox.set_aside(SetAside(epoch, number, why, at_ms))

    def entries_set_aside(self) -> tuple[SetAside, ...]:
        """List what the server could not take, for the technician."""
        with self._lock:
            return self._outbox.entries_set_aside()

    def pending(self) -> int:
        """Count the entries that wait for the server, in every file.

        Raises:
            JournalError: The folder can't be read.
        """
        with self._lock, self._keeper.telling():
            epochs = {former.epoch: self._last_of(former.epoch) for former in self._formers.all()}
            epochs[self._keeper.head.epoch] = self._keeper.head.number
            return sum(
                max(0, last - self._outbox.acknowledged(epoch)) for epoch, last in epochs.items()
            )

    def retire(self, before_ms: int, *, at_ms: int, acknowledged_only: bool = True) -> int:
        """Remove former files whose last entry is older than `before_ms`; return how many.

        Without a server nothing else ever makes room: there a present file begun before
        `before_ms` is kept aside as well, so that it can go in its turn.

        Args:
            before_ms: UTC ms; 14 days ago for what the server has.
            at_ms: Now; each removal is an entry of its own.
            acknowledged_only: False for a gate that has no server, by its retention rule.

        Raises:
            JournalError: The disk refused.
        """
        with self._lock, self._keeper.telling():
            old = [
                former
                for former in self._formers.all()
                if self._formers.last_ms(former) < before_ms
                and not (acknowledged_only and self._owes(former.epoch))
            ]
            for former in old:
                self.append(NoticeBody(code="file-retired", value=former.epoch), at_ms=at_ms)
                self._formers.remove(former)
            self._forget_receipts()
            if not acknowledged_only and self._keeper.ready(at_ms).begun_ms < before_ms:
                self._keeper.rotate(at_ms, full=False)
            return len(old)

    def _forget_receipts(self) -> None:
        here = {former.epoch for former in self._formers.all()} | {self._keeper.head.epoch}
        for epoch in self._outbox.epochs() - here:
            self._outbox.forget(epoch)

    def _waiting(
        self, read: Callable[[int, int], tuple[Row, ...]], after: int, limit: int
    ) -> tuple[Row, ...]:
        """Return the next rows that weren't set aside, however many of these lie in between."""
        while rows := read(after, limit):
            waiting = [r for r in rows if not self._outbox.is_set_aside(r.epoch, r.number)]
            if waiting:
                return tuple(waiting)
            after = rows[-1].number
        return ()

    def _bare(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Strip what was set aside of its salt and body."""
        aside = self._outbox.is_set_aside
        return tuple(
            row._replace(salt=None, body=None) if aside(row.epoch, row.number) else row
            for row in rows
        )

    def _owes(self, epoch: int) -> bool:
        return self._outbox.acknowledged(epoch) < self._last_of(epoch)

    def _last_of(self, epoch: int) -> int:
        """Return the number of an epoch's last entry, 0 for an epoch that is not here."""
        if epoch == self._keeper.head.epoch:
            return self._keeper.head.number
        return max((self._formers.last(former) for former in self._formers.of(epoch)), default=0)

    def _watch_level(self) -> None:
        """Tell once when the entries that wait for the server reach 80 % of what is held."""
        limit = self._keeper.site.settings.held_max
        waiting = self.pending()
        if waiting < ALARM_AT * limit:
            self._alarmed = False
        elif not self._alarmed:
            self._alarmed = True
            told = notice("journal-nearly-full", count=waiting, limit=limit)
            self._keeper.notices.append(told)
