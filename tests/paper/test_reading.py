"""Prints are read back from pictures of their pages: to the letter, every code of a sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import zxingcpp

from portique.paper import LAYOUTS, Options, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import PrintOne

    Rasterise = Callable[[bytes, int], list[Path]]

pytestmark = pytest.mark.slow  # each test sets a page and reads it


SIDE = 61  # modules of the codes printed here, version 11
EDGE = 3  # pixels by which a reader's corners may miss the symbol's


def _read(path: Path) -> list[str]:
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    found = zxingcpp.read_barcodes(pixels)
    return [code.text for code in found]


@pytest.mark.parametrize("dots_per_inch", [300, 150])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_code_of_a_page_is_read(
    layout: str, dots_per_inch: int, printed: PrintOne, options: Options, rasterise: Rasterise
):
    """A full page at a printer's and at half a printer's resolution gives exactly its texts."""
    passes = [printed() for _ in range(LAYOUTS[layout].per_page)]
    pages = rasterise(render(layout, passes, options), dots_per_inch)
    read = [text for page in pages for text in _read(page)]

    assert sorted(read) == sorted(one.text for one in passes)


@pytest.mark.parametrize("layout", ["card", "slip", "63.5x38.1"])
def test_the_largest_code_is_read_too(
    layout: str, printed: PrintOne, options: Options, rasterise: Rasterise
):
    """Version 15, as with a template, at 300 dots an inch."""
    one = printed(characters=590)
    (page,) = rasterise(render(layout, [one], options), 300)

    assert _read(page) == [one.text]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_printed_in_the_quiet_zone(
    layout: str, printed: PrintOne, options: Options, rasterise: Rasterise
):
    """Four modules around the symbol are white, whatever the words beside it."""
    one = printed(name="W" * 32, label="W" * 12, school="W" * 60)
    (page,) = rasterise(render(layout, [one], options), 300)
    pixels = cv2.imread(str(page), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    (code,) = zxingcpp.read_barcodes(pixels)
    first, last = code.position.top_left, code.position.bottom_right
    quiet = int(3.8 * LAYOUTS[layout].module_mm(SIDE) / 25.4 * 300)
    pixels[first.y - EDGE : last.y + EDGE, first.x - EDGE : last.x + EDGE] = 255
    top, left = max(0, first.y - quiet), max(0, first.x - quiet)

    assert pixels[top : last.y + quiet, left : last.x + quiet].min() > 128


def test_english_and_photographs_change_nothing_to_the_code(
    tmp_path: Path, printed: PrintOne, options: Options, rasterise: Rasterise
):
    """Same card, same size of code: a photograph doesn't take its room."""
    cv2.imwrite(str(tmp_path / "p.png"), np.full((90, 70, 3), 60, np.uint8))
    one = printed()
    english = replace(options, language=options.language.EN)
    (page,) = rasterise(render("card", [replace(one, photo=tmp_path / "p.png")], english), 150)

    assert _read(page) == [one.text]
