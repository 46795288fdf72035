"""Notes for gates: numbered for each, kept until it has taken them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from portique.core import canonical
from portique.server.clock import now
from portique.server.config.waking import NOTES, wake
from portique.server.gates.models import Gate, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Told = tuple[str, dict[int, Any]]  # kind and payload (`core.wire_news`)


def send_note(gate_id: str, kind: str, payload: dict[int, Any]) -> None:
    """Let a gate know something; one that was removed is told nothing."""
    send_notes([gate_id], [(kind, payload)])


def send_notes(gate_ids: Iterable[str], told: Sequence[Told]) -> None:
    """Let gates know things, in this order."""
    at, count = now(), len(told)
    packed = [(kind, canonical.encode(payload)) for kind, payload in told]
    with transaction.atomic(savepoint=False):
        known = Gate.objects.filter(pk__in=list(gate_ids), removed_at=None)
        known.update(last_note=F("last_note") + count)
        lasts = dict(known.values_list("pk", "last_note"))
        Note.objects.bulk_create(
            Note(gate_id=pk, number=last - count + place, kind=kind, payload=payload, at=at)
            for pk, last in sorted(lasts.items())
            for place, (kind, payload) in enumerate(packed, 1)
        )
        if lasts:
            wake(NOTES, max(lasts.values()))
