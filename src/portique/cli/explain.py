"""`portique explain`: what the gate would do with facts, and why."""

from __future__ import annotations

import json
import sys

import click

from portique.cli.options import file_to_read, json_option
from portique.cli.pass_show import EXIT_CODE
from portique.cli.speaking import say
from portique.core.decide import Decision, Facts, decide
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words
from portique.core.sentences import sentence
from portique.core.values import Language
from portique.school.folder import without_doubles

LANGUAGES = [language.value for language in Language]
# A pupil with a paper card, on Monday 23 November 2026 at 08:00 in Paris.
GOOD_ENTRY = Facts(
    at_ms=1_795_417_200_000,
    direction="entry",
    posture="normal",
    pass_state="genuine",  # noqa: S106 - a state, not a password
    medium="paper",
    assurance="full",
    kind="pupil",
    validity="current",
    proof="not-needed",
    proof_age_ms=None,
    proof_used=False,
    clock_trusted=True,
    clock_uncertainty_ms=0,
    status="valid",
    status_list="fresh",
    knowledge="fresh",
    table_as_expected=True,
    journal_available=True,
    same_lane_ms=None,
    other_lane_ms=None,
    pairing="off",
    opening="open",
    visit_in_hours=True,
    visit_here=True,
    lesson_begun_ms=None,
    exit_verdict="not-applicable",
    permission_used=False,
    spot_check=False,
    face="not-compared",
)


def _print_example(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted:
        click.echo(GOOD_ENTRY.to_json())
        context.exit()


@click.command()
@click.argument("facts", type=click.Path(readable=False))
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", show_default=True)
@click.option(
    "--example",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_example,
    help="Print the facts of a good entry, to change and explain, and nothing else.",
)
@json_option
def explain(facts: str, language: str, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Decide on FACTS, a JSON file (- for standard input), and say why. Nothing is written.

    docs/decision.md lists every reason, docs/commands.md every fact.

    \b
    Exit code: 0 grant, 3 refer, 4 refuse; 2 when the facts are not facts, 5 no such file.

    \b
    Examples:
        portique explain --example > facts.json
        portique explain facts.json --language en
    """
    try:
        decision = decide(Facts.from_json(_read(facts)))
    except ValueError as error:
        raise click.UsageError(f"{facts}: {error}") from error
    spoken = Language(language)
    say(
        _described(decision, spoken),
        as_json=as_json,
        words=lambda: Words(_words(decision, Language.FR), _words(decision, Language.EN)),
        language=spoken,
    )
    sys.exit(EXIT_CODE[decision.outcome])


def _read(typed: str) -> str:
    """Read the facts' text, in which each is told once.

    Raises:
        EnvironmentProblem: There is no such file, or it isn't text.
        ValueError: It isn't JSON, or tells one twice.
    """
    try:
        text = sys.stdin.read() if typed == "-" else file_to_read(typed).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise EnvironmentProblem(f"{typed} is not a text in UTF-8; save it as one") from error
    try:
        json.loads(text, object_pairs_hook=without_doubles)
    except RecursionError as error:
        raise ValueError("facts are nested too deep") from error
    return text


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
