"""Passes as a document: cards, sheets of cards, stickers and day slips, in tagged PDF.

Words and names reach Typst as data (a JSON file in memory), never as markup: a
name such as `#eval("x")` is printed as it is written. Photographs go from their
folder into the document and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portique.core.values import Language, PassId, Window
from portique.paper import typesetting, words
from portique.paper.codes import QUIET_MODULES, CodePicture
from portique.paper.errors import NoGlyphError, PaperError, UndrawnError
from portique.paper.layouts import Design, Layout, layout_named
from portique.paper.portraits import read_portrait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from portique.core.values import Kind

PASSES_MAX = 10_000
PHOTO_BYTES_IN_ALL_MAX = 200_000_000
NAME_CHARACTERS_MAX = 64
SCHOOL_CHARACTERS_MAX = 80
SHORT_ID_DIGITS = 8
NAMED_MAX = 5  # passes named in one message
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class PrintedPass:
    """What one pass shows on paper. `text` is the code's, `school` the school's name in words."""

    text: str
    name: str
    label: str
    kind: Kind
    valid_from: datetime
    valid_until: datetime
    school: str
    pass_id: PassId
    photo: Path | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How to print. `created` dates the document: the same input gives the same bytes.

    `first_label` is the first free label of a sheet already begun, from 1. `back`
    adds the notice behind each card or slip, with whom to ask (`contact`) and how long passages
    are `kept`. `progress` is called with (passes prepared, passes in all).
    """

    created: datetime
    language: Language = Language.FR
    zone: ZoneInfo = words.PARIS
    first_label: int = 1
    back: bool = False
    contact: str = ""
    kept: str = ""
    accent: str = "#1d4a6b"
    title: str = ""
    progress: Callable[[int, int], None] | None = None


@dataclass(slots=True)
class _Document:
    """The document being prepared: its data, and the pictures it names."""

    layout: Layout
    options: Options
    cards: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    photo_bytes: int = 0


def render(layout: str, passes: Sequence[PrintedPass], options: Options) -> bytes:
    """Print passes as one PDF, tagged for screen readers (PDF/UA-1).

    Raises:
        PaperError: An unknown layout, no pass or too many, a code too fine for the
            layout, a photograph that can't be used, a character no font can draw.
    """
    chosen = layout_named(layout)
    _check(chosen, passes, options)
    document = _Document(chosen, options)
    for done, printed in enumerate(passes, start=1):
        _add(document, printed)
        if options.progress is not None:
            options.progress(done, len(passes))
    try:
        return typesetting.typeset(_data(document), document.files, options.created)
    except NoGlyphError as error:
        raise _undrawn(passes, error.characters) from None


def _undrawn(passes: Sequence[PrintedPass], characters: str) -> PaperError:
    """Say which passes have a character that can't be drawn, without saying whose they are."""
    points = ", ".join(f"U+{ord(character):04X}" for character in characters)
    what = f"a character that no font here can draw ({points}); "
    having = [
        position
        for position, one in enumerate(passes)
        if any(character in one.name + one.label for character in characters)
    ]
    if not having:
        return PaperError(
            f"the school's name has {what}change `name` in school.toml, or install a font that has "
            "it"
        )
    numbers = ", ".join(
        passes[position].pass_id[:SHORT_ID_DIGITS] for position in having[:NAMED_MAX]
    )
    return UndrawnError(
        numbers + (" …" if len(having) > NAMED_MAX else ""),
        f"the name or label has {what}write it in another script, or install a font that has it",
        tuple(having),
    )


def _check(layout: Layout, passes: Sequence[PrintedPass], options: Options) -> None:
    if not 0 < len(passes) <= PASSES_MAX:
        raise PaperError(f"a document holds 1 to {PASSES_MAX} passes, not {len(passes)}; split it")
    if options.created.tzinfo is None:
        raise PaperError("the document's date needs a time zone")
    if not _COLOUR.fullmatch(options.accent):
        raise PaperError("the accent colour is written #rrggbb, in lowercase")
    if not 1 <= options.first_label <= layout.per_page:
        raise PaperError(f"the first label is from 1 to {layout.per_page} on « {layout.name} »")
    if options.back and layout.design is Design.STICKER:
        raise PaperError("a sticker has no back: print the notice on a sheet of its own")


def _add(document: _Document, printed: PrintedPass) -> None:
    """Prepare one pass: its words, its code, its photograph."""
    options, number = document.options, len(document.cards)
    window = _window(printed)
    school = _clean(printed.school, SCHOOL_CHARACTERS_MAX)
    card = {
        "name": _clean(printed.name, NAME_CHARACTERS_MAX),
        "label": _clean(printed.label, NAME_CHARACTERS_MAX),
        "kind": words.KINDS[options.language][printed.kind],
        "validity": words.validity_words(window, options.language, zone=options.zone),
        "number": words.number_words(printed.pass_id, options.language),
        "school": school,
        "found": words.found_words(school, options.language),
        "day": words.day_words(window, options.language, zone=options.zone),
    }
    document.cards.append(
        card | _code(document, printed, number) | _portrait(document, printed, number)
    )


def _window(printed: PrintedPass) -> Window:
    try:
        return Window(printed.valid_from, printed.valid_until)
    except ValueError as error:
        raise PaperError(f"pass {printed.pass_id[:SHORT_ID_DIGITS]}: {error}") from error


def _clean(text: str, characters_max: int) -> str:
    """Replace what can't be seen (controls, marks that reverse a line) by a space, and cap."""
    return _UNPRINTABLE.sub(" ", text).strip()[:characters_max]


def _code(document: _Document, printed: PrintedPass, number: int) -> dict[str, Any]:
    picture = CodePicture.of(printed.text)
    module_mm = document.layout.module_mm(picture.side)
    name = f"code-{number}.svg"
    document.files[name] = picture.svg().encode()
    return {
        "code": name,
        "code-mm": round(module_mm * (picture.side + 2 * QUIET_MODULES), 3),
        "quiet-mm": round(module_mm * QUIET_MODULES, 3),
        "code-alt": words.code_words(printed.pass_id, document.options.language),
    }


def _portrait(document: _Document, printed: PrintedPass, number: int) -> dict[str, Any]:
    if printed.photo is None:
        return {"photo": None}
    portrait = read_portrait(printed.photo)
    document.photo_bytes += len(portrait.data)
    if document.photo_bytes > PHOTO_BYTES_IN_ALL_MAX:
        raise PaperError("the photographs are too heavy together; print fewer at once, or smaller")
    name = f"photo-{number}.svg"
    document.files[name] = portrait.svg().encode()
    return {"photo": name}


def _data(document: _Document) -> dict[str, Any]:
    """Lay the cards on pages; the places a sheet has already lost come first."""
    layout, options = document.layout, document.options
    title = options.title or words.title_words(options.language, many=len(document.cards) > 1)
    first = options.first_label - 1
    pages: dict[int, list[dict[str, Any]]] = {}
    for number, card in enumerate(document.cards):
        page, index = divmod(first + number, layout.per_page)
        place = layout.place(index)
        back = layout.mirrored(place)
        cell = {"x": place.x, "y": place.y, "back-x": back.x, "card": card}
        pages.setdefault(page, []).append(cell)
    return {
        "title": title,
        "language": options.language.value,
        "accent": options.accent,
        "design": layout.design.value,
        "page": layout.page,
        "cell": layout.cell,
        "inset": layout.inset_mm,
        "marks": layout.cut_marks(),
        "notice-title": words.notice_title(options.language),
        "notice": _notice(options) if options.back else [],
        "pages": list(pages.values()),
    }


def _notice(options: Options) -> list[str]:
    contact, kept = (_clean(text, 120) for text in (options.contact, options.kept))
    return list(words.notice_words(options.language, contact=contact, kept=kept))
