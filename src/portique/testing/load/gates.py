"""Gates that decide at a fixed pace and file as real ones do: with keys, chains, news and stream.

Only what a real gate does for its lane is left out: pictures, doors, a journal on a disk.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portique.core import wire, wire_calls, wire_news
from portique.core.entries_chain import SALT_BYTES, commitment, genesis, link
from portique.core.wire import LINES_MAX, Filing, Line
from portique.core.wire_calls import CALL, NONCE_BYTES, Call
from portique.core.wire_news import Health, Report
from portique.gate.clock import GateClock
from portique.testing.journals import decision
from portique.testing.load.http import Caller, Stream

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from portique.core.knowledge import Version
    from portique.core.seal import PrivateKey
    from portique.core.values import HolderId, PassId

EPOCH, OK = 1, 200
EVERY_S = 1.0  # decisions are filed together so often
AGAIN_S, TRIES = 1.0, 20  # after a filing that was not taken
PATIENCE_S = 30.0  # after the last entry
NEWS_GAP_S, NEWS_S = 0.3, 30.0  # as a gate's link asks
REFERRED_EACH = 40  # one showing in so many is left to an agent
ENTRIES, NEWS, STREAM = "POST /gate/v1/entries", "POST /gate/v1/news", "GET /gate/v1/stream"
KNOWLEDGE = "GET /gate/v1/knowledge"


@dataclass(frozen=True, slots=True)
class Pace:
    """When the load began (uptime in seconds), how long it lasts, entries a second for one gate."""

    began_s: float
    seconds: float
    entries_per_s: float

    @property
    def ends_s(self) -> float:
        """Return when the last entry was decided."""
        return self.began_s + self.seconds

    @property
    def over(self) -> bool:
        """Say whether it is too late to take the last entries."""
        return time.monotonic() > self.ends_s + PATIENCE_S

    def due(self, at_s: float) -> int:
        """Return how many entries were decided by then."""
        return int(min(max(0.0, at_s - self.began_s), self.seconds) * self.entries_per_s)


@dataclass(slots=True)
class Gate:
    """One gate: who it is, who passes it, and what came of its calls.

    `filing_s` is from the moment a filing was due to its answer.
    """

    gate_id: str
    lane: str
    key: PrivateKey
    cards: list[tuple[PassId, HolderId]]
    port: int
    behind_ms: int = 0  # how old its entries are: those of a gate that was cut off wait
    taken: int = 0  # entries the server acknowledged
    notes: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    filing_s: list[float] = field(default_factory=list)
    _clock: GateClock = field(default_factory=GateClock)
    _chain: bytes = b""
    _unsent: list[Line] = field(default_factory=list)
    _cursor: int = 0
    _known: Version | None = None
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Begin the journal."""
        public = self.key.public
        self._chain = genesis(self.gate_id, EPOCH, public.x + public.y)

    async def file(self, pace: Pace, offset_s: float) -> None:
        """File each second what was decided, until all is taken or the patience is over.

        After a filing that took longer the next one is of all that was decided meanwhile, and is
        waited for since the first second that it missed.
        """
        caller, at_s, ends_s = Caller(self.port), pace.began_s + offset_s, pace.ends_s
        while self.taken < pace.due(ends_s) and not pace.over:
            due_s = at_s + EVERY_S
            late_s = time.monotonic() - due_s
            at_s = due_s + max(0.0, late_s // EVERY_S * EVERY_S)
            await asyncio.sleep(max(0.0, at_s - time.monotonic()))
            filing = self._filing(pace.due(time.monotonic()) - self.taken)
            if filing is not None:
                await self._send(caller, filing)
                self.filing_s.append(time.monotonic() - due_s)
        caller.close()

    def _filing(self, due: int) -> Filing | None:
        """Decide what is due; what was not taken goes again as it was."""
        if not self._unsent:
            first = self.taken + 1
            self._unsent = [self._decide(first + n) for n in range(min(due, LINES_MAX))]
        return Filing(EPOCH, tuple(self._unsent)) if self._unsent else None

    def _decide(self, number: int) -> Line:
        pass_id, holder = self.cards[number % len(self.cards)]
        refer = number % REFERRED_EACH == 0
        said = {"outcome": 1, "reasons": ("outside-opening",)} if refer else {}
        body = decision(number, lane=self.lane, pass_id=pass_id, holder=holder, **said).to_body()
        salt, time_ms = os.urandom(SALT_BYTES), self._clock.now_ms() - self.behind_ms
        commit = commitment(salt, body)
        self._chain = link(self._chain, number, time_ms, commit)
        return Line(number, time_ms, salt, body, commit, self._chain)

    async def _send(self, caller: Caller, filing: Filing) -> None:
        """Send a filing until it is taken, as gates do."""
        body = filing.to_bytes()
        for _ in range(TRIES):
            answer = await caller.ask(ENTRIES, self._signed(ENTRIES, body), body)
            self.statuses[answer.status] += 1
            if answer.status == OK:
                self.taken = wire.read_acknowledgement(answer.body).number
                self._unsent = []
                return
            await asyncio.sleep(AGAIN_S)

    def _signed(self, request: str, body: bytes) -> dict[str, str]:
        nonce, sent_ms = os.urandom(NONCE_BYTES), self._clock.now_ms()
        call = Call(self.gate_id, request, sent_ms, nonce, wire_calls.digest(body))
        signed = wire_calls.sign_call(call, self.key)
        return {CALL: base64.urlsafe_b64encode(signed).rstrip(b"=").decode("ascii")}

    # --- news ------------------------------------------------------------------------------------

    def linked(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return what the link does beside filing; each goes on until it is cancelled."""
        return self._listen(), self._ask_news()

    async def _listen(self) -> None:
        """Hear from the stream that there is something to ask for."""
        path = STREAM.partition(" ")[2]
        stream = await Stream.open(self.port + 1, path, self._signed(STREAM, b""))
        self.statuses[stream.status] += 1
        async for block in stream.blocks():
            if b"event: news" in block:
                self._told.set()

    async def _ask_news(self) -> None:
        """Ask when the stream says so, and now and then."""
        caller = Caller(self.port)
        while True:
            report = Report(self._cursor, self._health()).to_bytes()
            answer = await caller.ask(NEWS, self._signed(NEWS, report), report)
            self.statuses[answer.status] += 1
            if answer.status == OK:
                news = wire_news.read_news(answer.body)
                self.notes += len(news.notes)
                self._cursor = news.cursor
                await self._fetch(caller, news.knowledge)
            await asyncio.sleep(NEWS_GAP_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), NEWS_S)
            self._told.clear()

    async def _fetch(self, caller: Caller, version: Version | None) -> None:
        """Fetch knowledge that is newer than what the gate has."""
        if version is None or (self._known is not None and version <= self._known):
            return
        have = "" if self._known is None else f"?have={self._known.epoch}.{self._known.number}"
        line = KNOWLEDGE + have
        answer = await caller.ask(line, self._signed(line, b""))
        self.statuses[answer.status] += 1
        self._known = version

    def _health(self) -> Health:
        last, waiting = self.taken + len(self._unsent), len(self._unsent)
        return Health(
            "bench", EPOCH, last, waiting, 0, clock_trusted=True, mode="control", set_aside=0
        )
