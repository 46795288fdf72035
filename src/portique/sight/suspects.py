"""Find where a code may be although none was read: square places full of edges in all directions.

Blur wipes out the finder patterns' rings long before it wipes out the texture of a code, so the
texture is what is looked for, on a picture four times smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from portique.sight.shapes import (
    Box,
    Grey,
    Layer,
    Quad,
    as_quad,
    box_around,
    centre_of,
    mean_side,
    sides,
)

REDUCTIONS = (4, 10)  # the second for codes so near that their modules are larger than the window
WINDOW = 7  # in reduced pixels
EDGE_MIN = 3.0  # grey levels between reduced neighbours: twice what the noise of a dim frame makes
DENSITY_MIN = 0.62  # share of a window that is edge: a lone outline fills a third of it
COHERENCE_MAX = 0.75  # stripes have one direction, codes two
SIDE_MIN_PX = 72  # a pass has at least 45 modules: below this nothing can be read
ASPECT_MIN = 0.4  # a code tilted by more than 60 degrees is not for us
FILL_MIN = 0.6
SUSPECTS_MAX = 4
SATURATED = 250


class Advice(StrEnum):
    """What the holder can do about a code that resists."""

    CLOSER = "closer"
    FLATTER = "flatter"
    HOLD_STILL = "hold-still"
    LESS_GLARE = "less-glare"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place where a code is suspected, and the advice to give."""

    quad: Quad
    advice: Advice


def find_suspects(grey: Grey, known: tuple[Quad, ...]) -> list[Suspect]:
    """Return the most code-like places of a frame that hold none of the known quads.

    Args:
        grey: The frame, `(height, width)`.
        known: Codes already read: their places are not suspect any more.

    Returns:
        At most `SUSPECTS_MAX`, the largest and most contrasted first.
    """
    quads: list[Quad] = []
    for reduction in REDUCTIONS:
        quads += _at_reduction(grey, known, reduction)
    kept: list[Quad] = []
    for quad in sorted(quads, key=lambda q: _strength(grey, q), reverse=True):
        if not any(box_around(k, margin_px=0).holds(centre_of(quad)) for k in kept):
            kept.append(quad)
    return [Suspect(quad, _advice(grey, quad)) for quad in kept[:SUSPECTS_MAX]]


def _strength(grey: Grey, quad: Quad) -> float:
    """Return how much a place looks like a near code: its contrast times its side."""
    box = box_around(quad, margin_px=0).within(grey.shape)
    inside = grey[box.top : box.bottom : 4, box.left : box.right : 4]
    return float(inside.std()) * mean_side(quad) if inside.size else 0.0


def _at_reduction(grey: Grey, known: tuple[Quad, ...], reduction: int) -> list[Quad]:
    size = (grey.shape[1] // reduction, grey.shape[0] // reduction)
    if min(size) < 2 * WINDOW:
        return []
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    across = np.asarray(cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=0.25), dtype=np.float32)
    down = np.asarray(cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=0.25), dtype=np.float32)
    edge = (np.maximum(np.abs(across), np.abs(down)) > EDGE_MIN).astype(np.float32)
    dense = _windowed(edge) > DENSITY_MIN
    mask = (dense & _crossed(across, down)).astype(np.uint8)
    for quad in known:
        cv2.fillConvexPoly(mask, (np.array(quad) / reduction).round().astype(np.int32), 0)
    return _squares(mask, reduction)


def _windowed(layer: Layer) -> Layer:
    return np.asarray(cv2.boxFilter(layer, -1, (WINDOW, WINDOW)), dtype=np.float32)


def _crossed(across: Layer, down: Layer) -> NDArray[np.bool_]:
    """Tell where the edges around a place don't share one direction.

    The coherence of the structure tensor, `hypot(xx - yy, 2 xy) / (xx + yy)`, is 0 for edges in all
    directions and 1 for stripes; compared without its root and its division, for time.
    """
    xx, yy, xy = _windowed(across**2), _windowed(down**2), _windowed(across * down)
    crossed: NDArray[np.bool_] = (xx - yy) ** 2 + 4 * xy**2 < (COHERENCE_MAX * (xx + yy)) ** 2
    return crossed


def _squares(mask: NDArray[np.uint8], reduction: int) -> list[Quad]:
    """Return the compact patches of the mask as quads of the frame."""
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rectangles = ((cv2.contourArea(outline), cv2.minAreaRect(outline)) for outline in outlines)
    return [
        as_quad((cv2.boxPoints(rectangle).astype(np.float64) + 0.5) * reduction)
        for area, rectangle in rectangles
        if _is_square(area, rectangle[1], reduction)
    ]


def _is_square(area: float, size: Sequence[float], reduction: int) -> bool:
    short, long = sorted(size)
    return (
        short * reduction >= SIDE_MIN_PX
        and short >= ASPECT_MIN * long
        and area >= FILL_MIN * short * long
    )


def _advice(grey: Grey, quad: Quad) -> Advice:
    """Choose the one advice most likely to help."""
    top, right, bottom, left = sides(quad)
    short, long = sorted((top + bottom, right + left))
    if _saturated_share(grey, box_around(quad, margin_px=0).within(grey.shape)) > 0.04:
        return Advice.LESS_GLARE
    if long / 2 < 0.16 * grey.shape[1]:
        return Advice.CLOSER
    if short < 0.75 * long:
        return Advice.FLATTER
    return Advice.HOLD_STILL


def _saturated_share(grey: Grey, box: Box) -> float:
    """Return the share of the box that is one bright blob, whiter than lit paper."""
    inside = grey[box.top : box.bottom : 2, box.left : box.right : 2]
    if inside.size == 0:
        return 0.0
    bright = cv2.erode((inside >= SATURATED).astype(np.uint8), np.ones((9, 9), np.uint8))
    return float(bright.mean())
