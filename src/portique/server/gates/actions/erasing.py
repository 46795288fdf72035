"""Erasure: the server's own copy at once, the gate's by a signed order until its journal has it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from portique.core import erasure_orders
from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.core.entries import NEVER_ERASED
from portique.core.erasure_orders import ErasureRequest
from portique.core.values import to_ms
from portique.server.clock import now
from portique.server.config.rows import load
from portique.server.entropy import entropy
from portique.server.gates.models import Crossing, Entry, ErasureOrder, Gate
from portique.server.school.house import served_school
from portique.server.vault import erasures
from portique.server.vault.purging import entries_erased, fold, kept_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from portique.core.entries import OrderBody
    from portique.server.gates.models import Epoch

    Ranges = Sequence[tuple[int, int]]

ENTRIES = "entries"  # in the list of erasures
ORDER_ID_BYTES = 8
PLACES_KEPT = timedelta(days=15)  # gates file again what they filed for 14 days at the most
PLACES_AT_ONCE = 5000  # in one transaction: others write in between
RANGES_AT_ONCE = 100  # in one condition: SQLite allows a thousand terms


def order_erasure(gate: Gate, epoch: int, numbers: Iterable[int]) -> None:
    """Erase entries of a gate: here now, there by signed orders at its next filings."""
    with transaction.atomic():
        for ranges in erasure_orders.parts(numbers):
            request = ErasureRequest(gate.pk, epoch, ranges, entropy(ORDER_ID_BYTES).hex())
            erasures.remember(ENTRIES, [_line(request)])
            _order(gate, request)


def _order(gate: Gate, request: ErasureRequest) -> None:
    """Write an order, unless it is there, and erase here."""
    ErasureOrder.objects.get_or_create(
        order_id=request.order_id,
        defaults={
            "gate": gate,
            "epoch": request.epoch,
            "ranges": request.ranges,
            "signed": request.sign(served_school().keys.orders),
        },
    )
    erase(gate, request.epoch, request.ranges)


def order_again(lines: Iterable[str]) -> None:
    """Give orders once more that an older copy of the database has not, and erase here again."""
    requests = [_request(line) for line in lines]
    gates = Gate.objects.in_bulk([request.gate_id for request in requests])
    for request in requests:
        if request.gate_id in gates:  # else the copy is older than the gate
            _order(gates[request.gate_id], request)


def _line(request: ErasureRequest) -> str:
    ranges = ",".join(f"{first}-{last}" for first, last in request.ranges)
    return f"{request.gate_id} {request.epoch} {ranges} {request.order_id}"


def _request(line: str) -> ErasureRequest:
    gate_id, epoch, ranges, order_id = line.split()
    pairs = (pair.split("-") for pair in ranges.split(","))
    return ErasureRequest(
        gate_id, int(epoch), tuple((int(first), int(last)) for first, last in pairs), order_id
    )


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
    entries_erased(gate.pk, epoch, ranges)


def erase_old(at: datetime) -> None:
    """Delete every body whose time is over. Gates do so by themselves."""
    erase_before(kept_since(NEXT_SCHOOL_DAY, at))


def erase_before(before_ms: int) -> int:
    """Delete every body of entries before an instant (UTC ms); return how many."""
    with transaction.atomic():
        return _empty(Entry.objects.filter(time_ms__lt=before_ms))


def forget_places(at: datetime) -> None:
    """Delete what is left of entries long erased; the chain goes on from each epoch's last."""
    before_ms = to_ms(at - PLACES_KEPT)
    old = Entry.objects.filter(body=None, time_ms__lt=before_ms, received_ms__lt=before_ms)
    places = old.filter(number__lt=F("epoch__last")).values_list("pk", flat=True)
    while keys := list(places[:PLACES_AT_ONCE]):
        Entry.objects.filter(pk__in=keys).delete()


def _empty(named: QuerySet[Entry]) -> int:
    named = named.exclude(kind__in=NEVER_ERASED).exclude(body=None)
    Crossing.objects.filter(entry__in=named).delete()
    erased = named.update(salt=None, body=None)
    if erased:
        transaction.on_commit(fold)
    return erased


def orders_of(epochs: Sequence[Epoch]) -> list[ErasureOrder]:
    """Return what gates were ordered to erase of epochs, and all they have yet to; oldest first."""
    if not epochs:
        return []
    gates, numbers = {epoch.gate_id for epoch in epochs}, {epoch.number for epoch in epochs}
    where = "gate_id IN %s AND (done_at IS NULL OR epoch IN %s) ORDER BY ordered_at, order_id"
    return load(ErasureOrder, where, (*gates,), (*numbers,))


def ordered_ranges(orders: Iterable[ErasureOrder], epoch: Epoch) -> list[tuple[int, int]]:
    """Return what was ordered to be erased of an epoch, whether or not it has arrived."""
    place = epoch.gate_id, epoch.number
    named = (each.ranges for each in orders if (each.gate_id, each.epoch) == place)
    return [(first, last) for ranges in named for first, last in ranges]
