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
    from collections.abc import Sequence

    from django.db.models import QuerySet

    Told = tuple[str, dict[int, Any]]  # kind and payload (`core.wire_news`)


def send_note(gate_id: str, kind: str, payload: dict[int, Any]) -> None:
    """Let a gate know something; one that was removed is told nothing."""
    send_notes(Gate.objects.filter(pk=gate_id), [(kind, payload)])


def send_notes(gates: QuerySet[Gate], told: Sequence[Told]) -> None:
    """Let gates know things, in this order."""
    at, count = now(), len(told)
    packed = [(kind, canonical.encode(payload)) for kind, payload in told]
    with transaction.atomic(savepoint=False):
        known = gates.filter(removed_at=None).order_by("pk")
        lasts = dict(known.select_for_update().values_list("pk", "last_note"))
        if not lasts:
            return
        Gate.objects.filter(pk__in=lasts).update(last_note=F("last_note") + count)
        Note.objects.bulk_create(
            Note(gate_id=pk, number=last + place, kind=kind, payload=payload, at=at)
            for pk, last in lasts.items()
            for place, (kind, payload) in enumerate(packed, 1)
        )
        wake(NOTES, max(lasts.values()) + count)
