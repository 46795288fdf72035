"""How rules change: one after another, written whole, recorded, told to gates."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from portique.school.rules import write_calendar
from portique.server.clock import now
from portique.server.gates.actions import knowledge_changed
from portique.server.school.house import served_school
from portique.server.school.models import RulesAct
from portique.server.school.queries import TIMETABLE, base_timetable, open_book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.core.calendars import Calendar
    from portique.server.accounts.models import User
    from portique.server.school.models import RulesActKind


@contextmanager
def telling_gates() -> Iterator[None]:
    """Change rules in one transaction and tell the gates.

    Counting the version first locks its row: two people's changes come one after the other.
    """
    with transaction.atomic():
        knowledge_changed()
        yield


def rewrite(calendar: Calendar) -> None:
    """Write what gates get: these rules, and the timetable that all changes together make.

    Raises:
        TimetableError: More changes than gates take.
    """
    school, base = served_school(), base_timetable(calendar)
    if base is not None:
        school.write_data(TIMETABLE, base.to_data())
        calendar = replace(calendar, timetable=open_book(calendar).timetable())
    write_calendar(school, calendar)


def record(by: User, kind: RulesActKind) -> None:
    """Record who changed which rules, in the transaction of the change."""
    RulesAct.objects.create(at=now(), by=by, kind=kind)
