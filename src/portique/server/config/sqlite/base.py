"""One writer at a time: whoever comes next waits for its turn, in place of trying now and then.

SQLite has one writer, and lets others sleep for up to a tenth of a second before they look again,
in no order: with a few threads that write often, some wait for seconds beside an idle disk. Here a
thread waits for a lock of its process first. Then its process waits to be the next one, and as that
for the one that writes, each by a file beside the database at which the server's few processes look
now and then; then it finds the database free. Without the first file, a process whose threads write
one after another would always be quicker than one that looks now and then.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from portique.server.config.environment import WAIT_S

if TYPE_CHECKING:
    from collections.abc import Iterator

READS = ("SELECT", "PRAGMA", "EXPLAIN")
NEXT, TURN = ".next", ".turn"  # what the files are called after the database's
LOCKED = "database is locked"
LOOK_S = 0.002
LOOK_AS_NEXT_S = 0.0005  # one process at most looks as often: the database is idle meanwhile
_turn = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, and statements outside one, write in turn."""

    _has_turn = False
    _turn_files: tuple[int, int] | None = None  # of who is next, of who writes

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return a cursor whose statements wait for their turn."""
        _ = name
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self.take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self.give_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # not in the stubs
        self.give_turn()  # had it failed, it would be rolled back next

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self.give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self.give_turn()
            self._close_turn_files()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the turn for one statement, unless a transaction has it already."""
        had = self._has_turn
        if not had:
            self.take_turn()
        try:
            yield
        finally:
            if not had:
                self.give_turn()

    def take_turn(self) -> None:
        """Wait until nobody else writes.

        Raises:
            OperationalError: Somebody writes for longer than SQLite itself would wait.
        """
        if self._has_turn:
            return
        ends_s = time.monotonic() + WAIT_S
        if not _turn.acquire(timeout=WAIT_S):
            raise OperationalError(LOCKED)
        try:
            self._lock_turn_files(ends_s)
        except BaseException:
            _turn.release()
            raise
        self._has_turn = True

    def give_turn(self) -> None:
        """Let the next one write."""
        if self._has_turn:
            self._has_turn = False
            if self._turn_files is not None:
                fcntl.flock(self._turn_files[1], fcntl.LOCK_UN)
            _turn.release()

    def _lock_turn_files(self, ends_s: float) -> None:
        if self._turn_files is None and not self.is_in_memory_db():
            with suppress(OSError):  # a disk that is full: SQLite itself says so, or waits
                self._turn_files = _opened(str(self.settings_dict["NAME"]))
        if self._turn_files is None:
            return
        following, writing = self._turn_files
        _lock(following, ends_s, LOOK_S)
        try:
            _lock(writing, ends_s, LOOK_AS_NEXT_S)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)

    def _close_turn_files(self) -> None:
        files, self._turn_files = self._turn_files or (), None
        for file in files:
            os.close(file)


def _opened(database: str) -> tuple[int, int]:
    how = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    following = os.open(database + NEXT, how, 0o600)
    try:
        return following, os.open(database + TURN, how, 0o600)
    except OSError:
        os.close(following)  # it is tried again at each write
        raise


def _lock(file: int, ends_s: float, look_s: float) -> None:
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > ends_s:
            raise OperationalError(LOCKED)
        time.sleep(look_s)


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that takes the turn for what may write."""

    database: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute; see Django's."""
        if query.lstrip()[:7].upper().startswith(READS):
            return super().execute(query, params)
        with self.database.turn():
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Execute many times; see Django's."""
        with self.database.turn():
            return super().executemany(query, param_list)
