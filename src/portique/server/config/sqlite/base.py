"""One writer at a time in a process: whoever comes next is woken, in place of looking now and then.

SQLite has one writer, and lets others sleep for up to a tenth of a second before they look again,
in no order: with a few threads that write often, some wait for seconds beside an idle disk. Here a
thread waits for a lock of the process first, and finds the file free. Other processes write
seldom, and wait as SQLite has it.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from portique.server.config.environment import WAIT_S

if TYPE_CHECKING:
    from collections.abc import Iterator

READS = ("SELECT", "PRAGMA", "EXPLAIN")
_turn = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, and statements outside one, write in turn."""

    _has_turn = False

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
        """Wait until nobody else of this process writes.

        Raises:
            OperationalError: Somebody writes for longer than SQLite itself would wait.
        """
        if not self._has_turn:
            if not _turn.acquire(timeout=WAIT_S):
                raise OperationalError("database is locked")
            self._has_turn = True

    def give_turn(self) -> None:
        """Let the next one write."""
        if self._has_turn:
            self._has_turn = False
            _turn.release()


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
