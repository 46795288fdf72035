"""Dates and times as people type them: stricter than the core, which reads a school's rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portique.core.localtime import read_instant, zone_of

# A pass lives in an ordinary time: beyond these years, sums of dates overflow.
FIRST_YEAR, LAST_YEAR = 1971, 9990


def typed_instant(text: str, zone: str) -> datetime:
    """Read an ISO date and time into UTC; without offset it is local.

    Of a local time that comes twice, in autumn, the first is meant.

    Raises:
        ValueError: Not ISO, too far away, or a local time that the change to summer time skips;
            says which, without repeating what was typed.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date and time is written like 2026-09-01T08:00") from None
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise ValueError(f"a year is from {FIRST_YEAR} to {LAST_YEAR}")
    at = read_instant(text, zone)
    if wall.tzinfo is None and at.astimezone(zone_of(zone)).replace(tzinfo=None) != wall:
        raise ValueError("that time does not exist: the clocks go forward over it")
    return at


def typed_end(text: str, zone: str) -> datetime:
    """Read until when something lasts: a date alone is the end of that day, local.

    Raises:
        ValueError: As `typed_instant`.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return typed_instant(text, zone)
    typed_instant(text, zone)  # says what is wrong with a year
    return typed_instant((day + timedelta(days=1)).isoformat(), zone)
