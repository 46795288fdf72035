"""How the streams' process learns that there is something new, and how far it goes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from django.db import Error, connection

from portique.server.config.waking import EVENTS, NOTES
from portique.server.console import tally
from portique.server.gates.models import Gate
from portique.server.passes.register import EPOCHS, KNOWLEDGE, SENT_NOTES
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from collections.abc import Callable

    P = ParamSpec("P")
    T = TypeVar("T")

TOLD = (SENT_NOTES, EPOCHS, KNOWLEDGE)
POLL_S = 0.2
LISTEN_S = 2.0  # not all that counts knowledge up calls: looked at this often


class Threads:
    """Runs what asks the database beside the event loop, each thread with its own connection."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="database")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in one of the threads and return what it returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, lambda: _with_database(function, args, kwargs)
        )

    def close(self) -> None:
        """Let what was not begun go, and wait for the rest."""
        self._pool.shutdown(cancel_futures=True)


def _with_database(function: Callable[..., T], args: tuple[object, ...], kwargs: object) -> T:
    try:
        return function(*args, **(kwargs if isinstance(kwargs, dict) else {}))
    except Error:
        connection.close()  # the next call opens another: the database may have been restarted
        raise


class Watch(Protocol):
    """Waits until something may be new."""

    async def wait(self) -> None:
        """Return soon after a commit; now and then without one."""


class FileWatch:
    """Looks at SQLite's own counter of other connections' commits, five times a second.

    Nobody can be called when an SQLite file changes, and watching the file itself would miss what
    is only in shared memory. Asking the counter reads no table, so that waiting costs nothing; it
    is asked by one thread for all who listen, and not at all when nobody does.
    """

    def __init__(self) -> None:
        self._threads = Threads(1)  # the counter is each connection's own: always the same one
        self._seen = -1

    async def wait(self) -> None:
        """Return when the counter moved; see `Watch`."""
        while True:
            await asyncio.sleep(POLL_S)
            count = await self._threads.run(_commits_of_others)
            if count != self._seen:
                self._seen = count
                return


def _commits_of_others() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


class ChannelWatch:
    """Listens to PostgreSQL's notifications."""

    def __init__(self) -> None:
        self._threads = Threads(1)
        self._listening: Any = None

    async def wait(self) -> None:
        """Return at a notification, or after a while; see `Watch`."""
        await self._threads.run(self._listen)

    def _listen(self) -> None:
        connection.ensure_connection()
        raw: Any = connection.connection
        if raw is not self._listening:  # a new connection hears nothing yet
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {EVENTS}")
                cursor.execute(f"LISTEN {NOTES}")
            self._listening = raw
            return
        with connection.wrap_database_errors:  # the driver is asked past Django
            for _ in raw.notifies(timeout=LISTEN_S, stop_after=1):
                pass


def watch_for() -> Watch:
    """Return what waits for this database."""
    return ChannelWatch() if connection.vendor == "postgresql" else FileWatch()


@dataclass(frozen=True, slots=True)
class Newest:
    """How far things go: events, notes to gates, the knowledge's epoch and number; which gates."""

    event: int = 0
    note: int = 0
    knowledge: tuple[int, int] = (0, 0)
    gates: frozenset[str] = frozenset()

    def of_gate(self, gate_id: str) -> tuple[int, ...] | None:
        """Return what changes when a gate has something to ask for; None: it was removed."""
        return (self.note, *self.knowledge) if gate_id in self.gates else None


def read_newest() -> Newest:
    """Read how far things go."""
    gates = Gate.objects.filter(removed_at=None).values_list("gate_id", flat=True)
    counters = dict(Counter.objects.filter(name__in=TOLD).values_list("name", "value"))
    note, epoch, number = (counters.get(name, 0) for name in TOLD)
    return Newest(tally.newest(), note, (epoch, number), frozenset(gates))
