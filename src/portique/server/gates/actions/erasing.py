"""Erasure: the server's own copy at once, the gate's by a signed order until its journal has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q

from portique.core import erasure_orders
from portique.core.entries import NEVER_ERASED
from portique.core.erasure_orders import ErasureRequest
from portique.server.clock import now
from portique.server.entropy import entropy
from portique.server.gates.models import Crossing, Entry, ErasureOrder
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from portique.core.entries import OrderBody
    from portique.server.gates.models import Gate

    Ranges = Sequence[tuple[int, int]]

ORDER_ID_BYTES = 8
RANGES_AT_ONCE = 100  # in one condition: SQLite allows a thousand terms


def order_erasure(gate: Gate, epoch: int, numbers: Iterable[int]) -> None:
    """Erase entries of a gate: here now, there by signed orders at its next filings."""
    with transaction.atomic():
        for ranges in erasure_orders.parts(numbers):
            request = ErasureRequest(gate.pk, epoch, ranges, entropy(ORDER_ID_BYTES).hex())
            ErasureOrder.objects.create(
                order_id=request.order_id,
                gate=gate,
                epoch=epoch,
                ranges=ranges,
                signed=request.sign(served_school().keys.orders),
            )
            erase(gate, epoch, ranges)


def carried_out(gate: Gate, body: OrderBody) -> None:
    """Erase here what an entry says was erased at the gate; close the order it came from."""
    erase(gate, body.epoch, body.ranges)
    if body.order_id is not None:
        ordered = ErasureOrder.objects.filter(gate=gate, order_id=body.order_id, done_at=None)
        ordered.update(done_at=now())


def erase(gate: Gate, epoch: int, ranges: Ranges) -> None:
    """Delete bodies and salts of entries here, those of orders and epochs excepted."""
    for first in range(0, len(ranges), RANGES_AT_ONCE):
        named = Q()
        for low, high in ranges[first : first + RANGES_AT_ONCE]:
            named |= Q(number__gte=low, number__lte=high)
        _empty(Entry.objects.filter(named, epoch__gate=gate, epoch__number=epoch))


def erase_before(before_ms: int) -> int:
    """Delete every body older than its retention; return how many. Gates do so by themselves."""
    with transaction.atomic():
        return _empty(Entry.objects.filter(time_ms__lt=before_ms))


def _empty(named: QuerySet[Entry]) -> int:
    named = named.exclude(kind__in=NEVER_ERASED).exclude(body=None)
    Crossing.objects.filter(entry__in=named).delete()
    erased = named.update(salt=None, body=None)
    if erased:
        transaction.on_commit(_fold)
    return erased


def _fold() -> None:
    """Cut SQLite's write-ahead log to nothing: it still holds what was deleted."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def ordered_ranges(gate: Gate, epoch: int) -> list[tuple[int, int]]:
    """Return what was ordered to be erased of an epoch, whether or not it has arrived."""
    rows = ErasureOrder.objects.filter(gate=gate, epoch=epoch).values_list("ranges", flat=True)
    return [(first, last) for ranges in rows for first, last in ranges]
