"""The files of former epochs: read for the outbox, kept for their retention, then removed."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from portique.gate import journal_schema as schema
from portique.gate.journal_folder import COMPANIONS, Former, former_files, put_aside
from portique.gate.journal_marks import beside
from portique.gate.journal_opening import close_quietly
from portique.gate.journal_rows import chain_at, checked_rows, last_row, read_identity, signed_head
from portique.gate.journal_schema import DamagedError
from portique.gate.journal_values import Head, Row
from portique.gate.private_files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portique.gate.journal_values import Connection


class Formers:
    """What is beside the present file. Listed from the folder: nothing to fall out of step."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ends: dict[Path, int] = {}
        self._lasts: dict[Path, int] = {}

    def all(self) -> list[Former]:
        """List the former files, by epoch."""
        return former_files(self._path)

    def sound(self) -> list[Former]:
        """List the former files that were full, or of a former key."""
        return [former for former in self.all() if not former.damaged]

    def damaged(self) -> list[Former]:
        """List the files that were not what had been written."""
        return [former for former in self.all() if former.damaged]

    def of(self, epoch: int) -> list[Former]:
        """List the files of one epoch: its own, and copies that were put in its place."""
        return [former for former in self.all() if former.epoch == epoch]

    def rows(self, former: Former, after: int, limit: int) -> tuple[Row, ...]:
        """Return checked rows after number `after`; of a damaged file, those before its damage."""
        found: list[Row] = []
        if after < self._ends.get(former.path, after + 1):
            with reading(former.path) as connection:
                found = _sound_rows(connection, former.epoch, after, limit)
            if len(found) < limit:  # remember the end, or each look would open the file again
                self._ends[former.path] = after + len(found)
        return tuple(found)

    def last(self, former: Former) -> int:
        """Return the number of the last entry that can be read; 0 for none."""
        if former.path not in self._lasts:
            self._lasts[former.path] = _last_in(former.path)
        return self._lasts[former.path]

    def signed_head(self, former: Former) -> bytes | None:
        """Return the newest checkpoint of a former file; None when it can't be read."""
        try:
            with reading(former.path) as connection:
                return signed_head(connection)
        except sqlite3.Error:
            return None

    def last_ms(self, former: Former) -> int:
        """Return when the file was last written to, UTC ms: by its entries, else by the disk.

        Neither is believed beyond the time at which a damaged file was set aside.
        """
        try:
            with reading(former.path) as connection:
                found = connection.execute("SELECT max(time_ms) FROM entry").fetchone()
        except sqlite3.Error:
            found = (None,)
        last = found[0] if type(found[0]) is int else _written_ms(former.path)
        return last if former.set_aside_ms is None else min(last, former.set_aside_ms)

    def set_aside(self, former: Former, at_ms: int) -> Path:
        """Rename a former file that turned out to be damaged; return its new name.

        Raises:
            OSError: The folder can't be written.
        """
        self.changed(former.path)
        return put_aside(self._path, epoch=former.epoch, damaged_at_ms=at_ms, found=former.path)

    def changed(self, path: Path) -> None:
        """Forget what was remembered of a file that was written to."""
        self._ends.pop(path, None)
        self._lasts.pop(path, None)

    def remove(self, former: Former) -> None:
        """Delete a former file and what belongs to it.

        Raises:
            OSError: The folder can't be written.
        """
        for companion in (*COMPANIONS, "-shm"):
            beside(former.path, companion).unlink(missing_ok=True)
        sync_folder(former.path)
        self.changed(former.path)


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """Open a file that nobody writes to, for reading, and leave nothing new beside it."""
    shared = beside(path, "-shm")
    fresh = not shared.exists()
    connection = schema.connect_reading(path)
    try:
        yield connection
    finally:
        close_quietly(connection)
        if fresh:  # SQLite makes one to read a log left by a crash; the journal never uses it
            with suppress(OSError):  # a read-only disk says so even of a file that isn't there
                shared.unlink(missing_ok=True)


def _sound_rows(connection: Connection, epoch: int, after: int, limit: int) -> list[Row]:
    found: list[Row] = []
    try:
        previous = chain_at(connection, after) or read_identity(connection).genesis().chain
        for row in checked_rows(connection, Head(epoch, after, previous), limit=limit):
            found.append(row)  # noqa: PERF402 - what came before the damage is kept
    except (DamagedError, sqlite3.Error):
        pass  # the file was set aside for this; the agent was told
    return found


def _written_ms(path: Path) -> int:
    files = (beside(path, companion) for companion in COMPANIONS)
    return max((int(each.stat().st_mtime * 1000) for each in files if each.exists()), default=0)


def _last_in(path: Path) -> int:
    try:
        with reading(path) as connection:
            found = last_row(connection)
    except sqlite3.Error:
        return 0
    return found[0] if found else 0
