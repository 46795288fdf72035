"""Read a suspected code that the cheap pass could not: other contrasts, then undoing the blur."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

import cv2
import numpy as np

from portique.sight.corners import may_be_reversed, mend
from portique.sight.decoder import Binarizer, Found, find_codes
from portique.sight.kernels import Kernel, Restorer, Spread, candidates, estimate_spread
from portique.sight.shapes import Grey, Layer, Sighted, moved
from portique.sight.tracks import SIDE_MAX_PX, Track, View
from portique.sight.work import (
    ALIGN,
    ENLARGED_READ,
    ESTIMATE,
    EVEN_LIGHT,
    FILTER,
    MEND,
    MEND_CALL,
    PLAIN_READ,
    THOROUGH_READ,
    TRANSFORM,
    Work,
    cost,
)

SIGNED_PREFIXES = ("PQ1:", "PQ2:")
AGREEING_MIN = 2  # decodings of a text without signature, after sharpening
LIKELIEST = 2  # the place as it is, and the blur that its spectrum tells
SMALL_SIDE_PX = 300  # a place below this is also tried enlarged
FAITHFUL, SMOOTHER = 1.0, 4.0  # strengths of the noise term


class Family(IntEnum):
    """What is done to the picture before decoding."""

    PLAIN = 0
    SUM = 1  # undo a blur of the averaged frames
    ALONE = 2  # undo a blur of the present frame
    CONTRAST = 3
    CORNERS = 4  # draw the finder patterns that are lost


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One way to prepare and decode a place. `number` names it in the agreement of readings."""

    number: int
    family: Family
    units: int
    view: View
    run: Callable[[], list[Found]]


def read_track(track: Track, grey: Grey, work: Work) -> Sighted | None:
    """Try to read one suspected code, within what is left of the frame's work.

    What succeeded last is tried first, then what this place was not tried with yet: what one
    frame's work can't hold goes on with the next frame. A text without signature waits for a
    second, independent reading when it took sharpening to get it.
    """
    track.frame_number += 1
    pixels = min(track.box.width * track.box.height, SIDE_MAX_PX**2)
    upkeep = ESTIMATE + TRANSFORM
    if track.sum is not None:
        upkeep = 2 * upkeep + ALIGN
    if not track.wants_attention() or not work.take(cost(upkeep, pixels)):
        return None
    view = track.look(grey)
    for attempt in affordable(track, list(_attempts(track, view)), work):
        reading = _judged(track, attempt)
        if reading is not None:
            track.best_attempt = attempt.number
            track.failures = 0
            return reading
    track.failures += 1
    return None


def affordable(track: Track, attempts: list[Attempt], work: Work) -> Iterator[Attempt]:
    """Yield what this frame's work holds of the ways to try a place.

    First what worked last. The likeliest are tried on every frame, for an average grows better with
    each; the others in turn, and the one whose turn it is goes before the likeliest, so that a dear
    one finds room.
    """
    best = [attempt for attempt in attempts if attempt.number == track.best_attempt]
    likeliest = [attempt for attempt in attempts[:LIKELIEST] if attempt not in best]
    others = [attempt for attempt in attempts[LIKELIEST:] if attempt not in best]
    waiting = [attempt for attempt in others if attempt.number not in track.tried]
    if not waiting:
        track.tried.clear()
        waiting = others
    for attempt in [*best, *waiting[:1], *likeliest, *waiting[1:]]:
        taken = work.take(attempt.units)
        if not taken and attempt not in waiting[:1]:
            return
        track.tried.add(attempt.number)  # also if it can't ever be paid: the others go on
        if taken:
            yield attempt


def _judged(track: Track, attempt: Attempt) -> Sighted | None:
    """Run an attempt and keep its text if it may be trusted."""
    for found in attempt.run():
        if found.text is None:
            continue
        sharpened = attempt.family in (Family.SUM, Family.ALONE)
        doubtful = sharpened or attempt.family is Family.CORNERS
        if doubtful and not found.text.startswith(SIGNED_PREFIXES):
            witnesses = track.readings.setdefault(found.text, set())
            # A sum shares its past with the sums before it: its readings count once per kernel.
            frame = 0 if attempt.family is Family.SUM else track.frame_number
            witnesses.add((attempt.number, frame))
            if len(witnesses) < AGREEING_MIN:
                continue
        return Sighted(found.text, attempt.view.in_frame(found.quad), sharpened)
    return None


def _attempts(track: Track, view: View) -> Iterator[Attempt]:
    """Name the ways to try, the cheapest and likeliest first."""
    grey = as_grey(view.layer)
    units = cost(THOROUGH_READ, view.layer.size)
    yield Attempt(0, Family.PLAIN, units, view, lambda: _thorough(grey))
    spread = track.spread or estimate_spread(view.layer)
    alone = Sharpening(view, Family.ALONE, spread)
    if track.sum is None or track.sum.frames == 1:
        yield from alone.attempts(FAITHFUL)
        yield from _contrasted(view, grey)
        yield from alone.attempts(SMOOTHER)
        return
    together = Sharpening(track.sum, Family.SUM, estimate_spread(track.sum.layer))
    yield from together.attempts(FAITHFUL)
    yield from _contrasted(view, grey)
    yield from together.attempts(SMOOTHER)
    if spread.is_directed:  # a movement changes from frame to frame, defocus does not
        yield from alone.attempts(FAITHFUL)


def _thorough(grey: Grey) -> list[Found]:
    return find_codes(grey, thorough=True)


class Sharpening:
    """The ways to undo the blur of one picture."""

    def __init__(self, view: View, family: Family, spread: Spread) -> None:
        self._view, self._family, self._spread = view, family, spread
        self._restorer = Restorer(view.layer)

    def attempts(self, strength: float) -> Iterator[Attempt]:
        """Name one attempt for each likely blur, at this strength of the noise term."""
        noise = strength * (self._spread.noise_sigma / max(self._spread.contrast, 1.0)) ** 2
        units = cost(FILTER + PLAIN_READ, self._view.layer.size)
        first = 100 * self._family + round(10 * strength)
        for number, kernel in enumerate(candidates(self._spread), start=first):
            run = _restored(self._restorer, kernel, noise)
            yield Attempt(number, self._family, units, self._view, run)


def _restored(restorer: Restorer, kernel: Kernel, noise: float) -> Callable[[], list[Found]]:
    return lambda: find_codes(as_grey(restorer.restore(kernel, noise)))


def _contrasted(view: View, grey: Grey) -> Iterator[Attempt]:
    """Other ways from grey to black and white, for glare, shadows and small codes."""
    yield _mended(view, 400)
    if may_be_reversed(view.layer):
        yield _mended(replace(view, layer=255 - view.layer), 401)
    ways: list[Callable[[], list[Found]]] = [
        lambda: find_codes(_even_light(grey), thorough=True),
        lambda: find_codes(grey, thorough=True, binarizer=Binarizer.HISTOGRAM),
        lambda: find_codes(_calmed(grey), thorough=True),
    ]
    for number, run in enumerate(ways, start=300):
        units = cost(EVEN_LIGHT + THOROUGH_READ, grey.size)
        yield Attempt(number, Family.CONTRAST, units, view, run)
    if max(grey.shape) < SMALL_SIDE_PX:
        units = cost(ENLARGED_READ, grey.size)
        yield Attempt(310, Family.CONTRAST, units, view, lambda: _enlarged(grey))


def _mended(view: View, number: int) -> Attempt:
    units = MEND_CALL + cost(MEND, view.layer.size)
    return Attempt(number, Family.CORNERS, units, view, lambda: _in_flat(view))


def _in_flat(view: View) -> list[Found]:
    """Decode the mended pictures one after another until one gives a text."""
    for mended in mend(view.layer):
        for found in find_codes(mended.grey):
            if found.text is not None:
                return [Found(found.text, moved(found.quad, mended.to_place))]
    return []


def _even_light(grey: Grey) -> Grey:
    """Spread the contrast locally: a shadow or a lamp's halo no longer decides what is dark."""
    return np.asarray(cv2.createCLAHE(3.0, (6, 6)).apply(grey), dtype=np.uint8)


def _calmed(grey: Grey) -> Grey:
    return np.asarray(cv2.medianBlur(grey, 3), dtype=np.uint8)


def _enlarged(grey: Grey) -> list[Found]:
    large = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    found = find_codes(np.asarray(large, dtype=np.uint8), thorough=True)
    back = [tuple(((x - 0.5) / 2, (y - 0.5) / 2) for x, y in one.quad) for one in found]
    return [
        Found(one.text, (quad[0], quad[1], quad[2], quad[3]))
        for one, quad in zip(found, back, strict=True)
    ]


def as_grey(layer: Layer) -> Grey:
    """Return grey levels as bytes, rounded and clipped."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(layer, 0)), dtype=np.uint8)
