"""What the server asks of the lane, done by the loop between two showings.

The link's thread puts errands in a queue; the loop does them. So an answer from a
console and one from the gate's own agent meet at the lane's lock, and exactly one
of them becomes an entry. Doing an errand twice changes nothing.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Protocol

from portique.core.entries import Ruling
from portique.core.errors import JournalError, LinkError, TooLate
from portique.core.sentences import AdmitReason, DenyReason
from portique.core.wire_news import (
    ADMISSION,
    ELSEWHERE,
    RULING,
    admission_of,
    elsewhere_of,
    ruling_of,
)
from portique.gate.journal_erasing import open_order
from portique.gate.journal_values import Receipt
from portique.gate.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.core.values import HolderId
    from portique.core.wire_news import ConsoleAdmission, News, Note
    from portique.gate.journal import Journal
    from portique.gate.link.calls import Timekeeper
    from portique.gate.sync import Source

ERRANDS_MAX = 64  # the server repeats what found no room


class Ruled(Protocol):
    """What errands ask of the lane."""

    def rule_on(
        self, receipt: Receipt, ruling: Ruling, reason: AdmitReason | DenyReason, agent: str
    ) -> None:
        """Give an answer to the decision of an entry, if it waits."""
        ...

    def note_elsewhere(self, holder: HolderId, at_ms: int) -> None:
        """Remember a holder let through at another lane."""
        ...

    def open_for(self, asked: ConsoleAdmission) -> None:
        """Let somebody without a pass through, if it was asked just now and not done yet."""
        ...


class Errands:
    """A queue of things to do, filled by the link's thread and emptied by the loop.

    Args:
        lane: Takes rulings and admissions, remembers showings at other lanes.
        journal: Takes erasures.
        source: Says which key signs orders; looks for knowledge that was fetched.
        clock: The gate's.
        look: Begins to look for newer knowledge, beside the loop.
    """

    def __init__(
        self,
        lane: Ruled,
        journal: Journal,
        source: Source,
        clock: Timekeeper,
        look: Callable[[], None],
    ) -> None:
        self._lane = lane
        self._journal = journal
        self._source = source
        self._clock = clock
        self._look = look
        self._queue: queue.Queue[Callable[[], None]] = queue.Queue(ERRANDS_MAX)
        self._carried_out: set[bytes] = set()
        self._begun_anew = False
        self.cursor = 0  # up to which note all was taken up

    # --- from the link's thread ------------------------------------------------------------------

    def take_news(self, news: News) -> None:
        """Let the loop take up notes, and the cursor after them."""
        self._put(lambda: self._take_up(news))

    def erase(self, order: bytes) -> None:
        """Let the loop carry out a signed erasure order, unless it has."""
        if order not in self._carried_out:
            self._put(lambda: self._erase(order))

    def look_for_knowledge(self) -> None:
        """Let the loop look at knowledge that was just fetched."""
        self._put(self._look)

    def begin_anew(self, epoch: int) -> None:
        """Let the loop begin a new epoch: the server holds other entries under this one's numbers.

        Once for each start of the gate: a server that disputes everything must not fill the disk.
        """
        self._put(lambda: self._rotate(epoch))

    def _put(self, errand: Callable[[], None]) -> None:
        try:
            self._queue.put_nowait(errand)
        except queue.Full:
            log().warning("errand-put-off")

    # --- from the loop ---------------------------------------------------------------------------

    def run(self) -> None:
        """Do what was asked so far.

        Raises:
            JournalError: One could not be done; the others wait for the next call.
        """
        while True:
            try:
                errand = self._queue.get_nowait()
            except queue.Empty:
                return
            errand()

    def _take_up(self, news: News) -> None:
        self.cursor = news.cursor  # first: a note that fails must not come back for ever
        failed: JournalError | None = None
        for note in news.notes:
            try:
                self._heed(note)
            except (LinkError, TooLate, ValueError) as error:
                log().info("note-skipped", error=error)
            except JournalError as error:
                failed = error
        if failed is not None:
            raise failed

    def _heed(self, note: Note) -> None:
        if note.kind == RULING:
            said = ruling_of(note)
            admits = said.ruling is Ruling.ADMIT
            reason = AdmitReason(said.reason) if admits else DenyReason(said.reason)
            self._lane.rule_on(Receipt(said.epoch, said.number), said.ruling, reason, said.agent)
        elif note.kind == ELSEWHERE:
            seen = elsewhere_of(note)
            self._lane.note_elsewhere(seen.holder, seen.at_ms)
        elif note.kind == ADMISSION:
            self._lane.open_for(admission_of(note))

    def _erase(self, order: bytes) -> None:
        known = self._source.current
        if known is None or order in self._carried_out:
            return
        self._carried_out.add(order)  # refused or done, once is enough until the next start
        try:
            erasure = open_order(order, known.keys.orders, gate_id=self._journal.gate_id)
            self._journal.erase(erasure, at_ms=self._clock.now_ms())
        except JournalError as error:
            if error.__cause__ is not None and not isinstance(error.__cause__, ValueError):
                self._carried_out.discard(order)  # the disk's trouble: the server asks again
            raise

    def _rotate(self, epoch: int) -> None:
        if self._begun_anew or self._journal.head.epoch != epoch:
            return
        self._begun_anew = True
        self._journal.rotate(at_ms=self._clock.now_ms())
