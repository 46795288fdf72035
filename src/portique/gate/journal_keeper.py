"""Keeping one journal file going: reopening it, letting the ballast go, setting it aside.

After any failure the connection is dropped and the file taken up anew before
the next entry: a disk that failed to sync once may claim success later, so
what SQLite still holds in memory is not trusted.
"""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from portique.core.entries import EpochCause
from portique.core.errors import JournalError
from portique.gate import journal_schema as schema
from portique.gate.journal_folder import put_aside
from portique.gate.journal_marks import Ballast, HeadFile, Remembered, beside, free_bytes
from portique.gate.journal_notices import notice
from portique.gate.journal_opening import (
    Site,
    begin,
    close_quietly,
    set_damaged_aside,
    take_up,
)
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.journal_file import JournalFile
    from portique.gate.journal_values import Notice

TRIES_MAX = 3  # as it is; with the ballast open; in a new epoch
# What this process lacks for a moment: the open file is well, and could not be opened again.
OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class Keeper:
    """The file entries go to, whatever happens to it. Not thread-safe."""

    def __init__(self, site: Site, now_ms: int) -> None:
        self.site = site
        self.notices: list[Notice] = []
        self._marks = HeadFile(beside(site.path, ".head"))
        self._ballast = Ballast(
            beside(site.path, ".ballast"),
            site.settings.ballast_bytes,
            site.settings.free_bytes or free_bytes,
        )
        self._file: JournalFile | None = None
        self.closed = False
        self._remembered = self._marks.read()
        if self._remembered is None and self._marks.exists:
            self.notices.append(notice("head-unreadable", file=self._marks.name))
        self.was_clean = self._remembered is None or self._remembered.clean
        self.ready(now_ms)
        self._ballast.restore()

    @property
    def head(self) -> Head:
        """The last entry known to be durable."""
        known = self._known()
        return Head(known.epoch, known.number, known.chain)

    @property
    def highest_ms(self) -> int:
        """The highest time of any entry known of."""
        return self._known().highest_ms

    def ready(self, at_ms: int) -> JournalFile:
        """Return the open file, taking it up again after a failure.

        Raises:
            JournalError: It can't be opened, or the journal was closed.
        """
        if self.closed:
            raise JournalError("the journal is closed: the gate is stopping")
        if self._file is None:
            opened = take_up(self.site, self._remembered, at_ms)
            self._file = opened.file
            self.notices.extend(opened.notices)
            self.remember()
        return self._file

    def append(self, body: bytes, at_ms: int) -> Head:
        """Write one entry durably, in a new epoch if the file turns out to be damaged.

        Raises:
            JournalError: The disk refused; nothing was acknowledged.
        """
        for _ in range(TRIES_MAX):
            try:
                return self._append(body, at_ms)
            except DamagedError as damage:
                self.quarantine(damage.what, at_ms)
            except sqlite3.Error as error:
                self._drop()
                if schema.is_damage(error):
                    self.quarantine(str(error), at_ms)
                elif not (schema.is_full(error) and self._open_ballast()):
                    raise JournalError(schema.sentence_for(error, self.site.path)) from error
        raise JournalError("the journal is damaged again at once: check the disk")

    def _open_ballast(self) -> bool:
        """Make room by giving up the ballast, if it is there."""
        released = self._ballast.release()
        if released:
            self.notices.append(notice("disk-full"))
        return released

    def _append(self, body: bytes, at_ms: int) -> Head:
        settings = self.site.settings
        file = self.ready(at_ms)
        if file.head.number >= settings.entries_per_file:
            self.rotate(at_ms)
            file = self.ready(at_ms)
        head = file.append(
            self.site.line(body, at_ms),
            checkpoint_rows=settings.checkpoint_rows,
            reached=settings.reached,
        )
        self.remember()
        if file.checkpointed == head.number:
            self.settle()
        return head

    def checkpoint(self, at_ms: int) -> bytes:
        """Sign the present head and bring the remembered one to the disk."""
        with self.telling():
            signed = self.ready(at_ms).checkpoint(at_ms)
        self.settle()
        return signed

    def rotate(self, at_ms: int, *, full: bool = True) -> None:
        """Keep this epoch's file under another name and begin the next epoch.

        Args:
            at_ms: Now.
            full: It had no more room, which agents are told; False: it was only old.

        Raises:
            JournalError: The disk refused; the former file is whole.
        """
        file = self._file
        if file is None:
            raise JournalError("the journal can't be opened, hence not rotated")
        with self.telling():
            file.seal(at_ms)
            self._drop()
            aside = put_aside(self.site.path, epoch=file.identity.epoch)
            self._file = begin(self.site, self._remembered, EpochCause.ROTATED, at_ms)
        if full:
            self.notices.append(notice("journal-rotated", file=aside.name))
        self.remember()
        self.settle()

    def quarantine(self, what: str, at_ms: int) -> None:
        """Set the file aside, unchanged, and begin a new epoch.

        Raises:
            JournalError: The disk refused.
        """
        self._drop()
        with self.telling():
            beginning = set_damaged_aside(self.site, self._remembered, what, at_ms)
            self.notices.extend(beginning.notices)
            self._file = begin(self.site, self._remembered, beginning.cause, at_ms)
        self.remember()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what SQLite and the system say into a JournalError, and drop the connection.

        A process out of descriptors or memory keeps it: that says nothing of the file.

        Raises:
            JournalError: Anything of theirs was raised inside.
        """
        try:
            yield
        except DamagedError as damage:
            raise JournalError(f"the journal is damaged: {damage.what}") from damage
        except sqlite3.Error as error:
            self._drop()
            raise JournalError(schema.sentence_for(error, self.site.path)) from error
        except OSError as error:
            if error.errno not in OURS:
                self._drop()
            raise JournalError(f"the journal {self.site.path.name}: {error.strerror}") from error

    def remember(self, *, clean: bool = False) -> None:
        """Write the head beside the journal: after the entry's own sync, so never ahead of it."""
        file = self._file
        if file is None:
            return
        highest = max(file.highest_ms, self._remembered.highest_ms if self._remembered else 0)
        self._remembered = Remembered(
            file.head.epoch, file.head.number, file.head.chain, highest, clean
        )
        with suppress(OSError):  # the entry is durable; the mark only helps to notice old copies
            self._marks.write(self._remembered)

    def remember_if_own(self, file: JournalFile) -> None:
        """Remember the head after an erasure, if it was in the present file."""
        if file is self._file:
            self.remember()
            self.settle()

    def settle(self) -> None:
        """Bring the remembered head to the disk, and the ballast back when there is room."""
        with suppress(OSError):  # as in `remember`
            self._marks.sync()
        self._ballast.restore()

    def close(self, at_ms: int) -> None:
        """Sign the head, note that the end was orderly, give everything back."""
        if self.closed:
            return
        with suppress(JournalError):  # a full disk must not keep the gate from stopping
            self.checkpoint(at_ms)
        self.remember(clean=True)
        self.settle()
        self._drop()
        self._marks.close()
        self.closed = True

    def _known(self) -> Remembered:
        if self._remembered is None:  # `ready` always leaves one
            raise JournalError("the journal was never opened")
        return self._remembered

    def _drop(self) -> None:
        self._marks.close()  # its folder may be another one when it comes back
        if self._file is not None:
            close_quietly(self._file.connection)
            self._file = None
