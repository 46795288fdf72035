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


def language_of(asked: str | None) -> Language:
    """Return the language a page was asked in; French unless English was."""
    return Language.EN if asked == Language.EN else Language.FR
