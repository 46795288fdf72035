"""One local date of a calendar in UTC milliseconds, so that a gate only compares numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portique.core.localtime import local_ms
from portique.core.plain import DAY_MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portique.core.calendars import Audience, Calendar, Opening
    from portique.core.timetables import Timetable
    from portique.core.values import HolderId, Kind


@dataclass(frozen=True, slots=True)
class Who:
    """What openings ask about somebody; `kind` and `holder` None: not unsealed here."""

    kind: Kind | None
    holder: HolderId | None
    groups: tuple[str, ...] = ()

    def is_among(self, audience: Audience) -> bool:
        """Say whether an opening for this audience is for them."""
        return (
            audience.everybody
            or self.kind in audience.kinds
            or self.holder in audience.holders
            or not set(self.groups).isdisjoint(audience.groups)
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of UTC ms, `opens_ms <= instant < closes_ms`."""

    opens_ms: int
    closes_ms: int

    def __contains__(self, at_ms: int) -> bool:
        """Say whether an instant lies in it."""
        return self.opens_ms <= at_ms < self.closes_ms


@dataclass(frozen=True, slots=True)
class PlannedOpening:
    """One opening on this date; `hours` None: it is for them, but not today."""

    zone: str
    audience: Audience
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Lessons:
    """Lessons of one group, or of several taken together, on one date and later in its week.

    `held` are those that take place, `planned` those and the cancelled ones,
    both in order. `week_held_ms` is when the last one held later in the week
    ends (0: none); a school week goes from Sunday to Saturday, because
    boarders come back on Sunday evening.
    """

    held: tuple[Hours, ...] = ()
    planned: tuple[Hours, ...] = ()
    week_held_ms: int = 0
    week_planned_ms: int = 0


@dataclass(frozen=True, slots=True)
class DayMarks:
    """The marks of the school's day, in UTC ms."""

    morning_ends_ms: int
    midday_ms: int
    meal_ends_ms: int
    day_ends_ms: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One local date: `begins_ms <= instant < ends_ms`.

    `lessons` by group; None when the timetable doesn't cover the date.
    """

    day: date
    zone_name: str
    begins_ms: int
    ends_ms: int
    school_day: bool
    marks: DayMarks
    openings: tuple[PlannedOpening, ...]
    lessons: Mapping[str, Lessons] | None

    def __contains__(self, at_ms: int) -> bool:
        """Say whether an instant lies in this date."""
        return self.begins_ms <= at_ms < self.ends_ms

    def opening(self, zone: str, who: Who, at_ms: int) -> str:
        """Say "open", "closed", or "not-covered" when nothing ever opens this zone to them."""
        theirs = [o for o in self.openings if o.zone == zone and who.is_among(o.audience)]
        if any(o.hours and at_ms in o.hours for o in theirs):
            return "open"
        return "closed" if theirs else "not-covered"

    def lessons_of(self, groups: Iterable[str]) -> Lessons | None:
        """Merge the lessons of several groups; None when one of them, or the day, is unknown."""
        groups = tuple(groups)
        if self.lessons is None or not groups or not set(groups) <= self.lessons.keys():
            return None
        found = [self.lessons[group] for group in groups]
        return Lessons(
            _merged(lessons.held for lessons in found),
            _merged(lessons.planned for lessons in found),
            max(lessons.week_held_ms for lessons in found),
            max(lessons.week_planned_ms for lessons in found),
        )

    def local_ms(self, minute: int) -> int:
        """Turn minutes since this date's midnight into UTC ms."""
        return local_ms(self.day, minute, self.zone_name)


def _merged(several: Iterable[Iterable[Hours]]) -> tuple[Hours, ...]:
    """Put spans in order, each once."""
    spans = {(hours.opens_ms, hours.closes_ms): hours for some in several for hours in some}
    return tuple(spans[ends] for ends in sorted(spans))


def plan_day(calendar: Calendar, day: date) -> DayPlan:
    """Compile one local date of a calendar."""
    zone = calendar.zone
    return DayPlan(
        day,
        zone,
        local_ms(day, 0, zone),
        local_ms(day, DAY_MINUTES, zone),
        day in calendar.school_days,
        _marks(calendar, day),
        tuple(
            PlannedOpening(opening.zone, opening.audience, hours)
            for opening in calendar.openings
            for hours in _hours(calendar, opening, day)
        ),
        _lessons(calendar, day),
    )


def _marks(calendar: Calendar, day: date) -> DayMarks:
    marks = calendar.marks
    minutes = (
        marks.morning_ends,
        marks.midday,
        marks.meal_ends,
        marks.day_ends[day.weekday()],
    )
    return DayMarks(*(local_ms(day, minute, calendar.zone) for minute in minutes))


def _hours(calendar: Calendar, opening: Opening, day: date) -> list[Hours | None]:
    """Return an opening's hours that touch a date, yesterday's past midnight included."""
    found: list[Hours | None] = []
    for start in (day - timedelta(days=1), day):
        reaches = start == day or opening.closes_after > DAY_MINUTES
        if reaches and opening.holds_on(start, calendar.school_days):
            opens = local_ms(start, opening.opens, calendar.zone)
            closes = local_ms(start, opening.closes_after, calendar.zone, closing=True)
            found.append(Hours(opens, closes))
    return found or [None]


def _lessons(calendar: Calendar, day: date) -> dict[str, Lessons] | None:
    timetable = calendar.timetable
    if timetable is None or not timetable.knows(day):
        return None
    held: dict[str, list[Hours]] = {group: [] for group in timetable.groups}
    planned: dict[str, list[Hours]] = {group: [] for group in timetable.groups}
    for group, lesson in timetable.on(day, school_day=day in calendar.school_days):
        hours = Hours(
            local_ms(day, lesson.begins, calendar.zone),
            local_ms(day, lesson.ends, calendar.zone, closing=True),
        )
        planned[group].append(hours)
        if not lesson.cancelled:
            held[group].append(hours)
    later_held, later_planned = _week_ends(calendar, timetable, day)
    return {
        group: Lessons(
            _merged([held[group]]),
            _merged([planned[group]]),
            later_held.get(group, 0),
            later_planned.get(group, 0),
        )
        for group in timetable.groups
    }


def _week_ends(
    calendar: Calendar, timetable: Timetable, day: date
) -> tuple[dict[str, int], dict[str, int]]:
    """Return, by group, when the last lesson held, and planned, later this week ends."""
    held: dict[str, int] = {}
    planned: dict[str, int] = {}
    days_left = 6 - day.isoweekday() % 7  # Sunday is 7: six days of its week are left
    for ahead in range(1, days_left + 1):
        later = day + timedelta(days=ahead)
        for group, lesson in timetable.on(later, school_day=later in calendar.school_days):
            ends = local_ms(later, lesson.ends, calendar.zone, closing=True)
            planned[group] = max(planned.get(group, 0), ends)
            if not lesson.cancelled:
                held[group] = max(held.get(group, 0), ends)
    return held, planned
