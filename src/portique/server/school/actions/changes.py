"""Today's changes: taken, undone, forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from portique.core.charter_retention import SIX_MONTHS
from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.school.rules import calendar_of
from portique.school.times.slots import unusable
from portique.server.clock import now
from portique.server.passes.register import DatabaseRegister
from portique.server.school.actions.telling import rewrite, telling_gates
from portique.server.school.house import served_school
from portique.server.school.models import DayAction
from portique.server.school.queries import action_of, open_book
from portique.server.vault.purging import over

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from portique.core.calendars import Calendar
    from portique.school.times.actions import Action
    from portique.server.accounts.models import User

LINES = "day-actions"
KEPT = timedelta(days=14)


def take(by: User, action: Action) -> bool:
    """Make a change; gates get its effect. Say whether it was new: sent twice, it is made once.

    Raises:
        TimetableError: There is no timetable, or it lies outside.
    """
    number = UUID(action.number)
    with telling_gates():
        if DayAction.objects.filter(pk=number).exists():
            return False
        calendar = calendar_of(served_school())
        open_book(calendar).also(action)
        DayAction.objects.create(
            id=number,
            line=DatabaseRegister().next_number(LINES),
            last_day=max(days_of(action)),
            data=json.dumps(action.to_data(), ensure_ascii=False),
            at=now(),
            by=by,
        )
        _forget(calendar, now())
        rewrite(calendar)
    return True


def undo(by: User, number: UUID) -> Action:
    """Make gates get what they would without this change.

    Raises:
        TimetableError: It is no longer there.
    """
    with telling_gates():
        row = DayAction.objects.filter(pk=number, undone_at=None).first()
        if row is None:
            raise unusable("ce changement n’existe plus", "this change is no longer there")
        row.undone_at, row.undone_by = now(), by
        row.save(update_fields=["undone_at", "undone_by"])
        rewrite(calendar_of(served_school()))
    return action_of(row)


def forget_authors(at: datetime) -> None:
    """Forget who made and undid changes, once that was kept long enough."""
    for when, who in (("at", "by"), ("undone_at", "undone_by")):
        late = DayAction.objects.filter(over(DayAction, when, SIX_MONTHS, at))
        late.exclude(**{who: None}).update(**{who: None})


def forget_old_changes(at: datetime) -> int:
    """Forget changes two weeks after their last lesson; return how many."""
    with transaction.atomic():
        return _forget(calendar_of(served_school()), at)


def days_of(action: Action) -> set[date]:
    """Return the dates whose lessons it touches."""
    return {slot.day for slot in (*action.gone, *action.come)}


def _forget(calendar: Calendar, at: datetime) -> int:
    """Delete old changes, but for those on whose days one that is kept rests."""
    limit = local_day(to_ms(at), calendar.zone) - KEPT
    old = {row: days_of(action_of(row)) for row in DayAction.objects.filter(last_day__lt=limit)}
    if not old:
        return 0
    newer = DayAction.objects.filter(last_day__gte=limit, undone_at=None)
    needed = _together(days_of(action_of(row)) for row in newer)
    while any(days & needed for days in old.values()):
        row = next(row for row, days in old.items() if days & needed)
        needed |= old.pop(row)
    deleted, _ = DayAction.objects.filter(pk__in=[row.pk for row in old]).delete()
    return deleted


def _together(sets: Iterable[set[date]]) -> set[date]:
    return {day for days in sets for day in days}
