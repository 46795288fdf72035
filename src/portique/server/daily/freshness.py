"""How far the list of those not seen can be believed: how fresh each gate of an entry is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from portique.core.plain import Words
from portique.core.values import Organ
from portique.core.zones import Mode
from portique.server.console.models import Event, EventKind
from portique.server.console.tally import midnight
from portique.server.daily.queries import entry_lanes
from portique.server.gates.health import SILENT_AFTER, UNSENT_MAX
from portique.server.gates.models import Gate
from portique.server.gates.words import NEVER, ago

if TYPE_CHECKING:
    from portique.core.zones import Lane

LONG_AGO = datetime.min.replace(tzinfo=UTC)
NO_GATE = Words("aucun portique n’y est installé", "there is no gate on it")
SILENT = Words("son portique ne répond pas", "its gate does not answer")
BEHIND = Words("son portique n’a pas encore tout envoyé", "its gate has not sent everything yet")
UNCONTROLLED = Words(
    "des personnes y sont passées sans code aujourd’hui (comptage ou passage libre)",
    "people went through it without codes today (counting or free mode)",
)

UNREAD = Words(
    "tout n’y a pas été lu ou noté aujourd’hui (caméra, lecteur ou journal en panne)",
    "not all was read or written down there today (camera, reader or journal failing)",
)


@dataclass(frozen=True, slots=True)
class EntryState:
    """A lane by which people come in: when its gate was heard; `doubt` None: it can be believed."""

    lane: Lane
    heard: Words | None
    doubt: Words | None


def entries_at(at: datetime) -> list[EntryState]:
    """Return how each entry is, the doubtful ones first."""
    unread, loose = _unread_today(at), _uncontrolled_today(at)
    today = dict.fromkeys(unread, UNREAD) | dict.fromkeys(loose, UNCONTROLLED)
    gates: dict[str, list[Gate]] = {}
    for gate in Gate.objects.filter(removed_at=None):
        gates.setdefault(gate.lane, []).append(gate)
    states = [
        _state(lane, gates.get(lane.name, []), at, today.get(lane.name)) for lane in entry_lanes()
    ]
    return sorted(states, key=lambda state: state.doubt is None)


def _state(lane: Lane, gates: list[Gate], at: datetime, today: Words | None) -> EntryState:
    """Judge a lane by its gates, then by its day: a silent one may hold entries nobody has seen."""
    gates = _telling(gates)
    heard = [gate.contact_at for gate in gates if gate.contact_at is not None]
    said = ago((at - min(heard)).total_seconds()) if heard else NEVER
    if not gates:
        return EntryState(lane, None, NO_GATE)
    if len(heard) < len(gates) or at - min(heard) > SILENT_AFTER:
        return EntryState(lane, said, SILENT)
    if any(gate.unsent > UNSENT_MAX for gate in gates):
        return EntryState(lane, said, BEHIND)
    return EntryState(lane, said, UNCONTROLLED if _loose(lane, gates) else today)


def _telling(gates: list[Gate]) -> list[Gate]:
    """Leave out phones that had sent everything, as in a pocket; of phones alone keep the last."""
    kept = [gate for gate in gates if gate.unsent or not gate.is_phone]
    return kept or sorted(gates, key=lambda gate: gate.contact_at or LONG_AGO)[-1:]


def _loose(lane: Lane, gates: list[Gate]) -> bool:
    return any((gate.mode or lane.mode) != Mode.CONTROL for gate in gates)


def _uncontrolled_today(at: datetime) -> set[str]:
    """Return the lanes that an agent took out of control today, if only for a while."""
    modes = Event.objects.filter(kind=EventKind.MODE, at__gte=midnight(at))
    return {event.lane for event in modes if event.data.get("mode") != Mode.CONTROL}


def _unread_today(at: datetime) -> set[str]:
    """Return the lanes where something failed today without which nobody's code is recorded."""
    events = Event.objects.filter(kind=EventKind.FAILURE, at__gte=midnight(at))
    lanes = {event.lane for event in events if event.data["code"] != Organ.DOOR}
    gates = Gate.objects.filter(removed_at=None).exclude(failing="")
    return lanes | {gate.lane for gate in gates if gate.failing != Organ.DOOR}
