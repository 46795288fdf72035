"""What pages show of destinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from portique.server.outgoing.errors import CAUSE_WORDS, Cause
from portique.server.outgoing.models import Destination, EventType, Reach
from portique.server.outgoing.words import EVENT_WORDS, REACH_WORDS

if TYPE_CHECKING:
    from portique.core.plain import Words


@dataclass(frozen=True, slots=True)
class Shown:
    """A destination as its page shows it."""

    destination: Destination
    waiting: int
    reach: Words
    events: list[Words]
    error: Words | None


def destinations() -> list[Shown]:
    """Return the destinations, by name."""
    rows = Destination.objects.annotate(count=Count("waiting")).order_by("name", "pk")
    return [_shown(row, row.count) for row in rows]


def _shown(row: Destination, waiting: int) -> Shown:
    known = set(EVENT_WORDS)
    events = [EVENT_WORDS[EventType(one)] for one in row.events if one in known]
    error = CAUSE_WORDS[Cause(row.last_error)] if row.last_error in set(Cause) else None
    return Shown(row, waiting, REACH_WORDS[Reach(row.reach)], events, error)
