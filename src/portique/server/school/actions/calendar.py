"""The school's year and its openings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portique.core.errors import TooLate
from portique.school.rules import calendar_of
from portique.server.school.actions.telling import record, rewrite, telling_gates
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind
from portique.server.school.queries import mark_of

if TYPE_CHECKING:
    from datetime import date

    from portique.core.calendars import Calendar, Days, Opening, SchoolDays
    from portique.server.accounts.models import User


def set_school_days(by: User, days: SchoolDays) -> None:
    """Put a school year in place of all terms, holidays and days off."""
    with telling_gates():
        _write(by, RulesActKind.YEAR, replace(_held(), school_days=days))


def add_days(by: User, days: Days, *, term: bool) -> None:
    """Add a term or days without school."""
    with telling_gates():
        held = _held()
        was = held.school_days
        now_ = (
            replace(was, terms=_sorted(*was.terms, days))
            if term
            else replace(was, holidays=_sorted(*was.holidays, days))
        )
        _write(by, RulesActKind.YEAR, replace(held, school_days=now_))


def remove_days(by: User, mark: str) -> None:
    """Take out a term, a holiday or a day off, by the mark of what was shown.

    Raises:
        TooLate: It is no longer there.
    """
    with telling_gates():
        held = _held()
        was = held.school_days
        left = replace(
            was,
            terms=tuple(one for one in was.terms if mark_of(["term", one.to_data()]) != mark),
            holidays=tuple(one for one in was.holidays if mark_of(one.to_data()) != mark),
            days_off=tuple(one for one in was.days_off if _mark_of_day(one) != mark),
        )
        if left == was:
            raise TooLate("these days are no longer there")
        _write(by, RulesActKind.YEAR, replace(held, school_days=left))


def add_opening(by: User, opening: Opening) -> None:
    """Open a zone more."""
    with telling_gates():
        held = _held()
        openings = (*(one for one in held.openings if one != opening), opening)
        _write(by, RulesActKind.OPENINGS, replace(held, openings=openings))


def replace_opening(by: User, mark: str, opening: Opening) -> None:
    """Put an opening in place of the one that was shown.

    Raises:
        TooLate: It is no longer there.
    """
    _change_opening(by, mark, (opening,))


def remove_opening(by: User, mark: str) -> None:
    """Take an opening out.

    Raises:
        TooLate: It is no longer there.
    """
    _change_opening(by, mark, ())


def _change_opening(by: User, mark: str, into: tuple[Opening, ...]) -> None:
    with telling_gates():
        held = _held()
        places = [n for n, one in enumerate(held.openings) if mark_of(one.to_data()) == mark]
        if not places:
            raise TooLate("this opening is no longer there")
        before, after = held.openings[: places[0]], held.openings[places[0] + 1 :]
        _write(by, RulesActKind.OPENINGS, replace(held, openings=(*before, *into, *after)))


def _held() -> Calendar:
    return calendar_of(served_school())


def _write(by: User, kind: RulesActKind, calendar: Calendar) -> None:
    rewrite(calendar)
    calendar_of(served_school())  # reads it as gates' bundles will, before anything is committed
    record(by, kind)


def _sorted(*days: Days) -> tuple[Days, ...]:
    return tuple(sorted(set(days), key=lambda one: (one.first, one.last, one.title)))


def _mark_of_day(day: date) -> str:
    return mark_of(day.isoformat())
