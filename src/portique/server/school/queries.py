"""What is asked about the school's rules."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from portique.core.localtime import local_day
from portique.core.timetables import Timetable
from portique.core.values import Kind, to_ms
from portique.school.rights_table import rights_of
from portique.school.rules import calendar_of
from portique.school.times.actions import Action
from portique.school.times.changes import book_of
from portique.school.times.imported import Teaching
from portique.server.clock import now
from portique.server.passes.models import IssuedPass
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.school.models import DayAction, RulesAct, SealedRules

if TYPE_CHECKING:
    from datetime import date

    from portique.core.calendars import Calendar
    from portique.school.times.changes import DayBook
    from portique.server.school.models import RulesActKind

TIMETABLE = "timetable.json"  # as it was imported; the calendar holds it with today's changes
TEACHING = "teaching"


def today_of(calendar: Calendar) -> date:
    """Return the school's local date."""
    return local_day(to_ms(now()), calendar.zone)


def base_timetable(calendar: Calendar) -> Timetable | None:
    """Return the timetable without today's changes; that of the calendar until one is imported."""
    data = served_school().read_data(TIMETABLE)
    return calendar.timetable if data is None else Timetable.from_data(data)


def teaching() -> Teaching:
    """Return who teaches what; nobody unless the school wanted it kept."""
    row = SealedRules.objects.filter(name=TEACHING).first()
    return Teaching() if row is None else Teaching.from_data(json.loads(row.data))


@dataclass(frozen=True, slots=True)
class Taken:
    """A change that somebody made, and the row that keeps it."""

    row: DayAction
    action: Action


def taken_actions(*, undone: bool = False) -> list[Taken]:
    """Return the changes that count, in the order they were made; or those that were undone."""
    rows = DayAction.objects.filter(undone_at__isnull=not undone).select_related("by", "undone_by")
    return [Taken(row, action_of(row)) for row in rows.order_by("line")]


def action_of(row: DayAction) -> Action:
    """Open what a row keeps."""
    return Action.from_data(json.loads(row.data))


def open_book(calendar: Calendar | None = None) -> DayBook:
    """Open the book of lessons: the timetable, who teaches it, all changes.

    Raises:
        TimetableError: There is no timetable yet.
    """
    held = calendar or calendar_of(served_school())
    actions = (taken.action for taken in taken_actions())
    return book_of(replace(held, timetable=base_timetable(held)), teaching(), actions)


def members() -> list[tuple[str, ...]]:
    """Return the groups of each pupil."""
    pupils = set(
        Person.objects.filter(kind=Kind.PUPIL, left_on=None).values_list("holder", flat=True)
    )
    pupils |= set(IssuedPass.objects.filter(kind=Kind.PUPIL).values_list("holder", flat=True))
    rights = rights_of(served_school())
    return [held.groups for holder, held in rights.items() if holder in pupils]


def groups_in_use() -> tuple[str, ...]:
    """Return every group that somebody is in, by name."""
    rights = rights_of(served_school()).values()
    return tuple(sorted({group for held in rights for group in held.groups}))


def groups_known(calendar: Calendar) -> tuple[str, ...]:
    """Return the groups that somebody is in or that have lessons, by name."""
    named = calendar.timetable.groups if calendar.timetable else ()
    return tuple(sorted({*groups_in_use(), *named}))


def regimes_in_use() -> dict[str, int]:
    """Count the people of each exit regime."""
    counts: dict[str, int] = {}
    for held in rights_of(served_school()).values():
        counts[held.regime] = counts.get(held.regime, 0) + 1
    return counts


def last_act(*kinds: RulesActKind) -> RulesAct | None:
    """Return who last changed these rules."""
    rows = RulesAct.objects.filter(kind__in=kinds).select_related("by")
    return rows.order_by("-at", "-pk").first()


def mark_of(data: Any) -> str:
    """Return a short mark of what somebody saw, to tell whether it is still the same."""
    written = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
