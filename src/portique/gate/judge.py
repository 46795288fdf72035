"""From a text to a decision: verify, gather the facts, decide. Nothing is written, nothing moves.

The same function serves the live lane, a replay, and `portique pass show`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.core import facts, passes
from portique.core.badges import number_of
from portique.core.decide import Decision, Facts, Outcome, decide
from portique.core.errors import PassError
from portique.core.exit_words import answer_in_words
from portique.core.facts import Memory, PassState, Presented, Situation
from portique.core.passes import KeyRing
from portique.core.plain import Words
from portique.core.values import Medium, to_ms

if TYPE_CHECKING:
    from portique.core.passes import Identity
    from portique.core.values import Uai
    from portique.core.zones import Lane
    from portique.gate.knowing import Knowledge


NOBODYS_BADGE = Words("Ce badge n’est inscrit pour personne.", "This badge is enrolled for nobody.")


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision, what it rests on, and what the agent is shown with it."""

    presented: Presented
    facts: Facts
    decision: Decision
    label: str | None
    note: Words | None

    @property
    def identity(self) -> Identity | None:
        """Who the holder is, if the pass is genuine and could be unsealed."""
        return self.presented.held.identity if self.presented.held else None

    @property
    def granted(self) -> bool:
        """Say whether the outcome is grant."""
        return self.decision.outcome is Outcome.GRANT


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a gate judges: its lane and what it knows now (None: nothing yet)."""

    uai: Uai
    lane: Lane
    knowledge: Knowledge | None

    @property
    def ring(self) -> KeyRing:
        """The keys at hand; without knowledge there are none and no pass is genuine."""
        return self.knowledge.ring if self.knowledge else KeyRing(self.uai, {})

    @property
    def checked(self) -> int | None:
        """How many thousandths of its showings the school wants checked; None: it says nothing."""
        return self.knowledge.checks.get(self.lane.name) if self.knowledge else None

    def present(self, text: str, *, typed: bool = False) -> Presented:
        """Verify a text; what is wrong with it becomes a state, never an exception.

        `typed`: a reader other than the camera wrote it, so it may be a badge's number. The pass a
        badge stands for is worth no more when somebody shows it printed.
        """
        badges = self.knowledge.badges if self.knowledge else None
        number = number_of(text) if typed else None
        if number is not None:
            if badges is None:
                return Presented(PassState.NO_KEYS, medium=Medium.BADGE)
            text = badges.stands_for(number) or ""
        badge = number is not None or (badges is not None and text in badges)
        try:
            return facts.genuine(passes.verify(passes.parse(text), self.ring), badge=badge)
        except PassError as error:
            presented = facts.mistrusted(error, keys=bool(self.ring.issuers))
            return replace(presented, medium=Medium.BADGE) if badge else presented

    def situation(self, presented: Presented, at_ms: int, memory: Memory) -> Situation:
        """Describe here and now; the caller replaces what it knows better (clock, journal)."""
        return Situation(at_ms, self.lane, self._known(presented, at_ms), memory)

    def _known(self, presented: Presented, at_ms: int) -> facts.Known:
        knowledge = self.knowledge
        if knowledge is None:
            return facts.Known()
        identity = presented.held.identity if presented.held else None
        return facts.Known(
            plan=knowledge.plan_at(at_ms),
            rights=knowledge.rights.get(identity.holder) if identity else None,
            regimes=knowledge.regimes,
            status=knowledge.status,
            until_ms=to_ms(knowledge.manifest.expires_at),
            table_hash=knowledge.table,
        )


def judge(presented: Presented, situation: Situation) -> Judged:
    """Decide one showing."""
    weighed = facts.gather(presented, situation)
    answer = facts.exit_answer(presented, situation)
    plan = situation.known.plan
    note = answer_in_words(answer, plan.zone_name) if answer and plan else _badge_note(presented)
    label = facts.label_of(presented, situation.known.rights)
    return Judged(presented, weighed, decide(weighed), label, note)


def _badge_note(presented: Presented) -> Words | None:
    """Tell the agent of a badge nobody enrolled: *not a pass* alone would puzzle its holder."""
    nobodys = presented.medium is Medium.BADGE and presented.state is PassState.NOT_A_PASS
    return NOBODYS_BADGE if nobodys else None


def without_journal(situation: Situation) -> Situation:
    """Describe the same, with nowhere to write: entry refers, exit stays free."""
    return replace(situation, journal_available=False)
