"""Filings: entries a gate's journal has, checked against what is held, each stored once.

Everything is checked before anything is written, so that a filing is taken whole, asks for what
is missing before it, or is disputed and leaves an alarm and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction

from portique.core.entries import OrderBody, from_body
from portique.core.entries_chain import genesis
from portique.core.errors import JournalError, PassError
from portique.core.journal_checkpoint import open_checkpoint
from portique.core.seal import COORDINATE_BYTES, PublicKey, Purpose
from portique.core.values import to_ms
from portique.core.wire import ORDERS_MAX, Acknowledgement
from portique.server.clock import now
from portique.server.config.rows import insert, load, read, update_each
from portique.server.config.waking import one_at_a_time
from portique.server.gates.actions.alarms import raise_alarm
from portique.server.gates.actions.erasing import ordered_ranges, orders_of
from portique.server.gates.actions.knowledge import newest_version
from portique.server.gates.actions.reading import take_up
from portique.server.gates.actions.together import Together
from portique.server.gates.models import CONTACT, AlarmKind, Entry, Epoch, Head, SetAside
from portique.server.gates.receivers import Filed, Parcel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portique.core.entries import Body
    from portique.core.journal_checkpoint import Checkpoint
    from portique.core.wire import Filing, Line
    from portique.server.gates.models import ErasureOrder, Gate

UNREADABLE = "unknown-kind"
OF_LINE = ("number", "time_ms", "kind", "salt", "body", "commitment", "chain")
TOGETHER_LINES = 100  # then a transaction takes no other filing: who comes next waits for it


class Disputed(Exception):  # noqa: N818 - what the server does with a filing
    """A filing contradicts what is held, or what the gate signed for."""

    def __init__(self, kind: AlarmKind, number: int) -> None:
        super().__init__(kind)
        self.kind = kind
        self.number = number


@dataclass(frozen=True, slots=True)
class _Asked:
    """A gate, and what it files; `bodies` are what could be read of its lines, by number."""

    gate: Gate
    filing: Filing
    bodies: Mapping[int, Body | None]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A filing that fits: which lines are new, and the head that came with them."""

    gate: Gate
    filing: Filing
    bodies: Mapping[int, Body | None]
    epoch: Epoch
    new: tuple[Line, ...]
    head: Checkpoint | None


def file(gate: Gate, filing: Filing) -> Acknowledgement | None:
    """Store what is new of a filing; say how far the epoch is held, or None if it is disputed."""
    found = _TOGETHER.do(_asked(gate, filing))
    if isinstance(found, Disputed):
        raise_alarm(gate, found.kind, filing.epoch, found.number)
        return None
    return found


def _asked(gate: Gate, filing: Filing) -> _Asked:
    """Read the lines: before the turn to write, which others wait for."""
    return _Asked(gate, filing, {line.number: _read(line) for line in filing.lines})


def _file_all(asked: Sequence[_Asked]) -> list[Acknowledgement | Disputed]:
    """File for several gates in one transaction."""
    with transaction.atomic():
        one_at_a_time()  # before any row: two that wait for each other's rows would both fail
        update_each([one.gate for one in asked], CONTACT, newest_by="called_ms")
        known = _known_epochs(asked)
        checked = [_checked(one, known) for one in asked]
        fitting = [one for one in checked if isinstance(one, _Checked)]
        orders = _store(fitting)
        said = _acknowledged(fitting, orders)
        return [one if isinstance(one, Disputed) else next(said) for one in checked]


_TOGETHER: Together[_Asked, Acknowledgement | Disputed] = Together(
    _file_all,
    key=lambda one: one.gate.pk,
    weight=lambda one: len(one.filing.lines),
    enough=TOGETHER_LINES,
    of_all=OperationalError,
)


def _acknowledged(
    stored: Sequence[_Checked], orders: Sequence[ErasureOrder]
) -> Iterator[Acknowledgement]:
    if not stored:
        return
    newest, begun = newest_version(now()), [one.epoch.pk for one in stored if one.epoch.pk]
    least = min(one.filing.lines[0].number for one in stored)
    where = "epoch_id IN %s AND number >= %s ORDER BY number"
    aside = read(SetAside, ("epoch_id", "number", "why"), where, (*begun,), least) if begun else []
    for one in stored:
        first, last = one.filing.lines[0].number, one.filing.lines[-1].number
        open_ = [each for each in orders if each.gate_id == one.gate.pk and each.done_at is None]
        yield Acknowledgement(
            one.filing.epoch,
            one.epoch.last,
            tuple((n, why) for pk, n, why in aside if pk == one.epoch.pk and first <= n <= last),
            newest,
            tuple(bytes(each.signed) for each in open_[:ORDERS_MAX]),
        )


# --- does it fit? ---------------------------------------------------------------------------------


def _known_epochs(asked: Sequence[_Asked]) -> list[Epoch]:
    """Read the epochs that filings may continue, newest first."""
    numbers, gates = {one.filing.epoch for one in asked}, {one.gate.pk: one.gate for one in asked}
    where = "gate_id IN %s AND number IN %s ORDER BY id DESC"
    known = load(Epoch, where, (*gates,), (*numbers,))
    for epoch in known:
        epoch.gate = gates[epoch.gate_id]
    return known


def _checked(asked: _Asked, epochs: Sequence[Epoch]) -> _Checked | Disputed:
    """Find the epoch that a filing continues, or why it continues none.

    A lane's new machine may have taken an id over, and begin its own epochs at 1; the former
    machine's are known by their key.
    """
    gate, filing = asked.gate, asked.filing
    public = gate.public
    named = gate.pk, filing.epoch
    known = [epoch for epoch in epochs if (epoch.gate_id, epoch.number) == named]
    known.sort(key=lambda epoch: bytes(epoch.public) != public)
    if not known or bytes(known[0].public) != public:
        known.append(_begun(gate, filing.epoch, public))
    disputes: list[Disputed] = []
    for epoch in known:
        try:
            return _Checked(gate, filing, asked.bodies, epoch, *_fitting(epoch, filing))
        except Disputed as dispute:
            disputes.append(dispute)
    return disputes[0]


def _begun(gate: Gate, number: int, public: bytes) -> Epoch:
    """Return an epoch of which nothing is held yet, not stored."""
    return Epoch(gate=gate, number=number, public=public, chain=genesis(gate.pk, number, public))


def _fitting(epoch: Epoch, filing: Filing) -> tuple[tuple[Line, ...], Checkpoint | None]:
    """Return the lines that are new, and the signed head.

    Raises:
        Disputed: The filing does not continue this epoch.
    """
    first = filing.lines[0].number
    if epoch.disputed:
        raise Disputed(AlarmKind.OLDER_COPY, first)
    head = _head(epoch, filing)
    if first > epoch.last + 1:
        return (), None  # the acknowledgement asks for what lies before
    held = _held_chains(epoch, first - 1, filing.lines[-1].number)
    for line in filing.lines:
        if held.get(line.number, line.chain) != line.chain:
            raise Disputed(AlarmKind.CONFLICT, line.number)
    if not _follows(epoch, filing, held):
        raise Disputed(AlarmKind.CHAIN, first)
    new = tuple(line for line in filing.lines if line.number > epoch.last)
    _check_heads(epoch, new, head, held)
    return new, head


def _held_chains(epoch: Epoch, first: int, last: int) -> dict[int, bytes]:
    """Return the chain values held from one number to another, that before entry 1 included."""
    begun = {0: genesis(epoch.gate_id, epoch.number, bytes(epoch.public))}
    if first == epoch.last:
        return begun | {first: bytes(epoch.chain)}
    rows = Entry.objects.filter(epoch=epoch.pk, number__range=(first, last))
    return begun | {number: bytes(chain) for number, chain in rows.values_list("number", "chain")}


def _follows(epoch: Epoch, filing: Filing, held: dict[int, bytes]) -> bool:
    """Say whether the lines continue what is held, from the first place that still is.

    Those of entries long erased are let go of (`erasing.forget_places`), an epoch's last one never:
    lines of which none is held are all older. Nothing then tells whose they are but the gate's key.
    """
    before = filing.lines[0].number - 1
    known = min((number for number in held if number >= before), default=None)
    if known is None:
        return bytes(epoch.public) == epoch.gate.public
    rest = filing.lines[known - before :]
    return replace(filing, lines=rest).follows(held[known])


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


def _store(checked: Sequence[_Checked]) -> list[ErasureOrder]:
    """Store what is new; return what is ordered to be erased of these gates."""
    moved = [one for one in checked if one.new or (one.head is not None and one.epoch.last)]
    for one in moved:
        if one.new:
            one.epoch.last, one.epoch.chain = one.new[-1].number, one.new[-1].chain
        if one.head is not None and one.head.number >= one.epoch.head_number:
            one.epoch.head_number, one.epoch.head_ms = one.head.number, one.head.time_ms
    _save_epochs([one.epoch for one in moved])
    for one in moved:
        _keep_head(one.epoch, one.head, one.filing)
    orders = orders_of([one.epoch for one in checked])
    parcels = _store_lines([one for one in moved if one.new], orders)
    take_up(parcels)
    if any(isinstance(one.body, OrderBody) for parcel in parcels for one in parcel.filed):
        return orders_of([one.epoch for one in checked])
    return orders


def _save_epochs(epochs: Sequence[Epoch]) -> None:
    for epoch in epochs:
        if epoch._state.adding:  # noqa: SLF001 - public by Django's docs
            epoch.save()
    update_each(epochs, ("last", "chain", "head_number", "head_ms"))


def _keep_head(epoch: Epoch, head: Checkpoint | None, filing: Filing) -> None:
    """Keep the newest signed head, and those that speak of entries yet to come."""
    if head is None or filing.head is None:
        return
    kept = Head(epoch=epoch, number=head.number, chain=head.chain, signed=filing.head)
    Head.objects.bulk_create([kept], ignore_conflicts=True)  # the first one stays
    past = Head.objects.filter(epoch=epoch, number__lte=epoch.last)
    past.exclude(number=epoch.head_number).delete()


def _store_lines(checked: Sequence[_Checked], orders: Sequence[ErasureOrder]) -> list[Parcel]:
    """Store new lines; return what could be read of them."""
    received_ms = to_ms(now())
    rows: list[Sequence[object]] = []
    aside: list[SetAside] = []
    read: list[tuple[_Checked, list[tuple[int, Line, Body]]]] = []
    for one in checked:
        gone, own = ordered_ranges(orders, one.epoch), []
        for line in one.new:
            erased = line.body is None or any(a <= line.number <= z for a, z in gone)
            body = None if erased else one.bodies[line.number]
            if not erased and body is None:
                aside.append(SetAside(epoch=one.epoch, number=line.number, why=UNREADABLE))
            if body is not None:
                own.append((len(rows), line, body))
            rows.append((one.epoch.pk, *_row(line, body, erased=erased), received_ms))
        read.append((one, own))
    keys = insert(Entry, ("epoch_id", *OF_LINE, "received_ms"), rows)
    SetAside.objects.bulk_create(aside)
    return [
        Parcel(one.gate, one.epoch, [_filed(line, body, keys[place]) for place, line, body in own])
        for one, own in read
    ]


def _filed(line: Line, body: Body, key: int) -> Filed:
    return Filed(line.number, line.time_ms, body, key)


def _read(line: Line) -> Body | None:
    try:
        return from_body(line.body or b"")
    except JournalError:
        return None


def _row(line: Line, body: Body | None, *, erased: bool) -> tuple[object, ...]:
    """Return what is kept of a line, as `OF_LINE` names it."""
    kept = (None, None) if erased else (line.salt, line.body)
    kind = 0 if body is None else int(body.KIND)
    return line.number, line.time_ms, kind, *kept, line.commitment, line.chain
