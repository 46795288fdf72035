"""When a pupil may leave alone, and why, in words.

A school writes its own regimes; each is one rule over one period of
supervision. A permission beats any regime. Whatever the answer, nothing locks:
it drives the lamp and tells the agent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from portique.core.dayplans import Lessons
from portique.core.errors import KnowledgeError
from portique.core.plain import Fields, Plain, Words
from portique.core.values import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portique.core.dayplans import DayPlan, Hours
    from portique.core.rights import Permission, Rights

CODE_CHARS_MAX = 12  # travels sealed in the pass
REGIMES_MAX = 60


class Rule(StrEnum):
    """What a regime asks for."""

    ANY_TIME = "any-time"  # of age: signs for oneself
    NO_LESSON = "no-lesson"  # out between two lessons as well
    LAST_LESSON = "last-lesson"  # after the period's last lesson that takes place
    LAST_HOUR = "last-hour"  # after its last planned hour, teacher absent or not
    FULL_HOURS = "full-hours"  # not before the end of the school's own day
    PERMISSION_ONLY = "permission-only"  # never alone


class Period(StrEnum):
    """How long a pupil is under the school's watch at a stretch."""

    PROFILE = "profile"  # boarders: week; on meal days: day; otherwise: half-day
    HALF_DAY = "half-day"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class ExitRegime:
    """One regime: `code` is stable (sealed in passes), `title` and the rest are the school's."""

    code: str
    title: Words
    rule: Rule
    period: Period = Period.PROFILE

    def to_data(self) -> Plain:
        """Write as plain data."""
        return {
            "code": self.code,
            "title": self.title.to_data(),
            "rule": str(self.rule),
            "period": str(self.period),
        }

    @classmethod
    def from_data(cls, data: Plain) -> Self:
        """Read back; see `Fields` for what it raises."""
        with Fields(data, "exit regime") as fields:
            return cls(
                fields.text("code", CODE_CHARS_MAX),
                Words.from_data(fields.map("title")),
                fields.choice("rule", Rule),
                fields.choice("period", Period),
            )


BUILT_IN: tuple[ExitRegime, ...] = (
    ExitRegime("free", Words("libre", "free"), Rule.NO_LESSON),
    ExitRegime("green", Words("vert", "green"), Rule.LAST_LESSON),
    ExitRegime("amber", Words("orange", "amber"), Rule.LAST_HOUR),
    ExitRegime("red", Words("rouge", "red"), Rule.FULL_HOURS),
    ExitRegime("boarder", Words("interne", "boarder"), Rule.LAST_LESSON, Period.WEEK),
    ExitRegime("adult", Words("majeur", "adult"), Rule.ANY_TIME),
)
"""A new school's regimes."""


def write_regimes(regimes: Iterable[ExitRegime]) -> Plain:
    """Write regimes as plain data."""
    return [regime.to_data() for regime in regimes]


def read_regimes(data: Plain) -> dict[str, ExitRegime]:
    """Read regimes back, by code.

    Raises:
        KnowledgeError: See `Fields`; or two regimes share a code.
    """
    with Fields({"regimes": data}, "exit regimes") as fields:
        rows = [ExitRegime.from_data(row) for row in fields.rows("regimes", REGIMES_MAX)]
    regimes = {regime.code: regime for regime in rows}
    if len(regimes) != len(rows):
        raise KnowledgeError("two exit regimes share a code")
    return regimes


class Verdict(StrEnum):
    """The answer; the values are those of the fact `exit_verdict`."""

    PERMITTED = "permitted"
    NOT_PERMITTED = "not-permitted"
    REGIME_UNKNOWN = "regime-unknown"
    TIMETABLE_UNKNOWN = "timetable-unknown"
    NOT_APPLICABLE = "not-applicable"


class Why(StrEnum):
    """What the answer rests on."""

    OF_AGE = "of-age"
    NO_LESSON_NOW = "no-lesson-now"
    PERIOD_OVER = "period-over"
    PERMISSION = "permission"
    IN_LESSON = "in-lesson"
    LESSON_LATER = "lesson-later"
    WEEK_NOT_OVER = "week-not-over"
    BEFORE_MEAL = "before-meal"
    BEFORE_DAY_ENDS = "before-day-ends"
    NEVER_ALONE = "never-alone"
    REGIME_UNKNOWN = "regime-unknown"
    TIMETABLE_UNKNOWN = "timetable-unknown"


VERDICTS: Mapping[Why, Verdict] = {
    Why.OF_AGE: Verdict.PERMITTED,
    Why.NO_LESSON_NOW: Verdict.PERMITTED,
    Why.PERIOD_OVER: Verdict.PERMITTED,
    Why.PERMISSION: Verdict.PERMITTED,
    Why.IN_LESSON: Verdict.NOT_PERMITTED,
    Why.LESSON_LATER: Verdict.NOT_PERMITTED,
    Why.WEEK_NOT_OVER: Verdict.NOT_PERMITTED,
    Why.BEFORE_MEAL: Verdict.NOT_PERMITTED,
    Why.BEFORE_DAY_ENDS: Verdict.NOT_PERMITTED,
    Why.NEVER_ALONE: Verdict.NOT_PERMITTED,
    Why.REGIME_UNKNOWN: Verdict.REGIME_UNKNOWN,
    Why.TIMETABLE_UNKNOWN: Verdict.TIMETABLE_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Leaver:
    """A pupil who would leave on the day of `plan`; `regime` None: not known."""

    rights: Rights
    regime: ExitRegime | None
    plan: DayPlan


@dataclass(frozen=True, slots=True)
class ExitAnswer:
    """The answer for one instant.

    `later` is the first later instant of the same day at which the pupil may
    leave and what that rests on; None when permitted now, or no more today.
    """

    verdict: Verdict
    why: Why
    at_ms: int
    regime: ExitRegime | None
    later: tuple[int, Why] | None = None
    permission: Permission | None = None


def may_leave(leaver: Leaver, at_ms: int) -> ExitAnswer:
    """Say whether a pupil may leave alone at an instant of the plan's day, and from when on."""
    lessons = leaver.plan.lessons_of(leaver.rights.groups)
    why, permission = _why(leaver, lessons, at_ms)
    verdict = VERDICTS[why]
    later = None if verdict is Verdict.PERMITTED else _later(leaver, lessons, at_ms)
    return ExitAnswer(verdict, why, at_ms, leaver.regime, later, permission)


def _later(leaver: Leaver, lessons: Lessons | None, after_ms: int) -> tuple[int, Why] | None:
    for moment in _turning_points(leaver, lessons or Lessons(), after_ms):
        why, _ = _why(leaver, lessons, moment)
        if VERDICTS[why] is Verdict.PERMITTED:
            return moment, why
    return None


def _turning_points(leaver: Leaver, lessons: Lessons, after_ms: int) -> list[int]:
    """List the later instants of the day at which an answer may become yes."""
    plan, marks = leaver.plan, leaver.plan.marks
    moments = {
        marks.morning_ends_ms,
        marks.meal_ends_ms,
        marks.day_ends_ms,
        *(hours.closes_ms for hours in (*lessons.held, *lessons.planned)),
        *(permission.begins_on(plan) for permission in leaver.rights.permissions),
    }
    return sorted(moment for moment in moments if after_ms < moment < plan.ends_ms)


def _why(leaver: Leaver, lessons: Lessons | None, at_ms: int) -> tuple[Why, Permission | None]:
    """Ask the regime first: a permission is named only when it was needed."""
    why = _by_regime(leaver, lessons, at_ms)
    if VERDICTS[why] is Verdict.PERMITTED:
        return why, None
    permission = leaver.rights.permission(Direction.EXIT, at_ms, leaver.plan)
    return (why, None) if permission is None else (Why.PERMISSION, permission)


def _by_regime(leaver: Leaver, lessons: Lessons | None, at_ms: int) -> Why:
    regime = leaver.regime
    if regime is None:
        return Why.REGIME_UNKNOWN
    if regime.rule is Rule.ANY_TIME:
        return Why.OF_AGE
    if regime.rule is Rule.PERMISSION_ONLY:
        return Why.NEVER_ALONE
    if lessons is None:
        return Why.TIMETABLE_UNKNOWN
    return _by_lessons(leaver, regime, lessons, at_ms)


def _by_lessons(leaver: Leaver, regime: ExitRegime, lessons: Lessons, at_ms: int) -> Why:
    by_plan = regime.rule in {Rule.LAST_HOUR, Rule.FULL_HOURS}
    hours = lessons.planned if by_plan else lessons.held
    if any(at_ms in lesson for lesson in hours):
        return Why.IN_LESSON
    if regime.rule is Rule.NO_LESSON:
        return Why.NO_LESSON_NOW
    week_ends_ms = lessons.week_planned_ms if by_plan else lessons.week_held_ms
    return next(_supervision(leaver, regime, (hours, week_ends_ms), at_ms), Why.PERIOD_OVER)


def _supervision(
    leaver: Leaver, regime: ExitRegime, ahead: tuple[tuple[Hours, ...], int], at_ms: int
) -> Iterator[Why]:
    """Yield what still keeps the pupil inside, outside lessons."""
    plan, period = leaver.plan, _period(leaver, regime)
    hours, week_ends_ms = ahead
    morning = _is_morning(hours, plan, at_ms)
    later = [lesson for lesson in hours if lesson.opens_ms >= at_ms]
    if period is Period.HALF_DAY:
        later = [lesson for lesson in later if (lesson.opens_ms < plan.marks.midday_ms) is morning]
    if later:
        yield Why.LESSON_LATER
    if period is Period.WEEK and at_ms < week_ends_ms:
        yield Why.WEEK_NOT_OVER
    if _eats(leaver) and period is Period.DAY and hours and at_ms < plan.marks.meal_ends_ms:
        yield Why.BEFORE_MEAL
    if regime.rule is Rule.FULL_HOURS and plan.school_day:
        marks = plan.marks
        halved = period is Period.HALF_DAY and morning
        if at_ms < (marks.morning_ends_ms if halved else marks.day_ends_ms):
            yield Why.BEFORE_DAY_ENDS


def _period(leaver: Leaver, regime: ExitRegime) -> Period:
    if regime.period is not Period.PROFILE:
        return regime.period
    if leaver.rights.boarder:
        return Period.WEEK
    return Period.DAY if _eats(leaver) else Period.HALF_DAY


def _eats(leaver: Leaver) -> bool:
    return leaver.plan.day.isoweekday() in leaver.rights.meal_days


def _is_morning(hours: tuple[Hours, ...], plan: DayPlan, at_ms: int) -> bool:
    """Say which half of the day a pupil is in: that of the last lesson, else the clock's.

    A lunch break belongs to the morning, however late it begins, so that a
    day pupil whose lessons end at 13:00 may go home to eat.
    """
    last = max((lesson.opens_ms for lesson in hours if lesson.closes_ms <= at_ms), default=at_ms)
    return last < plan.marks.midday_ms
