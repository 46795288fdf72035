"""Doors that somebody asked for from here, and of which no gate says that they opened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from portique.core.wire_news import ADMISSION_MS_MAX
from portique.server.config.waking import one_at_a_time
from portique.server.console.actions import append
from portique.server.console.models import Event, EventKind

if TYPE_CHECKING:
    from datetime import datetime

CONFIRMED_WITHIN = timedelta(milliseconds=ADMISSION_MS_MAX, seconds=30)  # then the entry is here
LOOKED_BACK = timedelta(minutes=10)


def look_for_unopened(at: datetime) -> None:
    """Ring once where a gate did not confirm in time; its entry silences it (`actions.record`)."""
    if not _unopened(at):
        return
    with transaction.atomic():
        one_at_a_time()  # before any row, as filings do
        append(_alert(event, at) for event in _unopened(at))


def _unopened(at: datetime) -> list[Event]:
    """Return the openings that no gate confirmed and that nothing rang for yet."""
    asked = Event.objects.filter(
        kind=EventKind.OPENING, alert=False, at__range=(at - LOOKED_BACK, at - CONFIRMED_WITHIN)
    )
    waiting = {event.data["admission"]: event for event in asked.order_by("pk")}
    if not waiting:
        return []
    first = next(iter(waiting.values()))
    later = Event.objects.filter(pk__gt=first.pk, data__admission__in=list(waiting))
    told = later.filter(Q(kind=EventKind.MANUAL) | Q(alert=True))
    known = {event.data["admission"] for event in told}
    return [event for number, event in waiting.items() if number not in known]


def _alert(asked: Event, at: datetime) -> Event:
    place = {"gate": asked.gate, "lane": asked.lane, "data": asked.data}
    return Event(at=at, kind=EventKind.OPENING, alert=True, **place)
