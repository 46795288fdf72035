"""Writers wait for their turn: none is told that the file is locked."""

import fcntl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from portique.server.config.sqlite import base

WRITERS, TIMES = 4, 50


@pytest.fixture
def connect(tmp_path, django_db_blocker):
    """Return what opens connections to one file; SQLite itself waits for nobody."""

    def opened(engine: str = "portique.server.config.sqlite") -> Any:
        options = {"timeout": 0, "transaction_mode": "IMMEDIATE"}
        one = {"ENGINE": engine, "NAME": tmp_path / "server.db", "OPTIONS": options}
        return ConnectionHandler({"default": one})["default"]

    with django_db_blocker.unblock():
        maker = opened()
        maker.cursor().execute("CREATE TABLE counted (value INTEGER)")
        maker.cursor().execute("INSERT INTO counted VALUES (0)")
        maker.close()
        yield opened


@contextmanager
def transaction(connection) -> Iterator[Any]:
    """Write together, as `atomic` does."""
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    connection.in_atomic_block = True
    try:
        yield connection.cursor()
        connection.in_atomic_block = False
        connection.commit()
    except BaseException:
        connection.in_atomic_block = False
        connection.rollback()
        raise
    finally:
        connection.set_autocommit(True)


def count_up(connection) -> None:
    """Read and write in one transaction; then write without any."""
    for _ in range(TIMES):
        with transaction(connection) as cursor:
            value = cursor.execute("SELECT value FROM counted").fetchone()[0]
            cursor.execute("UPDATE counted SET value = %s", [value + 1])
        connection.cursor().execute("UPDATE counted SET value = value + 1")
    connection.close()


def assert_refused(connection, monkeypatch) -> None:
    """Try to write, without patience."""
    with monkeypatch.context() as impatient:
        impatient.setattr(base, "WAIT_S", 0.01)
        with pytest.raises(OperationalError, match="database is locked"):
            connection.cursor().execute("UPDATE counted SET value = 8")


def test_writers_of_one_process_take_turns(connect):
    """Four threads, each with its own connection: nothing is refused, nothing lost."""
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(lambda: count_up(connect())) for _ in range(WRITERS)]:
            done.result()

    reader = connect()
    found = reader.cursor().execute("SELECT value FROM counted").fetchone()[0]
    reader.close()
    assert found == 2 * WRITERS * TIMES


def test_whoever_fails_gives_the_turn_back(connect):
    """A transaction that is undone, and a connection that is closed in the middle of one."""
    one, other = connect(), connect()
    with pytest.raises(ZeroDivisionError), transaction(one):
        raise ZeroDivisionError
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    one.close()

    other.cursor().execute("UPDATE counted SET value = 7")
    assert not base._turn.locked()
    other.close()


def test_whoever_reads_waits_for_nobody(connect, monkeypatch):
    """Pages are drawn while somebody writes; who writes too long is not waited for without end."""
    writer, other = connect(), connect()
    with transaction(writer) as cursor:
        cursor.execute("UPDATE counted SET value = 9")
        assert other.cursor().execute("SELECT value FROM counted").fetchone() == (0,)
        assert_refused(other, monkeypatch)
    for connection in (writer, other):
        connection.close()


def test_writers_wait_for_those_of_another_process(connect, tmp_path, monkeypatch):
    """The turn is a lock of a file beside the database; whoever holds it too long is given up."""
    writer = connect()
    with (tmp_path / "server.db.turn").open("w") as elsewhere:
        fcntl.flock(elsewhere, fcntl.LOCK_EX)
        assert_refused(writer, monkeypatch)
        with ThreadPoolExecutor(1) as pool:
            counting = pool.submit(lambda: count_up(connect()))
            assert writer.cursor().execute("SELECT value FROM counted").fetchone() == (0,)
            fcntl.flock(elsewhere, fcntl.LOCK_UN)
            counting.result()
        fcntl.flock(elsewhere, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it was given back

    assert writer.cursor().execute("SELECT value FROM counted").fetchone() == (2 * TIMES,)
    writer.close()


def test_a_process_that_just_wrote_waits_behind_one_that_is_next(connect, tmp_path, monkeypatch):
    """Else whoever writes without a pause would always be quicker than who looks now and then."""
    writer = connect()
    writer.cursor().execute("UPDATE counted SET value = 7")
    with (tmp_path / "server.db.next").open("w") as elsewhere:
        fcntl.flock(elsewhere, fcntl.LOCK_EX)
        assert_refused(writer, monkeypatch)
    writer.cursor().execute("UPDATE counted SET value = 9")
    with (tmp_path / "server.db.next").open("w") as elsewhere:
        fcntl.flock(elsewhere, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it was given back
    writer.close()
