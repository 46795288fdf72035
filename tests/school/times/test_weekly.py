"""Dates become the fewest weekly lessons, and exactly those dates."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.school.times.school_year import FIRST, frame

from portique.school.times.weekly import weekly

HOURS = ("2DE 04", 480, 540)
FRAME = frame()
DAYS = sorted(FRAME.school_days)
MONDAYS = [day for day in DAYS if day.isoweekday() == 1]


def test_a_lesson_of_every_week_is_one_line():
    """Holidays between the dates part nothing."""
    (lesson,) = weekly(HOURS, MONDAYS, FRAME.school_days)

    assert (lesson.every, lesson.first, lesson.last) == (1, MONDAYS[0], MONDAYS[-1])


def test_weeks_a_and_b_are_one_line_each():
    """One week in two is said as such when the weeks go on counting in the holidays."""
    a_weeks = [day for day in MONDAYS if (day - MONDAYS[0]).days // 7 % 2 == 0]

    (lesson,) = weekly(HOURS, a_weeks, FRAME.school_days)
    assert lesson.every == 2


def test_a_missing_week_parts_a_lesson_in_two():
    """A week without the lesson is a gap between two runs, not a lesson one week in two."""
    lessons = weekly(HOURS, MONDAYS[:9] + MONDAYS[10:], FRAME.school_days)

    assert [lesson.every for lesson in lessons] == [1, 1]


def test_one_date_is_one_line():
    """A lesson that happens once begins and ends on that day."""
    (lesson,) = weekly(HOURS, [MONDAYS[3]], FRAME.school_days)

    assert (lesson.first, lesson.last) == (MONDAYS[3], MONDAYS[3])


@given(st.sets(st.sampled_from(DAYS), max_size=60))
def test_weekly_lessons_fall_on_the_dates_and_on_no_other_school_day(dates: set[date]):
    """Whatever the dates, nothing is lost and nothing added."""
    lessons = weekly(HOURS, dates, FRAME.school_days)
    year = (FIRST + timedelta(days=ahead) for ahead in range(330))

    fallen = {day for day in year if any(lesson.falls_on(day) for lesson in lessons)}
    assert fallen & FRAME.school_days == dates
    assert len(lessons) <= max(len(dates), 1)
