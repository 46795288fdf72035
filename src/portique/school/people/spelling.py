"""Small texts of people's files: names, dates, codes, read strictly and compared kindly."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from portique.core.finding import unaccented

NAME_CHARACTERS_MAX = 80
CODE_CHARACTERS_MAX = 40
EMAIL_CHARACTERS_MAX = 254
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BIRTH_YEAR_MIN = 1900
_BESIDE_LETTERS = set(" -–‐‑'’ʼ`´.,()/0123456789")
_FIRST_SIGNS = set("'’ʼ`´")
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_INE = re.compile(r"\d{9}[A-Z]{2}|\d{10}[A-Z]|\d{4}A\d{5}[A-Z]")
_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]+@[^\s@<>\"(),;:\\\[\]]+\.[A-Za-z]{2,}")
_MOBILE = re.compile(r"\+?\d{8,15}")


def name_key(text: str) -> str:
    """Return the letters and digits of a name, by which two spellings are the same."""
    return "".join(character for character in unaccented(text) if character.isalnum())


def tidy(text: str) -> str:
    """Return a text on one line, composed, with single spaces."""
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def is_formula(text: str) -> bool:
    """Say whether a spreadsheet would take the text for a formula."""
    return text.startswith(FORMULA_STARTS)


def is_name(text: str) -> bool:
    """Say whether a tidied text can be somebody's name: letters, and what stands between them."""
    if not text or len(text) > NAME_CHARACTERS_MAX:
        return False
    if not (text[0].isalpha() or text[0] in _FIRST_SIGNS):
        return False
    letters = any(character.isalpha() for character in text)
    return letters and all(c in _BESIDE_LETTERS or unicodedata.category(c)[0] in "LM" for c in text)


def read_date(text: str) -> date | None:
    """Read 01/09/2012, 1.9.2012 or 2012-09-01; None if it is no such day since 1900."""
    if found := _FRENCH_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day) if year >= BIRTH_YEAR_MIN else None
    except ValueError:
        return None


def read_ine(text: str) -> str | None:
    """Read an INE in any of its three forms, ignoring spaces and capitals; None if it is none."""
    written = "".join(text.split()).upper()
    return written if _INE.fullmatch(written) else None


def read_email(text: str) -> str | None:
    """Read an e-mail address; None if it can't be one."""
    fits = len(text) <= EMAIL_CHARACTERS_MAX and _EMAIL.fullmatch(text)
    return text if fits else None


def read_mobile(text: str) -> str | None:
    """Read a telephone number as digits, with its + if it has one; None if it can't be one."""
    digits = re.sub(r"[\s.\-()/]", "", text)
    return digits if _MOBILE.fullmatch(digits) else None
