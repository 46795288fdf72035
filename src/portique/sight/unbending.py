"""Lay a bent code flat: on a bottle, on cloth, on a card that curls.

A decoder knows where the finder patterns are and supposes the rest in between, which holds for a
plane. But the modules' edges show where the lattice really is: around each place, the phase of the
edges against an even lattice is how far the code is pushed there. Followed from the finder
patterns, where it is nought, the push is known everywhere and can be taken back.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from portique.sight.shapes import Grey, Layer, Matrix, Quad

MODULE_PX = 8
QUIET_MODULES = 4
NODE_MODULES = 2  # between the modules in which the push is measured
WINDOW_MODULES = 1.4  # sigma around each
SMOOTHING_NODES = 1.0
ROUNDS = 2  # the second sees the code almost flat
FINDER_MODULE = 4  # from the corner: in the finder pattern's middle

_Nodes = NDArray[np.float64]  # (rows, columns) of places, in modules


@dataclass(frozen=True, slots=True)
class Roll:
    """A supposed bend around a cylinder: half the angle that the code takes, in radians."""

    across: float = 0.0
    down: float = 0.0


FLAT = Roll()
ROLLED = (Roll(across=1.0), Roll(down=1.0))


def laid_flat(grey: Grey, quad: Quad, modules: int, roll: Roll = FLAT) -> tuple[Grey, Matrix]:
    """Return a located code seen from above, unbent, and the map from it to the picture.

    Args:
        grey: The picture.
        quad: The symbol's corners in it, clockwise from its own top left.
        modules: How many the symbol has on a side.
        roll: The bend to start from; what it leaves is measured.

    Returns:
        The symbol with its quiet zone, `MODULE_PX` a module. The map leaves the bend out.
    """
    low, high = QUIET_MODULES * MODULE_PX, (QUIET_MODULES + modules) * MODULE_PX
    square = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32) - 0.5
    to_picture = cv2.getPerspectiveTransform(square, np.array(quad, dtype=np.float32))
    side = low + high
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(
        grey, to_picture, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    flat = np.asarray(warped, dtype=np.uint8)
    line = np.arange(side, dtype=np.float32)
    across, down = np.meshgrid(
        _rolled(line, roll.across, low, high), _rolled(line, roll.down, low, high)
    )
    seen = _looked_up(flat, across, down)
    for _ in range(ROUNDS):
        right, below = _pushed(seen, modules), _pushed(np.ascontiguousarray(seen.T), modules).T
        across, down = _moved(across, right, below), _moved(down, right, below)
        seen = _looked_up(flat, across, down)
    return seen, np.asarray(to_picture, dtype=np.float64)


def _rolled(line: Layer, half_angle: float, low: int, high: int) -> Layer:
    """Return where the places of a line are seen when it is rolled around a cylinder."""
    if not half_angle:
        return line
    middle, half = (low + high) / 2, (high - low) / 2
    angle = np.clip((line + 0.5 - middle) / half * half_angle, -np.pi / 2, np.pi / 2)
    return np.asarray(middle + half * np.sin(angle) / np.sin(half_angle) - 0.5, dtype=np.float32)


def _looked_up(flat: Grey, across: Layer, down: Layer) -> Grey:
    seen = cv2.remap(flat, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.uint8)


def _moved(map_: Layer, right: Layer, below: Layer) -> Layer:
    """Look a map up where the push points to."""
    rows, columns = np.indices(map_.shape, dtype=np.float32)
    found = cv2.remap(
        map_, columns + right, rows + below, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(found, dtype=np.float32)


def _pushed(flat: Grey, modules: int) -> Layer:
    """Return how far each pixel's surroundings are pushed to the right, in pixels."""
    edges = np.abs(np.diff(flat.astype(np.float32), axis=1, append=flat[:, -1:].astype(np.float32)))
    # The edge between two pixels lies at the right end of the first.
    beat = 2 * np.pi * (np.arange(flat.shape[1]) + 1) / MODULE_PX
    cells = (modules + 2 * QUIET_MODULES,) * 2
    inside = np.s_[QUIET_MODULES:-QUIET_MODULES:NODE_MODULES]
    real, imaginary = (
        _around(edges * wave.astype(np.float32), cells)[inside, inside]
        for wave in (np.cos(beat), np.sin(beat))
    )
    phase = np.arctan2(imaginary, real) / (2 * np.pi)
    weight = np.hypot(real, imaginary)
    push = _smooth(_unwrapped(phase, weight, _seeds(len(phase))), weight)
    return _spread(push, flat.shape[0])


def _around(layer: Layer, cells: tuple[int, int]) -> _Nodes:
    """Return the mean around each module."""
    means = cv2.resize(layer, cells, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(means, (0, 0), WINDOW_MODULES)
    return np.asarray(soft, dtype=np.float64)


def _seeds(count: int) -> list[tuple[int, int]]:
    """Return the nodes in the three finder patterns."""
    near = FINDER_MODULE // NODE_MODULES
    return [(near, near), (near, count - 1 - near), (count - 1 - near, near)]


def _unwrapped(phase: _Nodes, weight: _Nodes, seeds: Iterable[tuple[int, int]]) -> _Nodes:
    """Follow the phase from the seeds, the clearest places first; whole turns are added."""
    push = np.full(phase.shape, np.nan)
    waiting = [(-weight[seed], seed, 0.0) for seed in seeds]
    heapq.heapify(waiting)
    while waiting:
        _, node, expected = heapq.heappop(waiting)
        if not np.isnan(push[node]):
            continue
        push[node] = phase[node] + np.round(expected - phase[node])
        row, column = node
        for beside in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = min(beside) >= 0 and max(beside) < len(push)
            if inside and np.isnan(push[beside]):
                heapq.heappush(waiting, (-weight[beside], beside, float(push[node])))
    return push


def _smooth(push: _Nodes, weight: _Nodes) -> _Nodes:
    def soft(values: _Nodes) -> _Nodes:
        blurred = cv2.GaussianBlur(values, (0, 0), SMOOTHING_NODES, borderType=cv2.BORDER_REFLECT)
        return np.asarray(blurred, dtype=np.float64)

    return np.asarray(soft(push * weight) / np.maximum(soft(weight), 1e-6), dtype=np.float64)


def _spread(push: _Nodes, side: int) -> Layer:
    """Bring the nodes' push, in modules, to every pixel, in pixels."""
    step, start = NODE_MODULES * MODULE_PX, (QUIET_MODULES + 0.5) * MODULE_PX
    places = ((np.arange(side, dtype=np.float32) + 0.5 - start) / step).clip(0, len(push) - 1)
    columns, rows = np.meshgrid(places, places)
    whole = cv2.remap(push.astype(np.float32), columns, rows, cv2.INTER_CUBIC)
    return np.asarray(whole * MODULE_PX, dtype=np.float32)
