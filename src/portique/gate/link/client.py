"""The link at work: a thread beside the loop that files, asks for news and fetches knowledge.

Nothing in the loop ever waits for it, and no decision depends on it: a link that
is lost costs news, and entries wait in the journal until it is back.

    loop ── new entry ─▶ wake ─▶ this thread ─▶ server
    loop ◀── errands (rulings, erasures, knowledge) ──┘
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from portique.core import wire_news
from portique.core.errors import EnvironmentProblem, LinkError, PortiqueError
from portique.core.wire_news import Report
from portique.gate.board import Freshness, FreshnessState, Organ
from portique.gate.link.calls import UnprovedAnswer
from portique.gate.link.filing import Filer, Refused
from portique.gate.link.health import Failing, failing_of, health_of
from portique.gate.link.pace import SLOW_S, Pace
from portique.gate.link.words import DISPUTED, NOT_KNOWN
from portique.gate.logs import log
from portique.gate.ports import Clock

if TYPE_CHECKING:
    from portique.core.plain import Words
    from portique.gate.board import Board
    from portique.gate.journal import Journal
    from portique.gate.journal_values import Head
    from portique.gate.lane import Lane
    from portique.gate.link.calls import Calls, Reply
    from portique.gate.link.errands import Errands
    from portique.gate.link.fetching import Fetcher
    from portique.gate.link.filing import Filed
    from portique.gate.link.stream import Listener
    from portique.gate.metrics import Metrics
    from portique.gate.sync import Source

NEWS_PATH = "/gate/v1/news"
OK, NOT_READ, UNKNOWN_GATE = 200, 400, 401
NEWS_MS, NEWS_WITH_STREAM_MS = 10_000, 30_000
NEWS_GAP_MS = 300  # events come in bursts, and forged ones as they like
ASK_AGAIN_MS = 3_600_000
CLOSE_S = 2.0  # a call that is out ends by itself; the journal is closed without it
BREATH_S = 0.1  # between two filings of a backlog: the loop decides meanwhile
TAKE_UP_S = 1.0
SOON_MS = 120_000  # how long the server may be silent before agents read that it is


class SettableClock(Clock, Protocol):
    """The gate's clock, which the server's signed time can put right."""

    def heed(self, signed_ms: int, *, within_ms: int) -> bool:
        """Compare with the server's time; see `GateClock.heed`."""
        ...


@dataclass(frozen=True, slots=True)
class Around:
    """The parts of the gate that the link works with."""

    journal: Journal
    source: Source
    clock: SettableClock
    board: Board
    metrics: Metrics
    lane: Lane


@dataclass(slots=True)
class _Due:
    """When things are to be done, by uptime in milliseconds."""

    news_ms: int = 0
    ask_again_ms: int = 0
    asked_ms: int = -NEWS_GAP_MS
    now: threading.Event = field(default_factory=threading.Event)  # the stream says: ask now


class Link:
    """One gate's link with its school's server.

    Args:
        around: The parts of the gate it works with.
        calls: Makes the signed calls.
        fetcher: Fetches knowledge.
        errands: How the loop is asked for anything.
        pace: How long to wait after failures.
    """

    def __init__(
        self, around: Around, calls: Calls, fetcher: Fetcher, errands: Errands, pace: Pace
    ) -> None:
        self._around = around
        self._errands = errands
        self._calls = calls
        self._fetcher = fetcher
        self._pace = pace
        self._filer = Filer(around.journal, around.clock, self._post)
        self._due = _Due()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._head: Head | None = None  # the last entry that the loop told of
        self._faults: frozenset[Organ] = frozenset()  # what failed when the loop last looked
        self._failing = Failing()
        self._reported: tuple[str, ...] = ()  # what the server was told that fails
        self._heard_ms: int | None = None  # uptime at the last proved answer
        self._waiting = 0
        self.listener: Listener | None = None

    # --- from the loop ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def take_up(self) -> None:
        """Do what the server asks of the lane, have news of it filed and told; call often.

        Raises:
            JournalError: See `Errands.run`.
        """
        head, faults = self._around.journal.head, failing_of(self._around.board)
        if (head, faults) != (self._head, self._faults):
            self._head, self._faults = head, faults
            self._wake.set()
        self._errands.run()

    def ask_now(self) -> None:
        """Ask for news at once: the stream says that there are some."""
        self._due.now.set()
        self._wake.set()

    def freshness(self) -> Freshness:
        """Tell agents when the server was last heard, and how many entries wait for it."""
        if self._heard_ms is None:
            return Freshness("server", None, FreshnessState.MISSING, self._waiting)
        age_ms = self._around.clock.monotonic_ms() - self._heard_ms
        state = FreshnessState.FRESH if age_ms < SOON_MS else FreshnessState.AGEING
        return Freshness("server", max(0, age_ms) // 1000, state, self._waiting)

    def close(self) -> None:
        """End the threads, or leave to itself a call that is still out. May be repeated."""
        self._stop.set()
        self._wake.set()
        if self.listener is not None:
            self.listener.close()
        if self._thread.is_alive():
            self._thread.join(timeout=CLOSE_S)
        self._calls.close()

    # --- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        self._stop.wait(self._pace.about(1.0))  # gates that start together call one by one
        while not self._stop.is_set():
            try:
                wait_s = self.turn()
            except Exception as error:  # noqa: BLE001 - the link outlives its bugs
                self._stop.wait(self._failed(error))
            else:
                self._wake.wait(wait_s)
                self._wake.clear()

    def turn(self) -> float:
        """Do what is due; return after how many seconds to look again, unless woken.

        Raises:
            PortiqueError: The server can't be reached or refuses; or the journal can't be used.
        """
        if self._fetcher.fetch_if_wanted(self._tell_time) or self._around.source.current is None:
            return self._pace.about(TAKE_UP_S)  # the loop's look first: answers may need its keys
        now = self._around.clock.monotonic_ms()
        if now >= self._due.ask_again_ms:
            self._ask_again()
        filed = self._note(self._filer.file())
        if self._news_due():
            self._ask_news()
        self._waiting = self._around.journal.pending()
        self._pace.worked()
        if filed.more or self._fetcher.due:
            return BREATH_S
        return self._until_news_s()

    def _ask_again(self) -> None:
        for filed in self._filer.ask_again():
            self._note(filed)
        self._due.ask_again_ms = self._around.clock.monotonic_ms() + ASK_AGAIN_MS

    def _note(self, filed: Filed) -> Filed:
        self._around.metrics.filed(filed.entries)
        if filed.disputed is not None:
            self._errands.begin_anew(filed.disputed)
            self._show(DISPUTED)
        if filed.acknowledgement is not None:
            self._fetcher.want(filed.acknowledgement.knowledge)
            for order in filed.acknowledgement.orders:
                self._errands.erase(order)
        return filed

    def _news_due(self) -> bool:
        return self._around.clock.monotonic_ms() >= self._news_at_ms()

    def _news_at_ms(self) -> int:
        """Return when to ask next: by the pace, at an event, or when what fails has changed."""
        due = self._due
        if due.now.is_set() or self._failing_now() != self._reported:
            return min(due.news_ms, due.asked_ms + NEWS_GAP_MS)
        return due.news_ms

    def _failing_now(self) -> tuple[Organ, ...]:
        return self._failing.look(self._around.board, self._around.clock.monotonic_ms())

    def _until_news_s(self) -> float:
        return max(0.01, (self._news_at_ms() - self._around.clock.monotonic_ms()) / 1000)

    def _ask_news(self) -> None:
        around, due = self._around, self._due
        due.now.clear()
        due.asked_ms = around.clock.monotonic_ms()
        failing = self._failing_now()
        health = health_of(around.journal, around.source, around.clock, around.board, failing)
        cursor = self._errands.cursor
        reply = self._post(NEWS_PATH, Report(cursor, health).to_bytes())
        if reply.status == NOT_READ and failing:  # by a server from before this field
            plain = Report(cursor, replace(health, failing=()))
            reply = self._post(NEWS_PATH, plain.to_bytes())
        if reply.status != OK:
            raise Refused(reply.status)
        self._reported = failing
        news = wire_news.read_news(reply.body)
        if news.cursor < cursor:
            due.ask_again_ms = 0  # the server came back from a backup: what else has it lost?
        if news.notes or news.cursor != cursor:
            self._errands.take_news(news)
        self._fetcher.want(news.knowledge)
        if self.listener is not None:
            self.listener.listen(news.stream)
        streams = self.listener is not None and self.listener.open
        wait_ms = NEWS_WITH_STREAM_MS if streams else NEWS_MS
        full = len(news.notes) == wire_news.NOTES_MAX
        due.news_ms = due.asked_ms + (NEWS_GAP_MS if full else int(self._pace.about(wait_ms)))

    def _post(self, path: str, body: bytes) -> Reply:
        """Post, and give the reply only once the school's key proves it."""
        known = self._around.source.current
        if known is None:
            raise LinkError("no knowledge yet, hence no key to believe the server by")
        reply = self._calls.ask("POST", path, body)
        signed_ms = reply.signed_ms(known.keys.orders)
        self._heard_ms = self._around.clock.monotonic_ms()
        self._around.metrics.called("answered")
        if reply.status == UNKNOWN_GATE:
            raise Refused(reply.status)
        self._show(DISPUTED if self._filer.disputes else None)
        self._tell_time(signed_ms, reply.within_ms)
        return reply

    def _tell_time(self, signed_ms: int, within_ms: int) -> None:
        try:
            if self._around.clock.heed(signed_ms, within_ms=within_ms):
                log().warning("clock-put-right")
        except EnvironmentProblem as error:
            log().warning("server-time-refused", error=error)

    def _failed(self, error: Exception) -> float:
        """Note a failure, in the log once; return how long to wait before the next call."""
        if self._pace.failures == 0:
            log().warning("server-not-reached", organ="server", error=error)
        self._around.metrics.called("refused" if isinstance(error, Refused) else "unreached")
        if not isinstance(error, PortiqueError):
            log().error("link-fails", organ="server", error=error)
        self._due.ask_again_ms = 0  # it may come back from a backup
        if isinstance(error, UnprovedAnswer):
            self._fetcher.ask_again()
        wait_s = self._pace.failed()
        if isinstance(error, Refused) and error.status == UNKNOWN_GATE:
            self._show(NOT_KNOWN)
            return self._pace.about(SLOW_S) if error.proved else wait_s
        return wait_s

    def _show(self, words: Words | None) -> None:
        self._around.board.set_fault(Organ.SERVER, words)
