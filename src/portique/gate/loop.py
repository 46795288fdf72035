"""The lane's loop: at its own pace it takes looks and lines, keeps time, and never reacts in place.

Everything from outside is a queue item: a frame looked at, a reader's line.
Everything periodic is a chore with an interval. What fails is told and tried
again; not even a bug of ours ends the loop, for the door would go with it. A
showing that could not be served goes to the agent: doubt is a referral.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.core.errors import PortiqueError
from portique.core.plain import Words
from portique.gate.logs import log
from portique.gate.showing import Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portique.gate.lane import Lane
    from portique.gate.ports import Clock, Line
    from portique.gate.processes import Eyes
    from portique.gate.view import View

TURN_S = 0.05  # how long a turn waits for a look: the most a reader's line waits
LINES_MAX = 32
LATE_MS = 10_000  # a line that waited longer, behind a slow disk, opens for somebody else
LINES_A_TURN = 4  # each may take a slow disk's time, and the door waits for the loop's beat
AGAIN_MS = 10 * 60_000  # what goes on failing is told again to agents who dismissed it
UNFORESEEN = Words(
    "Une partie du portique échoue pour une raison imprévue ; le reste continue. "
    "Prévenez le technicien : le journal du système dit laquelle.",
    "A part of the gate fails for an unforeseen reason; the rest goes on. "
    "Tell the technician: the system's log says which.",
)


@dataclass(slots=True)
class Chore:
    """Something done every so often, in milliseconds of uptime."""

    name: str
    every_ms: int
    run: Callable[[], None]
    due_ms: int = 0


@dataclass(slots=True)
class Loop:
    """The loop of one lane; `run` returns when `stop` is set or the camera's film has ended."""

    lane: Lane
    view: View
    eyes: Eyes | None
    clock: Clock
    chores: Sequence[Chore]
    stop: threading.Event = field(default_factory=threading.Event)
    ends_with_source: bool = False
    lines_dropped: int = 0
    _lines: queue.Queue[Line] = field(default_factory=lambda: queue.Queue(LINES_MAX))
    _source_ended: bool = False
    _failing: set[str] = field(default_factory=set)
    _told_ms: dict[str, int] = field(default_factory=dict)

    def put_line(self, line: Line) -> None:
        """Take a reader's line from its own thread; beyond the limit it is counted and dropped."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.lines_dropped += 1

    def run(self) -> None:
        """Turn until stopped."""
        while not self.stop.is_set():
            self._do_chores()
            self._attempt("looks", self._take_look)
            self._attempt("lines", self._take_lines)
            if self.ends_with_source and self._source_ended:
                return

    def _take_look(self) -> None:
        if self.eyes is None:
            self.stop.wait(TURN_S)
            return
        try:
            seen = self.eyes.looks.get(timeout=TURN_S)
        except queue.Empty:
            return
        if seen is None:  # said after the last look, which health's `ended` may precede
            self._source_ended = True
            return
        step = self.view.step(seen.look, seen.at_ms, (seen.width, seen.height))
        for opened in step.opened:
            # The camera's time opened the showing; the gate's one clock judges it.
            now = self.clock.now_ms()
            self._serve(Opened(opened.showing, opened.text, opened.pass_id, now))

    def _take_lines(self) -> None:
        for _ in range(LINES_A_TURN):
            try:
                line = self._lines.get_nowait()
            except queue.Empty:
                return
            # The gate's one clock judges it, and nobody stands there for long.
            now = self.clock.now_ms()
            if now - line.at_ms > LATE_MS:
                self.lines_dropped += 1
            else:
                self._serve(self.view.showings.line(line.text, now))

    def _serve(self, opened: Opened) -> None:
        if not self._attempt("showing", lambda: self.lane.serve(opened)):
            self._attempt("referral", lambda: self.lane.refer(opened))

    def _do_chores(self) -> None:
        now = self.clock.monotonic_ms()
        for chore in self.chores:
            if now >= chore.due_ms:
                chore.due_ms = now + chore.every_ms
                self._attempt(chore.name, chore.run)

    def _attempt(self, name: str, run: Callable[[], object]) -> bool:
        """Do one thing and say whether it went well; whatever it raises is told, not passed on."""
        try:
            run()
        except Exception as error:  # noqa: BLE001 - a lane outlives its bugs
            self._fails(name, error)
            return False
        if name in self._failing:
            self._failing.remove(name)
            log().info("chore-works-again", organ=name)
        return True

    def _fails(self, name: str, error: Exception) -> None:
        """Log when it begins to fail; tell agents of what nobody foresaw, from time to time."""
        if name not in self._failing:
            self._failing.add(name)
            log().error("chore-fails", organ=name, error=error)
        now = self.clock.monotonic_ms()
        told_ms = self._told_ms.get(name)
        if isinstance(error, PortiqueError) or (told_ms is not None and now - told_ms < AGAIN_MS):
            return
        self._told_ms[name] = now
        with suppress(Exception):  # a board that fails as well must not end the loop
            self.lane.tell(UNFORESEEN, self.clock.now_ms())
