"""Read one still picture thoroughly: any text, from any QR code, in any photograph.

The decoder reads most pictures as they are. For the others the picture is prepared in many ways;
one of them alone may turn noise into a text, so a text obtained this way counts when two different
preparations agree on it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest

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
    unbent,
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
from portique.sight.unbending import FLAT, ROLLED
from portique.sight.work import THOROUGH_READ, Work, cost

WORK_MAX = 500_000  # units: under two seconds on a small computer
SIDE_MAX_PX = 1600  # the harder ways look at the picture reduced to this
PART_MAX_PX = 900  # what is larger is not enlarged
PARTS_MAX = 5
LOCATED_MAX = 4
AGREEING_MIN = 2


@dataclass(slots=True)
class _Votes:
    """What the preparations said: for each text, which of them, and where; and what resists."""

    by_text: dict[str, dict[str, tuple[Quad, bool]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    located: dict[tuple[int, int, int], Found] = field(default_factory=dict)

    def cast(self, prepared: Prepared) -> None:
        """Decode a prepared picture and note what it says."""
        for found in find_codes(prepared.grey, binarizer=prepared.binarizer, thorough=True):
            quad = prepared.in_picture(found.quad)
            if found.text is not None:
                self.by_text[found.text].setdefault(prepared.name, (quad, prepared.sharpened))
            elif prepared.to_part is None:
                self.resists(replace(found, quad=quad))

    def resists(self, found: Found) -> None:
        """Note a code that was located but not read, once for each place and size."""
        if found.modules is not None and len(self.located) < LOCATED_MAX:
            x, y = centre_of(found.quad)
            near = mean_side(found.quad) / 2 + 1
            self.located.setdefault((round(x / near), round(y / near), found.modules), found)

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
    first = find_codes(picture, thorough=True, small=True)
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
    votes = _Votes()
    for found in resisting:
        votes.resists(replace(found, quad=_scaled(found.quad, factor)))
    here = tuple(_scaled(quad, factor) for quad in known)
    work = Work(WORK_MAX)
    for prepared in _preparations(reduced, here, votes):
        if not work.take(cost(prepared.price + THOROUGH_READ, prepared.grey.size)):
            break
        votes.cast(prepared)
        if votes.agreed():
            break
    return [replace(code, quad=_scaled(code.quad, 1 / factor)) for code in votes.agreed()]


def _scaled(quad: Quad, factor: float) -> Quad:
    """Return a quad in a picture so many times larger; a pixel's centre is at its whole number."""
    return as_quad((np.array(quad) + 0.5) * factor - 0.5)


def _preparations(picture: Picture, known: tuple[Quad, ...], votes: _Votes) -> Iterator[Prepared]:
    """Prepare the picture, then its code-like parts, the likeliest ways first."""
    grey = as_luminance(picture)
    whole = Box(0, 0, grey.shape[1], grey.shape[0])
    yield from evened(grey, whole)
    located = list(votes.located.values())
    parts = _parts(grey, known, [found.quad for found in located])
    for part in parts:
        yield from completed(grey, part)
    for found in located:
        yield from unbent(grey, found, [FLAT])
    if max(grey.shape) <= PART_MAX_PX:
        yield from enlarged(grey, whole)
    for part in parts:
        yield from restored(grey, part)
    for found in located:
        yield from unbent(grey, found, ROLLED)
    for part in parts:
        yield from enlarged(grey, part)
    yield from channels(picture, whole)
    for part in parts:
        yield from thresholds(grey, part)


def _parts(grey: Grey, known: tuple[Quad, ...], resisting: list[Quad]) -> list[Box]:
    """Return where a code is located or suspected, with room for its quiet zone.

    The last is the middle, where people put what they photograph.
    """
    suspects = [*_suspected(grey, known), *resisting]
    boxes = [
        box_around(quad, margin_px=0.2 * mean_side(quad) + 4).within(grey.shape)
        for quad in suspects
    ]
    kept: list[Box] = []
    for box in boxes:
        if min(box.width, box.height) > 16 and not any(_alike(box, other) for other in kept):
            kept.append(box)
    height, width = grey.shape
    middle = Box(width // 4, height // 4, width - width // 4, height - height // 4)
    return [*kept[:PARTS_MAX], middle]


def _suspected(grey: Grey, known: tuple[Quad, ...]) -> Iterator[Quad]:
    """Yield code-like places, the surest first of each search: as it is, enlarged, evened out."""
    searches = [(grey, 1)]
    if max(grey.shape) <= PART_MAX_PX:
        searches.append((_bytes(cv2.resize(grey, None, fx=2, fy=2)), 2))
    even = cv2.createCLAHE(4.0, (8, 8)).apply(cv2.GaussianBlur(grey, (0, 0), 1.0))
    searches.append((_bytes(even), 1))
    found = [
        [
            _scaled(one.quad, 1 / factor)
            for one in find_suspects(seen, tuple(_scaled(q, factor) for q in known))
        ]
        for seen, factor in searches
    ]
    for places in zip_longest(*found):
        yield from (quad for quad in places if quad is not None)


def _bytes(picture: cv2.typing.MatLike) -> Grey:
    return np.asarray(picture, dtype=np.uint8)


def _alike(one: Box, other: Box) -> bool:
    """Tell whether two boxes are about the same place and size."""
    near = max(one.width, one.height) / 6
    return (
        abs(one.centre[0] - other.centre[0]) < near
        and abs(one.centre[1] - other.centre[1]) < near
        and 0.75 < one.width / other.width < 1.33
    )


def as_luminance(picture: Picture) -> Grey:
    """Return the picture in grey."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, dtype=np.uint8)


def _near(quad: Quad, read: list[Sighted]) -> bool:
    x, y = centre_of(quad)
    return any(box_around(code.quad, margin_px=0).holds((x, y)) for code in read)
