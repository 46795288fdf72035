"""The week of the synthetic lycée: hours, lessons of every group, terms and holidays.

Languages and specialities have hours of their own on each level, so that nobody is expected in two
places at once; a class fills the rest, with the holes of an ordinary timetable.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from portique.core.calendars import Days, Marks, SchoolDays
from portique.core.timetables import Change, ChangeKind, Lesson, Timetable
from portique.testing.people import (
    BANDS,
    BANDS_TAKEN,
    BOARDERS,
    CLASSES,
    LANGUAGES,
    OPTIONS,
    SCHOOL_DAYS,
    WEDNESDAY,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Slot = tuple[int, int]  # ISO weekday, place in the day

# Lessons of 55 minutes, in local minutes: 08:00 … 12:05, 13:05 … 17:10.
BEGINS = (480, 540, 610, 670, 785, 845, 915, 975)
LESSON_MINUTES = 55
MORNING = 4
LANGUAGE_LESSONS = 3
BAND_LESSONS = 4
OPTION_LESSONS = 2
COMMON_LESSONS = {"2D": 22, "1G": 13, "1S": 16, "TG": 13, "TS": 16, "BT": 28}  # by kind of class
HOLIDAY_DAYS = 16
# Each begins on the first Saturday from then on; months before September are of the next year.
HOLIDAYS = (("Toussaint", 10, 15), ("Noël", 12, 18), ("Hiver", 2, 5), ("Printemps", 4, 3))
PUBLIC_HOLIDAYS = ((11, 11), (5, 1), (5, 8))
SATURDAY = 6

MARKS = Marks(
    morning_ends=725,
    midday=755,
    meal_ends=785,
    day_ends=(1030, 1030, 725, 1030, 1030, 725, 0),
)


def make_school_days(year: int) -> SchoolDays:
    """Return the terms and holidays of the school year that begins in September of `year`."""
    holidays = []
    for title, month, day in HOLIDAYS:
        begins = _saturday_from(_date(year, month, day))
        holidays.append(Days(title, begins, begins + timedelta(days=HOLIDAY_DAYS - 1)))
    return SchoolDays(
        terms=(Days("année scolaire", *school_year(year)),),
        holidays=tuple(holidays),
        days_off=tuple(_date(year, month, day) for month, day in PUBLIC_HOLIDAYS),
    )


def school_year(year: int) -> tuple[date, date]:
    """Return the first and last day of lessons of the year that begins in September."""
    return date(year, 9, 1), _saturday_from(date(year + 1, 7, 1))


def _date(year: int, month: int, day: int) -> date:
    return date(year if month > 8 else year + 1, month, day)


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(SATURDAY - day.isoweekday()) % 7)


def make_timetable(groups: Iterable[str], year: int, seed: int) -> Timetable:
    """Draw the lessons of every group of pupils for a school year, the same for each seed."""
    named = tuple(sorted({*groups, BOARDERS}))
    lessons = tuple(
        Lesson(group, day, BEGINS[place], BEGINS[place] + LESSON_MINUTES)
        for level in CLASSES
        for group, slots in _level(level, named, random.Random(f"{seed} {level}"))
        for day, place in sorted(slots)
    )
    return Timetable(*school_year(year), named, lessons)


def _level(
    level: str, groups: tuple[str, ...], draw: random.Random
) -> Iterator[tuple[str, set[Slot]]]:
    """Give each group of one level its hours."""
    free = _slots()
    draw.shuffle(free)
    for names, count in _across_classes(level):
        hours = _take(free, count)
        prefixes = tuple(f"{level}{name}" for name in names)
        yield from ((group, hours) for group in groups if group.startswith(prefixes))
    for label in CLASSES[level]:
        yield label, _common(free, COMMON_LESSONS[label[:2]], draw)


def _across_classes(level: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """List what pupils of several classes take at the same hours, and how many a week."""
    if level == "S":
        return
    yield LANGUAGES, LANGUAGE_LESSONS
    yield OPTIONS, OPTION_LESSONS
    if level in BANDS_TAKEN:
        yield from ((band, BAND_LESSONS) for band in BANDS)


def _slots() -> list[Slot]:
    return [
        (day, place)
        for day, place in product(SCHOOL_DAYS, range(len(BEGINS)))
        if day != WEDNESDAY or place < MORNING
    ]


def _take(free: list[Slot], count: int) -> set[Slot]:
    """Take hours out of those that are left."""
    taken, free[:] = set(free[:count]), free[count:]
    return taken


def _common(free: list[Slot], count: int, draw: random.Random) -> set[Slot]:
    """Draw a class's own hours, early ones first, as timetables are made."""
    by_hour = sorted(free, key=lambda slot: slot[1] + draw.uniform(0, 5))
    return set(by_hour[:count])


def absent_teacher(timetable: Timetable, group: str, day: date) -> Change:
    """Cancel a group's last lesson of a day: what lets some leave early.

    Raises:
        ValueError: The group has no lesson that day.
    """
    ends = [
        lesson for lesson in timetable.lessons if lesson.group == group and lesson.falls_on(day)
    ]
    if not ends:
        raise ValueError(f"{group} has no lesson on {day}")
    last = max(ends, key=lambda lesson: lesson.ends)
    return Change(group, day, ChangeKind.CANCELLED, last.begins, last.ends)
