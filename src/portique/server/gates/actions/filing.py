"""Filings: entries a gate's journal has, checked against what is held, each stored once.

Everything is checked before anything is written, so that a filing is taken whole, asks for what
is missing before it, or is disputed and leaves an alarm and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.entries import from_body
from portique.core.entries_chain import genesis
from portique.core.errors import JournalError, PassError
from portique.core.journal_checkpoint import open_checkpoint
from portique.core.seal import COORDINATE_BYTES, PublicKey, Purpose
from portique.core.values import to_ms
from portique.core.wire import ORDERS_MAX, Acknowledgement
from portique.server.clock import now
from portique.server.config.waking import one_at_a_time
from portique.server.gates.actions.alarms import raise_alarm
from portique.server.gates.actions.erasing import ordered_ranges
from portique.server.gates.actions.knowledge import newest_version
from portique.server.gates.actions.reading import take_up
from portique.server.gates.models import AlarmKind, Entry, Epoch, ErasureOrder, Gate, Head, SetAside

if TYPE_CHECKING:
    from portique.core.entries import Body
    from portique.core.journal_checkpoint import Checkpoint
    from portique.core.wire import Filing, Line

UNREADABLE = "unknown-kind"


class Disputed(Exception):  # noqa: N818 - what the server does with a filing
    """A filing contradicts what is held, or what the gate signed for."""

    def __init__(self, kind: AlarmKind, number: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.number = number


@dataclass(frozen=True, slots=True)
class _Checked:
    """A filing that fits: which lines are new, and the head that came with them."""

    epoch: Epoch
    new: tuple[Line, ...]
    head: Checkpoint | None


def file(gate: Gate, filing: Filing) -> Acknowledgement | None:
    """Store what is new of a filing; say how far the epoch is held, or None if it is disputed."""
    try:
        with transaction.atomic():
            one_at_a_time()  # before any row: two that wait for each other's rows would both fail
            gate.note_contact()  # its row is then locked: its report waits too
            return _acknowledged(gate, _store(gate, _checked(gate, filing), filing), filing)
    except Disputed as dispute:
        gate.note_contact()
        raise_alarm(gate, dispute.kind, filing.epoch, dispute.number)
        return None


def _acknowledged(gate: Gate, epoch: Epoch, filing: Filing) -> Acknowledgement:
    span = filing.lines[0].number, filing.lines[-1].number
    aside = SetAside.objects.filter(epoch_id=epoch.pk, number__range=span).order_by("number")
    orders = ErasureOrder.objects.filter(gate=gate, done_at=None).order_by("ordered_at", "order_id")
    return Acknowledgement(
        filing.epoch,
        epoch.last,
        tuple(aside.values_list("number", "why")),
        newest_version(now()),
        tuple(bytes(signed) for signed in orders.values_list("signed", flat=True)[:ORDERS_MAX]),
    )


# --- does it fit? ---------------------------------------------------------------------------------


def _checked(gate: Gate, filing: Filing) -> _Checked:
    """Find the epoch that a filing continues.

    A lane's new machine may have taken an id over, and begin its own epochs at 1; the former
    machine's are known by their key.

    Raises:
        Disputed: It continues none.
    """
    public = gate.public
    known = list(Epoch.objects.filter(gate=gate, number=filing.epoch).order_by("-pk"))
    known.sort(key=lambda epoch: bytes(epoch.public) != public)
    if not known or bytes(known[0].public) != public:
        known.append(_begun(gate, filing.epoch, public))
    disputes: list[Disputed] = []
    for epoch in known:
        try:
            return _fitting(epoch, filing)
        except Disputed as dispute:
            disputes.append(dispute)
    raise disputes[0]


def _begun(gate: Gate, number: int, public: bytes) -> Epoch:
    """Return an epoch of which nothing is held yet, not stored."""
    return Epoch(gate=gate, number=number, public=public, chain=genesis(gate.pk, number, public))


def _fitting(epoch: Epoch, filing: Filing) -> _Checked:
    first = filing.lines[0].number
    if epoch.disputed:
        raise Disputed(AlarmKind.OLDER_COPY, first)
    head = _head(epoch, filing)
    if first > epoch.last + 1:
        return _Checked(epoch, (), None)  # the acknowledgement asks for what lies before
    held = _held_chains(epoch, first - 1, filing.lines[-1].number)
    for line in filing.lines:
        if held.get(line.number, line.chain) != line.chain:
            raise Disputed(AlarmKind.CONFLICT, line.number)
    if not filing.follows(held[first - 1]):
        raise Disputed(AlarmKind.CHAIN, first)
    new = tuple(line for line in filing.lines if line.number > epoch.last)
    _check_heads(epoch, new, head, held)
    return _Checked(epoch, new, head)


def _held_chains(epoch: Epoch, first: int, last: int) -> dict[int, bytes]:
    """Return the chain values held from one number to another, that before entry 1 included."""
    begun = {0: genesis(epoch.gate_id, epoch.number, bytes(epoch.public))}
    if first == epoch.last:
        return begun | {first: bytes(epoch.chain)}
    rows = Entry.objects.filter(epoch=epoch.pk, number__range=(first, last))
    return begun | {number: bytes(chain) for number, chain in rows.values_list("number", "chain")}


def _head(epoch: Epoch, filing: Filing) -> Checkpoint | None:
    """Open the signed head that came with a filing.

    Raises:
        Disputed: This gate can't have signed it, or its journal went back since it signed another.
    """
    if filing.head is None:
        return None
    public = bytes(epoch.public)
    half = COORDINATE_BYTES
    try:
        key = PublicKey.from_point(Purpose.GATE, public[:half], public[half:])
        head = open_checkpoint(filing.head, key)
    except PassError as error:
        raise Disputed(AlarmKind.HEAD, 0) from error
    if (head.gate_id, head.epoch) != (epoch.gate_id, epoch.number):
        raise Disputed(AlarmKind.HEAD, head.number)
    if head.number < epoch.head_number and head.time_ms > epoch.head_ms:
        raise Disputed(AlarmKind.OLDER_COPY, head.number)
    return head


def _check_heads(
    epoch: Epoch, new: tuple[Line, ...], head: Checkpoint | None, held: dict[int, bytes]
) -> None:
    """Hold new entries to what the gate signed for, before or with them.

    Raises:
        Disputed: They are not what it signed for.
    """
    filed = {line.number: line.chain for line in new}
    if epoch.head_number > epoch.last:  # else none speaks of entries yet to come
        for each in Head.objects.filter(epoch=epoch.pk, number__range=_span(new)):
            if filed[each.number] != bytes(each.chain):
                raise Disputed(AlarmKind.HEAD, each.number)
    if head is None:
        return
    there = filed.get(head.number) or held.get(head.number) or _chain_of(epoch, head.number)
    if there is not None and there != head.chain:
        raise Disputed(AlarmKind.HEAD, head.number)


def _span(lines: tuple[Line, ...]) -> tuple[int, int]:
    return (lines[0].number, lines[-1].number) if lines else (0, 0)


def _chain_of(epoch: Epoch, number: int) -> bytes | None:
    """Return what is held, else what was signed for, at a number."""
    place = {"epoch": epoch.pk, "number": number}
    for rows in (Entry.objects.filter(**place), Head.objects.filter(**place)):
        chain = rows.values_list("chain", flat=True).first()
        if chain is not None:
            return bytes(chain)
    return None


# --- storing --------------------------------------------------------------------------------------


def _store(gate: Gate, checked: _Checked, filing: Filing) -> Epoch:
    epoch, new = checked.epoch, checked.new
    if not epoch.last and not new:
        return epoch  # never heard of before, and not from its beginning
    if new:
        epoch.last, epoch.chain = new[-1].number, new[-1].chain
    if new or checked.head is not None:
        _keep_head(epoch, checked.head, filing)
    if new:
        _store_lines(gate, epoch, new)
    return epoch


def _keep_head(epoch: Epoch, head: Checkpoint | None, filing: Filing) -> None:
    """Keep the newest signed head, and those that speak of entries yet to come."""
    if head is not None and head.number >= epoch.head_number:
        epoch.head_number, epoch.head_ms = head.number, head.time_ms
    epoch.save()
    if head is None or filing.head is None:
        return
    kept = Head(epoch=epoch, number=head.number, chain=head.chain, signed=filing.head)
    Head.objects.bulk_create([kept], ignore_conflicts=True)  # the first one stays
    past = Head.objects.filter(epoch=epoch, number__lte=epoch.last)
    past.exclude(number=epoch.head_number).delete()


def _store_lines(gate: Gate, epoch: Epoch, new: tuple[Line, ...]) -> None:
    gone = ordered_ranges(gate, epoch.number)
    received_ms = to_ms(now())
    rows, read, aside = [], [], []
    for line in new:
        erased = line.body is None or any(first <= line.number <= last for first, last in gone)
        body = None if erased else _read(line)
        if body is not None:
            read.append((line, body))
        elif not erased:
            aside.append(SetAside(epoch=epoch, number=line.number, why=UNREADABLE))
        rows.append(_row(epoch, line, body, received_ms=received_ms, erased=erased))
    Entry.objects.bulk_create(rows)
    SetAside.objects.bulk_create(aside)
    take_up(gate, epoch, read, {row.number: row.pk for row in rows})


def _read(line: Line) -> Body | None:
    try:
        return from_body(line.body or b"")
    except JournalError:
        return None


def _row(epoch: Epoch, line: Line, body: Body | None, *, received_ms: int, erased: bool) -> Entry:
    return Entry(
        epoch=epoch,
        number=line.number,
        time_ms=line.time_ms,
        kind=0 if body is None else body.KIND,
        salt=None if erased else line.salt,
        body=None if erased else line.body,
        commitment=line.commitment,
        chain=line.chain,
        received_ms=received_ms,
    )
