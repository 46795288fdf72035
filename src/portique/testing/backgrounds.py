"""Backgrounds of rendered scenes: what stands behind a card, and tries to look like a code."""

from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Layer = NDArray[np.float32]


class Background(StrEnum):
    """What stands behind the cards, from easy to misleading."""

    PLAIN = "plain"
    CORRIDOR = "corridor"  # slow gradients, panels and edges
    DISTRACTING = "distracting"  # checked clothes, stripes, posters with squares inside squares


@lru_cache(maxsize=8)
def background(kind: Background, size: tuple[int, int], seed: int, *, colour: bool) -> Layer:
    """Return the empty scene: float32 in 0..255, `(height, width)` or `(height, width, 3)`.

    The result is shared: copy it before painting on it.
    """
    generator = np.random.default_rng(seed)
    width, height = size
    picture = _gradient(generator, width, height)
    if kind is not Background.PLAIN:
        for _ in range(14):
            _panel(picture, generator)
    if kind is Background.DISTRACTING:
        for paint in (_checks, _stripes, _nested_squares) * 3:
            paint(picture, generator)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    layer = soft if colour else cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY)
    return np.asarray(layer, dtype=np.float32)


def _gradient(generator: np.random.Generator, width: int, height: int) -> Layer:
    coarse = generator.uniform(70, 170, (4, 6, 1)) + generator.uniform(-15, 15, (4, 6, 3))
    smooth = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth, 0, 255).astype(np.float32)


def _place(picture: Layer, generator: np.random.Generator, share: float) -> tuple[int, int, int]:
    """Choose where to paint: left, top and side in pixels."""
    height, width = picture.shape[:2]
    side = int(height * generator.uniform(share / 2, share))
    return int(generator.integers(0, width - side)), int(generator.integers(0, height - side)), side


def _panel(picture: Layer, generator: np.random.Generator) -> None:
    left, top, side = _place(picture, generator, 0.5)
    paint = generator.uniform(30, 225) + generator.uniform(-20, 20, 3)
    shape = (left + side, top + int(side * generator.uniform(0.3, 1.4)))
    cv2.rectangle(picture, (left, top), shape, paint.tolist(), -1)


def _checks(picture: Layer, generator: np.random.Generator) -> None:
    left, top, side = _place(picture, generator, 0.4)
    step = int(generator.integers(4, 12))
    rows, columns = np.ogrid[:side, :side]
    dark = ((rows // step + columns // step) % 2 == 0)[..., None]
    low, high = generator.uniform(20, 90), generator.uniform(140, 230)
    picture[top : top + side, left : left + side] = np.where(dark, low, high)


def _stripes(picture: Layer, generator: np.random.Generator) -> None:
    left, top, side = _place(picture, generator, 0.3)
    widths = generator.integers(0, 2, side // 3 + 1).repeat(3)[:side]
    low, high = generator.uniform(20, 60), generator.uniform(190, 240)
    row = np.where(widths == 1, low, high).astype(np.float32)
    picture[top : top + side // 2, left : left + side] = row[None, :, None]


def _nested_squares(picture: Layer, generator: np.random.Generator) -> None:
    """Paint one lone finder pattern: dark, light, dark squares in the proportions of the code's."""
    left, top, side = _place(picture, generator, 0.15)
    unit = max(side // 7, 2)
    for inset, level in ((0, 30.0), (1, 225.0), (2, 30.0)):
        low = (left + inset * unit, top + inset * unit)
        high = (left + (7 - inset) * unit - 1, top + (7 - inset) * unit - 1)
        cv2.rectangle(picture, low, high, (level, level, level), -1)
