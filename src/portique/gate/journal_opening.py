"""Taking up a journal at the start: the same file, or a new epoch and a sentence about why."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.entries import EpochBody, EpochCause
from portique.core.entries_chain import SALT_BYTES
from portique.core.entries_fields import UINT_MAX
from portique.core.errors import JournalError
from portique.gate import journal_schema as schema
from portique.gate.journal_file import JournalFile, Line
from portique.gate.journal_folder import former_files, put_aside, put_strangers_aside
from portique.gate.journal_marks import ErasedLedger, Remembered, beside
from portique.gate.journal_notices import notice
from portique.gate.journal_rows import Identity, chain_at, read_identity
from portique.gate.journal_schema import DamagedError
from portique.gate.outbox import Outbox
from portique.gate.private_files import owner_only, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.seal import PrivateKey
    from portique.gate.journal_values import Connection, JournalSettings, Notice

SQLITE_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Site:
    """One lane's journal: where it is, whose it is, what it works with."""

    path: Path
    gate_id: str
    key: PrivateKey
    entropy: Callable[[int], bytes]
    settings: JournalSettings

    @property
    def public(self) -> bytes:
        """The gate's public key as x ‖ y, 64 bytes."""
        return self.key.public.x + self.key.public.y

    def connect(self) -> Connection:
        """Open the SQLite file, for this process alone."""
        connection = (self.settings.connect or schema.connect_stock)(self.path)
        # Before the first read: shared, SQLite makes an index beside the log, which a full disk
        # has no room for, and a gate must start on a full disk.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
        return connection

    def line(self, body: bytes, at_ms: int) -> Line:
        """Make what an append writes, with fresh salt.

        Raises:
            ValueError: The time is before 1970 or beyond 2^53 ms, or the salt has another size.
        """
        salt = self.entropy(SALT_BYTES)
        if not 0 <= at_ms <= UINT_MAX or len(salt) != SALT_BYTES:
            raise ValueError("an entry needs a time in ms since 1970 and 16 bytes of salt")
        return Line(body, at_ms, salt)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Why a new epoch begins, and what to tell about it."""

    cause: EpochCause
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file ready for entries, and what the agent must be told."""

    file: JournalFile
    notices: tuple[Notice, ...] = ()


def take_up(site: Site, remembered: Remembered | None, now_ms: int) -> Opened:
    """Open the journal, or begin a new epoch when the file is absent, damaged or not this one.

    Raises:
        JournalError: The disk, the space or the lock is in the way; nothing was changed.
    """
    try:
        strangers = tuple(
            notice("journal-stranger", what=place.name, file=aside.name)
            for place, aside in put_strangers_aside(site.path, now_ms)
        )
        found = _open_found(site, remembered, now_ms)
        if isinstance(found, JournalFile):
            return Opened(found, strangers)
        file = begin(site, remembered, found.cause, now_ms)
        return Opened(file, strangers + found.notices)
    except sqlite3.Error as error:
        raise JournalError(schema.sentence_for(error, site.path)) from error
    except OSError as error:
        raise JournalError(f"the journal {site.path.name}: {error.strerror}") from error


def begin(site: Site, remembered: Remembered | None, cause: EpochCause, now_ms: int) -> JournalFile:
    """Create the file of a new epoch, numbered above every epoch known here."""
    epoch = max(_known_epochs(site, remembered), default=0) + 1
    body = EpochBody(
        epoch=epoch,
        cause=cause,
        previous_epoch=remembered.epoch if remembered else None,
        previous_number=remembered.number if remembered else None,
        previous_head=remembered.chain.hex() if remembered else None,
    )
    # SQLite gives its log the mode of its file, which must have it before.
    os.close(owner_only(site.path, os.O_RDWR | os.O_CREAT))
    connection = site.connect()
    try:
        file = JournalFile.create(
            connection,
            Identity(site.gate_id, epoch, site.public),
            site.key,
            site.line(body.to_body(), now_ms),
        )
    except BaseException:
        close_quietly(connection)
        raise
    sync_folder(site.path)
    return file


def _known_epochs(site: Site, remembered: Remembered | None) -> set[int]:
    """Collect every epoch any file here speaks of: its receipts and erasures must not be reused."""
    known = {former.epoch for former in former_files(site.path)}
    known |= ErasedLedger(beside(site.path, ".erased")).epochs()
    known |= Outbox(beside(site.path, ".outbox")).epochs()
    return known | ({remembered.epoch} if remembered else set())


def set_damaged_aside(
    site: Site, remembered: Remembered | None, what: str, now_ms: int
) -> Beginning:
    """Rename a damaged file, unchanged, and say so."""
    epoch = remembered.epoch if remembered else _epoch_written_in(site, now_ms)
    aside = put_aside(site.path, epoch=epoch, damaged_at_ms=now_ms)
    told = notice("journal-damaged", what=what, file=aside.name)
    return Beginning(EpochCause.DAMAGED, (told,))


def close_quietly(connection: Connection) -> None:
    """Close, whatever state the file is in."""
    with suppress(sqlite3.Error):
        connection.close()


def _open_found(site: Site, remembered: Remembered | None, now_ms: int) -> JournalFile | Beginning:
    if not site.path.exists():
        return _without_file(site, remembered)
    if _is_cut(site, remembered):  # before SQLite sees it: it would remove the log beside
        return set_damaged_aside(site, remembered, "it was cut", now_ms)
    return _open_by_sqlite(site, remembered, now_ms)


def _open_by_sqlite(
    site: Site, remembered: Remembered | None, now_ms: int
) -> JournalFile | Beginning:
    connection = site.connect()
    try:
        if schema.is_blank(connection):
            return _discard_blank(site, connection, remembered)
        file = JournalFile.open(connection, site.key)
        beginning = _disagreement(site, file, remembered, now_ms)
    except DamagedError as damage:
        close_quietly(connection)
        return set_damaged_aside(site, remembered, damage.what, now_ms)
    except UnicodeDecodeError:
        close_quietly(connection)
        return set_damaged_aside(site, remembered, "text that is none", now_ms)
    except sqlite3.Error as error:
        close_quietly(connection)
        if schema.is_damage(error):
            return set_damaged_aside(site, remembered, str(error), now_ms)
        raise
    except BaseException:
        close_quietly(connection)
        raise
    return beginning or file


def _is_cut(site: Site, remembered: Remembered | None) -> bool:
    """Say whether the file's beginning is gone, which SQLite may take for a file never begun."""
    start = _start_of(site.path)
    if start:
        return start != SQLITE_MAGIC
    log = beside(site.path, "-wal")
    if log.exists() and log.stat().st_size:
        return True
    # An empty file is the next one, not begun yet, while the one remembered has another name.
    kept = {former.epoch for former in former_files(site.path)}
    return remembered is not None and remembered.epoch not in kept


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC))


def _discard_blank(site: Site, connection: Connection, remembered: Remembered | None) -> Beginning:
    """Remove a file whose creation never finished: it holds no table, hence no entry."""
    close_quietly(connection)
    for suffix in ("", "-wal", "-journal"):
        beside(site.path, suffix).unlink(missing_ok=True)
    return _without_file(site, remembered)


def _without_file(site: Site, remembered: Remembered | None) -> Beginning:
    formers = former_files(site.path)
    if remembered is None:
        if not formers:
            return Beginning(EpochCause.FIRST)
        newest = formers[-1]
        return Beginning(EpochCause.DAMAGED if newest.damaged else EpochCause.ROTATED)
    for former in formers:
        if former.epoch == remembered.epoch:  # stopped between renaming and the new file
            return Beginning(EpochCause.DAMAGED if former.damaged else EpochCause.ROTATED)
    what = f"epoch {remembered.epoch}, entry {remembered.number}"
    return Beginning(EpochCause.MISSING, (notice("journal-missing", what=what),))


def _disagreement(
    site: Site, file: JournalFile, remembered: Remembered | None, now_ms: int
) -> Beginning | None:
    """Say why a sound file is not the one to go on with; None when it is."""
    epoch = file.identity.epoch
    if remembered is not None and not _agrees(file, remembered):
        close_quietly(file.connection)
        aside = put_aside(site.path, epoch=epoch, damaged_at_ms=now_ms)
        told = notice("journal-older-copy", file=aside.name)
        return Beginning(EpochCause.OLDER_COPY, (told,))
    if file.identity.gate_id != site.gate_id or not file.is_own:
        close_quietly(file.connection)
        aside = put_aside(site.path, epoch=epoch)
        return Beginning(EpochCause.NEW_KEY, (notice("journal-new-key", file=aside.name),))
    return None


def _agrees(file: JournalFile, remembered: Remembered) -> bool:
    """Say whether the file holds all that this machine remembers of it."""
    if remembered.epoch != file.identity.epoch:
        return remembered.epoch < file.identity.epoch
    return chain_at(file.connection, remembered.number) == remembered.chain


def _epoch_written_in(site: Site, now_ms: int) -> int:
    """Read the epoch out of a damaged file if it still tells.

    If not, the seconds since 1970: above every epoch ever counted, so that none is used twice.
    """
    if _start_of(site.path) != SQLITE_MAGIC:
        return now_ms // 1000
    connection = site.connect()
    try:
        return read_identity(connection).epoch
    except (sqlite3.Error, DamagedError, UnicodeDecodeError):
        return now_ms // 1000
    finally:
        close_quietly(connection)
