"""Which repetitions of an event are expanded: those that a timetable has, and that surely end.

A rule may be written that never falls on any day, or every second: looking
for its dates would take a machine for hours. These checks leave only rules
that the expansion walks through in a known number of steps.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icalendar.cal import Component

EARLIEST = timedelta(days=6 * 366)  # a rule older than that isn't this year's
DATES_MAX = 60  # given one by one for one event
EXCLUDED_MAX = 2_000
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"})
NUMBERED = {f"{sign}{place}{day}" for sign in ("", "+", "-") for place in range(1, 6)
            for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")}  # fmt: skip
DAYS = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})


def check_repetition(event: Component, first: date) -> bool:
    """Say whether an event's repetition is one that is expanded; `first`: the first date asked."""
    rules = _listed(event.get("RRULE"))
    if event.get("EXRULE") is not None or len(rules) > 1:
        return False
    if _count(event, "RDATE") > DATES_MAX or _count(event, "EXDATE") > EXCLUDED_MAX:
        return False
    return not rules or (_begins_late_enough(event, first) and _is_walkable(rules[0]))


def _count(event: Component, name: str) -> int:
    return sum(len(getattr(each, "dts", ())) for each in _listed(event.get(name)))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _begins_late_enough(event: Component, first: date) -> bool:
    start: datetime = event.decoded("DTSTART")
    return start.date() >= first - EARLIEST


def _is_walkable(rule: Any) -> bool:
    parts = {str(name).upper(): _listed(values) for name, values in rule.items()}
    if not set(parts) <= PARTS:
        return False
    interval = int(parts.get("INTERVAL", [1])[0])
    days = {str(day).upper() for day in parts.get("BYDAY", [])}
    match [str(freq).upper() for freq in parts.get("FREQ", [])]:
        case ["WEEKLY"]:
            return interval > 0 and days <= DAYS
        case ["DAILY"]:  # from seven on, an interval may never meet the weekdays asked
            return 0 < interval < 7 and days <= DAYS
        case ["MONTHLY"]:
            return interval == 1 and days <= NUMBERED
    return False
