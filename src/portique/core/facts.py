"""From one showing and what the gate knows to the facts of a decision.

    Presented (what was shown) + Situation (here, now, known) ──▶ Facts

Pure, like all of the core: whoever calls it has read the clock, the journal's
memory and the knowledge. No name and no number of a person reaches the facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portique.core.alarms import CALM, Alarm
from portique.core.dayplans import Who
from portique.core.decide import Facts
from portique.core.errors import BadSeal, NotAPass, OtherSchool, PassError, UnknownIssuer
from portique.core.exits import ExitAnswer, Leaver, Verdict, Why, may_leave
from portique.core.passes import Proof
from portique.core.revocation import Status
from portique.core.rights import UNKNOWN
from portique.core.rules import TABLE_HASH
from portique.core.values import Direction, Kind, Medium, to_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.core.dayplans import DayPlan
    from portique.core.exits import ExitRegime
    from portique.core.passes import Identity, Pass, Verified
    from portique.core.revocation import StatusList
    from portique.core.rights import Rights
    from portique.core.zones import Lane


class PassState(StrEnum):
    """How far the code itself can be believed."""

    GENUINE = "genuine"
    NOT_A_PASS = "not-a-pass"  # noqa: S105 - a state, not a password
    UNREADABLE = "unreadable"
    BAD_SEAL = "bad-seal"
    UNKNOWN_KEY = "unknown-key"
    NO_KEYS = "no-keys"  # this gate was told nothing yet: it can't judge any pass
    OTHER_SCHOOL = "other-school"


class Face(StrEnum):
    """What a comparison said, if there was one: it can only turn a grant into a referral."""

    NOT_COMPARED = "not-compared"
    MATCH = "match"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Presented:
    """What was shown at the lane.

    `held` is None unless `state` is genuine. `badge_proved` is true when a
    badge proved itself by its own cryptography; a bare number didn't.
    """

    state: PassState
    held: Pass | None = None
    medium: Medium | None = None
    proof: Proof | None = None
    proof_seconds: int | None = None
    badge_proved: bool = False


def forgotten(card: Pass) -> Presented:
    """Present a card that its holder has not got with them: nothing was shown that proves it."""
    return Presented(PassState.GENUINE, card, proof=Proof.NOT_NEEDED)


def genuine(verified: Verified, *, badge: bool = False, badge_proved: bool = False) -> Presented:
    """Present a verified pass; `badge`: a badge's reader brought it."""
    return Presented(
        PassState.GENUINE,
        verified.held,
        Medium.BADGE if badge else verified.held.medium,
        verified.proof,
        verified.proof_seconds,
        badge_proved,
    )


def mistrusted(error: PassError, *, keys: bool = True) -> Presented:
    """Present what `passes.parse` or `passes.verify` refused; `keys`: there was any to try."""
    if isinstance(error, UnknownIssuer) and not keys:
        return Presented(PassState.NO_KEYS)
    for kind, state in _STATES.items():
        if isinstance(error, kind):
            return Presented(state)
    return Presented(PassState.UNREADABLE)


_STATES: Mapping[type[PassError], PassState] = {
    NotAPass: PassState.NOT_A_PASS,
    BadSeal: PassState.BAD_SEAL,
    UnknownIssuer: PassState.UNKNOWN_KEY,
    OtherSchool: PassState.OTHER_SCHOOL,
}


@dataclass(frozen=True, slots=True)
class Known:
    """The knowledge that bears on one holder at one instant; None: this gate hasn't got it.

    `plan` is the local day of the showing. `until_ms` is when the knowledge
    runs out. `table_hash` is the table the school decides by.
    """

    plan: DayPlan | None = None
    rights: Rights | None = None
    regimes: Mapping[str, ExitRegime] | None = None
    status: StatusList | None = None
    until_ms: int | None = None
    table_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What this gate remembers of the holder, by number and for a day at most.

    Instants in UTC ms of the last *grant* (or admission) on this lane and on
    any other; the direction of the last passage, forgotten each night and
    after a free opening; whether this very phone proof was used before.
    """

    same_lane_ms: int | None = None
    other_lane_ms: int | None = None
    last_direction: Direction | None = None
    proof_used: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Where, when, and in what state the gate is."""

    at_ms: int
    lane: Lane
    known: Known
    memory: Memory = Memory()
    alarm: Alarm = CALM
    clock_trusted: bool = True
    clock_uncertainty_ms: int = 0
    journal_available: bool = True
    spot_check: bool = False
    face: Face = Face.NOT_COMPARED


def gather(presented: Presented, situation: Situation) -> Facts:
    """Collect the facts of one showing.

    Whatever isn't known stays None and objects by itself: nothing here decides.
    """
    at_ms, lane, known, memory = (
        situation.at_ms,
        situation.lane,
        situation.known,
        situation.memory,
    )
    held = presented.held
    identity = held.identity if held else None
    rights = known.rights or UNKNOWN
    answer = exit_answer(presented, situation)
    plan = known.plan if known.plan and at_ms in known.plan else None
    entering = lane.direction is Direction.ENTRY
    permitted_in = bool(entering and plan and rights.permission(lane.direction, at_ms, plan))
    return Facts(
        at_ms=at_ms,
        direction=str(lane.direction),
        posture=str(situation.alarm.posture),
        pass_state=str(presented.state),
        medium=None if presented.medium is None else str(presented.medium),
        assurance=_assurance(presented),
        kind=None if identity is None else str(identity.kind),
        validity=None if held is None else _validity(held, at_ms),
        proof=None if presented.proof is None else str(presented.proof),
        proof_age_ms=_proof_age_ms(presented, at_ms),
        proof_used=memory.proof_used,
        clock_trusted=situation.clock_trusted,
        clock_uncertainty_ms=situation.clock_uncertainty_ms,
        status=_status(identity, known.status),
        status_list=_freshness(
            None if known.status is None else to_ms(known.status.expires_at), at_ms
        ),
        knowledge=_freshness(known.until_ms, at_ms),
        table_as_expected=known.table_hash in {None, TABLE_HASH},
        journal_available=situation.journal_available,
        same_lane_ms=_since(memory.same_lane_ms, at_ms),
        other_lane_ms=_since(memory.other_lane_ms, at_ms),
        pairing=_pairing(lane, memory),
        opening="open" if permitted_in else _opening(identity, situation, plan),
        visit_in_hours=_visit_in_hours(rights, at_ms),
        visit_here=_visit_here(rights, lane),
        lesson_begun_ms=_lesson_begun_ms(rights, plan, at_ms),
        exit_verdict=str(answer.verdict) if answer else str(Verdict.NOT_APPLICABLE),
        permission_used=answer is not None and answer.why is Why.PERMISSION,
        spot_check=situation.spot_check,
        face=str(situation.face),
    )


def exit_answer(presented: Presented, situation: Situation) -> ExitAnswer | None:
    """Say whether a pupil may leave by this lane; None when nobody leaves alone by regime here.

    The same answer feeds the facts and, in words, the agent's screen.
    """
    held, known, at_ms = presented.held, situation.known, situation.at_ms
    identity = held.identity if held else None
    if situation.lane.direction is not Direction.EXIT or identity is None:
        return None
    if identity.kind is not Kind.PUPIL:
        return None
    if known.plan is None or at_ms not in known.plan:
        return ExitAnswer(Verdict.TIMETABLE_UNKNOWN, Why.TIMETABLE_UNKNOWN, at_ms, None)
    rights = known.rights or UNKNOWN
    regime = (known.regimes or {}).get(rights.regime or identity.regime)
    return may_leave(Leaver(rights, regime, known.plan), at_ms)


def label_of(presented: Presented, rights: Rights | None) -> str | None:
    """Return the class or service to show: today's if known, else the sealed one."""
    if presented.held is None or presented.held.identity is None:
        return None
    return (rights and rights.label) or presented.held.identity.label


def _assurance(presented: Presented) -> str | None:
    if presented.medium is None:
        return None if presented.held is None else "low"
    return "low" if presented.medium is Medium.BADGE and not presented.badge_proved else "full"


def _validity(held: Pass, at_ms: int) -> str:
    if at_ms < to_ms(held.window.opens):
        return "not-yet"
    return "current" if at_ms < to_ms(held.window.closes) else "expired"


def _proof_age_ms(presented: Presented, at_ms: int) -> int | None:
    """Return how old the phone's code is, once the proof holds; unproved it means nothing."""
    if presented.proof is not Proof.VALID or presented.proof_seconds is None:
        return None
    return at_ms - presented.proof_seconds * 1000


def _status(identity: Identity | None, listed: StatusList | None) -> str | None:
    if identity is None or listed is None:
        return None
    status = listed.of(identity.status_index)
    return "unlisted" if status is None else _STATUS_WORDS[status]


_STATUS_WORDS: Mapping[Status, str] = {
    Status.VALID: "valid",
    Status.REVOKED: "revoked",
    Status.SUSPENDED: "suspended",
    Status.VALID_WITHOUT_TEMPLATE: "valid-without-template",
}


def _freshness(until_ms: int | None, at_ms: int) -> str:
    if until_ms is None:
        return "missing"
    return "fresh" if at_ms < until_ms else "stale"


def _since(then_ms: int | None, at_ms: int) -> int | None:
    return None if then_ms is None else at_ms - then_ms


def _pairing(lane: Lane, memory: Memory) -> str:
    if not lane.pairing:
        return "off"
    return "mismatch" if memory.last_direction is lane.direction else "consistent"


def _opening(identity: Identity | None, situation: Situation, plan: DayPlan | None) -> str | None:
    """Say whether the zone entered is open to them; None on the way out or without a plan."""
    if plan is None or situation.lane.direction is Direction.EXIT:
        return None
    groups = (situation.known.rights or UNKNOWN).groups
    who = Who(identity.kind, identity.holder, groups) if identity else Who(None, None)
    return plan.opening(situation.lane.zone_to, who, situation.at_ms)


def _visit_in_hours(rights: Rights, at_ms: int) -> bool:
    """Without a recorded visit the pass's own dates are its hours."""
    visit = rights.visit
    return visit is None or visit.from_ms <= at_ms < visit.until_ms


def _visit_here(rights: Rights, lane: Lane) -> bool:
    return rights.visit is None or lane.zone_to in rights.visit.zones


def _lesson_begun_ms(rights: Rights, plan: DayPlan | None, at_ms: int) -> int | None:
    """Return since when a lesson of theirs has been going on, the longest of several."""
    lessons = plan.lessons_of(rights.groups) if plan else None
    begun = [
        at_ms - hours.opens_ms for hours in (lessons.held if lessons else ()) if at_ms in hours
    ]
    return max(begun, default=None)
