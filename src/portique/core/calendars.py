"""When a school is open, for whom, and which days are school days.

Everything here is in the school's local time, as a head of school writes it.
`dayplans` turns one date of it into UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from portique.core.errors import KnowledgeError
from portique.core.localtime import zone_of
from portique.core.plain import DAY_MINUTES, Fields, Plain, clock_text
from portique.core.timetables import Timetable
from portique.core.values import HolderId, Kind
from portique.core.zones import INSIDE

PARIS = "Europe/Paris"
OPENINGS_MAX = 2_000
SPANS_MAX = 400
MONDAY_TO_SATURDAY = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Days:
    """A run of local dates, both included: a term, a holiday.

    Raises:
        KnowledgeError: The last day is before the first.
    """

    title: str
    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a run that ends before it begins."""
        if self.last < self.first:
            raise KnowledgeError(f"{self.title}: {self.last} comes before {self.first}")

    def __contains__(self, day: date) -> bool:
        """Say whether `day` is one of them."""
        return self.first <= day <= self.last

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "title": self.title,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "term or holiday") as fields:
            return cls(fields.text("title"), fields.day("first"), fields.day("last"))


@dataclass(frozen=True, slots=True)
class Marks:
    """Times of the school's day, in local minutes, that exit regimes refer to.

    `midday` parts morning from afternoon lessons; `day_ends` has one time for
    each weekday, Monday first.
    """

    morning_ends: int = 12 * 60
    midday: int = 13 * 60
    meal_ends: int = 13 * 60
    day_ends: tuple[int, ...] = (1020, 1020, 750, 1020, 1020, 720, 0)  # 17:00, Wednesday 12:30

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "morning_ends": clock_text(self.morning_ends),
            "midday": clock_text(self.midday),
            "meal_ends": clock_text(self.meal_ends),
            "day_ends": [clock_text(minute) for minute in self.day_ends],
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "marks of the day") as fields:
            morning_ends, midday = fields.clock("morning_ends"), fields.clock("midday")
            meal_ends, rows = fields.clock("meal_ends"), fields.rows("day_ends", 7)
        if len(rows) != 7:
            raise KnowledgeError("marks of the day: day_ends needs a time for each weekday")
        ends = {str(place): row for place, row in enumerate(rows)}
        with Fields(ends, "marks of the day: day_ends") as fields:
            return cls(morning_ends, midday, meal_ends, tuple(map(fields.clock, ends)))


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """Terms, holidays and days off. Without terms the whole year is one."""

    terms: tuple[Days, ...] = ()
    holidays: tuple[Days, ...] = ()
    days_off: tuple[date, ...] = ()

    def __contains__(self, day: date) -> bool:
        """Say whether `day` lies in a term, in no holiday, and is no day off."""
        in_term = not self.terms or any(day in term for term in self.terms)
        off = day in self.days_off or any(day in holiday for holiday in self.holidays)
        return in_term and not off

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "terms": [term.to_data() for term in self.terms],
            "holidays": [holiday.to_data() for holiday in self.holidays],
            "days_off": [day.isoformat() for day in self.days_off],
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "school days") as fields:
            return cls(
                tuple(Days.from_data(row) for row in fields.rows("terms", SPANS_MAX)),
                tuple(Days.from_data(row) for row in fields.rows("holidays", SPANS_MAX)),
                fields.days("days_off"),
            )


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an opening is for: everybody, or whoever is in one of the three lists."""

    everybody: bool = False
    kinds: tuple[Kind, ...] = ()
    groups: tuple[str, ...] = ()
    holders: tuple[HolderId, ...] = ()

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "everybody": self.everybody,
            "kinds": [str(kind) for kind in self.kinds],
            "groups": list(self.groups),
            "holders": list(self.holders),
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "audience") as fields:
            everybody, kinds = fields.truth("everybody"), fields.texts("kinds")
            groups, holders = fields.texts("groups"), fields.texts("holders")
        if not set(kinds) <= set(Kind):
            raise KnowledgeError("audience: a kind that isn't one")
        return cls(
            everybody, tuple(map(Kind, kinds)), groups, tuple(HolderId(one) for one in holders)
        )


class On(StrEnum):
    """Which of its weekdays a weekly opening keeps."""

    SCHOOL_DAYS = "school-days"
    EVES = "eves"  # the day before a school day: boarders come back on Sunday
    ALWAYS = "always"  # holidays too


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of a zone for an audience: every week, on dates, or both.

    `opens` and `closes` are local minutes; closing at or before opening means
    the next day. Dates hold whatever the calendar says; `weekdays` hold from
    `first` to `last` (either may be None) as `on` says.
    """

    title: str
    zone: str
    audience: Audience
    opens: int
    closes: int
    weekdays: tuple[int, ...] = ()
    on: On = On.SCHOOL_DAYS
    first: date | None = None
    last: date | None = None
    dates: tuple[date, ...] = ()

    @property
    def closes_after(self) -> int:
        """Minutes from the opening day's midnight to the closing, over 1440 when past midnight."""
        return self.closes if self.closes > self.opens else self.closes + DAY_MINUTES

    def holds_on(self, day: date, school_days: SchoolDays) -> bool:
        """Say whether it opens on this local date."""
        if day in self.dates:
            return True
        if day.isoweekday() not in self.weekdays:
            return False
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        kept = day + timedelta(days=1) if self.on is On.EVES else day
        return self.on is On.ALWAYS or kept in school_days

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "title": self.title,
            "zone": self.zone,
            "audience": self.audience.to_data(),
            "opens": clock_text(self.opens),
            "closes": clock_text(self.closes),
            "weekdays": list(self.weekdays),
            "on": str(self.on),
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "dates": [day.isoformat() for day in self.dates],
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "opening") as fields:
            return cls(
                fields.text("title"),
                fields.code("zone"),
                Audience.from_data(fields.map("audience")),
                fields.clock("opens"),
                fields.clock("closes"),
                fields.weekdays("weekdays"),
                fields.choice("on", On),
                fields.maybe("first", fields.day),
                fields.maybe("last", fields.day),
                fields.days("dates"),
            )


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that one date's plan is made from; `timetable` None: the school gave none.

    Raises:
        KnowledgeError: `zone` is not a time zone.
    """

    zone: str
    school_days: SchoolDays
    marks: Marks
    openings: tuple[Opening, ...]
    timetable: Timetable | None

    def __post_init__(self) -> None:
        """Check the time zone now rather than at the gate."""
        zone_of(self.zone)

    def to_data(self) -> Plain:
        """Write as plain data: the knowledge's part `calendar`."""
        return {
            "zone": self.zone,
            "school_days": self.school_days.to_data(),
            "marks": self.marks.to_data(),
            "openings": [opening.to_data() for opening in self.openings],
            "timetable": self.timetable.to_data() if self.timetable else None,
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "calendar") as fields:
            timetable = fields.maybe("timetable", fields.map)
            return cls(
                fields.text("zone"),
                SchoolDays.from_data(fields.map("school_days")),
                Marks.from_data(fields.map("marks")),
                tuple(Opening.from_data(row) for row in fields.rows("openings", OPENINGS_MAX)),
                None if timetable is None else Timetable.from_data(timetable),
            )


def default_calendar() -> Calendar:
    """Return a new school's: no holidays, Monday to Saturday 07:00 to 19:00, Paris time."""
    ordinary = Opening(
        "horaires ordinaires",
        INSIDE,
        Audience(everybody=True),
        opens=7 * 60,
        closes=19 * 60,
        weekdays=MONDAY_TO_SATURDAY,
    )
    return Calendar(PARIS, SchoolDays(), Marks(), (ordinary,), None)
