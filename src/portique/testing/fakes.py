"""Fakes of the gate's ports: a clock set by hand, a door that records, readers and fire on demand.

They follow `portique.gate.ports` exactly and are shipped: a school's own tests can use them.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portique.gate.ports import ClockState, DoorState, Line, ReaderCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.core.decide import Outcome
    from portique.gate.ports import DoubtfulTime

MONDAY_0800_MS = 1_795_420_800_000  # 2026-11-23T08:00:00Z


class FakeClock:
    """A clock that stands still until told: `advance`, `doubt`, `uncertain`."""

    def __init__(self, now_ms: int = MONDAY_0800_MS, *, monotonic_ms: int = 0) -> None:
        self._now_ms = now_ms
        self._monotonic_ms = monotonic_ms
        self._state = ClockState(doubt=None, uncertainty_ms=0, claim_ms=0)

    @property
    def state(self) -> ClockState:
        """Return the state set last; trusted and certain at first."""
        return self._state

    def now_ms(self) -> int:
        """Return the time set last."""
        return self._now_ms

    def monotonic_ms(self) -> int:
        """Return the sum of all advances."""
        return self._monotonic_ms

    def advance(self, ms: int) -> None:
        """Let ``ms`` milliseconds pass, at least 0."""
        if ms < 0:
            raise ValueError(f"time passes forward only; got {ms} ms")
        self._now_ms += ms
        self._monotonic_ms += ms

    def doubt(self, why: DoubtfulTime | None) -> None:
        """Make the time untrusted for ``why``, or trusted again with None."""
        self._state = replace(self._state, doubt=why)

    def heed(self, signed_ms: int, *, within_ms: int) -> bool:
        """Go by a signed time when it is more than 5 s away, as the gate's clock does."""
        if signed_ms - 5_000 <= self._now_ms <= signed_ms + within_ms + 5_000:
            return False
        self._now_ms = signed_ms
        self._state = replace(self._state, doubt=None)
        return True

    def uncertain(self, ms: int) -> None:
        """Set how far off the time may be."""
        self._state = replace(self._state, uncertainty_ms=ms, claim_ms=min(ms, 30_000))


@dataclass
class FakeDoor:
    """A door that writes down every order it gets, as ``("release", 5.0)`` in `orders`."""

    orders: list[tuple[str, object]] = field(default_factory=list)
    beats: int = 0
    state: DoorState = DoorState.RESTING

    def release(self, *, for_s: float) -> None:
        """Record a release."""
        self.orders.append(("release", for_s))
        if self.state is DoorState.RESTING:
            self.state = DoorState.RELEASED

    def free(self) -> None:
        """Record that the door was freed."""
        self.orders.append(("free", None))
        self.state = DoorState.FREE

    def reset(self) -> None:
        """Record a person's reset."""
        self.orders.append(("reset", None))
        self.state = DoorState.RESTING

    def lamp(self, outcome: Outcome) -> None:
        """Record what the lamp showed."""
        self.orders.append(("lamp", outcome))

    def beat(self) -> None:
        """Count a sign of life."""
        self.beats += 1

    def close(self) -> None:
        """Record the close, once."""
        if self.state is not DoorState.CLOSED:
            self.orders.append(("close", None))
        self.state = DoorState.CLOSED

    @property
    def releases(self) -> int:
        """Count the releases so far."""
        return sum(1 for name, _ in self.orders if name == "release")


class FakeReader:
    """A reader that yields what a test puts in, from any thread."""

    def __init__(self, clock: FakeClock, *, source: str = "fake") -> None:
        self._clock = clock
        self._source = source
        self._lines: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self.counts = ReaderCounts()
        self.away = False

    def scan(self, text: str) -> None:
        """Present ``text`` to the reader at the clock's present time."""
        self._lines.put(Line(text, self._clock.now_ms(), self._source))

    def lines(self) -> Iterator[Line]:
        """Yield each scanned line, until closed."""
        while (line := self._lines.get()) is not None:
            yield line

    def close(self) -> None:
        """End `lines`."""
        self._lines.put(None)


class FakeFire:
    """A fire line pulled by a test: `start`, `stop`."""

    def __init__(self) -> None:
        self._active = threading.Event()
        self._watchers: list[Callable[[], None]] = []

    @property
    def active(self) -> bool:
        """Say whether the line is pulled."""
        return self._active.is_set()

    def watch(self, on_fire: Callable[[], None]) -> None:
        """Remember whom to tell."""
        self._watchers.append(on_fire)

    def start(self) -> None:
        """Pull the line: everybody who watches is told, in this thread."""
        self._active.set()
        for on_fire in self._watchers:
            on_fire()

    def stop(self) -> None:
        """Let the line go. What was freed stays free."""
        self._active.clear()

    def close(self) -> None:
        """Forget everybody."""
        self._watchers.clear()
