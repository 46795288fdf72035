"""The lane's posture: fire > free exit > intrusion > normal, latched until a person resets it.

`line_free` is the truth table the doors follow; `PostureLatch` remembers a fire across a restart.
"""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.alarms import Posture
from portique.core.errors import EnvironmentProblem
from portique.core.values import Direction
from portique.gate.ports import FailState
from portique.gate.private_files import write_durably

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from portique.gate.ports import Door, FireInput
    from portique.gate.sections import FailSection

AGAIN = "a fire began while this one was being ended: the doors are free; look at the panel again"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What can be true of a door at one instant."""

    fire: bool
    intrusion: bool
    link: bool  # orders can reach the door
    power: bool
    process: bool  # the gate lives and its loop turns


def line_free(role: Direction, fail: FailSection, now: Conditions) -> bool:
    """Say whether the door stands open with nobody granted: in the order fire, exit, faults, rest.

    ``fire`` comes first whatever else is dead, because the release is in hardware (the panel cuts
    the lock's supply): Portique only follows. An intrusion closes nothing here: at an entry it
    makes decisions refuse, and an exit is free in every posture.
    """
    if now.fire or role is Direction.EXIT:
        return True
    if not now.power:
        return FailState(fail.power_lost) is FailState.FREE
    if not now.process:
        return FailState(fail.process_dead) is FailState.FREE
    if not now.link:
        return FailState(fail.link_lost) is FailState.FREE
    return False


class PostureLatch:
    """What the lane does for the whole school's sake. Thread-safe.

    Args:
        doors: Freed first, whatever follows.
        memory: A small file that keeps a fire across a restart; none: not kept.
        on_change: Told each new posture after the doors; journals and shows it. It may raise or be
            slow without harm to the doors.
    """

    def __init__(
        self,
        doors: Sequence[Door],
        *,
        memory: Path | None = None,
        on_change: Callable[[Posture], None] = lambda _posture: None,
    ) -> None:
        self._doors = tuple(doors)
        self._memory = memory
        self._on_change = on_change
        self._lock = threading.Lock()  # never held over a door, a disk or whoever is told
        self._writing = threading.Lock()
        self._fire = False
        self._fires = self._resets = 0
        self._school = Posture.NORMAL
        if _remembered(memory):
            self.fire()

    @property
    def posture(self) -> Posture:
        """Return the posture now; a fire outranks what the school says."""
        with self._lock:
            return Posture.EVACUATION if self._fire else self._school

    @property
    def burning(self) -> bool:
        """Say whether a fire is latched here, as opposed to an alarm of the school."""
        with self._lock:
            return self._fire

    def fire(self) -> None:
        """Free every door, then latch, then tell, then remember. Nothing comes before the doors."""
        resets = self._resets
        self._free_doors()
        with self._lock:
            already, self._fire = self._fire, True
            self._fires += 1
            overtaken = self._resets != resets
        if overtaken:  # a reset went through between the doors and the latch
            self._free_doors()
        if not already:
            with contextlib.suppress(Exception):  # nor may it end the thread that watches the line
                self._on_change(Posture.EVACUATION)
            self._remember()

    def reset(self, line: FireInput | None) -> None:
        """End a fire because a person said so. Journal the person's act before calling.

        Raises:
            EnvironmentProblem: The panel asks for evacuation, still or again; the doors are free.
        """
        with self._lock:
            fires = self._fires
        self._refuse_while_asked(line)
        with self._lock:
            if self._fires != fires:
                raise EnvironmentProblem(AGAIN)
            self._fire = False
        for door in self._doors:
            door.reset()
        with self._lock:
            self._resets += 1
            burning = self._fire
        if burning or (line is not None and line.active):  # it began while the doors were reset
            self.fire()
            raise EnvironmentProblem(AGAIN)
        try:
            self._on_change(self.posture)
        finally:
            self._remember()

    def school_says(self, posture: Posture) -> None:
        """Follow an alarm of the school, or its end. It never ends a fire."""
        with self._lock:
            changed = posture is not self._school and not self._fire
            self._school = posture
        if changed:
            self._on_change(posture)

    def _free_doors(self) -> None:
        for door in self._doors:
            with contextlib.suppress(Exception):  # one door's fault must not keep another one shut
                door.free()

    def _refuse_while_asked(self, line: FireInput | None) -> None:
        if line is not None and line.active:
            raise EnvironmentProblem(
                "the fire panel still asks for evacuation: reset the panel first, then the gate"
            )

    def _remember(self) -> None:
        """Write what holds now, so that of two writers the last one is right."""
        if self._memory is None:
            return
        # A dead disk must not disturb an evacuation.
        with self._writing, contextlib.suppress(OSError):
            write_durably(self._memory, json.dumps({"fire": self.burning}).encode())


def _remembered(memory: Path | None) -> bool:
    """Read whether a fire was latched; a damaged memory counts as one."""
    if memory is None or not memory.exists():
        return False
    try:
        return bool(json.loads(memory.read_text(encoding="ascii")) != {"fire": False})
    except (OSError, ValueError):
        return True
