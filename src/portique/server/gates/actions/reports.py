"""Reports of gates: how they are, and whether their journal went back; their answer is news."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from portique.core import canonical, wire_news
from portique.core.wire_news import ADMISSION, ADMISSION_MS_MAX, ELSEWHERE, NOTES_MAX, News
from portique.core.wire_news import Note as Told
from portique.server.clock import now
from portique.server.config.waking import one_at_a_time
from portique.server.gates.actions.alarms import raise_alarm, tell
from portique.server.gates.actions.knowledge import begin_knowledge_epoch, newest_version
from portique.server.gates.actions.rows import update_each
from portique.server.gates.models import CONTACT, AlarmKind, Epoch, Gate, Note
from portique.server.gates.receivers import FAILURE_RECEIVERS
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from portique.core.knowledge import Version
    from portique.core.wire_news import Health, Report

TOLD_FOR = {  # later these notes say nothing more, and a gate would skip them
    ELSEWHERE: timedelta(minutes=5),
    ADMISSION: timedelta(milliseconds=ADMISSION_MS_MAX),
}

EPOCH_MAX = 2**40  # epochs are seconds: no school's. One gate's word leaves room above for ever


def take_report(gate: Gate, report: Report, *, fresh: bool, stream: str | None = None) -> News:
    """Write down how a gate is; return what is new since its cursor.

    Args:
        gate: Who reports.
        report: What it says.
        fresh: No call it made later was seen: an old report that comes again alarms nobody.
        stream: The address of the stream of events, if there is one.
    """
    with transaction.atomic():
        if fresh:
            _watch_journal(gate, report.health)  # first: an alarm waits its turn before any row
            _watch_lane(gate, report.health)
        _keep_health(gate, report.health)  # its row is then locked: no note is added meanwhile
        gate.last_note = Gate.objects.values_list("last_note", flat=True).get(pk=gate.pk)
        notes, cursor = _notes(gate, report.cursor)
    newest, known = newest_version(now()), report.health.knowledge
    if fresh and known is not None and known > newest:
        newest = _newer_known(gate, known)
    return News(cursor, newest, notes, stream)


def _keep_health(gate: Gate, health: Health) -> None:
    known = health.knowledge
    fields: dict[str, Any] = {
        "reported_at": now(),
        "version": health.version,
        "journal_epoch": health.epoch,
        "journal_last": health.last,
        "unsent": health.unsent,
        "disk_free": health.disk_free,
        "clock_uncertainty_ms": health.clock_uncertainty_ms,
        "clock_trusted": health.clock_trusted,
        "knowledge_epoch": known.epoch if known else None,
        "knowledge_number": known.number if known else None,
        "mode": health.mode,
        "set_aside": health.set_aside,
    }
    for name, value in fields.items():
        setattr(gate, name, value)
    update_each([gate], [*fields, *CONTACT], newest_by="called_ms")


def _watch_journal(gate: Gate, health: Health) -> None:
    """Raise an alarm when a journal ends before what the server has, or has the gate's word for.

    From then on the epoch is disputed: the gate, told so at its next filing, begins another. A
    report that a filing overtook while it waited says nothing.
    """
    newest = Epoch.objects.filter(gate=gate, public=gate.public).order_by("-number").first()
    if newest is None or health.epoch > newest.number:
        return
    if health.epoch == newest.number and health.last >= max(newest.last, newest.head_number):
        return
    if not Gate.objects.filter(pk=gate.pk, called_ms__gt=gate.called_ms).exists():
        raise_alarm(gate, AlarmKind.OLDER_COPY, health.epoch, health.last)
        Epoch.objects.filter(gate=gate, number=health.epoch).update(disputed=True)


def _watch_lane(gate: Gate, health: Health) -> None:
    """Write down what works at a lane; tell others in the server what no longer does, or again.

    Written here only, in turn: each beginning and each end is told once, whatever overtakes what.
    """
    failing = set(health.failing)
    if set(gate.failing.split()) == failing:
        return
    one_at_a_time()
    row = Gate.objects.only("failing", "called_ms").get(pk=gate.pk)
    if row.called_ms > gate.called_ms:
        return  # a later call overtook this one
    before = set(row.failing.split())
    gate.failing = " ".join(health.failing)
    Gate.objects.filter(pk=gate.pk).update(failing=gate.failing)
    if before != failing:
        tell(FAILURE_RECEIVERS, gate, sorted(failing - before), sorted(before - failing))


def _newer_known(gate: Gate, known: Version) -> Version:
    """Raise an alarm: a gate knows more than was ever given out. Begin above what it knows.

    The database is an older copy than it was told to be, and gates would take nothing from it. A
    school with a recovery key begins anew by it alone: the alarm says how.
    """
    raise_alarm(gate, AlarmKind.NEWER_KNOWLEDGE, known.epoch, known.number)
    if known.epoch <= EPOCH_MAX and served_school().keys.recovery is None:
        begin_knowledge_epoch(above=known.epoch)
    return newest_version(now())


def _notes(gate: Gate, cursor: int) -> tuple[tuple[Told, ...], int]:
    """Let go of notes a gate has taken up; return the next ones and its cursor after them."""
    waiting = Note.objects.filter(gate=gate)
    waiting.filter(_over(gate, cursor)).delete()
    rows = list(waiting.order_by("number")[: NOTES_MAX + 1])
    given = tuple(_told(row) for row in rows[:NOTES_MAX])
    more = len(rows) > len(given)
    return given, given[-1].number if more else gate.last_note


def _over(gate: Gate, cursor: int) -> Q:
    """Return the condition on notes that a gate has, or that would say nothing more to it."""
    over = Q()
    for kind, told_for in TOLD_FOR.items():
        over |= Q(kind=kind, at__lt=now() - told_for)
    if cursor <= gate.last_note:  # above: this server came back from a backup
        over |= Q(number__lte=cursor)
    return over


def _told(row: Note) -> Told:
    payload = canonical.decode(bytes(row.payload), bytes_max=wire_news.PAYLOAD_BYTES_MAX)
    return Told(row.number, row.kind, payload)
