"""Texts as QR symbols: the modules, and pictures of them in PNG and SVG.

Alphanumeric mode only, which is what Base45 was made for; level M on paper,
where a scratch must not stop anybody, and L on a phone's screen, where every
module saved is reading distance gained (design §5.1).

Source: ISO/IEC 18004:2015 (versions, levels, a quiet zone of four modules).
"""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import segno

from portique.core.values import Medium
from portique.paper.errors import PaperError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

QUIET_MODULES = 4
VERSION_MAX = 15  # a pass with a face template; without one a printed pass stays at 11 or below
PNG_SCALE = 8  # pixels a module: 0.68 mm at 300 dots an inch

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CodePicture:
    """A text as a QR symbol, without its quiet zone.

    `modules[row][column]` is true where the symbol is dark; `side` rows of
    `side` columns, `side` = 17 + 4 × `version`.
    """

    text: str
    version: int
    modules: tuple[tuple[bool, ...], ...]

    @classmethod
    def of(
        cls, text: str, *, medium: Medium = Medium.PAPER, version_max: int = VERSION_MAX
    ) -> CodePicture:
        """Draw `text` in the smallest symbol that holds it.

        Raises:
            PaperError: A character that isn't alphanumeric for QR, or a text that
                needs a version above `version_max`.
        """
        level = "l" if medium is Medium.PHONE else "m"
        try:
            symbol = segno.make_qr(text, error=level, mode="alphanumeric", boost_error=False)
        except ValueError as error:
            raise PaperError("the text fits no QR code: it isn't that of a pass") from error
        version = int(symbol.version)
        if version > version_max:
            raise PaperError(
                f"the code would be version {version}, above {version_max}: its modules would be "
                "too small to read at a gate; shorten the name shown or the label"
            )
        return cls(text, version, tuple(tuple(map(bool, row)) for row in symbol.matrix))

    @property
    def side(self) -> int:
        """Modules along one side, without the quiet zone."""
        return len(self.modules)

    def png(self, *, scale: int = PNG_SCALE) -> bytes:
        """Write a black and white PNG, `scale` pixels a module, quiet zone included."""
        quiet = (False,) * QUIET_MODULES
        blank = ((False,) * (self.side + 2 * QUIET_MODULES),) * QUIET_MODULES
        return _png([*blank, *(quiet + row + quiet for row in self.modules), *blank], scale)

    def svg(self, *, title: str = "", description: str = "") -> str:
        """Write an SVG of one unit a module, quiet zone included, with words for who can't see it.

        Without a title the picture is marked as one that others describe.
        """
        size = self.side + 2 * QUIET_MODULES
        named = f"<title>{escape(title)}</title>" if title else ""
        named += f"<desc>{escape(description)}</desc>" if description else ""
        role = 'role="img"' if named else 'aria-hidden="true"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" {role} '
            f'shape-rendering="crispEdges">{named}<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
            f'<path fill="#000" fill-rule="evenodd" d="{self._path()}"/></svg>\n'
        )

    def _path(self) -> str:
        return "".join(_subpath(loop) for loop in outlines(self.modules))


def outlines(modules: Sequence[Sequence[bool]]) -> Iterator[list[Point]]:
    """Follow the borders between dark and light, one closed loop of corners each.

    Outlines rather than squares: squares side by side leave hairs of light
    between them when a viewer smooths edges, and a reader then sees cracks.
    """
    ends = _borders(modules)
    while ends:
        start = next(iter(ends))
        loop, here = [start], _take(ends, start)
        while here != start:
            loop.append(here)
            here = _take(ends, here)
        yield _corners(loop)


def _borders(modules: Sequence[Sequence[bool]]) -> dict[Point, list[Point]]:
    """Return the unit steps along which dark lies on the right hand, by starting point."""
    ends: dict[Point, list[Point]] = defaultdict(list)
    for y, row in enumerate(modules):
        above = modules[y - 1] if y else (False,) * len(row)
        below = modules[y + 1] if y + 1 < len(modules) else (False,) * len(row)
        for x, dark in enumerate(row):
            if not dark:
                continue
            if not above[x]:
                ends[x, y].append((x + 1, y))
            if not below[x]:
                ends[x + 1, y + 1].append((x, y + 1))
            if x == 0 or not row[x - 1]:
                ends[x, y + 1].append((x, y))
            if x + 1 == len(row) or not row[x + 1]:
                ends[x + 1, y].append((x + 1, y + 1))
    return ends


def _take(ends: dict[Point, list[Point]], start: Point) -> Point:
    end = ends[start].pop()
    if not ends[start]:
        del ends[start]
    return end


def _corners(loop: list[Point]) -> list[Point]:
    around = zip(loop[-1:] + loop[:-1], loop, loop[1:] + loop[:1], strict=True)
    return [here for last, here, after in around if not _straight(last, after)]


def _straight(last: Point, after: Point) -> bool:
    return last[0] == after[0] or last[1] == after[1]


def _subpath(loop: list[Point]) -> str:
    moves = [f"M{loop[0][0] + QUIET_MODULES} {loop[0][1] + QUIET_MODULES}"]
    for (x, y), (next_x, next_y) in pairwise(loop):
        moves.append(f"h{next_x - x}" if next_y == y else f"v{next_y - y}")
    return "".join(moves) + "z"


def _png(rows: Sequence[Sequence[bool]], scale: int) -> bytes:
    """Write modules as a PNG of one bit a pixel, dark = 0 (greyscale), not interlaced."""
    side = len(rows) * scale
    pixels = b"".join(_scanline(row, scale) * scale for row in rows)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _scanline(row: Sequence[bool], scale: int) -> bytes:
    bits = "".join(("0" if dark else "1") * scale for dark in row)
    bits += "1" * (-len(bits) % 8)
    return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")  # filter 0: none


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
