"""What the console shows, read from the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from portique.core.entries import EntryKind, from_body
from portique.core.values import from_ms
from portique.school.rules import site_of
from portique.server.console.models import Event, EventKind, Referral, ReferralState
from portique.server.console.tally import Tally, Today, midnight
from portique.server.gates.health import failing
from portique.server.gates.models import Entry, Gate
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portique.core.zones import Lane, Mode
    from portique.server.gates.health import Trouble

    Named = tuple[str, int, int]  # an entry: its gate, epoch and number

RECENT = 40
OFFLINE_AFTER = timedelta(seconds=60)  # two of a gate's slowest questions
UNCONFIRMED = timedelta(minutes=2)  # then a gate that did not answer is the technician's matter
ALERTS = 50
WAITING = 100


def events_after(cursor: int, limit: int) -> list[Event]:
    """Return events after an id, oldest first."""
    return list(Event.objects.filter(pk__gt=cursor).order_by("pk")[:limit])


def recent(at: datetime, limit: int = RECENT) -> list[Event]:
    """Return the day's last events, newest first."""
    shown = Event.objects.filter(at__gte=midnight(at)).exclude(kind=EventKind.DISMISSED)
    return list(shown.order_by("-pk")[:limit])


def waiting(at: datetime) -> list[Referral]:
    """Return the referrals that wait, oldest first, and answers that a gate has yet to confirm."""
    asked = Q(state=ReferralState.RULED, confirmed_at=None, ruled_at__gte=at - UNCONFIRMED)
    found = Referral.objects.filter(at__gte=midnight(at)).select_related("user")
    return list(found.filter(Q(state=ReferralState.WAITING) | asked).order_by("at", "pk")[:WAITING])


def gate_of(lane: str, at: datetime) -> Gate | None:
    """Return the gate of a lane that was heard last, if that is just now.

    A phone has no door: it is asked only where the lane has no other gate, be that one silent.
    """
    gates = list(Gate.objects.filter(lane=lane, removed_at=None).order_by("-contact_at"))
    doors = [gate for gate in gates if not gate.is_phone] or gates
    heard = [gate for gate in doors if gate.contact_at and gate.contact_at >= at - OFFLINE_AFTER]
    return heard[0] if heard else None


def decisions_named(events: Iterable[Event]) -> dict[Named, tuple[str, datetime]]:
    """Return the pass and the time of the decisions that gates' alarms name.

    None of those whose time was over: nothing then says whose they were.
    """
    named = {entry_of(event) for event in events if event.kind == EventKind.GATE}
    if not named:
        return {}
    wanted = Q()
    for gate, epoch, number in named:
        wanted |= Q(epoch__gate=gate, epoch__number=epoch, number=number)
    found = {}
    rows = Entry.objects.filter(wanted, kind=EntryKind.DECISION).exclude(body=None)
    for row in rows.select_related("epoch"):
        pass_id = getattr(from_body(bytes(row.body or b"")), "pass_id", None) or ""
        place = row.epoch.gate_id, row.epoch.number, row.number
        found[place] = pass_id, from_ms(row.time_ms)
    return found


def entry_of(event: Event) -> Named:
    """Return which entry an alarm of a gate is about."""
    epoch, number = event.data["entry"]
    return event.gate, epoch, number


def referrals_of(keys: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int, int], Referral]:
    """Return referrals by gate, epoch and number of their decisions."""
    wanted = Q()
    for gate, epoch, number in set(keys):
        wanted |= Q(gate=gate, epoch=epoch, number=number)
    found = Referral.objects.filter(wanted).select_related("user") if wanted else ()
    return {(one.gate, one.epoch, one.number): one for one in found}


def referral_named(key: str) -> Referral | None:
    """Find a referral by what forms call it."""
    gate, _, rest = key.partition("~")
    epoch, _, number = rest.partition("~")
    if not (epoch.isascii() and epoch.isdigit() and number.isascii() and number.isdigit()):
        return None
    found = Referral.objects.filter(gate=gate, epoch=int(epoch), number=int(number))
    return found.select_related("user").first()


def alerts(at: datetime) -> list[Event]:
    """Return the alerts that nobody has seen to, newest first.

    They are the day's; something that does not work still does not the next day.
    """
    found = Event.objects.filter(alert=True, dismissed_at=None)
    found = found.filter(Q(at__gte=midnight(at)) | Q(kind=EventKind.FAILURE))
    return list(found.order_by("-pk")[:ALERTS])


@dataclass(slots=True)
class LaneState:
    """How a lane is: its day so far, its mode, since when it is silent, what does not work.

    `heard_at` is the last sign of any of its gates, `offline` that it was too long ago; `failing`
    is what those heard just now say of themselves.
    """

    lane: Lane
    today: Today
    mode: Mode
    heard_at: datetime | None = None
    offline: bool = False
    enrolled: bool = False
    failing: list[Trouble] = field(default_factory=list)


def lanes(at: datetime, tally: Tally | None = None) -> list[LaneState]:
    """Return every lane of the school, in the school's order; a tally that is kept saves time."""
    days = (tally or Tally()).at(at)
    states = {}
    for lane in site_of(served_school()).lanes:
        today = days.get(lane.name, Today())
        states[lane.name] = LaneState(lane, today, today.mode or lane.mode)
    for gate in Gate.objects.filter(removed_at=None):
        if gate.lane in states:
            _hear(states[gate.lane], gate, at)
    return list(states.values())


def _hear(state: LaneState, gate: Gate, at: datetime) -> None:
    """Take up when a gate last called; a lane is as well as the best of its gates."""
    heard = gate.contact_at
    state.enrolled = True
    if heard is not None and (state.heard_at is None or heard > state.heard_at):
        state.heard_at = heard
    if heard is not None and heard >= at - OFFLINE_AFTER:
        state.failing += [each for each in failing(gate) if each not in state.failing]
    state.offline = state.heard_at is None or state.heard_at < at - OFFLINE_AFTER
