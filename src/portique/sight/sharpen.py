"""Read a suspected code that the cheap pass could not: other contrasts, then undoing the blur."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np

from portique.sight.corners import mend
from portique.sight.decoder import Binarizer, Found, find_codes
from portique.sight.kernels import Kernel, Restorer, Spread, candidates, estimate_spread
from portique.sight.shapes import Grey, Layer, Sighted, moved
from portique.sight.tracks import SIDE_MAX_PX, Track, View
from portique.sight.work import (
    ESTIMATE,
    FILTER,
    MEND,
    PLAIN_READ,
    REGISTER,
    THOROUGH_READ,
    Work,
    cost,
)

SIGNED_PREFIXES = ("PQ1:", "PQ2:")
OTHER_FAULTS_EVERY = 3
AGREEING_MIN = 2  # decodings of a text without signature, after sharpening
SMALL_SIDE_PX = 300  # a place below this is also tried enlarged
STRENGTHS = (1.0, 4.0)  # of the noise term: faithful, then smoother


class Family(IntEnum):
    """What is done to the picture before decoding."""

    PLAIN = 0
    SUM = 1  # undo a blur of the averaged frames
    ALONE = 2  # undo a blur of the present frame
    CONTRAST = 3
    CORNERS = 4  # draw the finder patterns that are lost


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to prepare and decode a place. `number` names it in the agreement of readings."""

    number: int
    family: Family
    units: int
    view: View
    run: Callable[[], list[Found]]


def read_track(track: Track, grey: Grey, work: Work) -> Sighted | None:
    """Try to read one suspected code, within what is left of the frame's work.

    What succeeded last is tried first; a text without signature waits for a second, independent
    reading when it took sharpening to get it.
    """
    track.frame_number += 1
    pixels = min(track.box.width * track.box.height, SIDE_MAX_PX**2)
    upkeep = ESTIMATE if track.sum is None else REGISTER + 2 * ESTIMATE
    if not track.wants_attention() or not work.take(cost(upkeep, pixels)):
        return None
    view = track.look(grey)
    attempts = sorted(_attempts(track, view), key=lambda a: a.number != track.best_attempt)
    for attempt in attempts:
        if not work.take(attempt.units):
            continue
        reading = _judged(track, attempt)
        if reading is not None:
            track.best_attempt = attempt.number
            track.failures = 0
            return reading
    track.failures += 1
    return None


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
    pixels = view.layer.size
    grey = as_grey(view.layer)
    yield Attempt(0, Family.PLAIN, cost(THOROUGH_READ, pixels), view, lambda: _thorough(grey))
    # Blur is the commonest fault; glare, shadows, lost corners come first in one of three frames.
    others_first = track.frame_number % OTHER_FAULTS_EVERY == 2
    if others_first:
        yield from _contrasted(view, grey)
    if track.sum is not None and track.sum.frames > 1:
        yield from _sharpened(track.sum, estimate_spread(track.sum.layer), Family.SUM, 100)
    if track.spread is not None:
        yield from _sharpened(view, track.spread, Family.ALONE, 200)
    if not others_first:
        yield from _contrasted(view, grey)


def _thorough(grey: Grey) -> list[Found]:
    return find_codes(grey, thorough=True)


def _sharpened(view: View, spread: Spread, family: Family, first: int) -> Iterator[Attempt]:
    restorer = Restorer(view.layer)
    noise = (spread.noise_sigma / max(spread.contrast, 1.0)) ** 2
    units = cost(FILTER + PLAIN_READ, view.layer.size)
    number = first
    for strength in STRENGTHS:
        for kernel in candidates(spread):
            run = _restored(restorer, kernel, strength * noise)
            yield Attempt(number, family, units, view, run)
            number += 1


def _restored(restorer: Restorer, kernel: Kernel, noise: float) -> Callable[[], list[Found]]:
    return lambda: find_codes(as_grey(restorer.restore(kernel, noise)))


def _contrasted(view: View, grey: Grey) -> Iterator[Attempt]:
    """Other ways from grey to black and white, for glare, shadows and small codes."""
    yield _mended(view)
    ways: list[Callable[[], list[Found]]] = [
        lambda: find_codes(_even_light(grey), thorough=True),
        lambda: find_codes(grey, thorough=True, binarizer=Binarizer.HISTOGRAM),
        lambda: find_codes(_calmed(grey), thorough=True),
    ]
    for number, run in enumerate(ways, start=300):
        yield Attempt(number, Family.CONTRAST, cost(THOROUGH_READ + 2, grey.size), view, run)
    if max(grey.shape) < SMALL_SIDE_PX:
        units = cost(4 * THOROUGH_READ, grey.size)
        yield Attempt(310, Family.CONTRAST, units, view, lambda: _enlarged(grey))


def _mended(view: View) -> Attempt:
    return Attempt(400, Family.CORNERS, cost(MEND, view.layer.size), view, lambda: _in_flat(view))


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
