"""Print docs/decision.md from the decision table and its sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core import rules
from portique.core.decide import Outcome, Reason
from portique.core.rules import FACTS, OPERATORS, ROWS, TABLE_HASH
from portique.core.sentences import label, sentence
from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portique.core.rules import Expression

SHORT: Mapping[Expression, str] = {
    rules.FLEEING: "fleeing",
    rules.GENUINE: "genuine",
    rules.ENTRY: "entry",
    rules.EXIT: "exit",
    rules.PUPIL: "pupil",
    rules.VISITOR: "visitor",
    rules.ADULT: "adult",
}
"""Conditions that come back in many rows, printed as one word."""

INTRODUCTION = """\
# The decision

<!-- Generated: `python -m portique.cli.decision_doc > docs/decision.md` -->

A gate collects the facts of one showing, then weighs **every** row of the table below.
The strictest objection is the outcome, no objection grants.
The agent sees all of them, strictest first.
A fact that is not known objects: in doubt, *refer*.
Rows that *grant* are notes: they inform the agent and never soften anything.
Nothing here locks a door: on the way out the outcome drives the lamp and the agent's screen only.
While people flee, only what concerns the pass itself and the clock still objects.

`{point}` is the lane's staffed point.
The same table is interpreted by every gate; its name is the SHA-256 of its canonical JSON:
"""


def render() -> str:
    """Return the whole page, ending with a newline."""
    parts = (INTRODUCTION, f"`{TABLE_HASH}`\n", *_rules(), *_words(), *_facts(), *_language())
    return "\n".join(parts)


def _rules() -> Iterator[str]:
    yield "## The table\n"
    for expression, word in SHORT.items():
        yield f"- *{word}*: {_spelled(expression)}"
    yield ""
    yield "| code | outcome | when |"
    yield "|---|---|---|"
    for row in ROWS:
        outcome = label(Outcome(row["outcome"]), Language.EN)
        alert = " + alert" if row["alert"] else ""
        yield f"| `{row['code']}` | {outcome}{alert} | {condition(row['when'])} |"
    yield ""


def condition(expression: Expression) -> str:
    """Write one condition of the table as a line of text."""
    return f"*{SHORT[expression]}*" if expression in SHORT else _spelled(expression)


def _spelled(expression: Expression) -> str:
    operator, *operands = expression
    match operator:
        case "and" | "or":
            return f" **{operator}** ".join(_grouped(operand) for operand in operands)
        case "not":
            return f"**not** {_grouped(operands[0])}"
        case "known":
            return f"`{operands[0]}` is known"
        case "is":
            return f"`{operands[0]}` = {_value(operands[1])}"
        case "in":
            return f"`{operands[0]}` = {' or '.join(_value(one) for one in operands[1])}"
    return _bound(operator, operands)


def _grouped(expression: Expression) -> str:
    text = condition(expression)
    several = expression[0] in {"and", "or"} and expression not in SHORT
    return f"({text})" if several else text


def _bound(operator: str, operands: Expression) -> str:
    fact, limit, *slack = operands
    sign = {"over": ">", "under": "<", "upto": "≤"}[operator]
    widens = "-" if operator == "under" else "+"
    widened = f" {widens} `{slack[0]}` (at most {slack[1]})" if slack else ""
    return f"`{fact}` {sign} {limit}{widened}"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _words() -> Iterator[str]:
    titles = {Language.FR: "The words, in French", Language.EN: "The words, in English"}
    for language, title in titles.items():
        yield f"## {title}\n"
        yield "| code | to the agent | aloud, to the person | next step |"
        yield "|---|---|---|---|"
        for reason in Reason:
            said = sentence(reason, language, point="{point}")
            yield f"| `{reason}` | {said.agent} | {said.aloud} | {said.next_step} |"
        yield ""


def _facts() -> Iterator[str]:
    yield "## The facts\n"
    yield "| fact | values |"
    yield "|---|---|"
    for name, domain in FACTS.items():
        kinds = {"truth": "true, false", "whole": "a whole number"}
        values = kinds.get(domain["type"]) or ", ".join(domain["in"])
        unknown = ", or not known" if domain["null"] else ""
        yield f"| `{name}` | {values}{unknown} |"
    yield ""


def _language() -> Iterator[str]:
    yield "## The operators\n"
    yield "| operator | holds when |"
    yield "|---|---|"
    for operator, meaning in OPERATORS.items():
        yield f"| `{operator}` | {meaning} |"
    yield ""


if __name__ == "__main__":  # pragma: no cover - `render` is what the test compares
    print(render(), end="")  # noqa: T201 - a page on standard output is its whole purpose
