"""What newly stored entries mean for the gates, and who else in the server is told of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from portique.core.decide import Outcome, Reason
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
from portique.server.gates.actions.alarms import raise_alarm
from portique.server.gates.actions.erasing import carried_out
from portique.server.gates.actions.notes import send_notes
from portique.server.gates.models import (
    AlarmKind,
    Crossing,
    Entry,
    Epoch,
    Gate,
    SetAside,
)
from portique.server.gates.queries import connected_gates
from portique.server.gates.receivers import RECEIVERS
from portique.server.passes.models import IssuedPass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portique.core.entries import Body
    from portique.core.values import PassId
    from portique.core.wire import Line
    from portique.server.gates.receivers import Receiver

    Read = Sequence[tuple[Line, Body]]

NOT_TAKEN_UP = "not-taken-up"
LOST = {EpochCause.DAMAGED, EpochCause.OLDER_COPY, EpochCause.MISSING}
ELSEWHERE_MS = 5 * 60_000  # later no gate would refer for it
log = logging.getLogger(__name__)


def take_up(gate: Gate, epoch: Epoch, read: Read, keys: Mapping[int, int]) -> None:
    """Draw the consequences of new entries; call it in the transaction that stores them.

    Args:
        gate: Who filed them.
        epoch: Where they belong.
        read: Those that could be read.
        keys: The rows' keys, by the entries' numbers.
    """
    for line, body in read:
        if isinstance(body, OrderBody):
            carried_out(gate, body)
        elif isinstance(body, EpochBody) and line.number == 1:
            _begin(gate, epoch, body)
    _look_for_unknown(gate, epoch, read)
    _cross(gate, epoch, read, keys)
    for receiver in RECEIVERS:
        _tell(receiver, gate, epoch, read)


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


# --- passes nobody issued -------------------------------------------------------------------------


def _look_for_unknown(gate: Gate, epoch: Epoch, read: Read) -> None:
    """Raise an alarm for passes that were genuine by their signature and are in no register.

    Somebody has the issuing key. A decision names a pass only once its signature was verified. One
    that says itself that it ended may be of former years, and erased since: a thief chooses others.
    """
    shown: dict[PassId, int] = {
        body.pass_id: line.number
        for line, body in read
        if isinstance(body, DecisionBody) and body.pass_id and Reason.EXPIRED not in body.reasons
    }
    if not shown:
        return
    issued = IssuedPass.objects.filter(pk__in=shown).values_list("pk", flat=True)
    for pass_id in shown.keys() - set(issued):
        raise_alarm(gate, AlarmKind.UNKNOWN_PASS, epoch.number, shown[pass_id])


# --- one holder, two lanes ------------------------------------------------------------------------


def _cross(gate: Gate, epoch: Epoch, read: Read, keys: Mapping[int, int]) -> None:
    """Remember who was let through, tell the other gates, and flag who was at two lanes at once.

    However late a gate files: it is compared with all that is still kept.
    """
    granted: dict[int, HolderId] = {}
    ruled: dict[int, HolderId] = {}
    times = {line.number: line.time_ms for line, _ in read}
    for line, body in read:
        if isinstance(body, DecisionBody) and body.outcome == Outcome.GRANT and body.holder:
            granted[line.number] = body.holder
        elif isinstance(body, RulingBody) and body.ruling is Ruling.ADMIT:
            holder = _holder_of(gate, body)
            if holder is not None:
                ruled[line.number] = holder
    if not granted and not ruled:
        return
    crossings = {
        number: Crossing(entry_id=keys[number], holder=who, lane=gate.lane, at_ms=times[number])
        for number, who in sorted((granted | ruled).items())
    }
    alone = {number: crossings[number] for number in granted}  # an agent looked at the others
    _flag(gate, epoch, alone)
    Crossing.objects.bulk_create(crossings.values())
    _tell_others(gate, list(crossings.values()))


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


def _flag(gate: Gate, epoch: Epoch, crossings: dict[int, Crossing]) -> None:
    """Raise an alarm for each holder let through at another gate within a minute of this one."""
    if not crossings:
        return
    times = [crossing.at_ms for crossing in crossings.values()]
    near = Crossing.objects.filter(
        holder__in={crossing.holder for crossing in crossings.values()},
        at_ms__range=(min(times) - OTHER_LANE_MS, max(times) + OTHER_LANE_MS),
    ).exclude(entry__epoch__gate=gate)
    others: dict[str, list[int]] = {}
    for holder, at_ms in near.values_list("holder", "at_ms"):
        others.setdefault(holder, []).append(at_ms)
    for number, crossing in crossings.items():
        if any(abs(at - crossing.at_ms) <= OTHER_LANE_MS for at in others.get(crossing.holder, ())):
            raise_alarm(gate, AlarmKind.TWO_LANES, epoch.number, number)


def _tell_others(gate: Gate, crossings: list[Crossing]) -> None:
    recent = [crossing for crossing in crossings if now_ms() - crossing.at_ms < ELSEWHERE_MS]
    if recent:
        told = [
            (ELSEWHERE, Elsewhere(_holder(one), one.at_ms, one.lane).to_note(0).payload)
            for one in recent
        ]
        send_notes(connected_gates(now(), but=gate.pk), told)


def _holder(crossing: Crossing) -> HolderId:
    return HolderId(crossing.holder)


# --- others in the server -------------------------------------------------------------------------


def _tell(receiver: Receiver, gate: Gate, epoch: Epoch, read: Read) -> None:
    """Tell a receiver; an entry it fails on is set aside and holds up no other."""
    filed = [(line.number, line.time_ms, body) for line, body in read]
    if not filed or _taken(receiver, gate, epoch, filed):
        return
    for one in filed:
        if not _taken(receiver, gate, epoch, [one]):
            SetAside.objects.get_or_create(
                epoch=epoch, number=one[0], defaults={"why": NOT_TAKEN_UP}
            )
            raise_alarm(gate, AlarmKind.RECEIVER, epoch.number, one[0])


def _taken(
    receiver: Receiver, gate: Gate, epoch: Epoch, filed: Sequence[tuple[int, int, Body]]
) -> bool:
    try:
        with transaction.atomic():
            receiver(gate.pk, epoch.number, filed)
    except DatabaseError:
        raise  # the disk or a lock: everything is tried again
    except Exception:
        log.exception("receiver-failed")
        return False
    return True
