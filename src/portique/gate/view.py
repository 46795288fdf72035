"""From what the eyes report of a frame to showings, and to hints that help the holder aim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portique.gate.board import Advice, Aim
from portique.gate.showing import SeenCode, Showings, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.gate.board import Board
    from portique.gate.showing import Quad


class View:
    """The camera's side of a lane: frames in, showings out, hints to the holder's screen."""

    def __init__(self, showings: Showings, board: Board | None = None) -> None:
        self.showings = showings
        self._board = board

    def step(self, look: Any, at_ms: int, size: tuple[int, int]) -> Step:
        """Take in one frame's look; `size` is its (width, height) in pixels."""
        codes = [SeenCode(code.text, fractions(code.quad, size)) for code in look.codes]
        step = self.showings.step(codes, at_ms)
        if self._board is not None:
            self._hint(self._board, look, codes, step, size)
        return step

    def _hint(
        self,
        board: Board,
        look: Any,
        codes: Iterable[SeenCode],
        step: Step,
        size: tuple[int, int],
    ) -> None:
        for showing in step.closed:
            board.gone(showing)
        area = self.showings.aim
        aims = [Aim(c.quad, None if area.holds(c.quad) else Advice.CLOSER) for c in codes]
        aims += [Aim(fractions(s.quad, size), Advice(s.advice)) for s in look.suspects]
        # A poster or the neighbour's lane: nothing is said of it, and no colour waits for it.
        aims = [aim for aim in aims if aim.quad in area]
        advice = Advice.ONE_AT_A_TIME if step.crowded else None
        if step.overstayed:
            advice = advice or Advice.TAKE_AWAY
        board.aim(aims, advice=advice, aspect=size[0] / size[1])


def fractions(quad: Any, size: tuple[int, int]) -> Quad:
    """Turn four corners in pixels into fractions of the frame, kept within it."""
    width, height = size
    corners = [(_within(x / width), _within(y / height)) for x, y in quad]
    first, second, third, fourth = corners
    return (first, second, third, fourth)


def _within(share: float) -> float:
    return min(1.0, max(0.0, float(share)))
