"""What watches the database goes on, whatever happens to it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import Error, connection, connections
from django.db.utils import DatabaseErrorWrapper

from portique.server.console import hub, sources

PATIENCE_S = 20


class Failing:
    """A watch that fails once, and then waits for ever."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.again = asyncio.Event()

    async def wait(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error
        self.again.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("error", [Error("gone"), RuntimeError("unforeseen")])
def test_the_hub_goes_on_after_any_fault(error: Exception, monkeypatch):
    """A console that listened for ever to nothing would be worse than none."""
    monkeypatch.setattr(hub, "read_newest", sources.Newest)
    monkeypatch.setattr(hub, "AGAIN_S", 0.0)

    async def again() -> bool:
        watch = Failing(error)
        watched = hub.Hub(watch)
        task = asyncio.create_task(watched.run())
        async with watched.listening(), asyncio.timeout(PATIENCE_S):
            await watch.again.wait()
        task.cancel()
        watched.threads.close()
        return True

    assert asyncio.run(again())


def test_a_connection_that_breaks_while_listening_is_an_error_of_the_database(db, monkeypatch):
    """The driver's own error is told as Django's: the connection is then closed, another opened."""
    wrapper: Any = connections["default"]

    def breaks(**_):
        raise wrapper.Database.OperationalError("terminating connection")

    raw = SimpleNamespace(notifies=breaks)
    broken = SimpleNamespace(
        ensure_connection=lambda: None,
        connection=raw,
        wrap_database_errors=DatabaseErrorWrapper(wrapper),
    )
    monkeypatch.setattr(sources, "connection", broken)
    monkeypatch.setattr(wrapper, "errors_occurred", False)  # and put back
    watch = sources.ChannelWatch()
    monkeypatch.setattr(watch, "_listening", raw)

    with pytest.raises(Error):
        watch._listen()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL calls")
def test_a_watch_listens_again_after_its_connection_was_ended(db):
    """The database was restarted: one wait fails, the next opens another connection."""
    watch = sources.ChannelWatch()

    def in_thread(function):
        return watch._threads._pool.submit(sources._with_database, function, (), {}).result()

    def close() -> None:
        connection.close()  # the thread's own

    in_thread(watch._listen)
    pid = watch._listening.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(Error):
        in_thread(watch._listen)
    in_thread(watch._listen)
    again = watch._listening.info.backend_pid
    in_thread(close)
    watch._threads.close()

    assert again != pid
