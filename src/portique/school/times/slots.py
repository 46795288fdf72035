"""Lessons on dates, the days a timetable is read for, and how a changed day is told to gates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from portique.core.errors import TimetableError
from portique.core.plain import DAY_MINUTES, Fields, Plain, Words, clock_text
from portique.core.timetables import Change, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from portique.core.calendars import Calendar

    Span = tuple[int, int]

DAYS_MAX = 400


def unusable(fr: str, en: str) -> TimetableError:
    """Return the error to raise, in French and in English."""
    return TimetableError(Words(fr, en))


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One lesson of one group on one date, in local minutes.

    `teacher` is the school's own code, empty when not known or not kept. It
    serves to find a teacher's lessons and never reaches a gate.

    Raises:
        TimetableError: It ends before it begins, or lies outside the day.
    """

    day: date
    group: str
    begins: int
    ends: int
    teacher: str = ""

    def __post_init__(self) -> None:
        """Refuse an empty lesson, or one that is not of one day."""
        if not 0 <= self.begins < self.ends <= DAY_MINUTES:
            raise unusable(
                f"{self.group}\xa0: un cours finit après avoir commencé, le même jour",
                f"{self.group}: a lesson ends after it begins, on the same day",
            )

    @property
    def hours(self) -> Span:
        """When it begins and ends."""
        return self.begins, self.ends

    def overlaps(self, begins: int, ends: int) -> bool:
        """Say whether it shares a minute with these hours."""
        return self.begins < ends and begins < self.ends

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "day": self.day.isoformat(),
            "group": self.group,
            "begins": clock_text(self.begins),
            "ends": clock_text(self.ends),
            "teacher": self.teacher,
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "slot") as fields:
            return cls(
                fields.day("day"),
                fields.text("group"),
                fields.clock("begins"),
                fields.clock("ends"),
                fields.text("teacher"),
            )


@dataclass(frozen=True, slots=True)
class Frame:
    """What a timetable is read into: the school's zone, the dates, and which are school days."""

    zone: str
    first: date
    last: date
    school_days: frozenset[date]


def frame_of(calendar: Calendar, first: date, last: date) -> Frame:
    """Frame the dates from `first` to `last`, both included, by a school's calendar.

    Raises:
        TimetableError: The dates are turned round, or more than 400.
    """
    if not 0 <= (last - first).days < DAYS_MAX:
        raise unusable(
            f"un emploi du temps couvre de 1 à {DAYS_MAX} jours\xa0: vérifiez les dates",
            f"a timetable covers 1 to {DAYS_MAX} days: check the dates",
        )
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return Frame(
        calendar.zone, first, last, frozenset(day for day in days if day in calendar.school_days)
    )


def changes_for(
    day: date, group: str, planned: Collection[Span], held: Collection[Span]
) -> list[Change]:
    """Tell gates that of a group's planned hours, exactly these are held.

    A cancellation takes out every lesson that overlaps it: what it would take
    out wrongly (a half-group's lesson at the same hour) is added again.
    """
    out = sorted(set(planned) - set(held))
    added = [
        hours
        for hours in sorted(set(held))
        if hours not in planned
        or any(hours[0] < ends and begins < hours[1] for begins, ends in out)
    ]
    return [
        *(Change(group, day, ChangeKind.CANCELLED, *hours) for hours in out),
        *(Change(group, day, ChangeKind.ADDED, *hours) for hours in added),
    ]
