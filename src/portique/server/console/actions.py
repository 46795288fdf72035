"""What changes the console: entries that arrive, answers, manual admissions, alerts seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.alarms import Posture
from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.core.decide import Outcome
from portique.core.entries import AlarmBody, DecisionBody, RulingBody
from portique.core.errors import ConfigError, EnvironmentProblem, TooLate
from portique.core.values import from_ms, to_ms
from portique.core.wire_news import ConsoleAdmission, ConsoleRuling
from portique.school.rules import site_of
from portique.server.clock import now
from portique.server.config.waking import EVENTS, one_at_a_time, wake
from portique.server.console.events import Origin, event_of, referral_of
from portique.server.console.models import Event, EventKind, Referral, ReferralState
from portique.server.console.queries import gate_of
from portique.server.console.tally import midnight
from portique.server.entropy import entropy
from portique.server.gates.actions import send_note
from portique.server.school.house import served_school
from portique.server.vault.purging import kept_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portique.core.entries import Ruling
    from portique.core.sentences import AdmitReason, DenyReason, ManualReason
    from portique.core.zones import Lane
    from portique.server.accounts.models import User
    from portique.server.gates.models import Alarm, Gate
    from portique.server.gates.receivers import Filed, Parcel

CONSOLE = "console-"  # how gates call whoever answers from here; an alias of theirs never has it
ADMISSION_BYTES = 8
PLACE = ("gate", "epoch", "number")
BUT_PLACE = [
    each.name
    for each in Referral._meta.concrete_fields  # noqa: SLF001 - public by Django's docs
    if each.name not in PLACE and not each.primary_key
]


# --- what gates file ------------------------------------------------------------------------------


def record(parcels: Sequence[Parcel]) -> None:
    """Show newly filed entries of gates; call it inside the transaction that keeps them.

    Each entry once: what a gate sends again is known by then.
    """
    lanes, events = _lanes(), []
    for parcel in parcels:
        gate = parcel.gate
        origin = Origin(gate.pk, gate.lane, parcel.epoch.number, lanes)
        events += [event_of(origin, one.number, one.time_ms, one.body) for one in parcel.filed]
        _open_referrals(origin, parcel.filed)
        for one in parcel.filed:
            if isinstance(one.body, RulingBody):
                _close_referral(gate.pk, one.body, from_ms(one.time_ms))
            elif isinstance(one.body, AlarmBody) and one.body.posture == Posture.NORMAL:
                _end_alarm(gate.pk, from_ms(one.time_ms))
    shown = [event for event in events if event is not None]
    _credit(shown)
    append(shown)


def append(events: Iterable[Event]) -> None:
    """Write events so that no reader ever sees one before another of a lower id."""
    one_at_a_time()
    made = Event.objects.bulk_create(list(events))
    if made:
        wake(EVENTS, made[-1].pk)


def _open_referrals(origin: Origin, filed: Sequence[Filed]) -> None:
    """Let decisions wait for an answer; those of another day no longer do."""
    day = midnight(now())
    opened = [
        referral_of(origin, one.number, one.time_ms, one.body)
        for one in filed
        if isinstance(one.body, DecisionBody)
        and one.body.outcome != Outcome.GRANT
        and from_ms(one.time_ms) >= day
    ]
    for referral in opened:
        _replace_earlier(referral)
    latest = {referral.card: referral for referral in opened}
    for referral in opened:
        if latest[referral.card] is not referral:
            referral.state = ReferralState.GONE
    # A place that is taken is of the machine that the lane had before, whose journal is no more.
    Referral.objects.bulk_create(
        opened, update_conflicts=True, unique_fields=PLACE, update_fields=BUT_PLACE
    )


def _replace_earlier(referral: Referral) -> None:
    """Let go of the same pass's earlier referral, as the gate does: only the newest waits there."""
    if referral.pass_id:
        Referral.objects.filter(
            gate=referral.gate,
            pass_id=referral.pass_id,
            outcome=referral.outcome,
            reasons=referral.reasons,
            state=ReferralState.WAITING,
        ).update(state=ReferralState.GONE)


def _close_referral(gate_id: str, body: RulingBody, at: datetime) -> None:
    """Take up what the gate's journal says: it is the truth, whoever answered here."""
    found = Referral.objects.filter(gate=gate_id, epoch=body.epoch, number=body.number)
    said = {"verdict": str(body.ruling), "reason": body.reason, "confirmed_at": at}
    if body.agent.startswith(CONSOLE):
        found.update(state=ReferralState.RULED, **said)
    else:
        found.update(
            state=ReferralState.ELSEWHERE, agent=body.agent, user=None, ruled_at=at, **said
        )


def _credit(events: Iterable[Event]) -> None:
    """Name whoever asked from here for an opening: the gate knows an alias only.

    An alert that it did not confirm is over, however late it does.
    """
    opened = {event.data["admission"]: event for event in events if "admission" in event.data}
    asked = Event.objects.filter(kind=EventKind.OPENING, data__admission__in=list(opened))
    for event in asked if opened else ():
        opened[event.data["admission"]].data["user"] = event.data["user"]
        if event.alert and event.dismissed_at is None:
            silence(event, now())


def _end_alarm(gate_id: str, at: datetime) -> None:
    waiting = Event.objects.filter(gate=gate_id, kind=EventKind.ALARM, alert=True, at__lte=at)
    waiting.filter(dismissed_at=None).update(dismissed_at=at)


def _lanes() -> dict[str, Lane]:
    """Return the school's lanes by name; none where its rules can't be read: entries come first."""
    try:
        return {lane.name: lane for lane in site_of(served_school()).lanes}
    except (ConfigError, EnvironmentProblem):
        return {}


# --- what is wrong with a gate -------------------------------------------------------------------


def alarmed(alarm: Alarm) -> None:
    """Ring for an alarm of a gate, or silence it once somebody saw to it on the gates' page.

    The event names an entry and nobody: whose pass it was is read there, as long as it is kept.
    """
    one_at_a_time()
    if alarm.seen_at is not None:
        rung = Event.objects.filter(kind=EventKind.GATE, alert=True, data__alarm=alarm.pk)
        for event in rung.filter(dismissed_at=None):
            silence(event, alarm.seen_at)
        return
    data = {"code": alarm.kind, "alarm": alarm.pk, "entry": [alarm.epoch, alarm.number]}
    rings = Event(at=alarm.first_at, kind=EventKind.GATE, data=data, alert=True)
    rings.gate, rings.lane = alarm.gate_id, alarm.gate.lane
    append([rings])


def failed(gate: Gate, failing: Sequence[str], working: Sequence[str]) -> None:
    """Ring for what no longer works at a lane; say what works again, and silence its alert."""
    one_at_a_time()
    at = now()
    rung = Event.objects.filter(kind=EventKind.FAILURE, gate=gate.pk, alert=True)
    for event in rung.filter(dismissed_at=None, data__code__in=list(working)):
        silence(event, at)
    place = {"at": at, "kind": EventKind.FAILURE, "gate": gate.pk, "lane": gate.lane}
    said = [Event(**place, data={"code": code, "works": False}, alert=True) for code in failing]
    append([*said, *(Event(**place, data={"code": code, "works": True}) for code in working)])


def silence(event: Event, at: datetime) -> None:
    """Take an alert off every console: what it rang for is over."""
    Event.objects.filter(pk=event.pk).update(dismissed_at=at)
    append([Event(at=at, kind=EventKind.DISMISSED, data={"alert": event.pk})])


# --- what people at consoles do -------------------------------------------------------------------


def rule(user: User, referral: Referral, verdict: Ruling, reason: AdmitReason | DenyReason) -> None:
    """Answer a referral from a console; exactly one answer wins.

    The gate is told, and answers with an entry of its own: had its agent been faster, that one
    counts.

    Raises:
        TooLate: Somebody answered first; `referral`, read again, says who.
    """
    at = now()
    with transaction.atomic():
        one_at_a_time()  # before any row, as filings do
        won = Referral.objects.filter(pk=referral.pk, state=ReferralState.WAITING).update(
            state=ReferralState.RULED, user=user, verdict=verdict, reason=reason, ruled_at=at
        )
        if won:
            _tell(user, referral, verdict, reason)
            append([_asked(user, referral, verdict, reason, at)])
    referral.refresh_from_db()
    if not won:
        raise TooLate("somebody answered this referral already")


def _tell(
    user: User, referral: Referral, verdict: Ruling, reason: AdmitReason | DenyReason
) -> None:
    ruling = ConsoleRuling(referral.epoch, referral.number, verdict, reason, alias_of(user))
    note = ruling.to_note(0)
    send_note(referral.gate, note.kind, note.payload)


def _asked(
    user: User,
    referral: Referral,
    verdict: Ruling,
    reason: AdmitReason | DenyReason,
    at: datetime,
) -> Event:
    data = {
        "epoch": referral.epoch,
        "number": referral.number,
        "verdict": str(verdict),
        "reason": str(reason),
        "user": str(user.pk),
    }
    return Event(at=at, kind=EventKind.ASKED, gate=referral.gate, lane=referral.lane, data=data)


def alias_of(user: User) -> str:
    """Return how gates call somebody at a console: no name, and two people apart."""
    return CONSOLE + user.pk.hex[:8]


def admit(user: User, lane: str, reason: ManualReason, people: int = 1) -> None:
    """Write down that somebody at a lane was let in without a pass.

    Whoever opened the door says so. Nothing says who came in.

    Raises:
        KnowledgeError: The school has no such lane.
    """
    place = site_of(served_school()).lane(lane)
    data = {"reason": str(reason), "user": str(user.pk)}
    event = Event(at=now(), kind=EventKind.MANUAL, lane=lane, data=data, people=people)
    event.direction = str(place.direction)
    with transaction.atomic():
        append([event])


def open_door(user: User, lane: str, reason: ManualReason) -> None:
    """Ask a lane's gate to open for one person without a pass; its journal says that it did.

    Raises:
        KnowledgeError: The school has no such lane.
        TooLate: No gate of the lane answers now: the door is opened there, by hand.
    """
    site_of(served_school()).lane(lane)
    at = now()
    with transaction.atomic():
        one_at_a_time()  # before any row, as filings do
        gate = gate_of(lane, at)
        if gate is None:
            raise TooLate("no gate of this lane answers")
        number = entropy(ADMISSION_BYTES).hex()
        asked = ConsoleAdmission(number, to_ms(at), lane, str(reason), alias_of(user))
        note = asked.to_note(0)
        send_note(gate.pk, note.kind, note.payload)
        data = {"admission": number, "reason": str(reason), "user": str(user.pk)}
        append([Event(at=at, kind=EventKind.OPENING, gate=gate.pk, lane=lane, data=data)])


def dismiss(user: User, alert: int) -> None:
    """Take an alert off every console.

    Raises:
        TooLate: Somebody did already, or it ended by itself.
    """
    at = now()
    with transaction.atomic():
        one_at_a_time()  # before any row, as filings do
        waiting = Event.objects.filter(pk=alert, alert=True, dismissed_at=None)
        if not waiting.update(dismissed_at=at):
            raise TooLate("this alert was seen to already")
        data = {"alert": alert, "user": str(user.pk)}
        append([Event(at=at, kind=EventKind.DISMISSED, data=data)])


# --- the end of what is kept ----------------------------------------------------------------------


def forget(at: datetime) -> int:
    """Delete what may be kept no longer, and end what waited over midnight; return how much.

    Raises:
        ConfigError: The school's calendar can't be read: then nothing says until when.
    """
    today = midnight(at)
    with transaction.atomic():
        one_at_a_time()  # before any row, as filings do
        late = Referral.objects.filter(state=ReferralState.WAITING, at__lt=today)
        late.update(state=ReferralState.GONE)
        until = from_ms(kept_since(NEXT_SCHOOL_DAY, at))
        gone, _ = Event.objects.filter(at__lt=until).delete()
        left, _ = Referral.objects.filter(at__lt=until).delete()
    return gone + left
