"""Whether a pupil is expected by now, from the day's plan and their rights; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.dayplans import Who
from portique.core.values import Direction, HolderId, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from portique.core.calendars import Calendar
    from portique.core.dayplans import DayPlan
    from portique.core.rights import Rights
    from portique.server.people.index import Named

AHEAD_DAYS = 120  # longer than any holidays


class Expectation(StrEnum):
    """Whether somebody should have been seen at a gate by now; if not, why."""

    NOW = "now"
    NOT_YET = "not-yet"  # no lesson of theirs has begun, or the school is closed to them
    BOARDER = "boarder"
    AWAY = "away"
    PERMITTED = "permitted"
    NO_TIMETABLE = "no-timetable"  # no group of theirs has one: nothing can be said


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of a day: its plan, the zones that entries lead to, and who is away."""

    plan: DayPlan
    at_ms: int
    zones: Collection[str]
    away_people: Collection[UUID]
    away_groups: Collection[str]


def expectation(pupil: Named, rights: Rights, moment: Moment) -> Expectation:
    """Say whether a pupil is expected by now."""
    groups = groups_of(pupil, rights)
    if rights.boarder:
        return Expectation.BOARDER
    if pupil.person in moment.away_people or not set(groups).isdisjoint(moment.away_groups):
        return Expectation.AWAY
    if not set(groups) & (moment.plan.lessons or {}).keys():
        return Expectation.NO_TIMETABLE
    begins_ms = first_lesson_ms(moment.plan, groups)
    who = Who(Kind.PUPIL, HolderId(pupil.holder), groups)
    if begins_ms is None or begins_ms > moment.at_ms or not _opens(moment, who, begins_ms):
        return Expectation.NOT_YET
    ways = (Direction.ENTRY, Direction.EXIT)
    if any(rights.permission(way, moment.at_ms, moment.plan) for way in ways):
        return Expectation.PERMITTED
    return Expectation.NOW


def school_is_on(calendar: Calendar, day: date) -> bool:
    """Say whether a date has lessons by the timetable; where none covers it, whether school opens.

    School days alone do not tell: a term holds Sundays, and a new school's is the whole year.
    """
    if day not in calendar.school_days:
        return False
    timetable = calendar.timetable
    if timetable is not None and timetable.knows(day):
        return any(True for _ in timetable.on(day, school_day=True))
    return any(opening.holds_on(day, calendar.school_days) for opening in calendar.openings)


def next_school_day(calendar: Calendar, after: date) -> date | None:
    """Return the next date with school, None when none is known for the time of long holidays."""
    ahead = (after + timedelta(days=days) for days in range(1, AHEAD_DAYS + 1))
    return next((day for day in ahead if school_is_on(calendar, day)), None)


def groups_of(pupil: Named, rights: Rights) -> tuple[str, ...]:
    """Return a pupil's groups; the class alone where nothing else is known."""
    return rights.groups or ((pupil.label,) if pupil.label else ())


def first_lesson_ms(plan: DayPlan, groups: Iterable[str]) -> int | None:
    """Return when the first lesson that any of these groups has today begins; None: there is none.

    Groups without a timetable, such as a club's, say nothing.
    """
    lessons = plan.lessons or {}
    held = [lessons[group].held for group in groups if group in lessons]
    return min((spans[0].opens_ms for spans in held if spans), default=None)


def _opens(moment: Moment, who: Who, at_ms: int) -> bool:
    return any(moment.plan.opening(zone, who, at_ms) == "open" for zone in moment.zones)
