"""One date of a calendar in UTC, and who may leave when: the same in JavaScript and in Python."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.web.drawing import REGIMES, ZONES, Drawing
from tests.web.node_lines import Answers, answering

from portique.core import canonical
from portique.core.calendars import Calendar
from portique.core.dayplans import DayPlan, Hours, Lessons, plan_day
from portique.core.exits import Leaver, may_leave, write_regimes
from portique.core.rights import Rights
from portique.core.values import to_ms

CASES = int(os.environ.get("PORTIQUE_WEB_CASES", "50000"))
SEED = int(os.environ.get("PORTIQUE_WEB_SEED", secrets.randbits(32)))
CALENDARS = max(5, CASES // 1_000)
LEAVERS = 60
FIRST = date(1970, 1, 1)


@pytest.fixture(scope="module")
def node() -> Iterator[Answers]:
    """Start one Node process for this file."""
    with answering() as answers:
        yield answers


def span(hours: Hours | None) -> list[int] | None:
    """Write a span as JavaScript's answer does."""
    return None if hours is None else [hours.opens_ms, hours.closes_ms]


def lessons_data(lessons: Lessons) -> list[Any]:
    """Write a group's lessons."""
    held, planned = ([span(hours) for hours in each] for each in (lessons.held, lessons.planned))
    return [held, planned, lessons.week_held_ms, lessons.week_planned_ms]


def plan_data(plan: DayPlan) -> dict[str, Any]:
    """Write a plan."""
    marks = plan.marks
    return {
        "day": (plan.day - FIRST).days,
        "span": [plan.begins_ms, plan.ends_ms],
        "schoolDay": plan.school_day,
        "marks": [marks.morning_ends_ms, marks.midday_ms, marks.meal_ends_ms, marks.day_ends_ms],
        "openings": [[opening.zone, span(opening.hours)] for opening in plan.openings],
        "lessons": plan.lessons
        and {group: lessons_data(lessons) for group, lessons in plan.lessons.items()},
    }


def calendars() -> Iterator[tuple[Drawing, Calendar, date]]:
    """Draw calendars, each around a date."""
    drawing = Drawing(SEED)
    for _ in range(CALENDARS):
        zone = drawing.one(*ZONES)
        day = drawing.day_in(zone)
        yield drawing, drawing.calendar(zone, day), day


def test_a_date_is_planned_the_same(node: Answers):
    """Marks, openings, and the lessons held and planned that day and later in its week."""
    for drawing, calendar, day in calendars():
        days = [drawing.near(day, 8) for _ in range(6)]
        question = {
            "calendar": canonical.encode(calendar.to_data()).hex(),
            "days": [(each - FIRST).days for each in days],
        }

        expected = [plan_data(plan_day(calendar, each)) for each in days]
        assert node.ask("plans", question) == expected, f"seed {SEED}: {calendar}"


def instant(drawing: Drawing, plan: DayPlan) -> int:
    """Return an instant of a plan's day, most often one at which something ends, or beside it."""
    marks = plan.marks
    edges = [marks.morning_ends_ms, marks.midday_ms, marks.meal_ends_ms, marks.day_ends_ms]
    for lessons in (plan.lessons or {}).values():
        edges += [each for hours in lessons.planned for each in (hours.opens_ms, hours.closes_ms)]
    at_ms = drawing.one(*edges) + drawing.one(-1, 0, 0, 1)
    inside = plan.begins_ms <= at_ms < plan.ends_ms
    return at_ms if inside else drawing.whole(plan.begins_ms, plan.ends_ms - 1)


def answer_data(leaver: Leaver, at_ms: int) -> list[Any]:
    """Ask Python, written as JavaScript's answer is."""
    answer = may_leave(leaver, at_ms)
    later = None if answer.later is None else [answer.later[0], str(answer.later[1])]
    permission = answer.permission
    allowed = None if permission is None else leaver.rights.permissions.index(permission)
    return [str(answer.verdict), str(answer.why), later, allowed]


def test_a_pupil_may_leave_at_the_same_instants(node: Answers):
    """By every regime, at every edge: the verdict, why, from when on, by which permission."""
    for drawing, calendar, day in calendars():
        plan = plan_day(calendar, day + timedelta(days=drawing.whole(-1, 1)))
        noon_ms = to_ms(datetime(plan.day.year, plan.day.month, plan.day.day, 12, tzinfo=UTC))
        rights = [drawing.rights(noon_ms) for _ in range(LEAVERS)]
        regimes = [drawing.one(None, *REGIMES, *REGIMES) for _ in rights]
        instants = [instant(drawing, plan) for _ in rights]
        question = {
            "calendar": canonical.encode(calendar.to_data()).hex(),
            "day": (plan.day - FIRST).days,
            "regimes": canonical.encode(write_regimes(REGIMES)).hex(),
            "asked": [
                [book(one), regime and regime.code, at_ms]
                for one, regime, at_ms in zip(rights, regimes, instants, strict=True)
            ],
        }

        expected = [
            answer_data(Leaver(one, regime, plan), at_ms)
            for one, regime, at_ms in zip(rights, regimes, instants, strict=True)
        ]
        assert node.ask("leaving", question) == expected, f"seed {SEED}: {calendar}"


def book(rights: Rights) -> str:
    """Write one holder's rights as a part of the knowledge."""
    return canonical.encode({"0" * 16: rights.to_data()}).hex()
