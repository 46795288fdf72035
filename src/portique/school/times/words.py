"""How this package reads texts and writes times and names, in French and in English."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from portique.core.plain import Words

if TYPE_CHECKING:
    from datetime import date

DAYS = (
    ("lundi", "Monday"), ("mardi", "Tuesday"), ("mercredi", "Wednesday"), ("jeudi", "Thursday"),
    ("vendredi", "Friday"), ("samedi", "Saturday"), ("dimanche", "Sunday"),
)  # fmt: skip


def decoded(raw: bytes) -> str:
    """Return a file's text: UTF-8, else what spreadsheets under Windows write."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def plain_key(text: str) -> str:
    """Return a name without case, accents or anything but letters and digits, to compare."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def minute_words(minute: int) -> Words:
    """Write local minutes in prose: 15 h 30, 15 h in French; 15:30 in English."""
    hour, rest = divmod(minute, 60)
    french = f"{hour}\xa0h\xa0{rest:02}" if rest else f"{hour}\xa0h"
    return Words(french, f"{hour}:{rest:02}")


def day_words(day: date) -> Words:
    """Write a date with its weekday: mardi 24/11, Tuesday 24/11."""
    french, english = DAYS[day.weekday()]
    return Words(f"{french} {day:%d/%m}", f"{english} {day:%d/%m}")


def hours_words(begins: int, ends: int) -> Words:
    """Write hours: 14 h-16 h, 14:00-16:00."""
    first, last = minute_words(begins), minute_words(ends)
    return Words(f"{first.fr}–{last.fr}", f"{first.en}–{last.en}")
