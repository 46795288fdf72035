"""Tables that people make: CSV files in UTF-8 or Windows-1252, with commas or semicolons."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem, RegisterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BYTES_MAX = 8 * 1024 * 1024
LINES_MAX = 10_000
FIELD_CHARACTERS_MAX = 200


def read_table(
    path: Path, columns: Sequence[str], required: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
    """Read a CSV file whose first line names its columns.

    Args:
        path: The file.
        columns: Every name a column may have.
        required: Those that must be there.

    Returns:
        The number of each line and its fields, without the spaces around them; empty lines are
        left out.

    Raises:
        EnvironmentProblem: The file can't be read.
        RegisterError: Names the first line that is wrong, and why, but nothing that it holds.
    """
    text = _text(path)
    separator = ";" if text.split("\n", 1)[0].count(";") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [column.strip().lower() for column in next(rows, [])]
        _check_header(header, columns, required)
        read = [(rows.line_num, _fields(header, row, rows.line_num)) for row in rows if _holds(row)]
    except csv.Error as error:
        raise RegisterError(f"line {rows.line_num}: {error}") from error
    if not read:
        raise RegisterError("the file holds no line after its header")
    return read


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(f"{path} can't be read ({error.strerror})") from error
    if len(raw) > BYTES_MAX:
        raise RegisterError(f"the file is larger than {BYTES_MAX} bytes: split it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _check_header(header: list[str], columns: Sequence[str], required: Sequence[str]) -> None:
    if set(required) - set(header) or len(set(header)) != len(header):
        others = ", ".join(column for column in columns if column not in required)
        raise RegisterError(
            f"line 1 must name the columns {', '.join(required)} and any of {others}, once each"
        )
    # Named only now: a first line without the columns required may be somebody's own.
    unknown = ", ".join(column or "(empty)" for column in header if column not in columns)
    if unknown:
        raise RegisterError(
            f"line 1 has columns that mean nothing here: {unknown}; rename or remove them "
            f"(known are {', '.join(columns)})"
        )


def _holds(row: list[str]) -> bool:
    return any(field.strip() for field in row)


def _fields(header: list[str], row: list[str], number: int) -> dict[str, str]:
    if number > LINES_MAX:
        raise RegisterError(f"more than {LINES_MAX} lines: split the file")
    if len(row) != len(header):
        raise RegisterError(f"line {number} has {len(row)} fields, the header {len(header)}")
    if any(len(field) > FIELD_CHARACTERS_MAX for field in row):
        raise RegisterError(f"line {number}: a field is longer than {FIELD_CHARACTERS_MAX}")
    return {column: field.strip() for column, field in zip(header, row, strict=True)}
