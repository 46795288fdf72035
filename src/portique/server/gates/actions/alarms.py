"""Alarms: raised once for a place, counted while they go on, seen by a person."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.db.models import F

from portique.server.clock import now
from portique.server.config.waking import one_at_a_time
from portique.server.gates.models import Alarm, AlarmKind, Epoch
from portique.server.gates.receivers import ALARM_RECEIVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portique.server.gates.models import Gate

log = logging.getLogger(__name__)


def raise_alarm(gate: Gate, kind: AlarmKind, epoch: int, number: int) -> None:
    """Tell people that something is wrong at an entry; again is once more, not another."""
    at = now()
    with transaction.atomic():
        one_at_a_time()  # before any row: whoever is told of it numbers rows
        alarm, new = Alarm.objects.get_or_create(
            gate=gate, kind=kind, epoch=epoch, number=number, seen_at=None,
            defaults={"first_at": at, "last_at": at},
        )  # fmt: skip
        if new:
            tell(ALARM_RECEIVERS, alarm)
        else:
            Alarm.objects.filter(pk=alarm.pk).update(times=F("times") + 1, last_at=at)


def see_alarm(alarm: Alarm) -> None:
    """Take an alarm off the page: somebody saw to it. An epoch it disputed is taken again."""
    with transaction.atomic():
        one_at_a_time()
        Alarm.objects.filter(pk=alarm.pk, seen_at=None).update(seen_at=now())
        alarm.refresh_from_db()
        tell(ALARM_RECEIVERS, alarm)
        if alarm.kind == AlarmKind.OLDER_COPY:
            Epoch.objects.filter(gate=alarm.gate_id, number=alarm.epoch).update(disputed=False)


def tell(receivers: Iterable[Callable[..., None]], *said: object) -> None:
    """Tell others in the server; one that fails on it must not undo what it was told of."""
    for receiver in receivers:
        try:
            with transaction.atomic():
                receiver(*said)
        except DatabaseError:
            raise  # the disk or a lock: everything is tried again
        except Exception:
            log.exception("receiver-failed")
