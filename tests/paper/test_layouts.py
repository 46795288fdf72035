"""Where passes lie on pages, and how large their codes can be."""

from __future__ import annotations

import pytest

from portique.paper import LAYOUTS, STICKERS, PaperError
from portique.paper.layouts import A4, MODULE_MM_MIN, Layout, layout_named

PLAIN_SIDE = 61  # version 11: the largest pass without a template
TEMPLATE_SIDE = 77  # version 15: with one
EACH = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))


@EACH
def test_every_cell_lies_on_the_page(layout: Layout):
    """No label hangs over an edge."""
    last = layout.place(layout.per_page - 1)
    first = layout.place(0)

    assert min(first.x, first.y) >= 0
    assert last.x + layout.cell[0] <= layout.page[0] + 1e-6
    assert last.y + layout.cell[1] <= layout.page[1] + 1e-6


@EACH
def test_grids_are_centred(layout: Layout):
    """What is printed on the back lies behind its front."""
    first, last = layout.place(0), layout.place(layout.grid[0] - 1)

    assert layout.mirrored(first).x == pytest.approx(last.x, abs=0.11)


@pytest.mark.parametrize(
    ("name", "labels"),
    [("45.7x25.4", 40), ("70x37", 24), ("63.5x38.1", 21), ("105x57", 10), ("99.1x67.7", 8)],
)
def test_label_sheets_hold_what_their_packs_say(name: str, labels: int):
    """The grids are those sold for A4 printers."""
    assert STICKERS[name].per_page == labels
    assert STICKERS[name].page == A4


@EACH
def test_a_pass_without_a_template_fits_every_layout(layout: Layout):
    """Version 11 keeps modules wide enough everywhere."""
    assert layout.module_mm(PLAIN_SIDE) >= MODULE_MM_MIN


def test_a_module_too_fine_to_read_is_refused_with_a_sentence():
    """The smallest label can't carry the largest code."""
    with pytest.raises(PaperError, match=r"0\.29 mm wide, under 0\.33 mm"):
        layout_named("45.7x25.4").module_mm(TEMPLATE_SIDE)


@pytest.mark.parametrize("name", ["card", "70x37", "63.5x38.1", "105x57", "99.1x67.7", "slip"])
def test_a_pass_with_a_template_fits_all_but_the_smallest_label(name: str):
    """Version 15 is readable on every other layout."""
    assert layout_named(name).module_mm(TEMPLATE_SIDE) >= MODULE_MM_MIN


def test_ink_keeps_clear_of_the_border():
    """The symbol itself never enters the inset; its quiet zone may."""
    layout = layout_named("70x37")
    ink_mm = layout.module_mm(PLAIN_SIDE) * PLAIN_SIDE

    assert ink_mm <= layout.cell[1] - 2 * layout.inset_mm + 1e-9


def test_only_the_sheet_to_be_cut_has_marks():
    """Six columns' ends and twelve rows' ends."""
    assert len(LAYOUTS["sheet"].cut_marks()) == 2 * 3 + 2 * 6
    assert LAYOUTS["70x37"].cut_marks() == []


def test_marks_stay_outside_the_cards():
    """Nothing is printed where a card's edge will be."""
    sheet = LAYOUTS["sheet"]
    left, top = sheet.origin
    right, bottom = left + 2 * sheet.cell[0], top + 5 * sheet.cell[1]

    for x1, y1, x2, y2 in sheet.cut_marks():
        outside = max(x1, x2) <= left or min(x1, x2) >= right
        assert outside or max(y1, y2) <= top or min(y1, y2) >= bottom


def test_an_unknown_layout_is_refused_with_the_known_ones():
    """The message lists what can be asked."""
    with pytest.raises(PaperError, match="card, sheet, slip"):
        layout_named("A3")
