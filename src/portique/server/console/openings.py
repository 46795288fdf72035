"""Doors that somebody asked for from here, and of which no gate says that they opened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.wire_news import ADMISSION_MS_MAX
from portique.server.config.waking import one_at_a_time
from portique.server.console.actions import append, silence
from portique.server.console.models import Event, EventKind

if TYPE_CHECKING:
    from datetime import datetime

CONFIRMED_WITHIN = timedelta(milliseconds=ADMISSION_MS_MAX, seconds=30)  # then the entry is here
LOOKED_BACK = timedelta(minutes=10)


def look_for_unopened(at: datetime) -> None:
    """Ring where a gate did not confirm in time; silence it where the gate does so later."""
    if not any(_found(at)):
        return
    with transaction.atomic():
        one_at_a_time()  # before any row, as filings do
        unopened, late = _found(at)
        append(_alert(event, at) for event in unopened)
        for alert in late:
            silence(alert, at)


def _found(at: datetime) -> tuple[list[Event], list[Event]]:
    """Return the openings to ring for, and the alerts whose gate has confirmed after all."""
    since = at - LOOKED_BACK
    asked = Event.objects.filter(kind=EventKind.OPENING, at__range=(since, at - CONFIRMED_WITHIN))
    waiting = {event.data["admission"]: event for event in asked.filter(alert=False)}
    if not waiting:
        return [], []
    named = Event.objects.filter(at__gte=since, data__admission__in=list(waiting))
    alerts = named.filter(kind=EventKind.OPENING, alert=True)
    rung = {event.data["admission"]: event for event in alerts}
    confirmed = {event.data["admission"] for event in named.filter(kind=EventKind.MANUAL)}
    unopened = [one for number, one in waiting.items() if number not in confirmed | rung.keys()]
    late = [one for number, one in rung.items() if number in confirmed and not one.dismissed_at]
    return unopened, late


def _alert(asked: Event, at: datetime) -> Event:
    place = {"gate": asked.gate, "lane": asked.lane, "data": asked.data}
    return Event(at=at, kind=EventKind.OPENING, alert=True, **place)
