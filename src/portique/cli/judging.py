"""Judging from the command line: the school's folder plays the server, signed as of an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from portique.cli.options import entropy, iso
from portique.cli.speaking import printable
from portique.core.decide import Outcome
from portique.core.errors import KnowledgeError
from portique.core.facts import Memory
from portique.core.plain import Words
from portique.core.seal import PublicKey, Purpose, private_key
from portique.core.sentences import sentence
from portique.core.values import Language, to_ms
from portique.gate.judge import Bench, Judged, judge
from portique.gate.knowing import open_bundle
from portique.school.bundles import make_bundle
from portique.school.register import EnrolledGate
from portique.school.rules import site_of

if TYPE_CHECKING:
    from datetime import datetime

    from portique.core.zones import Lane
    from portique.gate.knowing import Knowledge
    from portique.school.house import School

NAMELESS = Words("aucun nom ne peut y être lu", "no name can be read from it")
OUTCOMES = {
    Outcome.GRANT: Words("passez", "grant"),
    Outcome.REFER: Words("à voir", "refer"),
    Outcome.REFUSE: Words("refus", "refuse"),
}
UNNUMBERED = 1  # knowledge made for one command counts no version up


def knowledge_of(school: School, at: datetime) -> Knowledge:
    """Sign the school's folder as of `at` and open it as a gate would, names included."""
    mine = private_key(Purpose.GATE, entropy(40))
    public = mine.public
    visitor = EnrolledGate("command-line", "", public.x, public.y)
    data = make_bundle(school, at=at, number=UNNUMBERED, extra_gates=[visitor], entropy=entropy)
    key = PublicKey.from_point(
        Purpose.KNOWLEDGE, school.keys.knowledge.public.x, school.keys.knowledge.public.y
    )
    return open_bundle(data, key, uai=school.settings.uai, mine=mine)


def bench_of(school: School, lane: str, at: datetime) -> Bench:
    """Return a lane of the school with its knowledge as of `at`.

    Raises:
        click.BadParameter: There is no such lane; names those there are.
    """
    row = lane_of(school, lane)
    return Bench(school.settings.uai, row, knowledge_of(school, at))


def lane_of(school: School, name: str) -> Lane:
    """Return a lane of the school.

    Raises:
        click.BadParameter: There is none; names those there are.
    """
    try:
        return site_of(school).lane(name)
    except KnowledgeError as error:
        raise click.BadParameter(str(error), param_hint="--lane") from error


@dataclass(frozen=True, slots=True)
class Judgement:
    """Judges texts one by one, remembering nothing."""

    bench: Bench
    unseal: bool = False

    def judge(self, text: str, at: datetime) -> Judged:
        """Judge one text."""
        presented = self.bench.present(text)
        return judge(presented, self.bench.situation(presented, to_ms(at), Memory()))

    def of(self, text: str, at: datetime) -> dict[str, Any]:
        """Judge one text and describe the answer."""
        return described(self.judge(text, at), unseal=self.unseal)


def described(judged: Judged, *, unseal: bool) -> dict[str, Any]:
    """Describe a decision as every command does; names only when asked for."""
    held, identity = judged.presented.held, judged.identity
    answer: dict[str, Any] = {
        "ok": judged.granted,
        "pass_id": held.pass_id if held else None,
        "outcome": judged.decision.outcome.name.lower(),
        "reasons": [str(reason) for reason in judged.decision.reasons],
        "medium": str(judged.presented.medium) if judged.presented.medium else None,
        "kind": str(identity.kind) if identity else None,
        "not_before": iso(held.window.opens) if held else None,
        "until": iso(held.window.closes) if held else None,
    }
    if unseal:
        answer["name"] = identity.name if identity else None
        answer["label"] = judged.label
    return answer


def _carried(judged: Judged, language: Language) -> str:
    """Write the name and label a pass carries, or that none can be read."""
    if judged.identity is None:
        return NAMELESS.in_language(language)
    return ", ".join(map(printable, filter(None, (judged.identity.name, judged.label))))


def outcome_word(judged: Judged) -> Words:
    """Name an outcome for a person at a terminal, as the agent's screen does in French."""
    return OUTCOMES[judged.decision.outcome]


def outcome_words(judged: Judged, *, unseal: bool = False) -> Words:
    """Write a decision for a person at a terminal: outcome, then each reason and what to do."""
    return Words(*(_lines(judged, language, unseal=unseal) for language in Language))


def _lines(judged: Judged, language: Language, *, unseal: bool) -> str:
    lines = [outcome_word(judged).in_language(language)]
    if unseal:
        lines.append(f"  {_carried(judged, language)}")
    for reason in judged.decision.reasons:
        words = sentence(reason, language)
        colon = "\xa0:" if language is Language.FR else ":"
        lines.append(f"  {reason}{colon} {words.agent} {words.next_step}")
    return "\n".join(lines)
