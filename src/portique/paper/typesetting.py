"""Typst, called with everything in memory: templates, data and pictures in, PDF out."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import typst

from portique.paper.errors import NoGlyphError

if TYPE_CHECKING:
    from datetime import datetime

# PDF/UA-1 makes the compiler refuse what a screen reader could not read: no title, no
# language, a picture without words, a glyph without its character.
STANDARD = "ua-1"
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


PASSES, LATE_SLIPS, LETTER = "main.typ", "late.typ", "letter.typ"


def typeset(
    data: dict[str, Any], pictures: dict[str, bytes], created: datetime, document: str = PASSES
) -> bytes:
    """Compile a document's template over `data`; the same arguments give the same bytes.

    Raises:
        NoGlyphError: Neither the embedded fonts nor this machine's draw a character.
    """
    templates = _templates()
    files: Any = {**templates, **pictures, "data.json": json.dumps(data).encode()}
    files["main.typ"] = templates[document]  # what Typst begins with
    stamp = int(created.timestamp())
    try:
        return _compile(files, stamp, machine_fonts=False)
    except typst.TypstError as error:
        _undrawn(error)
    # Rare scripts: the machine's own fonts may have them, at the price of a document
    # that looks different elsewhere.
    try:
        return _compile(files, stamp, machine_fonts=True)
    except typst.TypstError as error:
        raise NoGlyphError(_undrawn(error)) from None


def _undrawn(error: typst.TypstError) -> str:
    """Return the characters that could not be drawn; any other error is ours and goes up."""
    found = _NO_GLYPH.search(str(error))
    if found is None:
        raise error
    return found[1]


def _compile(files: Any, stamp: int, *, machine_fonts: bool) -> bytes:
    compile_: Any = typst.compile  # its stub doesn't know documents in memory, its manual does
    written: bytes = compile_(
        files, pdf_standards=STANDARD, timestamp=stamp, ignore_system_fonts=not machine_fonts
    )
    return written


@cache
def _templates() -> dict[str, bytes]:
    folder = resources.files("portique.paper") / "templates"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".typ")}
