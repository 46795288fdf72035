"""Sheets and cells, in millimetres: where each pass goes and how large its code can be.

Source: ISO/IEC 7810 ID-1 (85.60 × 53.98 mm, the credit card); ISO 216 (A4, A6);
the label grids are those sold for office printers, named by the label's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portique.paper.codes import QUIET_MODULES
from portique.paper.errors import PaperError

MODULE_MM_MIN = 0.33  # 4 dots at 300 dots an inch; below it a webcam at arm's length reads badly

Size = tuple[float, float]
A4: Size = (210.0, 297.0)
A6: Size = (105.0, 148.0)
CARD: Size = (85.6, 54.0)
MARK_MM = 4.0


class Design(StrEnum):
    """How a cell is laid out; each is a template of its own."""

    CARD = "card"
    STICKER = "sticker"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Place:
    """The top left corner of one cell, in millimetres from the page's."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to put passes on pages. Lengths in millimetres.

    `code_mm` bounds the code with its quiet zone, `inset_mm` is the border of a
    cell that gets no ink: knives, label edges and printers' margins need it.
    """

    name: str
    design: Design
    page: Size
    cell: Size
    grid: tuple[int, int] = (1, 1)
    origin: Size = (0.0, 0.0)
    gap: Size = (0.0, 0.0)
    code_mm: float = 0.0
    inset_mm: float = 0.0
    cut: bool = False

    @property
    def per_page(self) -> int:
        """Cells on one page."""
        return self.grid[0] * self.grid[1]

    def place(self, index: int) -> Place:
        """Return where the cell `index` of a page lies, row by row from the top left, from 0."""
        row, column = divmod(index, self.grid[0])
        return Place(
            self.origin[0] + column * (self.cell[0] + self.gap[0]),
            self.origin[1] + row * (self.cell[1] + self.gap[1]),
        )

    def mirrored(self, place: Place) -> Place:
        """Return where the back of a cell lies when the sheet is turned on its long edge."""
        return Place(self.page[0] - place.x - self.cell[0], place.y)

    def module_mm(self, side: int) -> float:
        """Return the width of one module of a code of `side` modules, in millimetres.

        Raises:
            PaperError: It would be under `MODULE_MM_MIN`.
        """
        room = min(self.cell) - 2 * self.inset_mm
        module = min(self.code_mm / (side + 2 * QUIET_MODULES), room / side)
        if module < MODULE_MM_MIN:
            raise PaperError(
                f"on « {self.name} » each module of this code would be {module:.2f} mm wide, under "
                f"{MODULE_MM_MIN} mm: gates would not read it; choose a larger layout"
            )
        return module

    def cut_marks(self) -> list[tuple[float, float, float, float]]:
        """Return the crop marks around the grid, as lines x1, y1, x2, y2."""
        if not self.cut:
            return []
        (columns, rows), (left, top) = self.grid, self.origin
        width, height = columns * self.cell[0], rows * self.cell[1]
        down = [left + column * self.cell[0] for column in range(columns + 1)]
        across = [top + row * self.cell[1] for row in range(rows + 1)]
        return [
            *((x, y - MARK_MM, x, y) for x in down for y in (top, top + height + MARK_MM)),
            *((x - MARK_MM, y, x, y) for x in (left, left + width + MARK_MM) for y in across),
        ]


def _sticker(name: str, grid: tuple[int, int], corner: Size, gap: Size, inset: float) -> Layout:
    width, height = (float(side) for side in name.split("x"))
    cell = (width, height)
    return Layout(name, Design.STICKER, A4, cell, grid, corner, gap, height, inset)


STICKERS = {
    layout.name: layout
    for layout in (
        # Labels that reach the sheet's edge keep 4.5 mm clear: office printers don't print there.
        _sticker("45.7x25.4", (4, 10), (9.7, 21.5), (2.6, 0.0), 1.5),
        _sticker("70x37", (3, 8), (0.0, 0.5), (0.0, 0.0), 4.5),
        _sticker("63.5x38.1", (3, 7), (7.2, 15.15), (2.55, 0.0), 2.0),
        _sticker("99.1x67.7", (2, 4), (4.65, 13.1), (2.5, 0.0), 2.5),
        _sticker("105x57", (2, 5), (0.0, 6.0), (0.0, 0.0), 4.5),
    )
}
LAYOUTS = {
    "card": Layout("card", Design.CARD, CARD, CARD, code_mm=51.0, inset_mm=3.0),
    "sheet": Layout(
        "sheet", Design.CARD, A4, CARD, (2, 5), (19.4, 13.5), code_mm=51.0, inset_mm=3.0, cut=True
    ),
    "slip": Layout("slip", Design.SLIP, A6, A6, code_mm=84.0, inset_mm=6.0),
    **STICKERS,
}


def layout_named(name: str) -> Layout:
    """Return the layout of that name: card, sheet, slip, or a label's size such as 70x37.

    Raises:
        PaperError: There is none.
    """
    if name not in LAYOUTS:
        raise PaperError(f"no layout « {name} »: choose one of {', '.join(LAYOUTS)}")
    return LAYOUTS[name]
