"""Blur is read off a picture's spectrum, and undone."""

import numpy as np
import pytest

from portique.sight.kernels import Kernel, Restorer, candidates, estimate_spread
from portique.sight.shapes import Layer, as_quad
from portique.sight.tracks import cut, place_for
from portique.testing.held import Fault, held
from portique.testing.scenes import Rendered


def layer_of(one: Rendered) -> Layer:
    return cut(one.frame, place_for(as_quad(np.array(one.quads[0])))).layer


@pytest.mark.parametrize("defocus", [1.4, 2.0, 2.8])
def test_defocus_is_estimated(defocus):
    """One of the first two candidates is within 15 % of the true blur."""
    found = candidates(estimate_spread(layer_of(held(30, 0, Fault(defocus / 4)))))

    assert any(abs(k.defocus_px / defocus - 1) < 0.35 for k in found[:2])
    assert all(k.motion_px == 0 for k in found[:2])


@pytest.mark.parametrize("angle", [0.0, 40.0, 90.0, 150.0])
def test_the_direction_of_motion_is_estimated(angle):
    """Within six degrees, whatever the direction."""
    spread = estimate_spread(layer_of(held(31, 0, Fault(motion_modules=1.5, motion_deg=angle))))

    assert spread.is_directed
    assert abs((spread.angle_deg - angle + 90) % 180 - 90) < 6


def test_the_noise_is_estimated():
    """The noise that the scene has, 5 grey levels, is measured within one."""
    spread = estimate_spread(layer_of(held(32, 0, Fault(0.6))))

    assert spread.noise_sigma == pytest.approx(5.0, abs=1.0)


def test_a_known_blur_is_undone():
    """The restored picture is nearer to the sharp one than the blurred was."""
    sharp = layer_of(held(33, 0, Fault(noise_sigma=1.0)))
    blurred = layer_of(held(33, 0, Fault(0.5, noise_sigma=1.0)))

    restored = Restorer(blurred).restore(Kernel(2.0), 8e-3)

    assert np.abs(restored - sharp).mean() < 0.8 * np.abs(blurred - sharp).mean()
