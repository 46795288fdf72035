"""Dates into weekly lessons: what gates are told stays small.

A year of one lesson is thirty-odd dates, or one line «every Monday from … to
…». Days without school are free: a lesson that pauses in the holidays is one
line all the same.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from portique.core.timetables import Lesson

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    Hours = tuple[str, int, int]

STEPS = (1, 2, 3, 4)  # weeks: those a core `Lesson` can say


def weekly(
    hours: Hours, dates: Collection[date], school_days: Collection[date]
) -> tuple[Lesson, ...]:
    """Write a lesson's dates as the fewest weekly lessons that fall on exactly those dates.

    Args:
        hours: The group, and the local minutes at which the lesson begins and ends.
        dates: School days, in any order.
        school_days: All of them; the lessons found may fall on other days, which don't count.
    """
    found: list[Lesson] = []
    for weekday in sorted({day.isoweekday() for day in dates}):
        mine = {day for day in dates if day.isoweekday() == weekday}
        ways = [list(_runs(mine, school_days, step)) for step in STEPS]
        step, runs = min(zip(STEPS, ways, strict=True), key=lambda way: (len(way[1]), way[0]))
        group, begins, ends = hours
        found += [Lesson(group, weekday, begins, ends, run[0], run[-1], step) for run in runs]
    return tuple(found)


def _runs(
    dates: Collection[date], school_days: Collection[date], step: int
) -> Iterator[list[date]]:
    """Part dates of one weekday into runs without a gap, one week in `step`."""
    left = sorted(dates)
    while left:
        run = _run(left, school_days, step)
        yield run
        taken = set(run)
        left = [day for day in left if day not in taken]


def _run(left: list[date], school_days: Collection[date], step: int) -> list[date]:
    """Follow the first date every `step` weeks until a school day is missing."""
    held, run, day = set(left), [left[0]], left[0]
    while day < left[-1]:
        day += timedelta(weeks=step)
        if day in held:
            run.append(day)
        elif day in school_days:
            break
    return run
