"""School days, openings and wall clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.calendars import (
    PARIS,
    Audience,
    Calendar,
    Days,
    Marks,
    On,
    Opening,
    SchoolDays,
    default_calendar,
)
from portique.core.dayplans import Hours, Who, plan_day
from portique.core.errors import KnowledgeError
from portique.core.localtime import local_clock, local_day, local_ms, read_instant
from portique.core.timetables import Change, ChangeKind, Lesson, Timetable
from portique.core.values import HolderId, Kind, from_ms, to_ms
from portique.core.zones import INSIDE, OUTSIDE

MONDAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
HOUR_MS = 3_600_000
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
EVERYBODY = Audience(everybody=True)


def at(text: str) -> int:
    """Read a Paris time."""
    return to_ms(read_instant(text, PARIS))


def week_of(*lessons: Lesson, changes: tuple[Change, ...] = ()) -> Timetable:
    """Make a year's timetable of the groups its lessons name."""
    groups = tuple(sorted({lesson.group for lesson in lessons}))
    return Timetable(date(2026, 9, 1), date(2027, 7, 4), groups, lessons, changes)


@given(DAYS, st.integers(0, 1439), st.integers(0, 1439))
def test_wall_clocks_never_run_backwards(day: date, one: int, other: int):
    """Of two wall times the later never comes first in UTC, on any night."""
    earlier, later = sorted((one, other))

    assert local_ms(day, earlier, PARIS) <= local_ms(day, later, PARIS, closing=True)
    assert local_ms(day, earlier, PARIS) <= local_ms(day, later, PARIS)


@given(DAYS, st.integers(0, 1439))
def test_a_wall_time_comes_back(day: date, minute: int):
    """Outside the hour that never happens, UTC shows the same wall time again."""
    ms = local_ms(day, minute, PARIS)

    if not (day.month == 3 and 120 <= minute < 180):
        assert local_day(ms, PARIS) == day
        assert local_clock(ms, PARIS) == (minute // 60, minute % 60)


def test_minutes_past_midnight_lie_on_the_next_day():
    """1,500 minutes are 01:00 of the day after."""
    assert local_ms(MONDAY, 1500, PARIS) == at("2026-11-24T01:00")


@pytest.mark.parametrize(("day", "hours"), [(MONDAY, 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_day_lasts_as_long_as_its_clocks_say(day: date, hours: int):
    """The plan of a clock-change day has 23 or 25 hours."""
    plan = plan_day(default_calendar(), day)

    assert plan.ends_ms - plan.begins_ms == hours * HOUR_MS
    assert plan.begins_ms in plan
    assert plan.ends_ms not in plan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23", "2026-11-22T23:00:00+00:00"),
        ("2026-11-23T08:00", "2026-11-23T07:00:00+00:00"),
        ("2026-07-14T08:00:30.5", "2026-07-14T06:00:30.500000+00:00"),
        ("2026-07-14T08:00Z", "2026-07-14T08:00:00+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:00:00+00:00"),
    ],
)
def test_times_without_offset_are_local(text: str, expected: str):
    """An ISO time is the school's own unless it says otherwise."""
    assert read_instant(text, PARIS).isoformat() == expected
    assert read_instant(text, PARIS).tzinfo is UTC


def test_a_zone_that_isnt_one_is_refused():
    """A typing mistake in the zone's name is found when the calendar is read."""
    data = default_calendar().to_data() | {"zone": "Europe/Pari"}

    with pytest.raises(KnowledgeError, match="Europe/Pari"):
        Calendar.from_data(data)


@pytest.mark.parametrize("zone", ["../etc/passwd", "", "Europe/Paris\0", "x" * 79])
def test_a_hostile_zone_is_refused(zone: str):
    """A zone's name never becomes a path."""
    with pytest.raises(KnowledgeError):
        Calendar.from_data(default_calendar().to_data() | {"zone": zone})


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("2026-11-23T06:59:59", "closed"),
        ("2026-11-23T07:00", "open"),
        ("2026-11-23T18:59:59", "open"),
        ("2026-11-23T19:00", "closed"),
        ("2026-11-28T12:00", "open"),
        ("2026-11-29T12:00", "closed"),
    ],
)
def test_a_new_school_opens_from_monday_to_saturday(text: str, state: str):
    """07:00 to 19:00, Sunday closed, no holidays."""
    plan = plan_day(default_calendar(), local_day(at(text), PARIS))

    assert plan.opening(INSIDE, Who(Kind.PUPIL, None), at(text)) == state


def test_a_zone_nothing_opens_is_not_covered():
    """Closed today is one thing, never for them another."""
    plan = plan_day(default_calendar(), MONDAY)

    assert plan.opening(OUTSIDE, Who(Kind.PUPIL, None), plan.begins_ms) == "not-covered"


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (EVERYBODY, [True, True]),
        (Audience(kinds=(Kind.PUPIL,)), [True, False]),
        (Audience(groups=("2B", "2A")), [True, False]),
        (Audience(holders=(HolderId("00000000000000aa"),)), [True, False]),
        (Audience(kinds=(Kind.STAFF,), groups=("2B",)), [False, False]),
    ],
    ids=["everybody", "kind", "group", "list", "others"],
)
def test_an_audience_takes_kinds_groups_lists_or_everybody(
    audience: Audience, expected: list[bool]
):
    """A pupil of 2A is meant by each; somebody unknown by everybody's openings only."""
    pupil = Who(Kind.PUPIL, HolderId("00000000000000aa"), ("2A", "LV2"))

    assert [pupil.is_among(audience), Who(None, None).is_among(audience)] == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (On.SCHOOL_DAYS, ["2026-10-16", "2026-11-02"]),
        (On.EVES, ["2026-10-15", "2026-11-01", "2026-11-02"]),
        (On.ALWAYS, ["2026-10-15", "2026-10-16", "2026-10-17", "2026-11-01", "2026-11-02"]),
    ],
)
def test_a_weekly_opening_keeps_school_days_eves_or_all(on: On, expected: list[str]):
    """Around the autumn holidays, each opens on its own days."""
    holiday = Days("Toussaint", date(2026, 10, 17), date(2026, 11, 1))
    school_days = SchoolDays(holidays=(holiday,), days_off=(date(2026, 10, 15),))
    opening = Opening("x", INSIDE, EVERYBODY, 0, 60, (1, 2, 3, 4, 5, 6, 7), on)
    watched = ["2026-10-15", "2026-10-16", "2026-10-17", "2026-11-01", "2026-11-02"]

    held = [day for day in watched if opening.holds_on(date.fromisoformat(day), school_days)]
    assert held == expected


def test_terms_bound_the_year():
    """Before the first term nothing is a school day."""
    school_days = SchoolDays(terms=(Days("1", date(2026, 9, 1), date(2026, 12, 18)),))

    assert date(2026, 9, 1) in school_days
    assert date(2026, 12, 18) in school_days
    assert date(2026, 8, 31) not in school_days
    assert date(2026, 12, 19) not in school_days


def test_a_weekly_opening_lasts_from_its_first_to_its_last_date():
    """A club of the second term opens in the second term."""
    opening = Opening("club", INSIDE, EVERYBODY, 0, 60, (1,), first=MONDAY, last=MONDAY)

    mondays = [MONDAY + timedelta(weeks=weeks) for weeks in (-1, 0, 1)]
    assert [opening.holds_on(day, SchoolDays()) for day in mondays] == [False, True, False]


def test_holidays_run_forwards():
    """A holiday that ends before it begins is a typing mistake."""
    with pytest.raises(KnowledgeError, match="comes before"):
        Days("Noël", date(2027, 1, 3), date(2026, 12, 19))


def test_lessons_of_a_day_are_in_utc_and_in_order():
    """Of two groups taken together, without doubles."""
    timetable = week_of(
        Lesson("2A", 1, 480, 540), Lesson("LV2", 1, 600, 660), Lesson("LV2", 1, 480, 540)
    )
    plan = plan_day(default_with(timetable), MONDAY)

    lessons = plan.lessons_of(("LV2", "2A"))
    assert lessons
    assert lessons.held == (
        Hours(at("2026-11-23T08:00"), at("2026-11-23T09:00")),
        Hours(at("2026-11-23T10:00"), at("2026-11-23T11:00")),
    )


def default_with(timetable: Timetable | None, school_days: SchoolDays | None = None) -> Calendar:
    """Give a new school a timetable."""
    made = default_calendar()
    days = school_days or made.school_days
    return Calendar(made.zone, days, made.marks, made.openings, timetable)


def test_lessons_of_an_unknown_group_or_day_are_unknown():
    """Not empty: unknown."""
    plan = plan_day(default_with(week_of(Lesson("2A", 1, 480, 540))), MONDAY)
    after = plan_day(default_with(week_of(Lesson("2A", 1, 480, 540))), date(2027, 7, 5))

    assert plan.lessons_of(("2A", "club")) is None
    assert plan.lessons_of(()) is None
    assert after.lessons_of(("2A",)) is None
    assert plan_day(default_calendar(), MONDAY).lessons_of(("2A",)) is None


def test_cancelled_lessons_stay_planned():
    """An absent teacher's hour is no longer held but still counts for stricter regimes."""
    cancelled = Change("2A", MONDAY, ChangeKind.CANCELLED, 500, 510)
    other = Change("2B", MONDAY, ChangeKind.CANCELLED, 0, 1440)
    timetable = week_of(
        Lesson("2A", 1, 480, 540),
        Lesson("2A", 1, 540, 600),
        Lesson("2B", 2, 480, 540),
        changes=(cancelled, other),
    )

    lessons = plan_day(default_with(timetable), MONDAY).lessons_of(("2A",))
    assert lessons
    assert (len(lessons.held), len(lessons.planned)) == (1, 2)


def test_a_holiday_has_no_weekly_lessons_but_may_have_added_ones():
    """A catch-up lesson on a day off takes place."""
    added = Change("2A", MONDAY, ChangeKind.ADDED, 600, 660)
    timetable = week_of(Lesson("2A", 1, 480, 540), changes=(added,))

    lessons = plan_day(default_with(timetable, SchoolDays(days_off=(MONDAY,))), MONDAY).lessons_of(
        ("2A",)
    )
    assert lessons
    assert lessons.held == (Hours(at("2026-11-23T10:00"), at("2026-11-23T11:00")),)


@pytest.mark.parametrize(
    ("day", "held", "planned"),
    [
        ("2026-11-22", "2026-11-26T16:00", "2026-11-27T16:00"),
        ("2026-11-26", "", "2026-11-27T16:00"),
        ("2026-11-27", "", ""),
        ("2026-11-28", "", ""),
    ],
)
def test_the_week_goes_from_sunday_to_saturday(day: str, held: str, planned: str):
    """A boarder's Sunday evening belongs to the week that comes."""
    cancelled = Change("2A", date(2026, 11, 27), ChangeKind.CANCELLED, 0, 1440)
    timetable = week_of(
        Lesson("2A", 4, 900, 960), Lesson("2A", 4, 480, 540), Lesson("2A", 5, 900, 960),
        changes=(cancelled,),
    )  # fmt: skip

    lessons = plan_day(default_with(timetable), date.fromisoformat(day)).lessons_of(("2A",))
    assert lessons
    assert lessons.week_held_ms == (at(held) if held else 0)
    assert lessons.week_planned_ms == (at(planned) if planned else 0)


def test_a_fortnightly_lesson_counts_weeks_from_its_first_date():
    """One week in two, from a Wednesday on, for a lesson of Mondays."""
    lesson = Lesson("2A", 1, 480, 540, first=date(2026, 11, 25), last=date(2026, 12, 31), every=2)

    days = [MONDAY + timedelta(days=days) for days in range(8 * 7)]
    held = [day.isoformat() for day in days if lesson.falls_on(day)]
    assert held == ["2026-12-07", "2026-12-21"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Lesson("2A", 1, 540, 480), "ends before"),
        (lambda: Lesson("2A", 1, 480, 540, every=2), "no first date"),
        (lambda: Change("2A", MONDAY, ChangeKind.ADDED, 540, 540), "ends before"),
        (lambda: Timetable(MONDAY, MONDAY, (), (Lesson("2A", 1, 1, 2),)), "lessons of 2A"),
    ],
)
def test_an_impossible_timetable_is_refused(make, message: str):
    """It says which group's lesson is wrong."""
    with pytest.raises(KnowledgeError, match=message):
        make()


def test_a_calendar_survives_plain_data():
    """Everything a school can write in a calendar is read back as it was."""
    calendar = Calendar(
        PARIS,
        SchoolDays(
            (Days("1", date(2026, 9, 1), date(2027, 7, 3)),),
            (Days("Noël", date(2026, 12, 19), date(2027, 1, 3)),),
            (date(2027, 5, 7),),
        ),
        Marks(morning_ends=700, midday=790, meal_ends=810, day_ends=(1, 2, 3, 4, 5, 6, 1440)),
        (
            Opening(
                "examen",
                INSIDE,
                Audience(kinds=(Kind.CANDIDATE,), groups=("2A",), holders=(HolderId("0" * 16),)),
                450,
                780,
                (6, 7),
                On.ALWAYS,
                MONDAY,
                MONDAY,
                (MONDAY,),
            ),
        ),
        week_of(
            Lesson("2A", 1, 480, 540, MONDAY, MONDAY, 2),
            changes=(Change("2A", MONDAY, ChangeKind.ADDED, 600, 660),),
        ),
    )

    assert Calendar.from_data(calendar.to_data()) == calendar
    assert Calendar.from_data(default_calendar().to_data()) == default_calendar()


@pytest.mark.parametrize(
    ("part", "wrong", "message"),
    [
        ("marks", {"day_ends": ["17:00"]}, "each weekday"),
        ("marks", {"midday": "25:00"}, "midday"),
        ("school_days", {"days_off": ["2026-02-30"]}, "days_off"),
        ("school_days", {"days_off": ["20260228"]}, "days_off"),
        ("school_days", {"days_off": [3]}, "days_off"),
    ],
)
def test_a_wrong_value_is_named(part: str, wrong: dict[str, object], message: str):
    """The message says where and which key."""
    data = default_calendar().to_data()
    data[part] |= wrong

    with pytest.raises(KnowledgeError, match=message):
        Calendar.from_data(data)


def test_a_kind_that_isnt_one_is_refused():
    """An opening for nobody's kind would never open, silently."""
    data = Audience().to_data() | {"kinds": ["pupils"]}

    with pytest.raises(KnowledgeError, match="kind"):
        Audience.from_data(data)


def test_a_plan_is_made_of_instants_only():
    """Compiled marks follow the clocks of their own day."""
    marks = plan_day(default_calendar(), AUTUMN).marks

    assert from_ms(marks.morning_ends_ms) == datetime(2026, 10, 25, 11, tzinfo=UTC)
    assert from_ms(marks.day_ends_ms) == datetime(2026, 10, 24, 22, tzinfo=UTC)
