"""`portique explain`: what the gate would do with facts, and why."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portique.cli.options import json_option, say
from portique.cli.pass_show import EXIT_CODE
from portique.core.decide import Decision, Facts, decide
from portique.core.errors import EnvironmentProblem
from portique.core.sentences import sentence
from portique.core.values import Language

LANGUAGES = [language.value for language in Language]


@click.command()
@click.argument("facts", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True)
@json_option
def explain(facts: Path, language: str, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Decide on FACTS, a JSON file (- for standard input), and say why. Nothing is written.

    docs/decision.md lists every reason, docs/commands.md every fact.

    \b
    Exit code: 0 grant, 3 refer, 4 refuse; 2 when the facts are not facts, 5 no such file.

    \b
    Example:
        portique explain facts.json --language en
    """
    try:
        decision = decide(Facts.from_json(_read(facts)))
    except ValueError as error:
        raise click.UsageError(f"{facts}: {error}") from error
    spoken = Language(language)
    say(_described(decision, spoken), as_json=as_json, words=lambda: _words(decision, spoken))
    sys.exit(EXIT_CODE[decision.outcome])


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{path} can't be read as text: {error}") from error


def _described(decision: Decision, language: Language) -> dict[str, object]:
    return {
        "outcome": decision.outcome.name.lower(),
        "reasons": [
            {
                "reason": str(objection.reason),
                "outcome": objection.outcome.name.lower(),
                "agent": sentence(objection.reason, language).agent,
                "aloud": sentence(objection.reason, language).aloud,
                "next_step": sentence(objection.reason, language).next_step,
            }
            for objection in decision.objections
        ],
        "alert": decision.alert,
        "table": decision.table_hash,
    }


def _words(decision: Decision, language: Language) -> str:
    lines = [decision.outcome.name.lower()]
    for objection in decision.objections:
        said = sentence(objection.reason, language)
        lines.append(f"  {objection.reason} ({objection.outcome.name.lower()})")
        lines.append(f"    {said.agent}\n    {said.next_step}\n    « {said.aloud} »")
    return "\n".join(lines)
