"""The order in which a suspected code is tried, when one frame's work can't hold all the ways."""

import numpy as np

from portique.sight.shapes import Box
from portique.sight.sharpen import Attempt, Family, affordable
from portique.sight.tracks import Track, View
from portique.sight.work import Work

VIEW = View(np.zeros((8, 8), np.float32), np.eye(3), 1)


def attempts_of(*units: int) -> list[Attempt]:
    return [Attempt(n, Family.PLAIN, u, VIEW, list) for n, u in enumerate(units)]


def tried_in(frames: int, attempts: list[Attempt], *, limit: int) -> list[list[int]]:
    track = Track(Box(0, 0, 8, 8), 0)
    return [[a.number for a in affordable(track, attempts, Work(limit))] for _ in range(frames)]


def test_the_ways_are_tried_in_turn_and_the_likeliest_on_every_frame():
    """Two frames hold what one can't, then the round starts anew."""
    attempts = attempts_of(1, 1, 2, 2, 2, 2)

    assert tried_in(4, attempts, limit=6) == 2 * [[0, 2, 1, 3], [0, 4, 1, 5]]


def test_a_way_too_dear_for_the_rest_of_a_frame_comes_first_in_the_next():
    """It is put off, not passed over."""
    assert tried_in(2, attempts_of(1, 1, 1, 4), limit=6) == [[0, 2, 1], [0, 3, 1]]


def test_a_way_that_never_fits_does_not_stop_the_others():
    """The others go on in every round."""
    seen = tried_in(4, attempts_of(1, 1, 9, 2, 2), limit=6)

    assert seen == [[0, 1, 3, 4]] * 4


def test_what_worked_last_is_tried_first():
    """A code that is still there is read again at once."""
    track = Track(Box(0, 0, 8, 8), 0, best_attempt=3)

    order = [a.number for a in affordable(track, attempts_of(1, 1, 1, 1), Work(9))]

    assert order == [3, 2, 0, 1]
