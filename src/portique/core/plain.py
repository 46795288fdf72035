"""Plain data: what crosses from a school to its gates, read strictly.

Knowledge travels as maps, lists, texts, whole numbers and truths. Reading is
the one place where its shape is checked, key by key, so that the rest of the
core never meets a half-right value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypeVar

from portique.core.errors import KnowledgeError
from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

TEXT_CHARS_MAX = 80
ROWS_MAX = 100_000
DAY_MINUTES = 24 * 60
WHOLE_MAX = 2**53 - 1
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")
_CLOCK = re.compile(r"([0-2][0-9]):([0-5][0-9])")

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

Plain = Any
"""A map, list, text, whole number, truth or None, all the way down."""


class Fields:
    """Read one map strictly: each key present, of its type, and none left over.

    Use it as a context: leaving it checks that every key was asked for.

    Raises:
        KnowledgeError: On any deviation; names the place and the key.
    """

    def __init__(self, data: Plain, what: str) -> None:
        if not isinstance(data, dict):
            raise KnowledgeError(f"{what}: a map was expected")
        self._left: dict[Any, Any] = dict(data)
        self._what = what

    def __enter__(self) -> Self:
        """Begin reading."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        """Refuse keys nobody asked for, unless reading failed already."""
        if kind is None and self._left:
            raise KnowledgeError(f"{self._what}: unknown key {min(map(str, self._left))}")

    def _take(self, key: str) -> Any:
        try:
            return self._left.pop(key)
        except KeyError:
            raise KnowledgeError(f"{self._what}: {key} is missing") from None

    def _wrong(self, key: str, expected: str) -> KnowledgeError:
        return KnowledgeError(f"{self._what}: {key} must be {expected}")

    def text(self, key: str, chars_max: int = TEXT_CHARS_MAX) -> str:
        """Take a text of at most `chars_max` characters."""
        value = self._take(key)
        if not isinstance(value, str) or len(value) > chars_max:
            raise self._wrong(key, f"a text of at most {chars_max} characters")
        return value

    def code(self, key: str) -> str:
        """Take a code, as journals keep them: at most 40 letters, digits and . _ + -."""
        value = self._take(key)
        if not isinstance(value, str) or not CODE.fullmatch(value):
            raise self._wrong(key, "at most 40 plain letters, digits and . _ + - without spaces")
        return value

    def truth(self, key: str) -> bool:
        """Take true or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def whole(self, key: str, lowest: int = -WHOLE_MAX, highest: int = WHOLE_MAX) -> int:
        """Take a whole number within bounds, both included."""
        value = self._take(key)
        if type(value) is not int or not lowest <= value <= highest:
            raise self._wrong(key, f"a whole number from {lowest} to {highest}")
        return value

    def rows(self, key: str, rows_max: int = ROWS_MAX) -> list[Plain]:
        """Take a list of at most `rows_max` items."""
        value = self._take(key)
        if not isinstance(value, list) or len(value) > rows_max:
            raise self._wrong(key, f"a list of at most {rows_max}")
        return value

    def texts(self, key: str, rows_max: int = ROWS_MAX) -> tuple[str, ...]:
        """Take a list of texts."""
        values = self.rows(key, rows_max)
        if not all(isinstance(value, str) and len(value) <= TEXT_CHARS_MAX for value in values):
            raise self._wrong(key, "a list of texts")
        return tuple(values)

    def map(self, key: str) -> dict[Any, Plain]:
        """Take a map, unread."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "a map")
        return value

    def clock(self, key: str) -> int:
        """Take a local time "HH:MM", up to 24:00, as minutes since midnight."""
        value = self._take(key)
        minute = clock_minute(value) if isinstance(value, str) else None
        if minute is None:
            raise self._wrong(key, "a time from 00:00 to 24:00")
        return minute

    def day(self, key: str) -> date:
        """Take a date "YYYY-MM-DD"."""
        value = self._take(key)
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self._wrong(key, "a date YYYY-MM-DD") from None
        if day.isoformat() != value:
            raise self._wrong(key, "a date YYYY-MM-DD")
        return day

    def days(self, key: str) -> tuple[date, ...]:
        """Take a list of dates."""
        listed = {str(number): value for number, value in enumerate(self.rows(key))}
        items = Fields(listed, f"{self._what}: {key}")
        return tuple(items.day(number) for number in listed)

    def weekdays(self, key: str) -> tuple[int, ...]:
        """Take a list of ISO weekdays, 1 Monday to 7 Sunday, each once, in order."""
        values = self.rows(key, 7)
        numbers = all(type(value) is int and 1 <= value <= 7 for value in values)
        if not numbers or values != sorted(set(values)):
            raise self._wrong(key, "weekdays from 1 to 7, each once, in order")
        return tuple(values)

    def choice(self, key: str, among: type[Choice]) -> Choice:
        """Take one value of an enumeration."""
        value = self._take(key)
        try:
            return among(value)
        except ValueError:
            raise self._wrong(key, "one of " + ", ".join(among)) from None

    def maybe(self, key: str, read: Callable[[str], Value]) -> Value | None:
        """Take null, or what `read` (a method of these fields) takes."""
        if self._left.get(key, key) is None:
            del self._left[key]
            return None
        return read(key)


def clock_minute(text: str) -> int | None:
    """Read "HH:MM", up to 24:00, as minutes since midnight; None if it isn't that."""
    found = _CLOCK.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    return minute if minute <= DAY_MINUTES else None


def clock_text(minute: int) -> str:
    """Write minutes since midnight as "HH:MM"."""
    return f"{minute // 60:02}:{minute % 60:02}"


@dataclass(frozen=True, slots=True)
class Words:
    """One short text in French and in English."""

    fr: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in one language."""
        return self.fr if language is Language.FR else self.en

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {"fr": self.fr, "en": self.en}

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "words") as fields:
            return cls(fields.text("fr"), fields.text("en"))
