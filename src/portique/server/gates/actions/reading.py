"""What newly stored entries mean for the gates, and who else in the server is told of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction

from portique.core.decide import Outcome
from portique.core.entries import (
    DecisionBody,
    EpochBody,
    EpochCause,
    OrderBody,
    Ruling,
    RulingBody,
    from_body,
)
from portique.core.errors import JournalError
from portique.core.rules import OTHER_LANE_MS
from portique.core.values import HolderId
from portique.core.wire_news import ELSEWHERE, Elsewhere
from portique.server.clock import now, now_ms
from portique.server.config.rows import read
from portique.server.gates.actions.alarms import raise_alarm
from portique.server.gates.actions.erasing import carried_out
from portique.server.gates.actions.notes import tell_every_gate
from portique.server.gates.actions.unknown import look_for_unknown
from portique.server.gates.models import AlarmKind, Crossing, Entry, Epoch, Gate, SetAside
from portique.server.gates.receivers import RECEIVERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portique.server.gates.receivers import Filed, Parcel, Receiver

NOT_TAKEN_UP = "not-taken-up"
LOST = {EpochCause.DAMAGED, EpochCause.OLDER_COPY, EpochCause.MISSING}
ELSEWHERE_MS = 5 * 60_000  # later no gate would refer for it
AT_OTHERS = """holder IN %s AND at_ms BETWEEN %s AND %s AND NOT EXISTS (
    SELECT 1 FROM gates_entry AS entry JOIN gates_epoch AS epoch ON epoch.id = entry.epoch_id
    WHERE entry.id = gates_crossing.entry_id AND epoch.gate_id = %s
)"""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Crossed:
    """Somebody who was let through, by which entry; `seen` is by an agent."""

    parcel: Parcel
    number: int
    seen: bool
    crossing: Crossing


def take_up(parcels: Sequence[Parcel]) -> None:
    """Draw the consequences of new entries; call it in the transaction that stores them."""
    for parcel in parcels:
        for one in parcel.filed:
            if isinstance(one.body, OrderBody):
                carried_out(parcel.gate, one.body)
            elif isinstance(one.body, EpochBody) and one.number == 1:
                _begin(parcel.gate, parcel.epoch, one.body)
    look_for_unknown(parcels)
    _cross(parcels)
    for receiver in RECEIVERS:
        _tell(receiver, parcels)


# --- epochs ---------------------------------------------------------------------------------------


def _begin(gate: Gate, epoch: Epoch, body: EpochBody) -> None:
    """Note why an epoch began and where the gate says that the former one stood."""
    epoch.cause = body.cause
    epoch.save(update_fields=["cause"])
    if body.cause in LOST:
        raise_alarm(gate, AlarmKind.NEW_EPOCH, epoch.number, 1)
    if body.previous_epoch is None or body.previous_number is None:
        return
    former = Epoch.objects.filter(gate=gate, number=body.previous_epoch, closed_at=None)
    former.update(closed_at=now(), closed_number=body.previous_number, closed_by=body.cause)
    held = Entry.objects.filter(
        epoch__gate=gate, epoch__number=body.previous_epoch, number=body.previous_number
    )
    chains = [bytes(chain).hex() for chain in held.values_list("chain", flat=True)]
    if chains and body.previous_head not in {None, *chains}:
        raise_alarm(gate, AlarmKind.HEAD, body.previous_epoch, body.previous_number)


# --- one holder, two lanes ------------------------------------------------------------------------


def _cross(parcels: Sequence[Parcel]) -> None:
    """Remember who was let through, tell the other gates, and flag who was at two lanes at once.

    However late a gate files: it is compared with all that is still kept.
    """
    crossed = [
        found for parcel in parcels for one in parcel.filed if (found := _crossed(parcel, one))
    ]
    if not crossed:
        return
    _flag(crossed)
    Crossing.objects.bulk_create(one.crossing for one in crossed)
    _tell_others(crossed)


def _crossed(parcel: Parcel, one: Filed) -> _Crossed | None:
    """Return who was let through by an entry, if it says so and names somebody."""
    body, holder, seen = one.body, None, False
    if isinstance(body, DecisionBody) and body.outcome == Outcome.GRANT:
        holder = body.holder
    elif isinstance(body, RulingBody) and body.ruling is Ruling.ADMIT:
        holder, seen = _holder_of(parcel.gate, body), True
    if not holder:
        return None
    lane = parcel.gate.lane
    crossing = Crossing(entry_id=one.key, holder=holder, lane=lane, at_ms=one.time_ms)
    return _Crossed(parcel, one.number, seen, crossing)


def _holder_of(gate: Gate, ruling: RulingBody) -> HolderId | None:
    """Return whose decision an agent ruled on; None if it is not held or names nobody."""
    found = Entry.objects.filter(
        epoch__gate=gate, epoch__number=ruling.epoch, number=ruling.number
    ).exclude(body=None)
    for body in found.values_list("body", flat=True):
        try:
            decision = from_body(bytes(body or b""))
        except JournalError:
            continue
        if isinstance(decision, DecisionBody):
            return decision.holder
    return None


def _flag(crossed: Sequence[_Crossed]) -> None:
    """Raise an alarm for each holder let through at another gate within a minute of this one."""
    before: list[_Crossed] = []  # what came together is told of too: the second one is flagged
    for parcel, found in groupby(crossed, attrgetter("parcel")):
        group = list(found)
        alone = [one for one in group if not one.seen]  # an agent looked at the others
        others = _at_others(parcel.gate, [one.crossing for one in alone])
        for one in before:
            others.setdefault(one.crossing.holder, []).append(one.crossing.at_ms)
        for one in alone:
            met, at_ms = others.get(one.crossing.holder, ()), one.crossing.at_ms
            if any(abs(each - at_ms) <= OTHER_LANE_MS for each in met):
                raise_alarm(parcel.gate, AlarmKind.TWO_LANES, parcel.epoch.number, one.number)
        before += group


def _at_others(gate: Gate, crossings: Sequence[Crossing]) -> dict[str, list[int]]:
    """Return when these holders were let through at other gates at about these times."""
    if not crossings:
        return {}
    times = [crossing.at_ms for crossing in crossings]
    found: dict[str, list[int]] = {}
    near = read(
        Crossing, ("holder", "at_ms"), AT_OTHERS,
        (*{crossing.holder for crossing in crossings},),
        min(times) - OTHER_LANE_MS, max(times) + OTHER_LANE_MS, gate.pk,
    )  # fmt: skip
    for holder, at_ms in near:
        found.setdefault(holder, []).append(at_ms)
    return found


def _tell_others(crossed: Sequence[_Crossed]) -> None:
    at_ms = now_ms()
    recent = [
        (one.parcel.gate.pk, (ELSEWHERE, _elsewhere(one.crossing)))
        for one in crossed
        if at_ms - one.crossing.at_ms < ELSEWHERE_MS
    ]
    if recent and _others_than(recent[0][0]):
        tell_every_gate(recent)


def _others_than(gate_id: str) -> bool:
    return bool(read(Gate, ("lane",), "removed_at IS NULL AND gate_id <> %s LIMIT 1", gate_id))


def _elsewhere(crossing: Crossing) -> dict[int, Any]:
    holder = HolderId(crossing.holder)
    return Elsewhere(holder, crossing.at_ms, crossing.lane).to_note(0).payload


# --- others in the server -------------------------------------------------------------------------


def _tell(receiver: Receiver, parcels: Sequence[Parcel]) -> None:
    """Tell a receiver; an entry it fails on is set aside and holds up no other."""
    told = [parcel for parcel in parcels if parcel.filed]
    if not told or _taken(receiver, told):
        return
    for parcel in told:
        if len(told) > 1 and _taken(receiver, [parcel]):
            continue
        for one in parcel.filed:
            if not _taken(receiver, [replace(parcel, filed=[one])]):
                _set_aside(parcel, one.number)


def _set_aside(parcel: Parcel, number: int) -> None:
    SetAside.objects.get_or_create(
        epoch=parcel.epoch, number=number, defaults={"why": NOT_TAKEN_UP}
    )
    raise_alarm(parcel.gate, AlarmKind.RECEIVER, parcel.epoch.number, number)


def _taken(receiver: Receiver, parcels: Sequence[Parcel]) -> bool:
    try:
        with transaction.atomic():
            receiver(parcels)
    except DatabaseError:
        raise  # the disk or a lock: everything is tried again
    except Exception:
        log.exception("receiver-failed")
        return False
    return True
