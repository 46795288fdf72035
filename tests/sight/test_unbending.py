"""Laying bent codes flat."""

import cv2
import numpy as np
import pytest
import segno

from portique.sight.shapes import Grey
from portique.sight.unbending import MODULE_PX, QUIET_MODULES, Roll, laid_flat

TRUTH = np.array([list(row) for row in segno.make("https://lycee.example/", error="M").matrix])
SIDE = (len(TRUTH) + 2 * QUIET_MODULES) * MODULE_PX
LOW = float(QUIET_MODULES * MODULE_PX) - 0.5
HIGH = LOW + len(TRUTH) * MODULE_PX
QUAD = ((LOW, LOW), (HIGH, LOW), (HIGH, HIGH), (LOW, HIGH))


def drawn() -> Grey:
    dark = np.pad(TRUTH, QUIET_MODULES).astype(np.uint8)
    return (220 - 190 * dark).repeat(MODULE_PX, 0).repeat(MODULE_PX, 1).astype(np.uint8)


def share_right(flat: Grey) -> float:
    """Return the share of modules that have the right colour in their middle."""
    middles = np.s_[
        QUIET_MODULES * MODULE_PX + MODULE_PX // 2 : -QUIET_MODULES * MODULE_PX : MODULE_PX
    ]
    return float(((flat[middles, middles] < 125) == TRUTH).mean())


def waved(picture: Grey) -> Grey:
    """Push the modules between the finder patterns by more than a side, as cloth does."""
    columns, rows = np.meshgrid(
        np.arange(SIDE, dtype=np.float32), np.arange(SIDE, dtype=np.float32)
    )
    swing = 1.2 * MODULE_PX * np.sin(np.pi * (rows - LOW) / (HIGH - LOW)) ** 2
    mapped = cv2.remap(
        picture, columns + swing.astype(np.float32), rows, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(mapped, dtype=np.uint8)


def rolled(picture: Grey, half_angle: float) -> Grey:
    """Roll the code around an upright cylinder that keeps its left and right sides in place."""
    line = np.arange(SIDE, dtype=np.float64)
    seen = (line - (LOW + HIGH) / 2) / ((HIGH - LOW) / 2) * np.sin(half_angle)
    across = (LOW + HIGH) / 2 + np.arcsin(np.clip(seen, -1, 1)) / half_angle * (HIGH - LOW) / 2
    columns, rows = np.meshgrid(across.astype(np.float32), line.astype(np.float32))
    mapped = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(mapped, dtype=np.uint8)


def test_a_flat_code_stays_as_it_is():
    """Nothing is pushed where nothing is bent."""
    flat, _ = laid_flat(drawn(), QUAD, len(TRUTH))

    assert share_right(flat) == 1.0


def test_a_waved_code_is_laid_flat():
    """The push is followed from the finder patterns, over more than a module."""
    bent = waved(drawn())

    flat, _ = laid_flat(bent, QUAD, len(TRUTH))

    assert share_right(bent) < 0.8
    assert share_right(flat) > 0.97


def test_a_code_on_a_bottle_is_laid_flat_from_a_supposed_roll():
    """At 70 degrees to both sides the push can't be followed without a first guess."""
    bent = rolled(drawn(), 1.2)

    flat, _ = laid_flat(bent, QUAD, len(TRUTH), Roll(across=1.0))

    assert share_right(bent) < 0.8
    assert share_right(flat) > 0.97


@pytest.mark.parametrize("place", [(100.0, 60.0)], ids=str)
def test_the_map_leads_back_to_the_picture(place):
    """A corner of the flat picture's code is the code's corner in the picture."""
    x, y = place
    moved = tuple((a + x, b + y) for a, b in QUAD)
    wide = np.full((SIDE + 200, SIDE + 200), 220, np.uint8)
    wide[int(y) : int(y) + SIDE, int(x) : int(x) + SIDE] = drawn()

    flat, to_picture = laid_flat(wide, (moved[0], moved[1], moved[2], moved[3]), len(TRUTH))

    assert share_right(flat) == 1.0
    assert np.allclose((to_picture @ [LOW, LOW, 1.0])[:2], (LOW + x, LOW + y))
