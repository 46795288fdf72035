"""What happened since the last look, read from what the server keeps anyway.

Nothing in the server has to know that somebody listens: alarms, imports, versions, states of gates
and counts are looked at every few seconds, and what is new goes to the outbox in one transaction
with how far was looked. A server that was off tells what it missed of alarms and imports, and
where gates and counts stand now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from portique.server.api.queries import FEW, QUARTER, quarter_hours
from portique.server.console.models import Event, EventKind
from portique.server.console.sources import read_newest
from portique.server.gates import health
from portique.server.gates.models import Alarm, Gate
from portique.server.gates.queries import lanes, troubles_of
from portique.server.outgoing.models import EventType
from portique.server.passes.register import DatabaseRegister
from portique.server.people.models import Import

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    State = dict[str, Any]
    Told = tuple[EventType, dict[str, Any]]

LATER = timedelta(minutes=2)  # a quarter-hour is counted once its last entries had time to come
AT_ONCE_MAX = 200
TROUBLES = {
    health.NEVER_CALLED: "never-called",
    health.LANE_GONE: "no-lane",
    health.SILENT: "silent",
    health.CLOCK: "clock",
    health.DISK: "disk",
    health.BACKLOG: "backlog",
    health.ASIDE: "set-aside",
    health.UNTAUGHT: "no-knowledge",
    **{trouble: str(organ) for organ, trouble in health.FAILING.items()},
    health.FAILING_OTHER: "other",
}
TROUBLES |= {theirs: TROUBLES[ours] for ours, theirs in health.FOR_PHONES.items()}


def begin(at: datetime) -> State:
    """Return where things stand: what happened before is told to nobody."""
    last_import = _last_import()
    state: State = {
        "alarm": Alarm.objects.aggregate(last=Max("pk"))["last"] or 0,
        "event": Event.objects.aggregate(last=Max("pk"))["last"] or 0,
        "import": last_import.isoformat() if last_import else "",
        "posture": ["normal", False],
        "gates": {},
        "knowledge": _newest(),
        "counted": _over(at).isoformat(),
    }
    return state


def look(state: State, at: datetime) -> list[Told]:
    """Return what is new, and note in `state` that it was told."""
    return [told for part in _PARTS for told in part(state, at)]


def _alarms(state: State, at: datetime) -> Iterator[Told]:
    _ = at
    rows = Alarm.objects.filter(pk__gt=state["alarm"]).select_related("gate").order_by("pk")
    for row in rows[:AT_ONCE_MAX]:
        state["alarm"] = row.pk
        yield EventType.GATE_ALARM, {"gate": row.gate_id, "lane": row.gate.lane, "kind": row.kind}


def _postures(state: State, at: datetime) -> Iterator[Told]:
    """Tell a posture once, however many gates write it down."""
    _ = at
    rows = Event.objects.filter(kind=EventKind.ALARM, pk__gt=state["event"]).order_by("pk")
    for row in rows[:AT_ONCE_MAX]:
        state["event"] = row.pk
        posture = [row.data["posture"], row.data["drill"]]
        if posture != state["posture"]:
            state["posture"] = posture
            yield EventType.SCHOOL_ALARM, {"posture": posture[0], "drill": posture[1]}


def _imports(state: State, at: datetime) -> Iterator[Told]:
    _ = at
    rows = Import.objects.order_by("at")
    if state["import"]:
        rows = rows.filter(at__gt=datetime.fromisoformat(state["import"]))
    for row in rows[:AT_ONCE_MAX]:
        state["import"] = row.at.isoformat()
        yield EventType.IMPORTED, {"source": row.source, "counts": row.counts}


def _knowledge(state: State, at: datetime) -> Iterator[Told]:
    _ = at
    newest = _newest()
    if newest != state["knowledge"]:
        state["knowledge"] = newest
        yield EventType.KNOWLEDGE, {"epoch": newest[0], "version": newest[1]}


def _health(state: State, at: datetime) -> Iterator[Told]:
    """Tell how a gate is when that changed."""
    known, now = state["gates"], {}
    names = {lane.name for lane in lanes()}
    for gate in Gate.objects.filter(removed_at=None).order_by("pk"):
        found = sorted(TROUBLES[trouble] for trouble in troubles_of(gate, names, at))
        now[gate.pk] = found
        if known.get(gate.pk) != found:
            said = {"gate": gate.pk, "lane": gate.lane, "well": not found, "troubles": found}
            yield EventType.HEALTH, said
    state["gates"] = now


def _counts(state: State, at: datetime) -> Iterator[Told]:
    """Tell each quarter-hour that is over, of all lanes at once; fewer than five are null."""
    over = _over(at)
    since = datetime.fromisoformat(state["counted"])
    if over <= since:
        return
    state["counted"] = over.isoformat()
    lanes: dict[datetime, list[dict[str, Any]]] = {}
    for cell in quarter_hours(at - LATER):
        if since <= cell.begins < over:
            row = {"lane": cell.lane, "direction": str(cell.direction), "people": cell.people}
            lanes.setdefault(cell.begins, []).append(row)
    for begins, rows in sorted(lanes.items()):
        said = {"begins": begins.isoformat(), "minutes": 15, "told_from": FEW, "lanes": rows}
        yield EventType.COUNTS, said


def _newest() -> list[int]:
    """Return epoch and number of the newest rules, as gates are told them."""
    return [DatabaseRegister().knowledge_epoch(), read_newest().knowledge[1]]


def _over(at: datetime) -> datetime:
    """Return the end of the last quarter-hour whose entries had time to come."""
    late = at - LATER
    return late - timedelta(
        minutes=late.minute % (QUARTER // timedelta(minutes=1)),
        seconds=late.second,
        microseconds=late.microsecond,
    )


def _last_import() -> datetime | None:
    last: datetime | None = Import.objects.aggregate(last=Max("at"))["last"]
    return last


_PARTS: tuple[Callable[[dict[str, Any], datetime], Iterator[Told]], ...] = (
    *(_alarms, _postures, _imports, _knowledge, _health, _counts),
)
