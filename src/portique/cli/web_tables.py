"""Print the tables that the phones' JavaScript reads: the decision's rules.

Example: `python -m portique.cli.web_tables table > web/core/table.js`
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from portique.core.rules import FACTS, ROWS, TABLE, TABLE_HASH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HEAD = """\
// Generated: python -m portique.cli.web_tables {name} > web/core/{name}.js
"""


def table() -> str:
    """Return the decision's table as a module: facts and rows, one on a line."""
    return "\n".join((HEAD.format(name="table"), *_table(), ""))


def _table() -> Iterator[str]:
    yield "/**"
    yield " * The decision's table, as `portique.core.rules` has it: nothing here runs."
    yield " *"
    yield " * @type {import('./rules.js').Table}"
    yield " */"
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
    yield f"export const TABLE_HASH = {_json(TABLE_HASH)};"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


MODULES: Mapping[str, Callable[[], str]] = {"table": table}
"""By name, what `web/core/NAME.js` holds."""

if __name__ == "__main__":  # pragma: no cover - the modules are what the test compares
    print(MODULES[sys.argv[1]](), end="")  # noqa: T201 - a module on standard output
