"""One writer at a time: whoever comes next waits for its turn, in place of trying now and then.

SQLite has one writer, and lets others sleep for up to a tenth of a second before they look again,
in no order: with a few threads that write often, some wait for seconds beside an idle disk. Here a
thread waits for a lock of its process first, then for one of a file beside the database, for which
the server's few processes look every two milliseconds; then it finds the database free.
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
SUFFIX = ".turn"
LOCKED = "database is locked"
LOOK_S = 0.002
_turn = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, and statements outside one, write in turn."""

    _has_turn = False
    _turn_file: int | None = None

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
            self._close_turn_file()

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
            self._lock_turn_file(ends_s)
        except BaseException:
            _turn.release()
            raise
        self._has_turn = True

    def give_turn(self) -> None:
        """Let the next one write."""
        if self._has_turn:
            self._has_turn = False
            if self._turn_file is not None:
                fcntl.flock(self._turn_file, fcntl.LOCK_UN)
            _turn.release()

    def _lock_turn_file(self, ends_s: float) -> None:
        if self._turn_file is None and not self.is_in_memory_db():
            with suppress(OSError):  # a disk that is full: SQLite itself says so, or waits
                path = f"{self.settings_dict['NAME']}{SUFFIX}"
                self._turn_file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while self._turn_file is not None:
            with suppress(BlockingIOError):
                fcntl.flock(self._turn_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if time.monotonic() > ends_s:
                raise OperationalError(LOCKED)
            time.sleep(LOOK_S)

    def _close_turn_file(self) -> None:
        if self._turn_file is not None:
            os.close(self._turn_file)
            self._turn_file = None


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
