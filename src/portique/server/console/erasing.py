"""What the console forgets when entries or persons are erased before their time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from portique.server.console.models import Event, EventKind, Referral

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portique.server.vault.purging import Gone

ABOUT_ENTRIES = (EventKind.DECISION, EventKind.RULING, EventKind.ASKED)
NOBODY = {
    "pass": "",
    "kind": "",
    "medium": "",
    "reasons": [],
    "reason": "",
    "agent": "",
    "user": "",
}
RANGES_AT_ONCE = 100  # in one condition: SQLite allows a thousand terms
PASSES_AT_ONCE = 500  # each time all events are gone through


def forget_entries(gate_id: str, epoch: int, ranges: Sequence[tuple[int, int]]) -> None:
    """Forget who passed, and who answered, at decisions whose entries are erased.

    That somebody was let through at that time stays: an evacuation counts on it.
    """
    events = Event.objects.filter(gate=gate_id, kind__in=ABOUT_ENTRIES, data__epoch=epoch)
    referrals = Referral.objects.filter(gate=gate_id, epoch=epoch)
    for first in range(0, len(ranges), RANGES_AT_ONCE):
        named, told = Q(), Q()
        for low, high in ranges[first : first + RANGES_AT_ONCE]:
            named |= Q(number__range=(low, high))
            told |= Q(data__number__gte=low, data__number__lte=high)
        referrals.filter(named).delete()
        _without_names(events.filter(told))


def forget_people(gone: Gone) -> None:
    """Forget persons who are erased: their passes' decisions, and what they answered."""
    passes = list(gone.passes)
    for first in range(0, len(passes), PASSES_AT_ONCE):
        some = passes[first : first + PASSES_AT_ONCE]
        Referral.objects.filter(pass_id__in=some).delete()
        _without_names(Event.objects.filter(kind=EventKind.DECISION, data__pass__in=some))


def _without_names(events: Iterable[Event]) -> None:
    for event in events:
        event.data |= {name: empty for name, empty in NOBODY.items() if name in event.data}
        event.save(update_fields=["data"])
