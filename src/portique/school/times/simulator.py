"""«May this pupil leave at 15:30 on Tuesday?»: what a gate would do, and why, before it does.

The question goes the whole way a real showing goes, through the same facts and
the same table, as if the card were genuine and the gate knew everything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.core.dayplans import Who, plan_day
from portique.core.decide import Outcome, Reason, decide
from portique.core.exit_words import answer_in_words, clock_words
from portique.core.facts import Known, PassState, Presented, Situation, exit_answer, gather
from portique.core.localtime import local_day, local_ms
from portique.core.passes import Identity, Pass, Proof
from portique.core.plain import Words
from portique.core.sentences import label, sentence
from portique.core.values import (
    Direction,
    HolderId,
    Kind,
    Language,
    Medium,
    PassId,
    Uai,
    Window,
    from_ms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from portique.core.calendars import Calendar
    from portique.core.dayplans import DayPlan
    from portique.core.exits import ExitAnswer, ExitRegime
    from portique.core.rights import Rights
    from portique.core.zones import Lane

HOUR_MS = 3_600_000
BOTH = (Language.FR, Language.EN)
_NOBODY = HolderId("0" * 16)
_HEADS: Mapping[tuple[Direction, Outcome], Words] = {
    (Direction.ENTRY, Outcome.GRANT): Words("entrée possible à", "may enter at"),
    (Direction.ENTRY, Outcome.REFER): Words("entrée à vérifier à", "entry to be checked at"),
    (Direction.ENTRY, Outcome.REFUSE): Words("pas d’entrée à", "may not enter at"),
    (Direction.EXIT, Outcome.GRANT): Words("sortie possible à", "may leave at"),
    (Direction.EXIT, Outcome.REFER): Words("sortie à vérifier à", "exit to be checked at"),
    (Direction.EXIT, Outcome.REFUSE): Words("pas de sortie à", "may not leave at"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a school that bear on a passage."""

    calendar: Calendar
    regimes: Mapping[str, ExitRegime]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would pass by which lane, and when; `holder` matters to openings for a list."""

    kind: Kind
    rights: Rights
    lane: Lane
    at_ms: int
    holder: HolderId = _NOBODY


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the gate would do.

    `why` is one sentence; `next_steps` are what the agent reads, one for each
    reason; `exit_answer` is None where no exit regime applies.
    """

    outcome: Outcome
    outcome_words: Words
    reasons: tuple[Reason, ...]
    why: Words
    next_steps: tuple[Words, ...]
    exit_answer: ExitAnswer | None


def asked_at(zone: str, day: date, minute: int) -> int:
    """Return the instant of a local time, as the question needs it."""
    return local_ms(day, minute, zone)


def simulate(rules: Rules, asked: Asked) -> Simulated:
    """Say what a gate that knows these rules does for a genuine, current card."""
    calendar = rules.calendar
    plan = plan_day(calendar, local_day(asked.at_ms, calendar.zone))
    presented = _card(asked)
    known = Known(plan, asked.rights, rules.regimes, until_ms=asked.at_ms + HOUR_MS)
    situation = Situation(asked.at_ms, asked.lane, known)
    facts = replace(gather(presented, situation), status="valid", status_list="fresh")
    decision = decide(facts)
    answer = exit_answer(presented, situation)
    return Simulated(
        decision.outcome,
        _words(label(decision.outcome, language) for language in BOTH),
        decision.reasons,
        answer_in_words(answer, calendar.zone)
        if answer
        else _line(rules, asked, (decision.outcome, decision.reasons), plan),
        tuple(_next_step(reason, asked.lane) for reason in decision.reasons),
        answer,
    )


def _card(asked: Asked) -> Presented:
    """Return a genuine paper card of nobody in particular, valid all around the instant."""
    identity = Identity(asked.holder, asked.kind, "", "", asked.rights.regime, 0)
    window = Window(from_ms(asked.at_ms - HOUR_MS), from_ms(asked.at_ms + HOUR_MS))
    held = Pass(PassId("0" * 16), Uai(""), window, b"", None, identity)
    return Presented(PassState.GENUINE, held, Medium.PAPER, Proof.NOT_NEEDED)


def _next_step(reason: Reason, lane: Lane) -> Words:
    return _words(
        sentence(reason, language, point=lane.point.in_language(language)).next_step
        for language in BOTH
    )


def _line(
    rules: Rules, asked: Asked, decided: tuple[Outcome, tuple[Reason, ...]], plan: DayPlan
) -> Words:
    """Say in one sentence why somebody passes, or not, where no exit regime applies."""
    outcome, reasons = decided
    head = _HEADS[asked.lane.direction, outcome]
    because = list(_because(rules, asked, reasons, plan))
    french, english = (clock_words(asked.at_ms, rules.calendar.zone, language) for language in BOTH)
    return Words(
        f"{head.fr} {french}\xa0: {', '.join(words.fr for words in because)}",
        f"{head.en} {english}: {', '.join(words.en for words in because)}",
    )


def _because(
    rules: Rules, asked: Asked, reasons: tuple[Reason, ...], plan: DayPlan
) -> Iterator[Words]:
    if reasons:
        yield from (_reason(reason) for reason in reasons)
        if Reason.LATE not in reasons:
            return
    if asked.lane.direction is Direction.EXIT:
        yield Words(
            f"{label(asked.kind, Language.FR)}, sort librement",
            f"{label(asked.kind, Language.EN)}, may leave freely",
        )
        return
    permission = asked.rights.permission(Direction.ENTRY, asked.at_ms, plan)
    if permission:  # its reason is nobody's business here
        yield Words(f"autorisation ponctuelle, {permission.by}", f"permission, {permission.by}")
        return
    yield from (Words(title, title) for title in _openings(rules.calendar, asked, plan.day))


def _reason(reason: Reason) -> Words:
    """Return a reason's sentence as a part of one."""
    french, english = (sentence(reason, language).agent.rstrip(".") for language in BOTH)
    return Words(french[0].lower() + french[1:], english[0].lower() + english[1:])


def _openings(calendar: Calendar, asked: Asked, day: date) -> Iterator[str]:
    """Yield the titles of the openings that let somebody in."""
    who = Who(asked.kind, asked.holder, asked.rights.groups)
    for opening in calendar.openings:
        alone = plan_day(replace(calendar, openings=(opening,), timetable=None), day)
        if alone.opening(asked.lane.zone_to, who, asked.at_ms) == "open":
            yield opening.title


def _words(both: Iterator[str]) -> Words:
    return Words(*both)
