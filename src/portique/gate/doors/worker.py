"""A door whose medium may be slow or away, commanded without ever blocking the lane.

Two threads share the medium, so that a release stuck in a dead network never delays a fire:

* *pulses* carries releases, lamps and signs of life, each tried once and only while fresh. An order
  that waited `LATE_MS` is dropped: nobody stands there any more, and a link that comes back must
  open nothing (EN 60839-11-1).
* *level* carries `free` and, after it, `reset`, tried again until they arrive. While a fire lasts
  `free` is said again every 2 s, to a controller that was started anew and knows nothing. Nothing
  is sent at the start or when a link returns, unless a fire or a person asked for it meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.errors import LinkError
from portique.core.values import Direction
from portique.gate.doors.lamp import lamp_order
from portique.gate.doors.orders import Command, Order
from portique.gate.doors.urgent import hurry
from portique.gate.logs import log
from portique.gate.ports import BEAT_MAX_MS, DoorState

if TYPE_CHECKING:
    from portique.core.decide import Outcome
    from portique.gate.doors.orders import Actuator
    from portique.gate.ports import Clock

LATE_MS = 1_000
PULSES_MAX = 8  # orders waiting; beyond, the oldest is dropped
RETRY_S = 0.25
AGAIN_S = 2.0  # as long as a controller that was switched off and on may stand shut in a fire
OPEN_S_MAX = 30.0


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """How one door behaves, whatever carries its orders."""

    role: Direction
    lamp_s: float = 3.0
    again_s: float = AGAIN_S


class WorkerDoor:
    """`portique.gate.ports.Door` over any `Actuator`.

    On an exit lane the line is never commanded shut, because it is never commanded at all: a
    release and a reset send nothing, `free` is passed on for a controller that wants to know.
    """

    def __init__(self, actuator: Actuator, clock: Clock, settings: DoorSettings) -> None:
        self._actuator = actuator
        self._clock = clock
        self._settings = settings
        self._changed = threading.Condition()
        self._pulses: deque[tuple[int, Order]] = deque(maxlen=PULSES_MAX)
        self._level: Command | None = None  # FREE or RESET, asked for and not yet delivered
        self._free = False
        self._released_until_ms = 0
        self._beaten_ms: int | None = None
        self._reachable = True
        self._closed = False
        self._threads = [
            threading.Thread(target=self._carry_pulses, name="door-pulses", daemon=True),
            threading.Thread(target=self._carry_level, name="door-level", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def state(self) -> DoorState:
        """Say what is believed about the door now."""
        with self._changed:
            if self._closed:
                return DoorState.CLOSED
            if not self._reachable:
                return DoorState.UNREACHABLE
            if self._free or self._settings.role is Direction.EXIT:
                return DoorState.FREE
            released = self._clock.monotonic_ms() < self._released_until_ms
            return DoorState.RELEASED if released else DoorState.RESTING

    def release(self, *, for_s: float) -> None:
        """Queue a release of 0 to 30 seconds; dropped if it cannot be delivered at once."""
        if not 0 < for_s <= OPEN_S_MAX:
            raise ValueError(f"a door is released for 0 to {OPEN_S_MAX} s, not {for_s}")
        if self._settings.role is Direction.ENTRY and not self._free:  # a free door stays free
            self._queue(Order(Command.RELEASE, for_s))

    def free(self) -> None:
        """Release until a person resets, ahead of everything that waits."""
        with self._changed:
            self._free = True
            self._level = Command.FREE
            self._pulses.clear()
            self._changed.notify_all()

    def reset(self) -> None:
        """End `free`. On an exit lane nothing is sent: it is free anyway."""
        with self._changed:
            if not self._free:
                return
            self._free = False
            self._level = Command.RESET if self._settings.role is Direction.ENTRY else None
            self._changed.notify_all()

    def lamp(self, outcome: Outcome) -> None:
        """Queue a lamp."""
        self._queue(lamp_order(outcome, self._settings.lamp_s))

    def beat(self) -> None:
        """Note that the lane's loop turns; signs of life stop `BEAT_MAX_MS` after the last beat."""
        with self._changed:
            self._beaten_ms = self._clock.monotonic_ms()

    def close(self) -> None:
        """Drop what waits, end both threads, leave the door in its fail state."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._pulses.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._actuator.close()

    def _queue(self, order: Order) -> None:
        with self._changed:
            if not self._closed:
                self._pulses.append((self._clock.monotonic_ms(), order))
                self._changed.notify_all()

    def _carry_pulses(self) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._pulses or self._closed, self._actuator.alive_every_ms / 1_000
                )
                order = self._next_pulse()
            if order is not None:
                self._deliver(order)

    def _next_pulse(self) -> Order | None:
        """Take the next fresh order, else a sign of life if the loop lives."""
        now = self._clock.monotonic_ms()
        while self._pulses:
            queued_ms, order = self._pulses.popleft()
            if now - queued_ms <= LATE_MS:
                return order
        alive = self._beaten_ms is not None and now - self._beaten_ms <= BEAT_MAX_MS
        return Order(Command.ALIVE) if alive and not self._closed else None

    def _carry_level(self) -> None:
        hurry()
        while True:
            with self._changed:
                again_s = self._settings.again_s if self._free else None
                self._changed.wait_for(lambda: self._level or self._closed, again_s)
                if self._closed:
                    return
                order = self._next_level()
            delivered = order is None or self._deliver(order)
            with self._changed:
                if delivered and order is not None and self._level is order.command:
                    self._level = None
                elif not delivered:
                    self._changed.wait_for(lambda: self._closed, RETRY_S)

    def _next_level(self) -> Order | None:
        """Take what was asked for, else what a controller may have forgotten."""
        if self._level is not None:
            return Order(self._level)
        return Order(Command.FREE, again=True) if self._free else None

    def _deliver(self, order: Order) -> bool:
        try:
            self._actuator.send(order)
        except LinkError:
            delivered = False
        except Exception as error:  # noqa: BLE001 - a bug in a driver must not end what frees a door
            log().error("door-order-fails", organ="door", error=error)
            delivered = False
        else:
            delivered = True
        with self._changed:
            self._reachable = delivered
            if delivered and order.command is Command.RELEASE:
                self._released_until_ms = self._clock.monotonic_ms() + round(order.for_s * 1_000)
        return delivered
