"""A journal as JSON lines or CSV: for reading, for a spreadsheet, for an archive."""

from __future__ import annotations

import csv
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TextIO

from portique.core.errors import JournalError
from portique.core.values import from_ms
from portique.gate.journal_formers import reading
from portique.gate.journal_rows import checked_rows, read_identity
from portique.gate.journal_schema import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from portique.gate.journal_values import Row

CSV_COLUMNS = ("epoch", "number", "time", "kind", "content", "commitment", "chain")
_FORMULA = ("=", "+", "-", "@")


def read_rows(path: Path, *, after: int = 0) -> Iterator[Row]:
    """Read a file that no gate holds, each row checked.

    Raises:
        JournalError: A row is not what was appended; those before it were yielded.
        sqlite3.Error: A gate holds the file, or it can't be read.
    """
    with reading(path) as connection:
        try:
            for row in checked_rows(connection, read_identity(connection).genesis()):
                if row.number > after:
                    yield row
        except DamagedError as damage:
            raise JournalError(f"{path.name} is damaged: {damage.what}") from damage


def as_data(row: Row) -> dict[str, Any]:
    """Describe a row with plain values: kind `erased` or `unknown` when its body can't be read.

    An unknown body, of a newer version, is given in hexadecimal.
    """
    time = f"{from_ms(row.time_ms):%Y-%m-%dT%H:%M:%S}.{row.time_ms % 1000:03d}Z"
    data: dict[str, Any] = {"epoch": row.epoch, "number": row.number, "time": time}
    return data | _content(row) | {"commitment": row.commitment.hex(), "chain": row.chain.hex()}


def write_json_lines(rows: Iterable[Row], out: TextIO) -> int:
    """Write one JSON object a line; return how many."""
    count = 0
    for row in rows:
        out.write(json.dumps(as_data(row), ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(rows: Iterable[Row], out: TextIO) -> int:
    """Write a table whose cells no spreadsheet takes for a formula; return how many rows."""
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    count = 0
    for row in rows:
        data = as_data(row)
        data["content"] = _in_words(data["body"])
        writer.writerow([inert(str(data[name])) for name in CSV_COLUMNS])
        count += 1
    return count


def inert(cell: str) -> str:
    """Make a cell's text harmless: no control characters, no formula."""
    printable = "".join(c for c in cell if c.isprintable())
    return f"'{printable}" if printable.lstrip().startswith(_FORMULA) else printable


def _content(row: Row) -> dict[str, Any]:
    try:
        body = row.read()
    except JournalError:
        return {"kind": "unknown", "body": {"hex": (row.body or b"").hex()}}
    if body is None:
        return {"kind": "erased", "body": {}}
    values = {field.name: _plain(getattr(body, field.name)) for field in fields(body)}
    kept = {name: value for name, value in values.items() if value is not None}
    return {"kind": body.KIND.name.lower().replace("_", "-"), "body": kept}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _in_words(data: dict[str, Any]) -> str:
    return " ".join(f"{name}={json.dumps(value)}" for name, value in data.items())
