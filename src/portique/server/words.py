"""Sentences in both languages of the pages, side by side where they are used.

A sentence without its translation can't be written, and nothing has to be compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import lazystr
from django.utils.translation import get_language

from portique.core.plain import Words
from portique.core.values import Language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class _Lazy:
    """A sentence that is read in the language of the moment."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def __str__(self) -> str:
        return self._words.in_language(language())


def language() -> Language:
    """Return the language of the page being made; French unless somebody chose English."""
    return Language.EN if (get_language() or "fr").startswith("en") else Language.FR


def words(fr: str, en: str) -> _StrPromise:
    """Return a text for labels and messages, read in the language of whoever looks."""
    return lazystr(_Lazy(Words(fr, en)))


def spoken(both: Words) -> str:
    """Return a sentence of the core's in the language of the page being made."""
    return both.in_language(language())
