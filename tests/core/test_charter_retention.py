"""How long data is kept: computed, compared and said."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.calendars import PARIS, Calendar, Days, Marks, SchoolDays, default_calendar
from portique.core.charter_retention import (
    NEXT_SCHOOL_DAY,
    THREE_MONTHS,
    WHILE_KNOWN,
    DayCount,
    Event,
    Retention,
    SchoolDayEnd,
    YearDate,
    keeps_school,
)
from portique.core.localtime import local_ms
from portique.core.plain import Words
from portique.gate.retention import forget_before

AUTUMN = Days("Toussaint", date(2026, 10, 17), date(2026, 11, 1))
CALENDAR = Calendar(
    PARIS,
    SchoolDays(holidays=(AUTUMN,), days_off=(date(2026, 11, 11),)),
    Marks(),
    default_calendar().openings,
    None,
)
DAY_MS = 86_400_000
FIRST_MS = local_ms(date(2026, 9, 1), 0, PARIS)


def ends(retention: Retention, day: date) -> date:
    """Return the day at whose first instant data of 10:00 on `day` is kept no longer."""
    at = retention.ends(local_ms(day, 600, PARIS), CALENDAR)
    return next(d for d in days_from(day) if local_ms(d, 0, PARIS) == at)


def days_from(day: date) -> Iterator[date]:
    """Yield two years of dates."""
    return (date.fromordinal(day.toordinal() + n) for n in range(800))


@pytest.mark.parametrize(
    ("term", "day", "gone"),
    [
        (SchoolDayEnd(), date(2026, 11, 23), date(2026, 11, 25)),  # Monday: all Tuesday
        (SchoolDayEnd(), date(2026, 11, 21), date(2026, 11, 24)),  # Saturday: all Monday
        (SchoolDayEnd(), date(2026, 11, 10), date(2026, 11, 13)),  # a day off comes between
        (SchoolDayEnd(2), date(2026, 11, 23), date(2026, 11, 26)),
        (SchoolDayEnd(), date(2026, 10, 16), date(2026, 10, 31)),  # holidays: 14 days and no more
        (DayCount(1), date(2026, 11, 23), date(2026, 11, 25)),
        (DayCount(30), date(2026, 10, 20), date(2026, 11, 20)),  # over the end of summer time
        (YearDate(10, 31), date(2026, 10, 30), date(2026, 11, 1)),
        (YearDate(10, 31), date(2026, 10, 31), date(2027, 11, 1)),
        (YearDate(10, 31), date(2026, 11, 23), date(2027, 11, 1)),
    ],
)
def test_a_term_ends_at_a_local_midnight(term, day: date, gone: date):
    """The last day is kept whole."""
    assert ends(Retention(Event.LEFT, term), day) == gone


def test_without_a_term_all_ends_with_the_event():
    """A closed account is erased at once."""
    retention = Retention(Event.ACCOUNT_CLOSED)

    assert retention.ends(FIRST_MS + 1, CALENDAR) == FIRST_MS + 1
    assert retention.kept_since(FIRST_MS, CALENDAR) == FIRST_MS + 1


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (date(2026, 11, 25), date(2026, 11, 24)),  # Wednesday: all Tuesday
        (date(2026, 11, 24), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 21)),  # Monday: since Saturday, which keeps school
    ],
)
def test_the_first_day_that_is_still_kept(now: date, first: date):
    """What the school day before ended with is kept, at any hour of today."""
    kept = Retention(Event.RECORDED, SchoolDayEnd()).kept_since(local_ms(now, 600, PARIS), CALENDAR)

    assert kept == local_ms(first, 0, PARIS)


@given(
    made=st.integers(0, 200 * DAY_MS), later=st.integers(0, 30 * DAY_MS), count=st.integers(1, 6)
)
def test_the_charter_says_what_gates_do(made: int, later: int, count: int):
    """An entry has outlived the declared rule exactly when a gate erases it."""
    made_ms, now_ms = FIRST_MS + made, FIRST_MS + made + later
    retention = Retention(Event.RECORDED, SchoolDayEnd(count))
    erased = made_ms < forget_before(now_ms, CALENDAR, count)

    assert (retention.ends(made_ms, CALENDAR) <= now_ms) is erased


TERMS = st.one_of(
    st.builds(SchoolDayEnd, st.integers(1, 100)),
    st.builds(DayCount, st.integers(1, 400)),
    st.builds(YearDate, st.integers(1, 12), st.integers(1, 28)),
)


@given(
    made=st.integers(0, 400 * DAY_MS), later=st.integers(0, 400 * DAY_MS), term=TERMS | st.none()
)
def test_what_is_no_longer_kept_is_what_is_older_than_one_instant(made: int, later: int, term):
    """Rows can be erased by comparing their moment with it, exactly as each one's end says."""
    retention, at_ms = Retention(Event.RECORDED, term), FIRST_MS + made + later
    ended = retention.ends(FIRST_MS + made, CALENDAR) <= at_ms

    assert (FIRST_MS + made < retention.kept_since(at_ms, CALENDAR)) is ended


@given(made=st.integers(0, 400 * DAY_MS), term=TERMS)
def test_no_term_outlasts_its_longest(made: int, term):
    """What is compared with the longest allowed is a true bound."""
    at = FIRST_MS + made
    ended = Retention(Event.RECORDED, term).ends(at, CALENDAR)

    assert at < ended <= at + (term.days_max + 1) * DAY_MS + DAY_MS // 24


def test_boarders_sunday_is_no_school_day():
    """The ordinary week makes the school days, and the calendar takes some away."""
    kept = [day for day in days_from(date(2026, 11, 8)) if keeps_school(CALENDAR, day)][:4]

    assert [day.day for day in kept] == [9, 10, 12, 13]


@pytest.mark.parametrize(
    ("shorter", "longer", "fits"),
    [
        (NEXT_SCHOOL_DAY, THREE_MONTHS, True),
        (THREE_MONTHS, NEXT_SCHOOL_DAY, False),
        (NEXT_SCHOOL_DAY, WHILE_KNOWN, True),
        (WHILE_KNOWN, THREE_MONTHS, False),
        (Retention(Event.LEFT), WHILE_KNOWN, True),
        (Retention(Event.ACCOUNT_CLOSED), WHILE_KNOWN, False),
    ],
)
def test_retentions_are_compared(shorter: Retention, longer: Retention, *, fits: bool):
    """Another event or a longer term doesn't fit."""
    assert shorter.within(longer) is fits


@pytest.mark.parametrize(
    "make",
    [
        lambda: SchoolDayEnd(0),
        lambda: DayCount(0),
        lambda: YearDate(2, 29),
        lambda: YearDate(13, 1),
    ],
)
def test_a_term_that_is_none_is_refused(make):
    """A number of days below one, a date that some years lack."""
    with pytest.raises(ValueError, match=r"term|day|month"):
        make()


@pytest.mark.parametrize(
    ("retention", "words"),
    [
        (
            NEXT_SCHOOL_DAY,
            Words(
                "jusqu’à la fin du jour de classe suivant", "until the end of the next school day"
            ),
        ),
        (Retention(Event.RECORDED), Words("effacé dès son usage", "erased as soon as used")),
        (
            WHILE_KNOWN,
            Words(
                "tant que la personne est connue de l’établissement, puis jusqu’au 31 octobre"
                " suivant",
                "while the person belongs to the school, then until the next 31 October",
            ),
        ),
        (
            Retention(Event.ACCOUNT_CLOSED, YearDate(9, 1)),
            Words(
                "tant que le compte existe, puis jusqu’au 1ᵉʳ septembre suivant",
                "while the account exists, then until the next 1 September",
            ),
        ),
    ],
)
def test_a_retention_is_said_in_one_clause(retention: Retention, words: Words):
    """In plain words, in both languages."""
    assert retention.words() == words
