"""How entries of a gate's journal become events of the console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core.alarms import Posture
from portique.core.decide import Outcome, Reason
from portique.core.entries import (
    AlarmBody,
    BootBody,
    ClockBody,
    CountBody,
    DecisionBody,
    EpochBody,
    EpochCause,
    ManualAdmissionBody,
    ModeBody,
    NoticeBody,
    Ruling,
    RulingBody,
)
from portique.core.values import Direction, from_ms
from portique.server.console.models import Event, EventKind, Referral

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.core.entries import Body
    from portique.core.zones import Lane

# Reasons that concern more people than the agent of the lane.
ALARMING = frozenset({Reason.STATUS_UNLISTED, Reason.EXIT_NOT_PERMITTED})
QUIET_EPOCHS = frozenset({EpochCause.FIRST, EpochCause.ROTATED})
QUIET_NOTICES = frozenset({"file-retired"})  # a full journal's file, put away as it should be
QUIET_CLOCKS = frozenset({"trusted"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where entries come from: the gate, its lane, and the school's lanes by name."""

    gate: str
    lane: str
    epoch: int
    lanes: Mapping[str, Lane]

    def direction(self, lane: str) -> str:
        """Return the direction of a lane, empty when the school has none of that name."""
        found = self.lanes.get(lane)
        return str(found.direction) if found else ""


def event_of(origin: Origin, number: int, time_ms: int, body: Body) -> Event | None:
    """Make the event of an entry; None for those that say nothing to a console."""
    said = _said(origin, number, body)
    if said is None:
        return None
    event = Event(**{"at": from_ms(time_ms), "gate": origin.gate, "lane": origin.lane} | said)
    if event.people and not event.direction:
        event.direction = origin.direction(event.lane)
    return event


def referral_of(origin: Origin, number: int, time_ms: int, body: DecisionBody) -> Referral:
    """Make the referral of a decision that was not granted."""
    return Referral(
        gate=origin.gate,
        epoch=origin.epoch,
        number=number,
        lane=body.lane,
        at=from_ms(time_ms),
        pass_id=body.pass_id or "",
        outcome=body.outcome,
        reasons=" ".join(body.reasons),
    )


def _said(origin: Origin, number: int, body: Body) -> dict[str, Any] | None:
    """Return the fields that are the body's own; passages and orders say nothing to a console."""
    match body:
        case DecisionBody():
            return _decision(origin, number, body)
        case RulingBody():
            return _ruling(body)
        case ManualAdmissionBody() | ModeBody() | CountBody():
            return _of_the_agent(body)
        case AlarmBody() | NoticeBody() | ClockBody() | EpochBody() | BootBody():
            return _of_the_gate(body)
    return None


def _fields(kind: EventKind, data: dict[str, Any], **others: object) -> dict[str, Any]:
    return {"kind": kind, "data": data, **others}


def _decision(origin: Origin, number: int, body: DecisionBody) -> dict[str, Any]:
    data: dict[str, Any] = {
        "epoch": origin.epoch,
        "number": number,
        "outcome": body.outcome,
        "reasons": list(body.reasons),
        "pass": body.pass_id or "",
        "kind": str(body.kind or ""),
        "medium": str(body.medium or ""),
    }
    granted = body.outcome == Outcome.GRANT
    alert = not granted and _concerns_all(origin, body)
    return _fields(EventKind.DECISION, data, lane=body.lane, people=int(granted), alert=alert)


def _concerns_all(origin: Origin, body: DecisionBody) -> bool:
    lane = origin.lanes.get(body.lane)
    unseen = lane is not None and lane.direction is Direction.EXIT and not lane.staffed
    return unseen or not ALARMING.isdisjoint(body.reasons)


def _ruling(body: RulingBody) -> dict[str, Any]:
    data = {
        "epoch": body.epoch,
        "number": body.number,
        "verdict": str(body.ruling),
        "reason": body.reason,
        "agent": body.agent,
    }
    return _fields(EventKind.RULING, data, people=int(body.ruling is Ruling.ADMIT))


def _of_the_agent(body: ManualAdmissionBody | ModeBody | CountBody) -> dict[str, Any]:
    """Return what an agent did at the lane without a code being shown."""
    match body:
        case ManualAdmissionBody():
            data = {"reason": body.reason, "agent": body.agent}
            if body.admission is not None:
                data["admission"] = body.admission
            return _fields(EventKind.MANUAL, data, people=body.people)
        case ModeBody():
            return _fields(EventKind.MODE, {"mode": body.mode, "agent": body.agent or ""})
        case CountBody():
            way = str(body.direction)
            return _fields(EventKind.COUNT, {}, people=body.people, direction=way)


def _of_the_gate(
    body: AlarmBody | NoticeBody | ClockBody | EpochBody | BootBody,
) -> dict[str, Any]:
    """Return what a gate says of itself or of the whole school."""
    match body:
        case AlarmBody():
            data = {"posture": body.posture, "drill": body.drill, "source": body.source}
            return _fields(EventKind.ALARM, data, alert=body.posture != Posture.NORMAL)
        case NoticeBody():
            data = {"code": body.code, "value": body.value}
            return _fields(EventKind.NOTICE, data, alert=body.code not in QUIET_NOTICES)
        case ClockBody():
            data = {"code": body.event}
            return _fields(EventKind.CLOCK, data, alert=body.event not in QUIET_CLOCKS)
        case EpochBody():
            data = {"code": str(body.cause)}
            return _fields(EventKind.EPOCH, data, alert=body.cause not in QUIET_EPOCHS)
        case BootBody():
            return _fields(EventKind.BOOT, {"clean": body.clean})
