"""What may be said to a door: five orders, and no way to lock.

An `Actuator` carries one order over one medium and may block; `WorkerDoor` keeps that off the lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Command(StrEnum):
    """The orders. The values travel to controllers: they are stable."""

    RELEASE = "release"  # for `for_s` seconds, then the door rests by itself
    FREE = "free"  # until reset: fire
    RESET = "reset"  # a person ended the fire: back to rest
    LAMP = "lamp"  # show `sign` for `for_s` seconds
    ALIVE = "alive"  # the gate lives; a controller that misses three goes to its fail state


class Sign(StrEnum):
    """What the holder's lamp can show: refer and refuse look alike."""

    GO = "go"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Order:
    """One order. ``for_s`` ends a release or a lamp; ``sign`` is for lamps only.

    ``again``: it was delivered before, and is said once more to a controller that forgot.
    """

    command: Command
    for_s: float = 0.0
    sign: Sign | None = None
    again: bool = False

    def message(self) -> dict[str, str | float]:
        """Return what a controller is told, ready for JSON: no person, no pass."""
        told: dict[str, str | float] = {"order": self.command.value}
        if self.for_s:
            told["for_s"] = self.for_s
        if self.sign is not None:
            told["sign"] = self.sign.value
        return told


class Actuator(Protocol):
    """One medium that carries orders to a door. Called from two threads at once."""

    @property
    def alive_every_ms(self) -> int:
        """Say how often the controller wants a sign of life."""
        ...

    def send(self, order: Order) -> None:
        """Carry out one order, within two seconds.

        Raises:
            LinkError: It did not arrive; it will never be carried out later.
        """
        ...

    def close(self) -> None:
        """Leave the door in its fail state."""
        ...
