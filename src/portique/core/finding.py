"""Finding somebody by what is typed in a hurry: a few letters of a name, and a class.

The console and the gate's own screen find by the same rules.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

LETTERS_MIN = 3  # fewer would list a school
NAMES_MAX = 8
# Letters that no accent parts from their plain form.
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# Marks that have several forms, or that people leave out.
_MARKS = str.maketrans(dict.fromkeys("'’‘ʼʹ`´", "") | dict.fromkeys("-‐‑‒–—−", " "))


def unaccented(text: str) -> str:
    """Return a text without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(part for part in parts if not unicodedata.combining(part))


def plain(text: str) -> str:
    """Return a text as people type it in a hurry: no accents, capitals, hyphens or apostrophes."""
    return unaccented(text.translate(_MARKS))


def joined(label: str) -> str:
    """Return a class or service as it is compared: "2de 4" is "2DE4"."""
    return "".join(plain(label).split())


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, and of those that an apostrophe joins also the second part."""
    parts = name.replace("’", "'").split("'")
    inner = (word for part in parts[1:] for word in plain(part).split()[:1])
    return tuple(dict.fromkeys((*plain(name).split(), *inner)))


def answers(words: Iterable[str], starts: Iterable[str]) -> bool:
    """Say whether each start begins one of a name's words."""
    held = tuple(words)
    return all(any(word.startswith(start) for word in held) for start in starts)


@dataclass(frozen=True, slots=True)
class Asked:
    """Letters that begin words of a name, in any order, and the beginning of a class."""

    starts: tuple[str, ...]
    label: str

    @classmethod
    def typed(cls, letters: str, label: str) -> Self | None:
        """Take what was typed; None if the letters are too few to ask anything."""
        if len(letters.strip()) < LETTERS_MIN:
            return None
        return cls(tuple(plain(letters).split()), joined(label))

    def fits(self, words: Iterable[str], label: str) -> bool:
        """Say whether somebody with these words of a name, of this class, may be meant."""
        return answers(words, self.starts) and joined(label).startswith(self.label)
