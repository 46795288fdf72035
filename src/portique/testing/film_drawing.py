"""Draw one frame of a film quickly: a wall, a person, what they hold, the sensor's noise.

`scenes` renders each exposure with full care, for measures; here the same geometry is drawn on
bytes, in the part of the frame that the card covers.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from portique.testing.backgrounds import background
from portique.testing.scenes import (
    COLOURS,
    QUIET_ZONE_MODULES,
    Card,
    Frame,
    Placed,
    homography,
    motion_kernel,
    symbol_modules,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portique.testing.film import Take
    from portique.testing.scenes import Glare

Matrix = NDArray[np.float64]
LUMA = np.array([0.114, 0.587, 0.299], dtype=np.float32)  # blue, green, red
NOISE_FRAMES = 3
NOISE_MARGIN_PX = 97
BODY_GREYS = (58, 76, 92, 112, 134)
SKIN_GREYS = (96, 128, 152, 178)


class Canvas:
    """One film's wall and sensor, and the frame being drawn."""

    def __init__(self, take: Take) -> None:
        self._size = (take.width_px, take.height_px)
        wall = background(take.background, self._size, take.seed, colour=False)
        self._wall: Frame = cv2.convertScaleAbs(wall).astype(np.uint8)
        self._noise = _noise(take)
        self._rolls = np.random.default_rng(take.seed)

    def draw(self, placed: Sequence[Placed], light: float) -> Frame:
        """Draw people holding these cards, under a light of 0..1. Returns a frame of its own."""
        picture = self._wall.copy()
        for one in placed:
            draw_person(picture, one)
        for one in placed:
            draw_card(picture, one)
        if light != 1.0:
            picture = cv2.convertScaleAbs(picture, alpha=light).astype(np.uint8)
        return self._with_noise(picture)

    def _with_noise(self, picture: Frame) -> Frame:
        if not self._noise:
            return picture
        which = int(self._rolls.integers(len(self._noise)))
        left, top = (int(v) for v in self._rolls.integers(0, NOISE_MARGIN_PX, 2))
        height, width = picture.shape
        grain = self._noise[which][top : top + height, left : left + width]
        return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), dtype=np.uint8)


def _noise(take: Take) -> list[NDArray[np.int8]]:
    """Draw a few fields of noise once; each frame takes a piece of one."""
    if take.noise_sigma <= 0:
        return []
    generator = np.random.default_rng(take.seed)
    shape = (take.height_px + NOISE_MARGIN_PX, take.width_px + NOISE_MARGIN_PX)
    fields = (
        generator.standard_normal(shape, dtype=np.float32) * np.float32(take.noise_sigma)
        for _ in range(NOISE_FRAMES)
    )
    return [np.clip(field.round(), -127, 127).astype(np.int8) for field in fields]


def draw_person(picture: Frame, placed: Placed) -> None:
    """Draw who holds the card: head, shoulders and the arm; nobody's features."""
    height = picture.shape[0]
    tell = sum(placed.card.text.encode()[:24])  # whoever it is looks the same all through the act
    body, skin = BODY_GREYS[tell % len(BODY_GREYS)], SKIN_GREYS[tell % len(SKIN_GREYS)]
    x, y = (round(value) for value in placed.centre_px)
    at = x - height // 5
    head = height // 9
    top = round(height * 0.3)
    cv2.ellipse(
        picture, (at, height), (round(2.3 * head), height - top - head), 0, 0, 360, body, -1
    )
    cv2.ellipse(picture, (at, top), (round(0.78 * head), head), 0, 0, 360, skin, -1)
    cv2.line(picture, (at + head, height - head), (x, y + head), body, head // 2)
    cv2.circle(picture, (x, y + head), head // 2, skin, -1)


def draw_card(picture: Frame, placed: Placed) -> None:
    """Draw a card over the picture, blurred with its edges."""
    texels = int(np.clip(round(placed.module_px), 3, 10))
    texture = _texture(placed.card, texels)
    size = (picture.shape[1], picture.shape[0])
    matrix = homography(placed, size) @ _to_symbol(placed.card, texels)
    box = _box(matrix, texture.shape, size, spread=3 * placed.defocus_px + placed.motion_px + 2)
    if box is None:
        return
    left, top, right, bottom = box
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]])
    layer = cv2.warpPerspective(
        texture, shift @ matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR
    )
    blurred = _blurred(np.asarray(layer, dtype=np.uint8), placed)
    _blend(picture[top:bottom, left:right], blurred)
    if placed.glare is not None:
        _add_glare(picture, placed, placed.glare)


def _to_symbol(card: Card, texels: int) -> Matrix:
    """Return the map from the texture's pixels to modules from the symbol's top left."""
    beyond = QUIET_ZONE_MODULES + card.margin_modules
    half = 0.5 / texels  # a texel's centre is at one half
    return np.array([[1 / texels, 0, half - beyond], [0, 1 / texels, half - beyond], [0, 0, 1.0]])


def _box(
    matrix: Matrix, shape: tuple[int, ...], size: tuple[int, int], *, spread: float
) -> tuple[int, int, int, int] | None:
    """Return the part of the frame that the card touches, or None when it is outside."""
    rows, columns = shape[:2]
    corners = np.array([[[0, 0], [columns, 0], [columns, rows], [0, rows]]], dtype=np.float64)
    moved = cv2.perspectiveTransform(corners, matrix)[0]
    left, top = np.floor(moved.min(axis=0) - spread).astype(int)
    right, bottom = np.ceil(moved.max(axis=0) + spread).astype(int)
    left, top = max(0, int(left)), max(0, int(top))
    right, bottom = min(size[0], int(right)), min(size[1], int(bottom))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _blurred(layer: Frame, placed: Placed) -> Frame:
    if placed.motion_px >= 1:
        kernel = motion_kernel(placed.motion_px, placed.motion_deg)
        layer = np.asarray(cv2.filter2D(layer, -1, kernel), dtype=np.uint8)
    if placed.defocus_px > 0:
        layer = np.asarray(cv2.GaussianBlur(layer, (0, 0), placed.defocus_px), dtype=np.uint8)
    return layer


def _blend(region: Frame, layer: Frame) -> None:
    """Lay a card (grey, premultiplied by its coverage) over a part of the picture, in place."""
    uncovered = cv2.bitwise_not(np.ascontiguousarray(layer[..., 1]))
    behind = cv2.multiply(region, uncovered, scale=1 / 255)
    region[...] = cv2.add(behind, np.ascontiguousarray(layer[..., 0]))


def _add_glare(picture: Frame, placed: Placed, glare: Glare) -> None:
    """Saturate a spot of the code, as a lamp does on a glossy card or a screen."""
    side = symbol_modules(placed.card)
    at = np.array([[[glare.x * side, glare.y * side]]], dtype=np.float64)
    size = (picture.shape[1], picture.shape[0])
    x, y = cv2.perspectiveTransform(at, homography(placed, size))[0, 0]
    radius = round(glare.radius_modules * placed.module_px)
    cv2.circle(picture, (round(float(x)), round(float(y))), radius, 255, -1, lineType=cv2.LINE_AA)


@lru_cache(maxsize=24)
def _texture(card: Card, texels: int) -> Frame:
    """Paint the flat card: grey and coverage, `texels` pixels a module."""
    colours = COLOURS[card.surface]
    paints = [colours.light, colours.ink, colours.body, colours.edge]
    greys = (np.array(paints, dtype=np.float32) @ LUMA).round().astype(np.uint8)
    inside = np.pad(_modules(card), QUIET_ZONE_MODULES)
    whole = np.pad(inside, card.margin_modules, constant_values=2)
    whole[[0, -1], :] = 3
    whole[:, [0, -1]] = 3
    flat = np.dstack([greys[whole], np.full_like(whole, 255)])
    return np.ascontiguousarray(flat.repeat(texels, axis=0).repeat(texels, axis=1))


def _modules(card: Card) -> Frame:
    code = segno.make(
        card.text, error=card.error_correction, version=card.version, micro=False, boost_error=False
    )
    return np.array([list(row) for row in code.matrix], dtype=np.uint8)
