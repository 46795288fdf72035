"""Doors without a wire: one that only remembers, for demos and tests, and no door at all.

Link lost: there is no link. Process dead: the door exists no more. Fire: free until reset.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from portique.core.values import Direction
from portique.gate.doors.lamp import sign_of
from portique.gate.ports import DoorState

if TYPE_CHECKING:
    from portique.core.decide import Outcome
    from portique.gate.doors.orders import Sign
    from portique.gate.ports import Clock


class SimulatedDoor:
    """A door that exists only in memory. Thread-safe."""

    def __init__(self, clock: Clock, role: Direction) -> None:
        self._clock = clock
        self._role = role
        self._lock = threading.Lock()
        self._free = False
        self._closed = False
        self._released_until_ms = 0
        self.sign: Sign | None = None

    @property
    def state(self) -> DoorState:
        """Say how the door stands."""
        with self._lock:
            if self._closed:
                return DoorState.CLOSED
            if self._free or self._role is Direction.EXIT:
                return DoorState.FREE
            released = self._clock.monotonic_ms() < self._released_until_ms
            return DoorState.RELEASED if released else DoorState.RESTING

    def release(self, *, for_s: float) -> None:
        """Stand open for ``for_s`` seconds."""
        with self._lock:
            self._released_until_ms = self._clock.monotonic_ms() + round(for_s * 1_000)

    def free(self) -> None:
        """Stand open until reset."""
        with self._lock:
            self._free = True

    def reset(self) -> None:
        """Stand as before the fire."""
        with self._lock:
            self._free = False

    def lamp(self, outcome: Outcome) -> None:
        """Remember the sign."""
        self.sign = sign_of(outcome)

    def beat(self) -> None:
        """Do nothing: nobody waits for a sign of life."""

    def close(self) -> None:
        """Be gone."""
        with self._lock:
            self._closed = True


class NoDoor:
    """A lane without a door: people pass by, the agent watches."""

    state = DoorState.FREE

    def release(self, *, for_s: float) -> None:
        """Do nothing."""

    def free(self) -> None:
        """Do nothing: nothing is closed."""

    def reset(self) -> None:
        """Do nothing."""

    def lamp(self, outcome: Outcome) -> None:
        """Do nothing: the screen shows it."""

    def beat(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
