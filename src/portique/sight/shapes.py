"""Pictures and places in them: the few types that every part of sight shares."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # (height, width)
Picture = NDArray[np.uint8]  # (height, width) or (height, width, 3) in BGR
Layer = NDArray[np.float32]  # (height, width), in grey levels
Matrix = NDArray[np.float64]  # 3 x 3, maps points of one picture to another

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]  # clockwise from the code's own top left, in pixels


@dataclass(frozen=True, slots=True)
class Sighted:
    """A code read in a picture. `sharpened`: its blur had to be undone first."""

    text: str
    quad: Quad
    sharpened: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture: `left <= x < right`, `top <= y < bottom`, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        """Return the middle of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def within(self, shape: tuple[int, ...]) -> "Box":
        """Return the part of the box that lies in a picture of this shape."""
        height, width = shape[:2]
        return Box(
            min(max(self.left, 0), width),
            min(max(self.top, 0), height),
            max(min(self.right, width), 0),
            max(min(self.bottom, height), 0),
        )

    def holds(self, point: Point) -> bool:
        """Tell whether the point lies in the box."""
        return self.left <= point[0] < self.right and self.top <= point[1] < self.bottom


def box_around(points: Iterable[Point], *, margin_px: float) -> Box:
    """Return the smallest upright box that holds the points with a margin."""
    corners = np.array(list(points), dtype=np.float64)
    left, top = np.floor(corners.min(axis=0) - margin_px).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + margin_px).astype(int)
    return Box(int(left), int(top), int(right), int(bottom))


def as_quad(points: NDArray[np.float64]) -> Quad:
    """Return four points, shape `(4, 2)`, as plain floats."""
    (a, b, c, d) = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def moved(quad: Quad, matrix: Matrix) -> Quad:
    """Return the quad as seen after the map from one picture to another."""
    points = np.column_stack([np.array(quad), np.ones(4)]) @ matrix.T
    return as_quad(points[:, :2] / points[:, 2:])


def centre_of(quad: Quad) -> Point:
    """Return the mean of the corners."""
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def mean_side(quad: Quad) -> float:
    """Return the mean length of the four sides, in pixels."""
    return float(np.mean(sides(quad)))


def sides(quad: Quad) -> tuple[float, ...]:
    """Return the lengths of the four sides, in pixels, from the top one, clockwise."""
    following = quad[1:] + quad[:1]
    return tuple(
        float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in zip(quad, following, strict=True)
    )
