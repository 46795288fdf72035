"""Notes for gates: numbered for each, kept until it has taken them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portique.core import canonical
from portique.server.clock import now
from portique.server.config.waking import NOTES, wake
from portique.server.gates.actions.rows import update_each
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
    send_to_others(gates, [("", each) for each in told])


def send_to_others(gates: QuerySet[Gate], told: Sequence[tuple[str, Told]]) -> None:
    """Let gates know things, in this order; each but the gate that it comes from."""
    at = now()
    packed = [(origin, kind, canonical.encode(payload)) for origin, (kind, payload) in told]
    with transaction.atomic(savepoint=False):
        rows = gates.filter(removed_at=None).only("last_note").order_by("pk")
        known = list(rows.select_for_update())
        notes = []
        for gate in known:
            for origin, kind, payload in packed:
                if origin != gate.pk:
                    gate.last_note += 1
                    place = {"gate_id": gate.pk, "number": gate.last_note, "at": at}
                    notes.append(Note(**place, kind=kind, payload=payload))
        if not notes:
            return
        update_each(known, ["last_note"])
        Note.objects.bulk_create(notes)
        wake(NOTES, max(gate.last_note for gate in known))
