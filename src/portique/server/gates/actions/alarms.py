"""Alarms: raised once for a place, counted while they go on, seen by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from portique.server.clock import now
from portique.server.gates.models import Alarm, AlarmKind, Epoch

if TYPE_CHECKING:
    from portique.server.gates.models import Gate


def raise_alarm(gate: Gate, kind: AlarmKind, epoch: int, number: int) -> None:
    """Tell people that something is wrong at an entry; again is once more, not another."""
    at = now()
    with transaction.atomic():
        alarm, new = Alarm.objects.get_or_create(
            gate=gate, kind=kind, epoch=epoch, number=number, seen_at=None,
            defaults={"first_at": at, "last_at": at},
        )  # fmt: skip
        if not new:
            Alarm.objects.filter(pk=alarm.pk).update(times=F("times") + 1, last_at=at)


def see_alarm(alarm: Alarm) -> None:
    """Take an alarm off the page: somebody saw to it. An epoch it disputed is taken again."""
    with transaction.atomic():
        Alarm.objects.filter(pk=alarm.pk, seen_at=None).update(seen_at=now())
        if alarm.kind == AlarmKind.OLDER_COPY:
            Epoch.objects.filter(gate=alarm.gate_id, number=alarm.epoch).update(disputed=False)
