"""Whoever listens, and one reader for all of them.

A listener has no queue: it has a *cursor*, the id of the last event it was given, and asks for
what follows. So a slow one holds no memory, none can miss a line, and coming back after a cut is
the same as going on. Listeners at the same place share one reading.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import Error
from django.utils import translation

from portique.server.clock import now
from portique.server.console import queries, telling
from portique.server.console.sources import Newest, Threads, Watch, read_newest, watch_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable

T = TypeVar("T")
BATCH = 100
LISTENERS_MAX = 500
AGAIN_S = 1.0
log = logging.getLogger("portique.server.console.hub")


class Hub:
    """What is newest, and who waits for it. Everything here is the event loop's."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.threads = Threads(3)
        self.newest = Newest()
        self.listeners = 0
        self._watch = watch or watch_for()
        self._changed = asyncio.Condition()
        self._somebody = asyncio.Event()
        self._readings: dict[Hashable, asyncio.Future[Any]] = {}

    async def run(self) -> None:
        """Watch the database for as long as somebody listens; never ends by itself."""
        while True:
            await self._somebody.wait()
            try:
                await self._look()
                await self._watch.wait()
            except Exception as error:
                if isinstance(error, Error):
                    log.warning("the database does not answer")
                else:
                    log.exception("the database could not be watched")
                await asyncio.sleep(AGAIN_S)

    async def _look(self) -> None:
        newest = await self.threads.run(read_newest)
        if newest != self.newest:
            self._readings.clear()
            async with self._changed:
                self.newest = newest
                self._changed.notify_all()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Count a listener while it is there; begin with what is newest now."""
        self.listeners += 1
        self._somebody.set()
        try:
            await self._look()
            yield
        finally:
            self.listeners -= 1
            if not self.listeners:
                self._somebody.clear()

    async def wait(self, read: Callable[[Newest], T], known: T, timeout_s: float) -> None:
        """Wait until what is read of the newest is other than known, or for so long."""
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: read(self.newest) != known)
        except TimeoutError:
            return

    async def lines(self, cursor: int, language: str) -> list[tuple[int, str]]:
        """Return the next events after a cursor: id, and what the page is told."""
        if cursor >= self.newest.event:
            return []
        key = ("lines", cursor, self.newest.event, language)
        return list(await self._shared(key, lambda: _lines(cursor, language)))

    async def tiles(self, language: str) -> str:
        """Return the lanes as they are now, at most a second old."""
        second = int(asyncio.get_running_loop().time())
        key = ("tiles", second, language)
        return str(await self._shared(key, lambda: _tiles(language)))

    async def _shared(self, key: Hashable, read: Callable[[], Any]) -> Any:
        if key not in self._readings:
            if len(self._readings) > LISTENERS_MAX:
                self._readings.clear()
            self._readings[key] = asyncio.ensure_future(self.threads.run(read))
        try:
            # One listener that leaves must not cancel what others wait for.
            return await asyncio.shield(self._readings[key])
        except Exception:
            self._readings.pop(key, None)
            raise


def _lines(cursor: int, language: str) -> list[tuple[int, str]]:
    with translation.override(language):
        return telling.messages(queries.events_after(cursor, BATCH))


def _tiles(language: str) -> str:
    at = now()
    with translation.override(language):
        return telling.tiles_html(queries.lanes(at), at)
