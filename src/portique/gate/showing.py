"""From codes seen in frames to showings: one person presenting one medium, decided once.

    appears (in the aim area, large enough, alone) ─▶ opened ─▶ latched while in view
        another undecided id in view ─▶ both held: one at a time
        out of view for 2 s of camera time ─▶ closed; seen again, it is a new showing

All time is the frames' own, so that a replay on a loaded machine opens the
same showings as the live lane. Nothing here verifies anything: a code is told
from another by the sealed pass it carries, which a forgery that borrows
somebody's id does not share, so nobody's pass can be hidden by another code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from portique.core.passes import recognised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portique.core.values import PassId

GONE_MS = 2_000
TAKE_AWAY_MS = 30_000
MARKS_REMEMBERED_MAX = 256  # texts taken apart; a lane sees a few at a time

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class AimArea:
    """Where codes count: fractions of the frame, and the smallest code as a share of its width."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    code_width_min: float = 0.08

    def holds(self, quad: Quad) -> bool:
        """Say whether a code's centre is inside and the code is large enough.

        `quad` is four (x, y) corners as fractions of the frame's width and height.
        """
        return quad in self and _width(quad) >= self.code_width_min

    def __contains__(self, quad: Quad) -> bool:
        """Say whether a code's centre is inside, whatever its size."""
        x = sum(corner[0] for corner in quad) / 4
        y = sum(corner[1] for corner in quad) / 4
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def _width(quad: Quad) -> float:
    """Return the larger of the code's horizontal extents along its two sides, as a fraction."""
    xs = [corner[0] for corner in quad]
    return max(xs) - min(xs)


@dataclass(frozen=True, slots=True)
class SeenCode:
    """One code in one frame, corners as fractions of the frame."""

    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class Opened:
    """A showing to decide now. `pass_id` is claimed by the code and unverified.

    `typed`: a reader other than the camera wrote the text, which may be a badge's number.
    """

    showing: int
    text: str
    pass_id: PassId | None
    at_ms: int
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame changed."""

    opened: tuple[Opened, ...] = ()
    closed: tuple[int, ...] = ()
    crowded: bool = False  # two undecided codes at once
    overstayed: bool = False  # a decided code still in view after 30 s


@dataclass(frozen=True, slots=True)
class _Mark:
    """By what a text is known again; the id is claimed and unverified."""

    pass_id: PassId | None
    key: bytes  # the sealed pass, or the text itself when it is no pass


@dataclass(frozen=True, slots=True)
class _Held:
    """A code in view. `showing` is None until it is alone and can be decided."""

    text: str
    pass_id: PassId | None
    first_ms: int
    last_ms: int
    showing: int | None = None


class Showings:
    """The showings of one lane's camera, fed frame by frame."""

    def __init__(self, aim: AimArea | None = None, *, first_number: int = 1) -> None:
        self.aim = aim or AimArea()
        self._numbers = count(first_number)  # also taken from by the screens' threads
        self._held: dict[bytes, _Held] = {}
        self._marks: dict[str, _Mark] = {}

    def step(self, codes: Sequence[SeenCode], at_ms: int) -> Step:
        """Take in one frame: the codes read in it, and its camera time in ms."""
        closed = self._close(at_ms)
        in_view = self._see([code for code in codes if self.aim.holds(code.quad)], at_ms)
        undecided = [key for key in in_view if self._held[key].showing is None]
        opened = (self._open(undecided[0], at_ms),) if len(undecided) == 1 else ()
        overstayed = any(
            self._held[key].showing is not None and at_ms - self._held[key].first_ms >= TAKE_AWAY_MS
            for key in in_view
        )
        return Step(opened, closed, crowded=len(undecided) > 1, overstayed=overstayed)

    def line(self, text: str, at_ms: int) -> Opened:
        """Open a showing for one line of a reader other than the camera."""
        return Opened(self.take_number(), text, self._mark(text).pass_id, at_ms, typed=True)

    def take_number(self) -> int:
        """Return the next showing's number, for whatever is shown without a code."""
        return next(self._numbers)

    def _see(self, codes: list[SeenCode], at_ms: int) -> list[bytes]:
        """Extend what is known, remember what is new, and return the keys in view, once each."""
        keys: dict[bytes, None] = {}
        for code in codes:
            mark = self._mark(code.text)
            keys[mark.key] = None
            known = self._held.get(mark.key) or _Held(code.text, mark.pass_id, at_ms, at_ms)
            self._held[mark.key] = replace(known, text=code.text, last_ms=at_ms)
        return list(keys)

    def _open(self, key: bytes, at_ms: int) -> Opened:
        held = self._held[key]
        number = self.take_number()
        self._held[key] = replace(held, showing=number, first_ms=at_ms)
        return Opened(number, held.text, held.pass_id, at_ms)

    def _close(self, at_ms: int) -> tuple[int, ...]:
        gone = [key for key, held in self._held.items() if at_ms - held.last_ms >= GONE_MS]
        closed = [self._held.pop(key).showing for key in gone]
        return tuple(number for number in closed if number is not None)

    def _mark(self, text: str) -> _Mark:
        if text not in self._marks:
            if len(self._marks) >= MARKS_REMEMBERED_MAX:
                self._marks.pop(next(iter(self._marks)))
            found = recognised(text)
            self._marks[text] = (
                _Mark(*found) if found else _Mark(None, text.encode("utf-8", "surrogatepass"))
            )
        return self._marks[text]
