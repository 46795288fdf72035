"""Exit regimes: what holds for any timetable, and how they travel."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.calendars import PARIS, Calendar, default_calendar
from portique.core.dayplans import DayPlan, plan_day
from portique.core.errors import KnowledgeError
from portique.core.exit_words import clock_words, explain_exit
from portique.core.exits import (
    BUILT_IN,
    VERDICTS,
    ExitRegime,
    Leaver,
    Period,
    Rule,
    Verdict,
    Why,
    may_leave,
    read_regimes,
    write_regimes,
)
from portique.core.localtime import local_ms
from portique.core.plain import Words
from portique.core.rights import Permission, Rights
from portique.core.rules import FACTS
from portique.core.timetables import Change, ChangeKind, Lesson, Timetable
from portique.core.values import Direction, Language

REGIMES = {regime.code: regime for regime in BUILT_IN}
WEEKDAYS = st.integers(1, 6)
LESSONS = st.builds(
    lambda group, weekday, hour, length: Lesson(group, weekday, hour * 60, (hour + length) * 60),
    st.sampled_from(["A", "B", "C"]),
    WEEKDAYS,
    st.integers(8, 17),
    st.integers(1, 3),
)
DATES = st.dates(date(2026, 11, 22), date(2026, 11, 28))
CHANGES = st.builds(
    lambda group, day, hour: Change(group, day, ChangeKind.CANCELLED, hour * 60, hour * 60 + 120),
    st.sampled_from(["A", "B", "C"]),
    DATES,
    st.integers(8, 17),
)


@st.composite
def plans(draw: st.DrawFn) -> DayPlan:
    """Draw one day of a week of lessons, some of them cancelled."""
    lessons = tuple(draw(st.lists(LESSONS, max_size=12)))
    changes = tuple(draw(st.lists(CHANGES, max_size=4)))
    made = default_calendar()
    timetable = Timetable(date(2026, 9, 1), date(2027, 7, 4), ("A", "B", "C"), lessons, changes)
    calendar = Calendar(made.zone, made.school_days, made.marks, made.openings, timetable)
    return plan_day(calendar, draw(DATES))


RIGHTS = st.builds(
    Rights,
    groups=st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=3, unique=True).map(
        tuple
    ),
    meal_days=st.sampled_from([(), (1, 2, 4, 5), (1, 2, 3, 4, 5)]),
    boarder=st.booleans(),
)
MINUTES = st.integers(0, 1439)
ANY_REGIME = st.sampled_from(list(BUILT_IN))


def instant(plan: DayPlan, minute: int) -> int:
    """Return a minute of the plan's day."""
    return local_ms(plan.day, minute, PARIS)


@given(plans(), RIGHTS, ANY_REGIME, MINUTES)
def test_nobody_but_the_free_leaves_during_a_lesson(
    plan: DayPlan, rights: Rights, regime: ExitRegime, minute: int
):
    """A lesson that is held keeps its pupils, whatever their regime, except those of age."""
    at_ms = instant(plan, minute)
    lessons = plan.lessons_of(rights.groups)
    assert lessons

    if regime.rule is not Rule.ANY_TIME and any(at_ms in hours for hours in lessons.held):
        assert may_leave(Leaver(rights, regime, plan), at_ms).why is Why.IN_LESSON


@given(plans(), RIGHTS, MINUTES)
def test_regimes_are_ordered_by_strictness(plan: DayPlan, rights: Rights, minute: int):
    """Who may leave under red may under amber, then green, then free, then of age."""
    order = ["red", "amber", "green", "free", "adult"]
    at_ms = instant(plan, minute)

    allowed = [
        may_leave(Leaver(rights, REGIMES[code], plan), at_ms).verdict is Verdict.PERMITTED
        for code in order
    ]
    assert allowed == sorted(allowed)


@given(plans(), RIGHTS, ANY_REGIME, MINUTES)
def test_an_exit_announced_is_an_exit_granted(
    plan: DayPlan, rights: Rights, regime: ExitRegime, minute: int
):
    """At the announced instant the pupil may leave, and at no turning point before."""
    leaver = Leaver(rights, regime, plan)
    answer = may_leave(leaver, instant(plan, minute))

    if answer.later:
        then, why = answer.later
        assert may_leave(leaver, then).verdict is Verdict.PERMITTED
        assert may_leave(leaver, then - 1).verdict is not Verdict.PERMITTED
        assert VERDICTS[why] is Verdict.PERMITTED


@given(plans(), RIGHTS, st.none() | ANY_REGIME, MINUTES)
def test_a_permission_beats_any_regime(
    plan: DayPlan, rights: Rights, regime: ExitRegime | None, minute: int
):
    """Even an unknown one."""
    granted = Permission(Direction.EXIT, 0, None, "CPE")
    allowed = Rights(rights.groups, permissions=(granted,))

    assert (
        may_leave(Leaver(allowed, regime, plan), instant(plan, minute)).verdict is Verdict.PERMITTED
    )


@given(plans(), RIGHTS, st.none() | ANY_REGIME, MINUTES)
def test_every_answer_has_words(
    plan: DayPlan, rights: Rights, regime: ExitRegime | None, minute: int
):
    """In both languages, with the time asked about."""
    at_ms = instant(plan, minute)
    words = explain_exit(Leaver(rights, regime, plan), at_ms)

    for language in Language:
        assert clock_words(at_ms, PARIS, language) in words.in_language(language)


def test_the_words_in_english():
    """The same facts, in English order."""
    lesson = Lesson("A", 1, 840, 930)
    made = default_calendar()
    timetable = Timetable(date(2026, 9, 1), date(2027, 7, 4), ("A",), (lesson,))
    calendar = Calendar(made.zone, made.school_days, made.marks, made.openings, timetable)
    plan = plan_day(calendar, date(2026, 11, 23))
    leaver = Leaver(Rights(("A",), meal_days=(1,)), REGIMES["green"], plan)

    assert explain_exit(leaver, instant(plan, 855)).en == (
        "may not leave at 14:15: green regime, a lesson is going on; "
        "may leave at 15:30 (no more lessons)"
    )


def test_every_verdict_is_a_fact():
    """The table knows each answer, and one more for people without a regime."""
    assert set(FACTS["exit_verdict"]["in"]) == set(Verdict)
    assert set(VERDICTS.values()) == set(Verdict) - {Verdict.NOT_APPLICABLE}


def test_built_in_codes_fit_in_a_pass():
    """At most 12 bytes, each its own."""
    codes = [regime.code for regime in BUILT_IN]

    assert codes == ["free", "green", "amber", "red", "boarder", "adult"]
    assert all(len(code.encode()) <= 12 for code in codes)


def test_regimes_survive_plain_data():
    """A school's own regime too."""
    own = ExitRegime("r4", Words("quatre", "four"), Rule.LAST_HOUR, Period.HALF_DAY)

    assert read_regimes(write_regimes([*BUILT_IN, own])) == REGIMES | {"r4": own}


@pytest.mark.parametrize(
    "data",
    [
        {},
        [{}],
        write_regimes([BUILT_IN[0], BUILT_IN[0]]),
        [BUILT_IN[0].to_data() | {"rule": "whenever"}],
        [BUILT_IN[0].to_data() | {"code": "x" * 13}],
    ],
    ids=str,
)
def test_damaged_regimes_are_refused(data: Any):
    """Two of one code included."""
    with pytest.raises(KnowledgeError):
        read_regimes(data)


@pytest.mark.parametrize("period", [Period.HALF_DAY, Period.DAY, Period.WEEK])
def test_a_regime_may_fix_its_own_period(period: Period):
    """A lesson this afternoon keeps for the day and the week, not for the half-day."""
    lesson = Lesson("A", 1, 840, 930)
    made = default_calendar()
    timetable = Timetable(date(2026, 9, 1), date(2027, 7, 4), ("A",), (lesson,))
    calendar = Calendar(made.zone, made.school_days, made.marks, made.openings, timetable)
    plan = plan_day(calendar, date(2026, 11, 23))
    regime = ExitRegime("own", Words("à nous", "ours"), Rule.LAST_LESSON, period)

    answer = may_leave(Leaver(Rights(("A",)), regime, plan), instant(plan, 600))
    permitted = answer.verdict is Verdict.PERMITTED
    assert permitted is (period is Period.HALF_DAY)
