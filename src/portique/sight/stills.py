"""Read one still picture thoroughly: any text, from any QR code, in any photograph.

The decoder reads most pictures as they are. For the others the picture is prepared in many ways;
one of them alone may turn noise into a text, so a text obtained this way counts when two different
preparations agree on it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from portique.sight.decoder import Found, find_codes
from portique.sight.preparations import (
    Prepared,
    channels,
    completed,
    enlarged,
    evened,
    restored,
    thresholds,
)
from portique.sight.shapes import (
    Box,
    Grey,
    Picture,
    Quad,
    Sighted,
    as_quad,
    box_around,
    centre_of,
    mean_side,
)
from portique.sight.suspects import find_suspects
from portique.sight.work import PREPARE, THOROUGH_READ, Work, cost

WORK_MAX = 240_000  # units: under a second on a small computer
SIDE_MAX_PX = 1600  # the harder ways look at the picture reduced to this
PART_MAX_PX = 900  # parts larger than this are not enlarged
PARTS_MAX = 3
AGREEING_MIN = 2


@dataclass(slots=True)
class _Votes:
    """What the preparations said: for each text, which of them, and where."""

    by_text: dict[str, dict[str, tuple[Quad, bool]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def agreed(self) -> list[Sighted]:
        """Return the texts on which enough preparations agree."""
        return [
            Sighted(text, *next(iter(votes.values())))
            for text, votes in self.by_text.items()
            if len(votes) >= AGREEING_MIN
        ]


def read_picture(picture: Picture) -> tuple[Sighted, ...]:
    """Read every QR code of a still picture, whatever it says.

    Args:
        picture: uint8, grey `(height, width)` or BGR `(height, width, 3)`.

    Returns:
        The codes read, in no particular order.

    Raises:
        ValueError: The picture has another shape or type.
    """
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or not picture.size:
        raise ValueError(f"a picture is uint8, grey or BGR; got {picture.dtype} {picture.shape}")
    first = find_codes(picture, thorough=True)
    read = [Sighted(one.text, one.quad, sharpened=False) for one in first if one.text is not None]
    resisting = [one for one in first if one.text is None and not _near(one.quad, read)]
    if read and not resisting:
        return tuple(read)
    harder = _read_harder(picture, tuple(code.quad for code in read), resisting)
    return (*read, *(code for code in harder if code.text not in {c.text for c in read}))


def _read_harder(
    picture: Picture, known: tuple[Quad, ...], resisting: list[Found]
) -> list[Sighted]:
    """Prepare the picture in many ways until two of them agree or the work is spent."""
    factor = min(1.0, SIDE_MAX_PX / max(picture.shape[:2]))
    reduced = picture
    if factor < 1:
        resized = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        reduced = np.asarray(resized, dtype=np.uint8)
    places = [tuple((x * factor, y * factor) for x, y in one.quad) for one in resisting]
    quads = [as_quad(np.array(place)) for place in places]
    here = tuple(as_quad(np.array(quad) * factor) for quad in known)
    votes = _Votes()
    work = Work(WORK_MAX)
    for prepared in _preparations(reduced, here, quads):
        if not work.take(cost(PREPARE + THOROUGH_READ, prepared.grey.size)):
            break
        for found in find_codes(prepared.grey, binarizer=prepared.binarizer, thorough=True):
            if found.text is not None:
                quad = as_quad((np.array(prepared.in_picture(found.quad)) + 0.5) / factor - 0.5)
                votes.by_text[found.text].setdefault(prepared.name, (quad, prepared.sharpened))
        if votes.agreed():
            break
    return votes.agreed()


def _preparations(
    picture: Picture, known: tuple[Quad, ...], resisting: list[Quad]
) -> Iterator[Prepared]:
    """Prepare the picture, then its code-like parts, the likeliest ways first."""
    grey = as_luminance(picture)
    whole = Box(0, 0, grey.shape[1], grey.shape[0])
    yield from evened(grey, whole)
    if max(grey.shape) <= PART_MAX_PX:
        yield from enlarged(grey, whole)
    parts = _parts(grey, known, resisting)
    for part in parts:
        yield from enlarged(grey, part)
        yield from restored(grey, part)
        yield from completed(grey, part)
    yield from channels(picture, whole)
    for part in parts or [whole]:
        yield from thresholds(grey, part)


def _parts(grey: Grey, known: tuple[Quad, ...], resisting: list[Quad]) -> list[Box]:
    """Return where a code is located or suspected, with room for its quiet zone."""
    suspects = [suspect.quad for suspect in find_suspects(grey, known)]
    boxes = [
        box_around(quad, margin_px=0.2 * mean_side(quad) + 4).within(grey.shape)
        for quad in [*resisting, *suspects]
    ]
    return [box for box in boxes if min(box.width, box.height) > 16][:PARTS_MAX]


def as_luminance(picture: Picture) -> Grey:
    """Return the picture in grey."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, dtype=np.uint8)


def _near(quad: Quad, read: list[Sighted]) -> bool:
    x, y = centre_of(quad)
    return any(box_around(code.quad, margin_px=0).holds((x, y)) for code in read)
