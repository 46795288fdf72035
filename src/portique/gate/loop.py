"""The lane's loop: at its own pace it takes looks and lines, keeps time, and never reacts in place.

Everything from outside is a queue item: a frame looked at, a reader's line.
Everything periodic is a chore with an interval. A chore that fails is told
and tried again; it never ends the loop.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.core.errors import PortiqueError
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
LINES_A_TURN = 4  # each may take a slow disk's time, and the door waits for the loop's beat


@dataclass(slots=True)
class Chore:
    """Something done every so often, in milliseconds of uptime."""

    name: str
    every_ms: int
    run: Callable[[], None]
    due_ms: int = 0
    failing: bool = False


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
            self._take_look()
            self._take_lines()
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
            self.lane.serve(Opened(opened.showing, opened.text, opened.pass_id, now))

    def _take_lines(self) -> None:
        for _ in range(LINES_A_TURN):
            try:
                line = self._lines.get_nowait()
            except queue.Empty:
                return
            self.lane.serve(self.view.showings.line(line.text, line.at_ms))

    def _do_chores(self) -> None:
        now = self.clock.monotonic_ms()
        for chore in self.chores:
            if now >= chore.due_ms:
                chore.due_ms = now + chore.every_ms
                _attempt(chore)


def _attempt(chore: Chore) -> None:
    """Run a chore; tell once when it begins to fail, and once when it works again."""
    try:
        chore.run()
    except PortiqueError as error:
        if not chore.failing:
            log().error("chore-fails", organ=chore.name, error=error)
        chore.failing = True
        return
    if chore.failing:
        log().info("chore-works-again", organ=chore.name)
    chore.failing = False
