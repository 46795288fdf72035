"""A whole lane over recorded pictures: every frame looked at, time taken from the frames.

One process, no frame dropped, so that the same pictures always give the same
decisions, however loaded the machine is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portique.gate.board import Board
from portique.gate.doors.simulated import NoDoor
from portique.gate.lane import Lane, Ports
from portique.gate.metrics import Metrics
from portique.gate.ports import ClockState, DoubtfulTime
from portique.gate.recall import RESTORED_MS, first_showing
from portique.gate.showing import Showings
from portique.gate.view import View

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator

    from portique.gate.capture import Frame
    from portique.gate.journal import Journal
    from portique.gate.judge import Bench, Judged


class FrameClock:
    """The frames' own time. Below the journal's highest time it is not trusted, as in a live gate.

    `monotonic_ms` is the same time: nothing in a replay waits.
    """

    def __init__(self, high_water_ms: int) -> None:
        self._high_water_ms = high_water_ms
        self.at_ms = 0

    @property
    def state(self) -> ClockState:
        """Judge the time of the newest frame."""
        back_ms = self._high_water_ms - self.at_ms
        doubt = DoubtfulTime.ROLLED_BACK if back_ms > 0 else None
        return ClockState(doubt, max(0, back_ms), 0, 0)

    def now_ms(self) -> int:
        """Return the newest frame's time, never below the journal's highest."""
        return max(self.at_ms, self._high_water_ms)

    def monotonic_ms(self) -> int:
        """Return the newest frame's time."""
        return self.at_ms


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of a replay. `frame` counts from 0; `t_s` from the first frame."""

    t_s: float
    frame: int
    judged: Judged


@dataclass(slots=True)
class Tally:
    """What a replay came to. `crowded` frames showed two undecided codes, which were held."""

    frames: int = 0
    seconds: float = 0.0
    decisions: int = 0
    crowded: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def add(self, decided: Decided) -> None:
        """Count one decision."""
        self.decisions += 1
        outcome = decided.judged.decision.outcome.name.lower()
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


class Replay:
    """A lane fed from frames. `reader` is a fresh `CodeReader`; `journal` is this replay's own."""

    def __init__(self, bench: Bench, journal: Journal, reader: Any) -> None:
        self._reader = reader
        self._clock = FrameClock(journal.highest_ms)
        self.tally = Tally()
        board = Board(bench.lane)
        recent = journal.recent(max(0, journal.highest_ms - RESTORED_MS))
        showings = Showings(first_number=first_showing(journal.head, recent))
        self._view = View(showings)
        ports = Ports(journal, NoDoor(), self._clock, board, Metrics(), open_for_s=0.5)
        self._lane = Lane(bench, ports, take_number=showings.take_number)
        self._lane.restore(recent, journal.highest_ms)

    def run(self, frames: Iterable[Frame], *, closing: threading.Event) -> Iterator[Decided]:
        """Yield each decision as it falls."""
        first_ms: int | None = None
        for frame in frames:
            if closing.is_set():
                return
            first_ms = frame.at_ms if first_ms is None else first_ms
            yield from self._frame(frame, first_ms)

    def _frame(self, frame: Frame, first_ms: int) -> Iterator[Decided]:
        self._clock.at_ms = frame.at_ms
        seconds = (frame.at_ms - first_ms) / 1000
        self.tally.frames += 1
        self.tally.seconds = seconds
        look = self._reader.read(frame.grey, at_ms=frame.at_ms)
        height, width = frame.grey.shape
        step = self._view.step(look, frame.at_ms, (width, height))
        self.tally.crowded += step.crowded
        for opened in step.opened:
            judged = self._lane.serve(opened)
            if judged is not None:
                decided = Decided(seconds, frame.number, judged)
                self.tally.add(decided)
                yield decided
