"""Whoever listens, and one reader for all of them.

A listener has no queue: it has a *cursor*, the id of the last event it was given, and asks for
what follows. So a slow one holds no memory, none can miss a line, and coming back after a cut is
the same as going on. A line is read and drawn once for all who listen in its language.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from django.db import Error
from django.utils import translation

from portique.server.clock import now
from portique.server.config.event_stream import event
from portique.server.console import queries, telling
from portique.server.console.drawn import KEPT_S, Drawn, Lines, join
from portique.server.console.sources import Newest, Threads, Watch, read_newest, watch_for
from portique.server.console.tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable

BATCH = 200
LISTENERS_MAX = 500
AGAIN_S = 1.0
GAP_S = 0.1  # between two looks at the database: in a rush one finds many lines
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
        self._drawn: dict[str, Drawn] = {}
        self._tally = Tally()
        self._looking = asyncio.Lock()
        self._clock = asyncio.get_running_loop().time

    async def run(self) -> None:
        """Watch the database for as long as somebody listens; never ends by itself."""
        while True:
            await self._somebody.wait()
            try:
                await self._look()
                await asyncio.sleep(GAP_S)
                await self._watch.wait()
            except Exception as error:
                if isinstance(error, Error):
                    log.warning("the database does not answer")
                else:
                    log.exception("the database could not be watched")
                await asyncio.sleep(AGAIN_S)

    async def _look(self) -> None:
        async with self._looking:  # of two readings at a time the older one could come last
            newest = await self.threads.run(read_newest)
            if newest == self.newest:
                return
            self._readings = {key: one for key, one in self._readings.items() if not one.done()}
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
                self._drawn.clear()  # they hold names
                self._readings.clear()

    async def wait(self, is_new: Callable[[Newest], bool], timeout_s: float) -> None:
        """Wait until something is new to whoever asks, or for so long."""
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: is_new(self.newest))
        except TimeoutError:
            return

    async def lines(self, cursor: int, language: str) -> Lines:
        """Return the next events after a cursor, as the page is told them."""
        for each in self._drawn.values():
            each.forget(self._clock() - KEPT_S)
        drawn = self._drawn.setdefault(language, Drawn.after(cursor))
        newest = self.newest.event
        if cursor >= newest:
            return Lines("", 0, cursor)
        if cursor > drawn.last:  # nobody listened for a while
            drawn = self._drawn[language] = Drawn.after(cursor)
        found = await self._following(drawn, cursor, language)
        return found if found.count else Lines("", 0, newest)  # they were deleted meanwhile

    async def _following(self, drawn: Drawn, cursor: int, language: str) -> Lines:
        if cursor == drawn.last or not drawn.holds(cursor):
            told = await self._read(cursor, language)
            drawn.add(cursor, told, self._clock())
            if not drawn.holds(cursor):
                return join(told, cursor)
        return drawn.following(cursor)

    async def _read(self, cursor: int, language: str) -> list[tuple[int, str]]:
        key = ("lines", cursor, self.newest.event, language)
        told = list(await self._shared(key, lambda: _lines(cursor, language)))
        self._readings.pop(key, None)  # they are drawn now, or for one who was away
        return told

    async def tiles(self, language: str) -> str:
        """Return what tells a page the lanes as they are now, at most a second old."""
        key = ("tiles", int(self._clock()), language)
        return str(await self._shared(key, lambda: _tiles(self._tally, language)))

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
        told = telling.messages(queries.events_after(cursor, BATCH))
    return [(number, event("line", text, number)) for number, text in told]


def _tiles(tally: Tally, language: str) -> str:
    at = now()
    with translation.override(language):
        html = telling.tiles_html(queries.lanes(at, tally), at)
    return event("lanes", json.dumps({"html": html}))
