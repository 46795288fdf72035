"""What school life prints besides passes: late slips, and letters to guardians. Tagged PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core.plain import Words
from portique.paper import typesetting
from portique.paper.errors import NoGlyphError, PaperError
from portique.paper.words import date_words, hour_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portique.core.values import Language

SLIPS_MAX = 400
TITLE = Words("Billet de retard", "Late slip")
LETTER_TITLE = Words("Courrier de la vie scolaire", "Letter from the school life office")
CAME = Words("Heure d’arrivée", "Time of arrival")
MAY_ENTER = Words("Peut entrer en classe.", "May enter the lesson.")
FOR_TEACHER = Words("À remettre au professeur.", "To be handed to the teacher.")
SIGNED = Words("Vie scolaire", "School life office")
TO = Words("À l’attention de", "For")


@dataclass(frozen=True, slots=True)
class LateSlip:
    """What one slip shows; `came` is in the school's local time."""

    school: str
    name: str
    label: str
    came: datetime


@dataclass(frozen=True, slots=True)
class GuardianLetter:
    """A message to a guardian on paper; `at` is in the school's local time."""

    school: str
    guardian: str
    text: str
    at: datetime
    language: Language


def render_late_slips(slips: Sequence[LateSlip], language: Language, created: datetime) -> bytes:
    """Print late slips, each on a page of its own (A6).

    Raises:
        PaperError: None or too many, or a character that no font here can draw.
    """
    if not 0 < len(slips) <= SLIPS_MAX:
        raise PaperError(f"a document holds 1 to {SLIPS_MAX} slips, not {len(slips)}; split it")
    data = {
        "language": language.value,
        "title": TITLE.in_language(language),
        "came": CAME.in_language(language),
        "may-enter": MAY_ENTER.in_language(language),
        "for-teacher": FOR_TEACHER.in_language(language),
        "signed": SIGNED.in_language(language),
        "slips": [
            {
                "school": slip.school,
                "name": slip.name,
                "label": slip.label,
                "day": date_words(slip.came, language, weekday=True),
                "hour": hour_words(slip.came, language),
            }
            for slip in slips
        ],
    }
    return _typeset(data, created, typesetting.LATE_SLIPS)


def render_letter(letter: GuardianLetter, created: datetime) -> bytes:
    """Print a letter (A4).

    Raises:
        PaperError: A character that no font here can draw.
    """
    language = letter.language
    data = {
        "language": language.value,
        "title": LETTER_TITLE.in_language(language),
        "school": letter.school,
        "to": f"{TO.in_language(language)} {letter.guardian}",
        "day": date_words(letter.at, language, weekday=True),
        "paragraphs": letter.text.split("\n\n"),
    }
    return _typeset(data, created, typesetting.LETTER)


def _typeset(data: dict[str, Any], created: datetime, document: str) -> bytes:
    try:
        return typesetting.typeset(data, {}, created, document)
    except NoGlyphError as error:
        points = ", ".join(f"U+{ord(character):04X}" for character in error.characters)
        raise PaperError(
            f"a name has a character that no font here can draw ({points}); write it in another "
            "script, or install a font that has it"
        ) from None
