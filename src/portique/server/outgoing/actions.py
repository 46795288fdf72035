"""Destinations made and changed, events put in their outbox, and sent."""

from __future__ import annotations

import base64
import json
import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from prometheus_client import Counter

from portique.server import clock
from portique.server.accounts import audit
from portique.server.accounts.models import Deed
from portique.server.entropy import entropy
from portique.server.outgoing import watching
from portique.server.outgoing.errors import Cause, SendError
from portique.server.outgoing.models import Delivery, Destination, EventType, Reach, Watch
from portique.server.outgoing.sending import PREFIX, Message, send
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from portique.server.accounts.models import User

DESTINATIONS_MAX = 10
WAITING_MAX = 500  # of one destination; beyond, the oldest is dropped and counted
KEPT_FOR = timedelta(hours=24)
TRIES_MAX = 12  # about eight hours of waits
BATCH = 20  # to one destination, before the others have their turn
FIRST_WAIT_S, LONGEST_WAIT_S = 5, 3600
TURN = timedelta(seconds=15)  # of one destination, however slowly it answers
LEASE = timedelta(seconds=60)  # longer than a destination's turn and one call more
ROW = 1
SENT = Counter("portique_events_total", "Events tried at other programs, by result", ["result"])
log = logging.getLogger(__name__)


def _never() -> bool:
    return False


# --- what people do -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a destination to be. `login` and `password` are a broker's."""

    name: str
    address: str
    reach: Reach
    events: tuple[EventType, ...]
    topic: str = ""
    login: str = ""
    password: str = ""


@transaction.atomic
def add(wanted: Wanted, *, by: User) -> tuple[Destination, str]:
    """Add a destination; return it, and for a webhook the secret, which is shown once."""
    made = Destination(name=wanted.name, address=wanted.address, topic=wanted.topic)
    made.login, made.reach, made.events = wanted.login, wanted.reach, list(wanted.events)
    made.secret = _new_secret() if made.is_webhook else wanted.password
    made.save()
    _record(by, made)
    return made, made.secret if made.is_webhook else ""


@transaction.atomic
def renew_secret(destination: Destination, *, by: User) -> str:
    """Sign with another secret from now on; return it, to be shown once."""
    destination.secret = _new_secret()
    destination.save(update_fields=["secret"])
    _record(by, destination)
    return destination.secret


@transaction.atomic
def switch(destination: Destination, *, on: bool, by: User) -> None:
    """Send there or don't. What waited goes; switched on, it is tried at once."""
    Delivery.objects.filter(destination=destination).delete()
    fields = {"enabled": on, "failures": 0, "waits_until": None, "last_error": ""}
    Destination.objects.filter(pk=destination.pk).update(**fields)
    _record(by, destination)


@transaction.atomic
def remove(destination: Destination, *, by: User) -> None:
    """Forget a destination and what waits for it."""
    _record(by, destination)
    destination.delete()


def try_out(destination: Destination) -> None:
    """Send a test now, past the outbox.

    Raises:
        SendError: It did not arrive.
    """
    at = clock.now()
    body = _body(EventType.TEST, {}, at).encode()
    send(destination, Message(str(uuid.uuid4()), EventType.TEST, int(at.timestamp()), body))


def _new_secret() -> str:
    return PREFIX + base64.b64encode(entropy(32)).decode("ascii")


def _record(by: User, destination: Destination) -> None:
    audit.record(by, Deed.DESTINATION_CHANGED, detail=destination.name)


# --- the outbox -----------------------------------------------------------------------------------


def turn(at: datetime, sender: str, stopped: Callable[[], bool] = _never) -> None:
    """Look for what happened and send what is due, unless another process does.

    Nothing is written while nothing happens: others may be waiting to write.

    Args:
        at: Now.
        sender: Which process this is, drawn at its start.
        stopped: Says whether the process is ending: then nothing more is sent.
    """
    if not Destination.objects.filter(enabled=True).exists():
        if Watch.objects.exists():
            Watch.objects.all().delete()  # who is added later is told what happens from then on
        return
    if leased(at, sender):
        collect(at)
        deliver(at, sender, stopped)


def leased(at: datetime, sender: str) -> bool:
    """Say whether this process is the one that sends, and remains so for a while."""
    watch, _ = Watch.objects.get_or_create(pk=ROW)
    if watch.sender == sender and watch.until is not None and watch.until - at > LEASE / 2:
        return True
    free = Q(until=None) | Q(until__lte=at) | Q(sender=sender)
    return bool(Watch.objects.filter(free, pk=ROW).update(sender=sender, until=at + LEASE))


def collect(at: datetime) -> None:
    """Put what happened since the last look into the outbox of whoever wants it.

    Call it while this process is the one that sends: nobody else looks then.
    """
    watch, _ = Watch.objects.get_or_create(pk=ROW)
    if watch.state is None:
        watch.state, told = watching.begin(at), []
    else:
        before = json.dumps(watch.state)
        told = watching.look(watch.state, at)
        if json.dumps(watch.state) == before:
            return
    with transaction.atomic():  # how far was looked, and what was found: both or neither
        watch.save(update_fields=["state"])
        for destination in Destination.objects.filter(enabled=True):
            enqueue(destination, told, at)


def enqueue(
    destination: Destination, told: Sequence[tuple[EventType, dict[str, Any]]], at: datetime
) -> None:
    """Let events wait for a destination; beyond its room the oldest go."""
    wanted = [(kind, data) for kind, data in told if kind in destination.events]
    Delivery.objects.bulk_create(
        Delivery(destination=destination, kind=kind, at=at, body=_body(kind, data, at))
        for kind, data in wanted
    )
    waiting = Delivery.objects.filter(destination=destination)
    over = waiting.count() - WAITING_MAX
    if over > 0:
        _drop(destination, waiting.order_by("pk").values_list("pk", flat=True)[:over])


def deliver(at: datetime, sender: str, stopped: Callable[[], bool] = _never) -> None:
    """Send what is due, to one destination after the other, each in its order."""
    due = Q(waits_until=None) | Q(waits_until__lte=at)
    for destination in Destination.objects.filter(due, enabled=True):
        if not leased(clock.now(), sender):
            return
        late = Delivery.objects.filter(destination=destination, at__lt=at - KEPT_FOR)
        _drop(destination, late.values_list("pk", flat=True))
        _send_some(destination, at, stopped)


def _send_some(destination: Destination, at: datetime, stopped: Callable[[], bool]) -> None:
    until = clock.now() + TURN
    for delivery in Delivery.objects.filter(destination=destination).order_by("pk")[:BATCH]:
        if clock.now() > until or stopped():
            return
        body = delivery.body.encode()
        sent_s = int(clock.now().timestamp())
        message = Message(str(delivery.message), delivery.kind, sent_s, body)
        try:
            send(destination, message)
        except SendError as error:
            SENT.labels("failed").inc()
            _failed(destination, delivery, error, at)
            return
        SENT.labels("taken").inc()
        delivery.delete()
        rows = Destination.objects.filter(pk=destination.pk)
        rows.update(
            failures=0, waits_until=None, last_error="", last_ok_at=clock.now(),
            delivered=F("delivered") + 1,
        )  # fmt: skip


@transaction.atomic
def _failed(destination: Destination, delivery: Delivery, error: SendError, at: datetime) -> None:
    """Wait longer each time; let go of an event that is refused again and again."""
    log.warning("event-not-sent")
    row = Destination.objects.select_for_update().filter(pk=destination.pk).first()
    if row is None:
        return  # removed meanwhile, with all that waited
    waits_until = at + timedelta(seconds=wait_s(row.failures))
    Destination.objects.filter(pk=row.pk).update(
        failures=row.failures + 1, waits_until=waits_until, last_error=error.cause.value,
        enabled=row.enabled and error.cause is not Cause.GONE,
    )  # fmt: skip
    Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1)
    if error.cause is Cause.GONE:
        _drop(destination, row.waiting.values_list("pk", flat=True))
    elif delivery.attempts + 1 >= TRIES_MAX:
        _drop(destination, [delivery.pk])


def wait_s(failures: int) -> int:
    """Return how long to wait after so many failures in a row, in seconds."""
    waited: int = min(FIRST_WAIT_S * 3 ** min(failures, 10), LONGEST_WAIT_S)
    return waited


def _drop(destination: Destination, keys: Iterable[int]) -> None:
    gone, _ = Delivery.objects.filter(pk__in=list(keys)).delete()
    if gone:
        rows = Destination.objects.filter(pk=destination.pk)
        rows.update(dropped=F("dropped") + gone)


def _body(kind: EventType, data: dict[str, Any], at: datetime) -> str:
    school = str(served_school().settings.uai)
    said = {"type": str(kind), "timestamp": at.isoformat(), "school": school, "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
