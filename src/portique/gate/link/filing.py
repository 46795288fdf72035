"""Entries up: filed until a receipt says that the server has them; whatever it can't take is shown.

Nothing leaves the outbox without a receipt, and nothing that is refused holds up
the rest: a line the server can't take is set aside and goes again without its
body; an epoch it disputes is left alone for a while.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.core import wire
from portique.core.errors import JournalError, LinkError
from portique.core.wire import LINES_MAX, Acknowledgement, Filing, Line
from portique.gate.link.pace import SLOW_S
from portique.gate.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portique.gate.journal import Journal
    from portique.gate.journal_values import Row
    from portique.gate.link.calls import Reply, Timekeeper

PATH = "/gate/v1/entries"
TAKEN, DAMAGED, DISPUTED, TOO_LONG = 200, 400, 409, 413


class Refused(LinkError):  # noqa: N818 - what the server did
    """The server answered with a status that no filing expects: try again later."""

    def __init__(self, status: int, *, proved: bool = True) -> None:
        super().__init__(f"the server answered with status {status}")
        self.status = status
        self.proved = proved  # by the school's key: else it may be anybody's on the way


@dataclass(frozen=True, slots=True)
class Filed:
    """What one filing came to. `more`: another may be sent at once. `disputed`: an epoch."""

    acknowledgement: Acknowledgement | None = None
    more: bool = False
    entries: int = 0
    disputed: int | None = None


NOTHING = Filed()


@dataclass(slots=True)
class Filer:
    """Files a journal's entries, some hundreds at a time. Used by one thread.

    Args:
        journal: What is filed.
        clock: The gate's.
        post: Posts a filing's bytes; its reply is proved, or it raises LinkError.
    """

    journal: Journal
    clock: Timekeeper
    post: Callable[[str, bytes], Reply]
    _lines: int = LINES_MAX
    _left_alone: dict[int, int] = field(default_factory=dict)  # epoch: until when, uptime ms

    @property
    def disputes(self) -> bool:
        """Say whether the server disputes an epoch of this journal."""
        return bool(self._left_alone)

    def file(self) -> Filed:
        """File the oldest entries that wait, if any.

        Raises:
            LinkError: No reply, or one that says to try again later.
            JournalError: The journal can't be read, or the receipt not be kept.
        """
        rows = self.journal.to_file(self._lines, without=self._untouchable())
        return self._send(rows) if rows else NOTHING

    def ask_again(self) -> list[Filed]:
        """File again the last acknowledged entry of each epoch: a restored server asks for more.

        Raises:
            LinkError, JournalError: See `file`.
        """
        alone = self._untouchable()
        return [self._send((row,)) for row in self.journal.last_filed() if row.epoch not in alone]

    def _send(self, rows: Sequence[Row]) -> Filed:
        epoch = rows[0].epoch
        lines = tuple(Line(*row[1:]) for row in rows)
        filing = Filing(epoch, lines, self.journal.signed_head(epoch))
        reply = self.post(PATH, filing.to_bytes())
        if reply.status == TAKEN:
            return self._take(wire.read_acknowledgement(reply.body), rows)
        if reply.status in {DAMAGED, TOO_LONG}:
            return self._narrow(rows, reply.status)
        if reply.status == DISPUTED:
            return self._leave_alone(epoch)
        raise Refused(reply.status)

    def _take(self, said: Acknowledgement, rows: Sequence[Row]) -> Filed:
        """Apply an acknowledgement: what was set aside first, so that a cut in between is safe."""
        if said.epoch != rows[0].epoch:
            raise LinkError("the server acknowledged another epoch")
        before = self.journal.acknowledged(said.epoch)
        at_ms = self.clock.now_ms()
        known = {(one.epoch, one.number) for one in self.journal.entries_set_aside()}
        for number, why in said.set_aside:
            if 0 < number <= said.number and (said.epoch, number) not in known:
                self.journal.set_aside(said.epoch, number, why=why, at_ms=at_ms)
        if said.number < before:
            log().warning("server-asks-again", epoch=said.epoch, number=said.number)
            self.journal.rewind(said.epoch, said.number)
        elif said.number > before:
            self._receive(said)
        self._lines = min(LINES_MAX, 2 * self._lines)
        moved = said.number != before
        return Filed(said, more=moved, entries=max(0, said.number - before))

    def _receive(self, said: Acknowledgement) -> None:
        try:
            self.journal.acknowledge(said.epoch, said.number)
        except JournalError as error:
            if error.__cause__ is not None:  # the disk's trouble, not the server's
                raise
            raise LinkError("the server acknowledged entries that were never made") from error

    def _narrow(self, rows: Sequence[Row], status: int) -> Filed:
        """Find the line that the server can't take by halves; then do without its body."""
        first = rows[0]
        if len(rows) > 1:
            self._lines = len(rows) // 2
            return Filed(more=True)
        if first.body is None:
            return self._leave_alone(first.epoch)
        why, at_ms = f"server-{status}", self.clock.now_ms()
        self.journal.set_aside(first.epoch, first.number, why=why, at_ms=at_ms)
        log().warning("entry-set-aside", epoch=first.epoch, number=first.number)
        return Filed(more=True)

    def _leave_alone(self, epoch: int) -> Filed:
        log().error("epoch-disputed", epoch=epoch)
        self._left_alone[epoch] = self.clock.monotonic_ms() + int(SLOW_S * 1000)
        return Filed(more=True, disputed=epoch)

    def _untouchable(self) -> set[int]:
        now = self.clock.monotonic_ms()
        self._left_alone = {e: until for e, until in self._left_alone.items() if until > now}
        return set(self._left_alone)
