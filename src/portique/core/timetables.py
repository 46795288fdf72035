"""Which lessons each group has: every week, with what is cancelled and added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from portique.core.errors import KnowledgeError
from portique.core.plain import Fields, Plain, clock_text

if TYPE_CHECKING:
    from collections.abc import Iterator

LESSONS_MAX = 60_000
CHANGES_MAX = 20_000
GROUPS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """A weekly lesson of a group, in local minutes of one day.

    `every` 2 means one week in two, counted from the week of `first`.

    Raises:
        KnowledgeError: It ends before it begins, or alternates from no date.
    """

    group: str
    weekday: int
    begins: int
    ends: int
    first: date | None = None
    last: date | None = None
    every: int = 1

    def __post_init__(self) -> None:
        """Refuse an empty lesson and weeks that can't be counted."""
        if not self.begins < self.ends:
            raise KnowledgeError(f"a lesson of {self.group} ends before it begins")
        if self.every > 1 and self.first is None:
            raise KnowledgeError(f"a lesson of {self.group} alternates but has no first date")

    def falls_on(self, day: date) -> bool:
        """Say whether it takes place on this local date, cancellations aside."""
        if day.isoweekday() != self.weekday:
            return False
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        return self.first is None or _weeks(self.first, day) % self.every == 0

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "group": self.group,
            "weekday": self.weekday,
            "begins": clock_text(self.begins),
            "ends": clock_text(self.ends),
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "every": self.every,
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "lesson") as fields:
            return cls(
                fields.text("group"),
                fields.whole("weekday", 1, 7),
                fields.clock("begins"),
                fields.clock("ends"),
                fields.maybe("first", fields.day),
                fields.maybe("last", fields.day),
                fields.whole("every", 1, 4),
            )


def _weeks(first: date, day: date) -> int:
    """Count calendar weeks, Monday to Sunday, from one date's to another's."""
    monday, other = (one - timedelta(days=one.weekday()) for one in (first, day))
    return (other - monday).days // 7


class ChangeKind(StrEnum):
    """What happens to a group's day."""

    CANCELLED = "cancelled"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Change:
    """One date's exception: lessons that overlap the hours are cancelled, or one is added.

    Raises:
        KnowledgeError: It ends before it begins.
    """

    group: str
    day: date
    kind: ChangeKind
    begins: int
    ends: int

    def __post_init__(self) -> None:
        """Refuse an empty span."""
        if not self.begins < self.ends:
            raise KnowledgeError(f"a change for {self.group} ends before it begins")

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "group": self.group,
            "day": self.day.isoformat(),
            "kind": str(self.kind),
            "begins": clock_text(self.begins),
            "ends": clock_text(self.ends),
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "change") as fields:
            return cls(
                fields.text("group"),
                fields.day("day"),
                fields.choice("kind", ChangeKind),
                fields.clock("begins"),
                fields.clock("ends"),
            )


@dataclass(frozen=True, slots=True)
class Held:
    """A group's lesson on one date, in local minutes; `cancelled` ones are kept for regimes."""

    begins: int
    ends: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """The lessons of groups, believed from `first` to `last`.

    `groups` are all whose lessons are known, some perhaps without any (a
    boarding house, a club): of a group not named, nothing is known.

    Raises:
        KnowledgeError: A lesson or change is of a group not named.
    """

    first: date
    last: date
    groups: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        """Check that every lesson's group is named."""
        named = set(self.groups)
        taught = {lesson.group for lesson in self.lessons}
        changed = {change.group for change in self.changes}
        for group in sorted((taught | changed) - named):
            raise KnowledgeError(f"the timetable has lessons of {group}, which it doesn't name")

    def knows(self, day: date) -> bool:
        """Say whether this date is covered."""
        return self.first <= day <= self.last

    def on(self, day: date, *, school_day: bool) -> Iterator[tuple[str, Held]]:
        """Yield each group's lessons of a date. Weekly lessons are held on school days only."""
        changes = [change for change in self.changes if change.day == day]
        cancelled = [change for change in changes if change.kind is ChangeKind.CANCELLED]
        weekday = day.isoweekday()
        for lesson in self.lessons if school_day else ():
            if lesson.weekday == weekday and lesson.falls_on(day):
                out = any(_overlap(change, lesson) for change in cancelled)
                yield lesson.group, Held(lesson.begins, lesson.ends, out)
        for change in changes:
            if change.kind is ChangeKind.ADDED:
                yield change.group, Held(change.begins, change.ends, cancelled=False)

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "groups": list(self.groups),
            "lessons": [lesson.to_data() for lesson in self.lessons],
            "changes": [change.to_data() for change in self.changes],
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "timetable") as fields:
            return cls(
                fields.day("first"),
                fields.day("last"),
                fields.texts("groups", GROUPS_MAX),
                tuple(Lesson.from_data(row) for row in fields.rows("lessons", LESSONS_MAX)),
                tuple(Change.from_data(row) for row in fields.rows("changes", CHANGES_MAX)),
            )


def _overlap(change: Change, lesson: Lesson) -> bool:
    same = change.group == lesson.group
    return same and change.begins < lesson.ends and lesson.begins < change.ends
