"""Print the tables that the phones' JavaScript reads: the decision's rules, and words for people.

Example: `python -m portique.cli.web_tables table > web/core/table.js`
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from portique.core import exit_words
from portique.core.decide import Outcome, Reason
from portique.core.rules import FACTS, ROWS, TABLE, TABLE_HASH
from portique.core.sentences import (
    POINT,
    SENTENCES,
    AdmitReason,
    DenyReason,
    ForgottenReason,
    Label,
    ManualReason,
    label,
)
from portique.core.values import Direction, Kind, Language, Medium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from portique.core.plain import Words

HEAD = """\
// Generated: python -m portique.cli.web_tables {name} > web/core/{name}.js
"""
KEPT = "// prettier-ignore"


def table() -> str:
    """Return the decision's table as a module: facts and rows, one on a line."""
    return "\n".join((HEAD.format(name="table"), *_table(), ""))


def _table() -> Iterator[str]:
    yield "/**"
    yield " * The decision's table, as `portique.core.rules` has it: nothing here runs."
    yield " *"
    yield " * @type {import('./rules.js').Table}"
    yield " */"
    yield KEPT
    yield "export const TABLE = {"
    yield f"  format: {TABLE['format']},"
    yield "  facts: {"
    for name, domain in FACTS.items():
        yield f"    {name}: {_json(domain)},"
    yield "  },"
    yield "  rows: ["
    for row in ROWS:
        yield f"    {_json(row)},"
    yield "  ],"
    yield "};"
    yield ""
    yield "/** Its name in Python, the SHA-256 of its canonical JSON; devices work theirs out. */"
    yield KEPT
    yield f"export const TABLE_HASH = {_json(TABLE_HASH)};"


def sentences_table() -> str:
    """Return words for people as a module: reasons, labels, why pupils may leave."""
    return "\n".join((HEAD.format(name="sentences_table"), *_sentences(), ""))


def _sentences() -> Iterator[str]:
    yield "/** What each reason says: to the agent, aloud to the person, and the next step. */"
    yield KEPT
    yield "export const SENTENCES = {"
    for language in Language:
        yield f"  {language}: {{"
        for reason in Reason:
            yield f"    {_json(reason)}: {_json(SENTENCES[language][reason])},"
        yield "  },"
    yield "};"
    yield ""
    yield "/** The staffed point of a lane that names none, with its article. */"
    yield KEPT
    yield f"export const POINT = {_json({str(one): POINT[one] for one in Language})};"
    yield ""
    yield "/** What outcomes, kinds, media, directions and preset reasons are called. */"
    yield KEPT
    yield "export const LABELS = {"
    for name, values in LABELLED.items():
        yield f"  {name}: {{"
        for value in values:
            yield f"    {_json(_code(value))}: {_json(_labels(value))},"
        yield "  },"
    yield "};"
    yield ""
    yield "/** Why a pupil may or may not leave, and how its line begins. */"
    yield KEPT
    yield "export const EXIT_WORDS = {"
    yield from _words("why", exit_words.WHY_WORDS)
    yield from _words("heads", exit_words.HEADS)
    yield f"  later: {_json(exit_words.LATER.to_data())},"
    yield f"  regime: {_json(exit_words.REGIME.to_data())},"
    yield "};"


def _words(name: str, said: Mapping[Any, Words]) -> Iterator[str]:
    yield f"  {name}: {{"
    for code, words in said.items():
        yield f"    {_json(code)}: {_json(words.to_data())},"
    yield "  },"


def _code(value: Label) -> str:
    return value.name.lower() if isinstance(value, Outcome) else str(value)


def _labels(value: Label) -> dict[str, str]:
    return {str(language): label(value, language) for language in Language}


LABELLED: Mapping[str, Iterable[Label]] = {
    "outcomes": Outcome,
    "kinds": Kind,
    "media": Medium,
    "directions": Direction,
    "admit": AdmitReason,
    "deny": DenyReason,
    "manual": ManualReason,
    "forgotten": ForgottenReason,
}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


MODULES: Mapping[str, Callable[[], str]] = {"table": table, "sentences_table": sentences_table}
"""By name, what `web/core/NAME.js` holds."""

if __name__ == "__main__":  # pragma: no cover - the modules are what the test compares
    print(MODULES[sys.argv[1]](), end="")  # noqa: T201 - a module on standard output
