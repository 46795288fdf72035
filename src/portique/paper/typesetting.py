"""Typst, called with everything in memory: templates, data and pictures in, PDF out."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import typst

from portique.paper.errors import PaperError

if TYPE_CHECKING:
    from datetime import datetime

# PDF/UA-1 makes the compiler refuse what a screen reader could not read: no title, no
# language, a picture without words, a glyph without its character.
STANDARD = "ua-1"
_NO_GLYPH = "could not be displayed"


def typeset(data: dict[str, Any], pictures: dict[str, bytes], created: datetime) -> bytes:
    """Compile the templates over `data`; the same arguments give the same bytes.

    Raises:
        PaperError: A character that neither the embedded fonts nor this machine's can draw.
    """
    files: Any = {**_templates(), **pictures, "data.json": json.dumps(data).encode()}
    stamp = int(created.timestamp())
    try:
        return _compile(files, stamp, machine_fonts=False)
    except typst.TypstError as error:
        if _NO_GLYPH not in str(error):
            raise
    # Rare scripts: the machine's own fonts may have them, at the price of a document
    # that looks different elsewhere.
    try:
        return _compile(files, stamp, machine_fonts=True)
    except typst.TypstError as error:
        if _NO_GLYPH not in str(error):
            raise
        raise PaperError(
            "a name or label has a character that no font here can draw; write it in another "
            "script, or install a font that has it"
        ) from None


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
