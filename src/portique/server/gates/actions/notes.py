"""Notes for gates: numbered as they are committed, kept until taken up or of no more use."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from portique.core import canonical
from portique.core.wire_news import ADMISSION, ADMISSION_MS_MAX, ELSEWHERE
from portique.server.clock import now, now_ms
from portique.server.config.waking import NOTES, wake
from portique.server.gates.models import Gate, Note
from portique.server.passes.register import SENT_NOTES, DatabaseRegister
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    Told = tuple[str, dict[int, Any]]  # kind and payload (`core.wire_news`)

TOLD_FOR = {  # later these notes say nothing more, and a gate would skip them
    ELSEWHERE: timedelta(minutes=5),
    ADMISSION: timedelta(milliseconds=ADMISSION_MS_MAX),
}
DROPPED_EACH = 20  # when so many were written, those of no more use are deleted


def send_note(gate_id: str, kind: str, payload: dict[int, Any]) -> None:
    """Let a gate know something; one that was removed is told nothing."""
    send_notes(gate_id, [(kind, payload)])


def send_notes(gate_id: str, told: Sequence[Told]) -> None:
    """Let a gate know things, in this order."""
    with transaction.atomic(savepoint=False):
        if Gate.objects.filter(pk=gate_id, removed_at=None).exists():
            _write([Note(gate_id=gate_id, kind=kind, payload=_packed(it)) for kind, it in told])


def tell_every_gate(told: Sequence[tuple[str, Told]]) -> None:
    """Let all gates know things, each but the one that it comes from: one row for all of them.

    Args:
        told: The gate that it comes from, and what.
    """
    with transaction.atomic(savepoint=False):
        last = _write(
            [Note(origin=one, kind=kind, payload=_packed(it)) for one, (kind, it) in told]
        )
        if last % DROPPED_EACH < len(told):  # in turn: two that delete the same rows could fail
            drop_old_notes(now())


def begin_numbers_anew() -> None:
    """Number notes above all that any gate was ever given: the database is an older copy.

    A number that a gate has taken up, and that is drawn once more, would pass it by. So they are
    at least the time, in milliseconds since 1970.
    """
    last = DatabaseRegister().next_number(SENT_NOTES)
    Counter.objects.filter(name=SENT_NOTES).update(value=max(last, now_ms()))


def drop_old_notes(at: datetime) -> None:
    """Delete what would say nothing more to any gate."""
    Note.objects.filter(over(at)).delete()


def over(at: datetime) -> Q:
    """Return the condition on notes whose time is over."""
    past = Q()
    for kind, told_for in TOLD_FOR.items():
        past |= Q(kind=kind, at__lt=at - told_for)
    return past


def _packed(payload: dict[int, Any]) -> bytes:
    return canonical.encode(payload)


def _write(notes: Sequence[Note]) -> int:
    """Number and store notes; return the last number.

    Until the transaction ends the counter's row lets nobody else draw a number: whoever sees one
    sees all below.
    """
    at, last = now(), DatabaseRegister().next_number(SENT_NOTES, len(notes))
    for number, note in enumerate(notes, last - len(notes) + 1):
        note.number, note.at = number, at
    Note.objects.bulk_create(notes)
    wake(NOTES, last)
    return last
