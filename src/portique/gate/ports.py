"""What the gate asks of the world around it: clock, door, readers, fire line.

Order of effects (each line happens before the next one, and is never swapped):

1. A showing: decide, **journal (durable), then** ``door.release`` and ``door.lamp``. If the journal
   raises, the door gets no order: the lane shows "voyez l'agent" and the agent takes over.
   A lane in free mode, once that mode is in the journal, gives the same ``door.release`` of a few
   seconds again and again: a hold that ends by itself with the mode, at an alarm, or with the gate.
2. A fire: ``door.free`` **first**, from the thread that saw the line, with no lock, disk or network
   in between; only then is it latched, shown and journalled.
3. A person's reset after a fire: journal, then ``door.reset``.
4. Every turn of the lane's loop: ``door.beat``. Without a beat for ``BEAT_MAX_MS`` the door goes to
   its configured fail state by itself, so beat from the loop and never from a thread of its own.

No port has a way to lock. A door at rest secures *entering* by its own hardware; leaving is never
in software's hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.core.decide import Outcome

BEAT_MAX_MS = 750  # a lane's loop silent for longer counts as dead
TEXT_CHARACTERS_MAX = 1_200  # a longer line is no pass: core.passes has the same cap


class DoubtfulTime(StrEnum):
    """Why the time cannot be trusted. The values are stable: they are journalled."""

    BEFORE_BUILD = "before-build"  # earlier than the software itself: a dead battery, 1970
    ROLLED_BACK = "rolled-back"  # below the highest time this gate has seen
    JUMPED_FORWARD = "jumped-forward"  # far ahead of what the time since start allows


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is known about the time at one instant.

    ``uncertainty_ms`` is honest and unbounded: how far off the time may be, growing since the last
    synchronisation. ``claim_ms`` is what the phone proof may be widened by, capped at 30 s.
    ``off_by_ms`` is the machine's clock minus the time the gate goes by (0 when they agree).
    """

    doubt: DoubtfulTime | None
    uncertainty_ms: int
    claim_ms: int
    off_by_ms: int = 0

    @property
    def trusted(self) -> bool:
        """Say whether decisions may rely on the time."""
        return self.doubt is None


class Clock(Protocol):
    """The gate's only source of time."""

    @property
    def state(self) -> ClockState:
        """Judge the time now."""
        ...

    def now_ms(self) -> int:
        """Return UTC milliseconds since 1970, never lower than an earlier answer.

        The one exception is a correction signed by the server, after the machine's clock ran ahead.
        """
        ...

    def monotonic_ms(self) -> int:
        """Return milliseconds since the machine started, time asleep included."""
        ...


class DoorState(StrEnum):
    """What the gate believes about its door. Shown to the agent, never to the holder."""

    RESTING = "resting"  # secured from outside by its own hardware
    RELEASED = "released"  # open for one holder, closes by itself
    FREE = "free"  # open until a person resets (fire), or always (exit lane)
    UNREACHABLE = "unreachable"  # the last order did not arrive; the door is in its fail state
    CLOSED = "closed"  # this driver was closed; the door is in its fail state


class FailState(StrEnum):
    """Where a door goes when nobody commands it."""

    SECURED = "secured"
    FREE = "free"


class Door(Protocol):
    """What a grant releases. No method blocks: slow drivers work in a thread of their own."""

    @property
    def state(self) -> DoorState:
        """Say what is believed about the door now."""
        ...

    def release(self, *, for_s: float) -> None:
        """Let one holder in. Call only after the journal has the entry.

        The order carries its own end: a dead gate cannot hold a door open. It is dropped, not kept,
        when it cannot be delivered at once: a link that comes back opens nothing.
        """
        ...

    def free(self) -> None:
        """Release until a person resets: fire. Tried again until delivered."""
        ...

    def reset(self) -> None:
        """End `free` because a person said so. An exit lane stays free."""
        ...

    def lamp(self, outcome: Outcome) -> None:
        """Show the holder one of two signs: go, or see the agent (refer and refuse look alike)."""
        ...

    def beat(self) -> None:
        """Say that the lane's loop is alive. Call at every turn, at least four times a second."""
        ...

    def close(self) -> None:
        """Leave the door in its fail state and free the driver's means. May be repeated."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One text from a reader other than the camera: one line is one showing.

    ``text`` is as read, with only the terminator removed; at most `TEXT_CHARACTERS_MAX` characters.
    ``at_ms`` is the clock's UTC milliseconds when the line ended. ``source`` is the reader's name.
    """

    text: str
    at_ms: int
    source: str


@dataclass(frozen=True, slots=True)
class ReaderCounts:
    """What a reader let go, as counts: no text is ever kept or logged."""

    overlong: int = 0  # longer than TEXT_CHARACTERS_MAX
    flooded: int = 0  # beyond the rate a person can show passes at
    unreadable: int = 0  # bytes or keys that are no text
    typed: int = 0  # keys slower than a machine's: a hand on the reader's cable
    lost: int = 0  # times the device went away


class Reader(Protocol):
    """A scanner, a serial line or standard input."""

    @property
    def counts(self) -> ReaderCounts:
        """Return what was let go since the start."""
        ...

    @property
    def away(self) -> bool:
        """Say whether the device is not there, and waited for."""
        ...

    def lines(self) -> Iterator[Line]:
        """Yield lines as they come, for ever; wait for the device when it is away.

        Ends only after `close`, or at the end of a file or of standard input. Runs in a thread.
        """
        ...

    def close(self) -> None:
        """Make `lines` end within half a second. May be repeated, from any thread."""
        ...


class FireInput(Protocol):
    """The line from the fire panel. Portique follows it and is no part of the safety chain."""

    @property
    def active(self) -> bool:
        """Say whether the line asks for evacuation now. A cut contact loop is a fire."""
        ...

    def watch(self, on_fire: Callable[[], None]) -> None:
        """Call ``on_fire`` from the input's own thread at each start of a fire.

        A pulse of 400 ms is always seen. ``on_fire`` must release doors before anything else.
        """
        ...

    def close(self) -> None:
        """Stop watching. May be repeated."""
        ...
