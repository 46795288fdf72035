"""Follow one suspected code from frame to frame, and add up its pictures.

Averaging n aligned pictures divides the noise by the square root of n, and noise is what limits how
much blur can be undone. Only pictures of the same modules, blurred alike, are added.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from portique.sight.kernels import Spread, estimate_spread
from portique.sight.registration import laid_over, register
from portique.sight.shapes import Box, Grey, Layer, Matrix, Quad, box_around, mean_side, moved

MARGIN_SHARE = 0.11  # around the suspected place, of its side: the quiet zone and the doubt
SIDE_MAX_PX = 448  # larger places are reduced: time is bounded, modules stay wide enough
ADDED_MAX = 15  # one second of frames; then the sum starts again, for hands don't stay longer
FORGOTTEN_AFTER_MS = 700
PATIENCE_FRAMES = 45  # after three seconds without success a place is looked at less often
SELDOM_EVERY = 8


@dataclass(frozen=True, slots=True)
class View:
    """One picture of a suspected code: grey levels, and the way back to the frame."""

    layer: Layer
    to_frame: Matrix
    frames: int  # how many were averaged

    def in_frame(self, quad: Quad) -> Quad:
        """Return a quad of this picture in the frame's pixels."""
        return moved(quad, self.to_frame)


@dataclass(slots=True)
class Track:
    """One suspected code over time."""

    box: Box
    seen_ms: int
    sum: View | None = None
    spread: Spread | None = None
    failures: int = 0
    best_attempt: int = 0  # what worked last is tried first
    tried: set[int] = field(default_factory=set)  # attempts since the last round of all began
    readings: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    frame_number: int = 0

    def follow(self, quad: Quad, at_ms: int) -> None:
        """Move to where the code is suspected now, keeping the size while it still fits."""
        side = max(box_around(quad, margin_px=0).width, box_around(quad, margin_px=0).height)
        wanted = place_for(quad)
        if 0.75 < wanted.width / max(self.box.width, 1) < 1.3 and side < self.box.width:
            x, y = wanted.centre
            half_width, half_height = self.box.width // 2, self.box.height // 2
            left, top = round(x) - half_width, round(y) - half_height
            self.box = Box(left, top, left + self.box.width, top + self.box.height)
        else:
            self.box = wanted
            self.sum = None
        self.seen_ms = at_ms

    def wants_attention(self) -> bool:
        """Tell whether to spend work on this place in this frame."""
        return self.failures < PATIENCE_FRAMES or self.frame_number % SELDOM_EVERY == 0

    def look(self, grey: Grey) -> View:
        """Cut the place out of a frame and add it to the sum where it belongs.

        Returns:
            The present picture alone. `sum` holds the average, itself included.
        """
        view = cut(grey, self.box)
        spread = estimate_spread(view.layer)
        self.sum = self._added(view, spread)
        if self.sum.frames == 1:
            self.readings.clear()
        return view

    def _added(self, view: View, spread: Spread) -> View:
        alone = View(view.layer, view.to_frame, 1)
        before, self.spread = self.spread, spread
        past = self.sum
        if past is None or before is None or past.layer.shape != view.layer.shape:
            return alone
        if past.frames >= ADDED_MAX or not before.resembles(spread):
            return alone
        matrix = register(past.layer, view.layer)
        if matrix is None:
            return alone
        weight = np.float32(1 / (past.frames + 1))
        mean = past.layer + weight * (laid_over(view.layer, matrix) - past.layer)
        return View(mean.astype(np.float32), view.to_frame @ matrix, past.frames + 1)


def place_for(quad: Quad) -> Box:
    """Return the square place to look at for a suspected quad."""
    tight = box_around(quad, margin_px=0)
    side = max(tight.width, tight.height)
    half = round(side / 2 + MARGIN_SHARE * mean_side(quad)) + 4
    x, y = round(tight.centre[0]), round(tight.centre[1])
    return Box(x - half, y - half, x + half, y + half)


def cut(grey: Grey, box: Box) -> View:
    """Cut a place out of a frame, reduced if it is large; the border is repeated beyond it."""
    inside = box.within(grey.shape)
    part: Layer = grey[inside.top : inside.bottom, inside.left : inside.right].astype(np.float32)
    around = (
        inside.top - box.top,
        box.bottom - inside.bottom,
        inside.left - box.left,
        box.right - inside.right,
    )
    if any(around):
        bordered = cv2.copyMakeBorder(part, *around, cv2.BORDER_REPLICATE)
        part = np.asarray(bordered, dtype=np.float32)
    scale = min(1.0, SIDE_MAX_PX / max(box.width, box.height))
    if scale < 1:
        reduced = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        part = np.asarray(reduced, dtype=np.float32)
    across, down = box.width / part.shape[1], box.height / part.shape[0]
    to_frame = np.array(
        [
            [across, 0, box.left + across / 2 - 0.5],
            [0, down, box.top + down / 2 - 0.5],
            [0, 0, 1.0],
        ]
    )
    return View(part, to_frame, 1)


def nearest_track(tracks: list[Track], quad: Quad) -> Track | None:
    """Return the track whose place holds the quad's middle, if any, else None."""
    x = sum(corner[0] for corner in quad) / 4
    y = sum(corner[1] for corner in quad) / 4
    holding = [track for track in tracks if track.box.holds((x, y))]
    reach = mean_side(quad)
    holding = [t for t in holding if np.hypot(t.box.centre[0] - x, t.box.centre[1] - y) < reach]
    return min(
        holding,
        key=lambda t: (t.box.centre[0] - x) ** 2 + (t.box.centre[1] - y) ** 2,
        default=None,
    )
