"""Adding frames up: aligned to a fraction of a module, and never across two contents."""

import numpy as np

from portique.sight.registration import register
from portique.sight.shapes import Box, Layer, as_quad, moved
from portique.sight.tracks import Track, cut, place_for
from portique.testing.held import Fault, held, pass_like_text
from portique.testing.scenes import Rendered


def layers(first: Rendered, second: Rendered) -> tuple[Layer, Layer, Box]:
    place = place_for(as_quad(np.array(first.quads[0])))
    return cut(first.frame, place).layer, cut(second.frame, place).layer, place


def test_two_views_of_a_blurred_code_are_laid_over_each_other():
    """A hand's tremble is measured to a third of a module, at a blur of 0.6 module."""
    first, second = held(20, 0, Fault(0.6)), held(20, 1, Fault(0.6))
    a, b, place = layers(first, second)

    matrix = register(a, b)

    assert matrix is not None
    corner = np.array([place.left, place.top])
    seen = moved(as_quad(np.array(first.quads[0]) - corner), matrix)
    assert np.abs(np.array(seen) - (np.array(second.quads[0]) - corner)).max() < 1.4


def test_two_redraws_of_a_phone_are_not_the_same_code():
    """Same place, same frame, other modules: no alignment."""
    first = held(21, 0, Fault(0.6), text=pass_like_text(1))
    second = held(21, 0, Fault(0.6), text=pass_like_text(2))
    a, b, _ = layers(first, second)

    assert register(a, b) is None


def test_a_redraw_starts_a_new_sum():
    """Frames of two contents are never averaged, even on one track."""
    old, new = pass_like_text(3), pass_like_text(4)
    frames = [held(22, n, Fault(0.6), text=old if n < 3 else new) for n in range(6)]
    track = Track(place_for(as_quad(np.array(frames[0].quads[0]))), 0)

    sums = []
    for one in frames:
        track.look(one.frame)
        assert track.sum is not None
        sums.append(track.sum.frames)

    assert sums == [1, 2, 3, 1, 2, 3]


def test_averaging_lowers_the_noise():
    """Four frames halve the noise that limits how much blur can be undone."""
    frames = [held(23, n, Fault(0.6)) for n in range(4)]
    track = Track(place_for(as_quad(np.array(frames[0].quads[0]))), 0)

    for one in frames:
        view = track.look(one.frame)

    def grain(layer: Layer) -> float:
        return float(np.median(np.abs(np.diff(np.diff(layer, axis=0), axis=1))))

    assert track.sum is not None
    assert grain(track.sum.layer) < 0.75 * grain(view.layer)
