"""What a lane follows: the fire line first, then the posture that the school tells.

    fire line's thread ─▶ door.free ─▶ decisions, screens ─▶ (the loop) journal

Nothing before the arrow to the journal waits for a disk or a lock held over
one: while the journal is stuck, the doors are free and the screens say so.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.alarms import CALM, Alarm, Posture
from portique.core.entries import AlarmBody
from portique.core.errors import EnvironmentProblem, JournalError
from portique.gate.posture import PostureLatch

if TYPE_CHECKING:
    from pathlib import Path

    from portique.gate.board import Board
    from portique.gate.journal import Journal
    from portique.gate.lane import Lane
    from portique.gate.ports import Clock, Door, FireInput

FIRE, SCHOOL, AGENT = "fire-line", "school", "agent"


@dataclass(frozen=True, slots=True)
class Followers:
    """Who is told of a posture once the latch has freed the door."""

    lane: Lane
    board: Board
    journal: Journal
    clock: Clock


class Following:
    """Brings every change of posture to a lane.

    Args:
        door: Freed before anything else.
        followers: Told next.
        memory: The file that keeps a fire over a restart.
    """

    def __init__(self, door: Door, followers: Followers, memory: Path) -> None:
        self._followers = followers
        self._unwritten: deque[AlarmBody] = deque()
        self._telling = threading.Lock()  # whoever tells last tells what holds; no disk under it
        self._writing = threading.Lock()
        self._school = CALM
        self._line: FireInput | None = None
        self._ending = False
        self._latch: PostureLatch | None = None  # it may tell of a fire while it is being made
        self._latch = PostureLatch([door], memory=memory, on_change=self._changed)

    @property
    def burning(self) -> bool:
        """Say whether a fire is latched."""
        return self._latch is None or self._latch.burning

    @property
    def latch(self) -> PostureLatch:
        """The latch, which a fire line calls."""
        assert self._latch is not None, "made by the constructor"  # noqa: S101 - our own bug
        return self._latch

    def watch(self, line: FireInput) -> None:
        """Follow the fire panel's line, from its own thread, and what it says already."""
        self._line = line
        line.watch(self.latch.fire)
        if line.active:
            self.latch.fire()

    def school_says(self, alarm: Alarm) -> None:
        """Follow the school's alarm, a drill or real, or its end; a fire outranks it."""
        self._school = alarm
        self.latch.school_says(alarm.posture)
        self._tell()

    def end_fire(self, agent: str) -> None:
        """End a fire because a person says that it is over: journal, then reset the doors.

        Raises:
            EnvironmentProblem: The fire panel still asks for evacuation; nothing changed.
            JournalError: It could not be written; nothing changed.
        """
        if not self.burning:
            return
        if self._line is not None and self._line.active:
            raise EnvironmentProblem(
                "the fire panel still asks for evacuation: reset the panel first, then the gate"
            )
        self.write()  # the fire's beginning comes before its end
        school = self._school
        self._append(AlarmBody(str(school.posture), school.drill, AGENT, agent))
        self._ending = True
        try:
            self.latch.reset(self._line)
        finally:
            self._ending = False

    def write(self) -> None:
        """Journal what changed since the last call; call several times a second from the loop.

        Raises:
            JournalError: Nothing is lost: it is tried again at the next call.
        """
        with self._writing:  # an agent's thread writes as well; the fire line's never does
            while self._unwritten:
                self._append(self._unwritten[0])
                self._unwritten.popleft()

    def close(self) -> None:
        """Journal what still waits, if the disk takes it: a gate may be stopped in an alarm."""
        with suppress(JournalError):
            self.write()

    def _append(self, body: AlarmBody) -> None:
        self._followers.journal.append(body, at_ms=self._followers.clock.now_ms())

    def _changed(self, _posture: Posture) -> None:
        """Take in a change: the doors were freed before this is called."""
        alarm, burning = self._tell()
        if burning or not self._ending:  # the agent's entry says already that the fire is over
            source = FIRE if burning else SCHOOL
            self._unwritten.append(AlarmBody(str(alarm.posture), alarm.drill, source))

    def _tell(self) -> tuple[Alarm, bool]:
        """Tell decisions and screens what holds now."""
        with self._telling:
            burning, now = self.burning, self._followers.clock.now_ms()
            fire = Alarm(Posture.EVACUATION, drill=False, since_ms=now)
            alarm = fire if burning else self._school
            self._followers.lane.follow(alarm if burning else None)
            self._followers.board.set_posture(alarm.posture, drill=alarm.drill)
            return alarm, burning
