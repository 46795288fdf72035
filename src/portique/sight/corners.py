"""Give a code back the corners that glare, dirt or a thumb took.

A decoder starts from the three finder patterns: one lost, and a code whose data would survive by
its error correction is never even located. The patterns are always the same, so a lost one can be
drawn where it must be: the outline of the remaining modules gives the corners, the rhythm of their
edges gives the number of modules.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from portique.sight.shapes import Grey, Layer, Matrix

MODULE_PX = 6
QUIET_MODULES = 4
FLAT_PX = 480  # side of the picture on which the rhythm is counted
JOIN_SHARE = 0.04  # of the place: joins modules, not the code and its card's edge
VERSIONS = range(1, 16)  # what a gate meets; larger codes are not rescued
RHYTHMS_TRIED = 1
FINDER_MODULES = 8  # with its separator
INTACT_MIN = 0.62  # correlation with a drawn finder pattern


@dataclass(frozen=True, slots=True)
class Mended:
    """A code laid flat with its lost corners drawn; `to_place` leads back to the place's pixels."""

    name: str
    grey: Grey
    to_place: Matrix


def mend(layer: Layer) -> Iterator[Mended]:
    """Yield flat pictures of the dark code that fills most of a place, its lost corners drawn.

    Finder patterns that are there are drawn as well: a spot that only touches one is enough to
    stop a decoder.

    Args:
        layer: Grey levels of the place, `(height, width)`.

    Yields:
        One picture for each likely size and orientation.
    """
    corners = _corners(layer)
    if corners is None:
        return
    for modules in _likely_sizes(layer, corners):
        to_place = _flat_to_place(corners, modules)
        side = (modules + 2 * QUIET_MODULES) * MODULE_PX
        flat = _stretched(_seen_flat(layer, to_place, side))
        yield from _with_drawn_corners(flat, modules, to_place)


def may_be_reversed(layer: Layer) -> bool:
    """Tell whether the code may be light on dark: what is around it is darker than its inside."""
    height, width = layer.shape
    rows, columns = height // 4, width // 4
    inside = float(layer[rows:-rows, columns:-columns].mean())
    reach = max(2, height // 12)
    ring = layer[reach : 2 * reach].mean() + layer[-2 * reach : -reach].mean()
    ring += layer[:, reach : 2 * reach].mean() + layer[:, -2 * reach : -reach].mean()
    return float(ring) / 4 < inside


def _corners(layer: Layer) -> NDArray[np.float64] | None:
    """Return the corners of the joined dark modules, clockwise from the upper left, or None."""
    height, width = layer.shape
    # A saturated spot in a dim picture would be all that the threshold sees: cut it to paper.
    paper = float(np.percentile(layer[height // 5 : -height // 5, width // 5 : -width // 5], 80))
    grey = np.clip(layer * (230 / max(paper, 1.0)), 0, 255).astype(np.uint8)
    middle = grey[height // 5 : -height // 5, width // 5 : -width // 5]
    level, _ = cv2.threshold(middle, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = (cv2.GaussianBlur(grey, (0, 0), 1.0) < level).astype(np.uint8)
    points = _outermost(dark & _middle_patch(dark))
    if len(points) < 50:
        return None
    hull = cv2.convexHull(points)
    if cv2.contourArea(hull) < 0.12 * grey.size or len(hull) < 4:
        return None
    polygon = cv2.approxPolyN(hull, 4, None, -1.0, ensure_convex=True)
    return _clockwise(np.asarray(polygon, dtype=np.float64).reshape(-1, 2))


def _middle_patch(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Join dark modules and return where the patch lies that fills most of the middle.

    At half the size, for time; not the largest patch of all, which may be a dark wall behind.
    """
    height, width = dark.shape
    small = cv2.resize(dark, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    size = max(3, int(JOIN_SHARE * max(small.shape)) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc)
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, disc)
    _, labels = cv2.connectedComponents(joined)
    rows, columns = labels.shape[0] // 4, labels.shape[1] // 4
    areas = np.bincount(labels[rows:-rows, columns:-columns].ravel())
    areas[0] = 0  # what is light
    patch = ((labels == areas.argmax()) & (labels > 0)).astype(np.uint8)
    large = cv2.resize(patch, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(large, dtype=np.uint8)


def _outermost(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return the first and the last point of each row: they have the hull of all."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    ends = np.column_stack([np.concatenate([first, last]), np.concatenate([rows, rows])])
    return np.asarray(ends, dtype=np.int32)


def _clockwise(points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    if len(points) != 4:
        return None
    away = points - points.mean(axis=0)
    points = points[np.argsort(np.arctan2(away[:, 1], away[:, 0]))]
    sides = np.linalg.norm(np.roll(points, -1, axis=0) - points, axis=1)
    return points if sides.min() > 0.4 * sides.max() else None


def _likely_sizes(layer: Layer, corners: NDArray[np.float64]) -> list[int]:
    """Return the numbers of modules whose rhythm the edges keep best, best first."""
    target = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32) * FLAT_PX - 0.5
    matrix = cv2.getPerspectiveTransform(target, corners.astype(np.float32))
    flat = _seen_flat(layer, np.asarray(matrix, dtype=np.float64), FLAT_PX)
    across = np.abs(np.diff(flat, axis=1)).sum(axis=0)
    down = np.abs(np.diff(flat, axis=0)).sum(axis=1)
    sizes = [17 + 4 * version for version in VERSIONS]
    # An edge between two pixels is a beat of the module grid: size = beats over the whole side.
    beats = [np.abs(np.fft.rfft(np.append(0.0, edges - edges.mean()))) for edges in (across, down)]
    strength = (beats[0] + beats[1])[sizes]
    best = np.argsort(-strength)[:RHYTHMS_TRIED]
    return [sizes[index] for index in best]


def _flat_to_place(corners: NDArray[np.float64], modules: int) -> Matrix:
    low, high = QUIET_MODULES * MODULE_PX, (QUIET_MODULES + modules) * MODULE_PX
    square = np.array([[low, low], [high, low], [high, high], [low, high]], dtype=np.float32)
    outer = corners + 0.5 * np.sign(corners - corners.mean(axis=0))
    matrix = cv2.getPerspectiveTransform(square - np.float32(0.5), outer.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64)


def _seen_flat(layer: Layer, to_place: Matrix, side: int) -> Layer:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(
        layer, to_place, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(flat, dtype=np.float32)


def _stretched(flat: Layer) -> Layer:
    low, high = np.percentile(flat, [3, 90])
    levels = (flat - low) * (255 / max(float(high - low), 1.0))
    return np.asarray(np.clip(levels, 0, 255), dtype=np.float32)


def _finder() -> Layer:
    """Return the finder pattern with its light separator, for the upper left corner."""
    modules = np.full((FINDER_MODULES, FINDER_MODULES), 255, dtype=np.float32)
    modules[:7, :7] = 0
    modules[1:6, 1:6] = 255
    modules[2:5, 2:5] = 0
    return np.asarray(modules.repeat(MODULE_PX, 0).repeat(MODULE_PX, 1), dtype=np.float32)


def _with_drawn_corners(flat: Layer, modules: int, to_place: Matrix) -> Iterator[Mended]:
    """Draw the lost finder patterns for each orientation that the intact ones allow."""
    quiet, reach = QUIET_MODULES * MODULE_PX, FINDER_MODULES * MODULE_PX
    turned = [np.ascontiguousarray(np.rot90(_finder(), -turns)) for turns in range(4)]
    near, far = slice(quiet, quiet + reach), slice(-quiet - reach, -quiet)
    places = [(near, near), (near, far), (far, far), (far, near)]  # clockwise, rows then columns
    alike = [_alike(flat[place], finder) for place, finder in zip(places, turned, strict=True)]
    intact = [likeness >= INTACT_MIN for likeness in alike]
    by_likeness = sorted(range(4), key=lambda corner: alike[corner])
    # Three patterns stand: the fourth corner is bare. Otherwise any lost one may be the bare one.
    bares = [c for c in by_likeness if not intact[c]] if sum(intact) < 3 else by_likeness[:1]
    for bare in bares:
        drawn = flat.copy()
        for corner in range(4):
            if corner != bare:
                drawn[places[corner]] = turned[corner]
        grey = np.asarray(drawn.round(), dtype=np.uint8)
        yield Mended(f"corners {modules} {bare}", grey, to_place)


def _alike(patch: Layer, finder: Layer) -> float:
    a, b = (patch - patch.mean()).ravel(), (finder - finder.mean()).ravel()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else 0.0
