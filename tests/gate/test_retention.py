"""Retention: what lives until the end of the next school day, and no longer."""

# ruff: noqa: DTZ001 - local wall clocks are what these tests are about

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.calendars import Days, On, SchoolDays, default_calendar
from portique.core.values import to_ms
from portique.gate.retention import forget_before

PARIS = ZoneInfo("Europe/Paris")
CALENDAR = default_calendar()  # school from Monday to Saturday


def before(now: datetime, calendar=CALENDAR, days: int = 1) -> datetime:
    ms = forget_before(to_ms(now.replace(tzinfo=PARIS).astimezone(UTC)), calendar, days)
    return datetime.fromtimestamp(ms / 1000, PARIS).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("now", "kept_from"),
    [
        (datetime(2026, 11, 24, 0, 0), datetime(2026, 11, 23)),  # Tuesday: Monday's are kept
        (datetime(2026, 11, 24, 23, 59), datetime(2026, 11, 23)),
        (datetime(2026, 11, 25, 0, 0), datetime(2026, 11, 24)),  # Wednesday: Monday's are gone
        (datetime(2026, 11, 23, 8, 0), datetime(2026, 11, 21)),  # Monday: Saturday's live on
        (datetime(2026, 11, 22, 8, 0), datetime(2026, 11, 21)),  # Sunday is no school day
    ],
)
def test_an_entry_lives_until_the_end_of_the_next_school_day(now, kept_from):
    """Yesterday's entries are kept today; those of the school day before are not."""
    assert before(now) == kept_from


def test_holidays_do_not_count_as_school_days():
    """What was made on the last day lives over the holidays, but never beyond 14 days."""
    holiday = Days("Noël", date(2026, 12, 19), date(2027, 1, 3))
    calendar = replace(CALENDAR, school_days=SchoolDays(holidays=(holiday,)))

    assert before(datetime(2026, 12, 24, 8), calendar) == datetime(2026, 12, 18)
    assert before(datetime(2027, 1, 3, 8), calendar) == datetime(2026, 12, 20)


@pytest.mark.parametrize("on", [On.EVES, On.ALWAYS])
def test_a_boarders_sunday_is_no_school_day(on):
    """An opening outside the ordinary week shortens nothing: Saturday's entries live on Sunday."""
    sunday = replace(CALENDAR.openings[0], title="Internat", on=on, weekdays=(7,))
    calendar = replace(CALENDAR, openings=(*CALENDAR.openings, sunday))

    assert before(datetime(2026, 11, 23, 8), calendar) == datetime(2026, 11, 21)


def test_midnight_is_local_on_the_night_clocks_change():
    """The border is the school's midnight, in winter and in summer time."""
    assert before(datetime(2026, 10, 26, 12)) == datetime(2026, 10, 24)
    assert before(datetime(2027, 3, 30, 12)) == datetime(2027, 3, 29)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.integers(1, 14))
def test_today_is_always_kept_and_nothing_beyond_14_days(now, days):
    """Whatever the calendar, the border lies between one and fourteen days back."""
    back = now.date() - before(now, days=days).date()

    assert 1 <= back.days <= 14
