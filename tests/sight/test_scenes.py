"""Rendered scenes: deterministic, and true to what they claim."""

from dataclasses import replace

import numpy as np
import pytest

from portique.testing.backgrounds import Background
from portique.testing.scenes import (
    Card,
    Glare,
    Placed,
    Scene,
    Surface,
    motion_kernel,
    render,
    smallest_module_px,
    symbol_modules,
)

CARD = Card("PQ1:HELLO", version=7)
PLACED = Placed(CARD, (320.0, 240.0), 4.0, rotation_deg=20, tilt_deg=25)
SCENE = Scene((PLACED,), 640, 480, noise_sigma=4, seed=3)


def test_the_same_scene_gives_the_same_bytes():
    """A scene and its seed say everything."""
    assert np.array_equal(render(SCENE).frame, render(SCENE).frame)


def test_another_seed_gives_another_noise():
    """The seed is used."""
    assert not np.array_equal(render(SCENE).frame, render(replace(SCENE, seed=4)).frame)


@pytest.mark.parametrize("surface", Surface, ids=str)
def test_each_surface_shows_its_code_in_colour_and_grey(surface):
    """A frame is uint8, grey or BGR, and the code contrasts with its quiet zone."""
    scene = replace(SCENE, placed=(replace(PLACED, card=replace(CARD, surface=surface)),))

    grey, colour = render(scene).frame, render(scene, colour=True).frame

    assert grey.shape == (480, 640)
    assert colour.shape == (480, 640, 3)
    assert grey.dtype == colour.dtype == np.uint8
    assert grey[200:280, 280:360].std() > 30


def test_the_true_quad_is_clockwise_from_the_code_s_own_top_left():
    """Turned by 90 degrees, the code's top left is at the frame's upper right."""
    turned = replace(PLACED, rotation_deg=90.0, tilt_deg=0.0)

    quad = render(replace(SCENE, placed=(turned,))).quads[0]

    assert quad[0][0] > 320
    assert quad[0][1] < 240
    assert quad[1][0] > 320
    assert quad[1][1] > 240


def test_tilt_makes_the_smallest_module_smaller():
    """Facing the camera, every module has the asked size; tilted by 45°, under three quarters."""
    facing = replace(PLACED, tilt_deg=0.0)
    tilted = replace(PLACED, tilt_deg=45.0)

    assert smallest_module_px(facing, (640, 480)) == pytest.approx(4.0, rel=0.01)
    assert smallest_module_px(tilted, (640, 480)) < 3.0


def test_glare_truly_saturates_the_dark_modules():
    """Under the spot nothing of the ink is left, even in blur."""
    glare = Glare(0.5, 0.5, 4)
    lit = replace(PLACED, glare=glare, defocus_px=1.0, rotation_deg=0.0, tilt_deg=0.0)

    frame = render(replace(SCENE, placed=(lit,), noise_sigma=0)).frame

    assert frame[232:248, 312:328].min() == 255


def test_gain_dims_the_frame():
    """A tenth of the light gives a tenth of the level."""
    full = render(replace(SCENE, noise_sigma=0)).frame.mean()
    dim = render(replace(SCENE, noise_sigma=0, gain=0.1)).frame.mean()

    assert dim == pytest.approx(full / 10, rel=0.1)


def test_a_motion_kernel_keeps_the_light():
    """Its weights add up to one, along the asked direction."""
    kernel = motion_kernel(6.0, 0.0)

    assert kernel.sum() == pytest.approx(1.0, abs=1e-5)
    assert kernel[kernel.shape[0] // 2].sum() > 0.95


def test_a_card_beyond_the_frame_leaves_the_background_alone():
    """What is out of sight is not painted."""
    away = replace(PLACED, centre_px=(-900.0, -900.0))
    empty = Scene((), 640, 480, Background.CORRIDOR)

    assert np.array_equal(render(replace(empty, placed=(away,))).frame, render(empty).frame)


def test_a_version_sets_the_number_of_modules():
    """Version 10 has 57 modules a side."""
    assert symbol_modules(Card("PQ1:A", version=10)) == 57
