"""Reports of gates: how they are, and whether their journal went back; their answer is news."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from portique.core import canonical, wire_news
from portique.core.wire_news import NOTES_MAX, News
from portique.core.wire_news import Note as Told
from portique.server.clock import now
from portique.server.config.rows import update_each
from portique.server.config.waking import one_at_a_time
from portique.server.gates.actions.alarms import raise_alarm, tell
from portique.server.gates.actions.knowledge import begin_knowledge_epoch, newest, newest_version
from portique.server.gates.actions.notes import over
from portique.server.gates.models import CONTACT, AlarmKind, Epoch, Gate, Note
from portique.server.gates.receivers import FAILURE_RECEIVERS
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from portique.core.knowledge import Version
    from portique.core.wire_news import Health, Report

WRITTEN_EVERY = timedelta(seconds=5)
EPOCH_MAX = 2**40  # epochs are seconds: no school's. One gate's word leaves room above for ever


def take_report(
    gate: Gate, report: Report, *, fresh: bool, known: bool = False, stream: str | None = None
) -> News:
    """Write down how a gate is; return what is new since its cursor.

    Args:
        gate: Who reports.
        report: What it says.
        fresh: No call it made later was seen: an old report that comes again alarms nobody.
        known: It called just now, and its clock goes as it did.
        stream: The address of the stream of events, if there is one.
    """
    told = newest(now())
    if not (known and _says_what_is_known(gate, report.health)):
        with transaction.atomic():
            if fresh:
                # First: an alarm waits its turn before any row.
                _watch_journal(gate, report.health)
                _watch_lane(gate, report.health)
            _keep_health(gate, report.health)
            if report.cursor <= told.note:  # above: this server came back from a backup
                Note.objects.filter(gate=gate, number__lte=report.cursor).delete()
    notes, cursor = _notes(gate, report.cursor, told.note)
    version, has = told.version, report.health.knowledge
    if fresh and has is not None and has > version:
        version = _newer_known(gate, has)
    return News(cursor, version, notes, stream)


def _says_what_is_known(gate: Gate, health: Health) -> bool:
    """Say whether a report need not be written down: one just was, and only its journal went on.

    In a rush gates ask for news each second, all at once: each would wait its turn to write.
    """
    if gate.reported_at is None or now() - gate.reported_at > WRITTEN_EVERY:
        return False
    before = gate.journal_epoch, gate.knowledge_epoch, gate.knowledge_number, gate.unsent > 0
    known = health.knowledge
    versions = (known.epoch, known.number) if known else (None, None)
    failing = " ".join(health.failing)
    lane = gate.version, gate.mode, gate.set_aside, gate.clock_trusted, gate.failing
    said = health.version, health.mode, health.set_aside, health.clock_trusted
    return (
        before == (health.epoch, *versions, health.unsent > 0)
        and lane == (*said, failing)
        and gate.failing_told == failing
        and (gate.journal_last or 0) <= health.last
    )


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
        "failing": " ".join(health.failing),
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
    """Tell others in the server what no longer works at a lane, and what works again.

    What was told is written here only, in turn: each beginning and each end is told once, whatever
    overtakes what, and whatever an old report says that somebody sends again.
    """
    failing = set(health.failing)
    if set(gate.failing_told.split()) == failing:
        return
    one_at_a_time()
    row = Gate.objects.only("failing_told", "called_ms").get(pk=gate.pk)
    if row.called_ms > gate.called_ms:
        return  # a later call overtook this one
    before = set(row.failing_told.split())
    gate.failing_told = " ".join(health.failing)
    Gate.objects.filter(pk=gate.pk).update(failing_told=gate.failing_told)
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


def _notes(gate: Gate, cursor: int, newest: int) -> tuple[tuple[Told, ...], int]:
    """Return the next notes for a gate, and its cursor after them; `newest` is the last to any."""
    if cursor == newest:
        return (), cursor
    since = cursor if cursor < newest else 0  # above: this server came back from a backup
    others = Q(gate=gate) | Q(gate=None)
    waiting = Note.objects.filter(others, ~over(now()), number__gt=since).exclude(origin=gate.pk)
    rows = list(waiting.order_by("number")[: NOTES_MAX + 1])
    given = tuple(_told(row) for row in rows[:NOTES_MAX])
    if len(rows) > len(given):
        return given, given[-1].number
    # Some may have come since the newest was read.
    return given, max([newest, *(note.number for note in given)])


def _told(row: Note) -> Told:
    payload = canonical.decode(bytes(row.payload), bytes_max=wire_news.PAYLOAD_BYTES_MAX)
    return Told(row.number, row.kind, payload)
