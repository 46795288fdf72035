"""The screens' own words, one file per language with the same keys."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Mapping


class Catalogue:
    """All the screens' words in one language."""

    def __init__(self, language: Language, words: Mapping[str, str]) -> None:
        self.language = language
        self._words = words

    @property
    def keys(self) -> frozenset[str]:
        """The keys there are words for."""
        return frozenset(self._words)

    def say(self, key: str, **slots: object) -> str:
        """Return the words of `key`, its holes filled.

        Raises:
            KeyError: The catalogue has no such key, or a hole is left open: a bug of ours.
        """
        return self._words[key].format_map(slots)

    def say_or(self, key: str, otherwise: str) -> str:
        """Return the words of `key`, or `otherwise` when knowledge is newer than the screens."""
        return self._words.get(key, otherwise)


@cache
def catalogue(language: Language) -> Catalogue:
    """Return the words in `language`, read once."""
    file = resources.files(__package__) / "words" / f"{language}.json"
    return Catalogue(language, json.loads(file.read_text(encoding="utf-8")))


def language_of(asked: str | None, accepted: str = "") -> Language:
    """Return the language a page was asked in, else the one its browser prefers; French at last.

    Args:
        asked: The language somebody chose, if anybody did.
        accepted: The browser's `Accept-Language`.
    """
    if asked in set(Language):
        return Language(asked)
    weights = dict(_weighed(part) for part in reversed(accepted.split(",")))
    known = [language for language in Language if weights.get(language)]
    return max(known, key=lambda language: weights[language], default=Language.FR)


def _weighed(part: str) -> tuple[str, float]:
    """Read one part of an `Accept-Language`: a language without its country, and its weight."""
    tag, _, weight = "".join(part.split()).lower().partition(";q=")
    try:
        return tag.partition("-")[0], float(weight or 1)
    except ValueError:
        return tag, 0.0
