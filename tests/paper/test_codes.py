"""Texts as QR symbols and their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from portique.core.qr import version_for
from portique.core.values import Medium
from portique.paper import CodePicture, PaperError
from portique.paper.codes import QUIET_MODULES, outlines

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXT = "PQ1:" + "6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23" * 7
SVG = "{http://www.w3.org/2000/svg}"


def _root(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own writing, read back


def _texts(picture: NDArray[Any]) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def test_a_png_is_read_back_to_exactly_its_text():
    """What is drawn is what a reader reads, spaces included."""
    text = TEXT + "  "
    pixels = cv2.imdecode(np.frombuffer(CodePicture.of(text).png(), np.uint8), 0)

    assert pixels is not None
    assert _texts(pixels) == [text]


def test_a_png_has_the_quiet_zone_and_the_scale_asked():
    """Four modules of white lie on each side."""
    code = CodePicture.of(TEXT)
    pixels = cv2.imdecode(np.frombuffer(code.png(scale=3), np.uint8), 0)

    assert pixels is not None
    assert pixels.shape == ((code.side + 8) * 3, (code.side + 8) * 3)
    assert pixels[: 4 * 3].min() == 255
    assert pixels[4 * 3, 4 * 3] == 0


def test_the_same_text_gives_the_same_png():
    """No date nor name of a tool is in the file."""
    assert CodePicture.of(TEXT).png() == CodePicture.of(TEXT).png()


@pytest.mark.parametrize(("medium", "level"), [(Medium.PAPER, "M"), (Medium.PHONE, "L")])
def test_the_version_is_the_smallest_that_the_core_announces(medium: Medium, level: str):
    """The writer and the core's capacity table agree for both media."""
    for length in (20, 150, 262, 263, 311, 366, 483, 500):
        text = (TEXT * 2)[:length]
        assert CodePicture.of(text, medium=medium).version == version_for(text, level)


def test_a_text_too_long_is_refused_with_the_version_it_needs():
    """A code nobody could read at a gate isn't drawn."""
    with pytest.raises(PaperError, match="version 16, above 15"):
        CodePicture.of("A" * 620)


@pytest.mark.parametrize("text", ["pq1:lower", "PQ1:é", "A" * 9000])
def test_a_text_that_is_no_pass_is_refused(text: str):
    """Only the alphanumeric alphabet of QR codes is drawn."""
    with pytest.raises(PaperError):
        CodePicture.of(text)


def test_an_svg_has_words_for_who_cannot_see_it():
    """Title and description are elements, escaped."""
    root = _root(CodePicture.of(TEXT).svg(title="n° <1>", description="a & b"))

    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "n° <1>"
    assert root.findtext(f"{SVG}desc") == "a & b"


def test_an_svg_without_words_says_that_it_is_described_elsewhere():
    """A screen reader doesn't stop at it."""
    code = CodePicture.of(TEXT)
    root = _root(code.svg())

    assert root.get("aria-hidden") == "true"
    assert root.get("viewBox") == f"0 0 {code.side + 8} {code.side + 8}"


def _filled(loops: list[list[tuple[int, int]]], side: int) -> NDArray[np.bool_]:
    """Fill outlines by the even-odd rule, at the centre of each module."""
    filled = np.zeros((side, side), bool)
    for loop in loops:
        for (x1, y1), (x2, y2) in zip(loop, loop[1:] + loop[:1], strict=True):
            if x1 == x2:
                filled[min(y1, y2) : max(y1, y2), x1:] ^= True
    return filled


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), min_size=64, max_size=64))
def test_outlines_enclose_exactly_the_dark_modules(modules: list[bool]):
    """Whatever the pattern: touching corners, holes, edges."""
    square = np.array(modules).reshape(8, 8)

    assert (_filled(list(outlines(square.tolist())), 8) == square).all()


def test_an_svg_path_draws_the_symbol_inside_its_quiet_zone():
    """The path starts at the symbol's first corner, four modules in."""
    svg: Any = CodePicture.of(TEXT).svg()

    assert f'd="M{QUIET_MODULES} {QUIET_MODULES}h7v7h-7z' in svg
