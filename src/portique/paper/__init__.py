"""Passes, slips and letters on paper: Typst documents, tagged PDF."""

from portique.paper.cards import Options, PrintedPass, render
from portique.paper.codes import CodePicture
from portique.paper.errors import PaperError
from portique.paper.layouts import LAYOUTS, STICKERS
from portique.paper.notes import GuardianLetter, LateSlip, render_late_slips, render_letter
from portique.paper.portraits import find_portrait
from portique.paper.words import validity_words

__all__ = [
    "LAYOUTS",
    "STICKERS",
    "CodePicture",
    "GuardianLetter",
    "LateSlip",
    "Options",
    "PaperError",
    "PrintedPass",
    "find_portrait",
    "render",
    "render_late_slips",
    "render_letter",
    "validity_words",
]
