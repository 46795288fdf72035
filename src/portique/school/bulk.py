"""Many passes at once, from a CSV file; nothing is issued unless every line is right."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from portique.core.errors import RegisterError
from portique.core.values import Kind, Window
from portique.school.issuing import Request, default_window, to_second

if TYPE_CHECKING:
    from pathlib import Path

    from portique.school.folder import SchoolFolder

COLUMNS = ("kind", "name", "label", "regime", "from", "until")
REQUIRED = ("kind", "name")
BYTES_MAX = 8 * 1024 * 1024
LINES_MAX = 10_000
FIELD_CHARACTERS_MAX = 200


def read_requests(school: SchoolFolder, path: Path, at: datetime) -> list[Request]:
    """Read a CSV file with a header line: `kind` and `name`, then any of the other `COLUMNS`.

    UTF-8 or Windows-1252; commas or semicolons.

    Raises:
        RegisterError: Names the first line that is wrong, and why; nothing was issued.
    """
    if path.stat().st_size > BYTES_MAX:
        raise RegisterError(f"{path.name} is larger than {BYTES_MAX} bytes: split it")
    text = _text(path.read_bytes())
    separator = ";" if text.split("\n", 1)[0].count(";") else ","
    rows = csv.reader(text.splitlines(), delimiter=separator, strict=True)
    try:
        header = [column.strip().lower() for column in next(rows, [])]
        _check_header(header)
        return [
            _request(school, _line(header, row, n), at, n) for n, row in enumerate(rows, 2) if row
        ]
    except csv.Error as error:
        raise RegisterError(f"line {rows.line_num}: {error}") from error


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _check_header(header: list[str]) -> None:
    unknown = [column for column in header if column not in COLUMNS]
    missing = [column for column in REQUIRED if column not in header]
    if unknown or missing or len(set(header)) != len(header):
        raise RegisterError(
            f"line 1 must name the columns {', '.join(REQUIRED)} and any of "
            f"{', '.join(COLUMNS[2:])}, once each"
        )


def _line(header: list[str], row: list[str], number: int) -> dict[str, str]:
    if number > LINES_MAX:
        raise RegisterError(f"more than {LINES_MAX} lines: split the file")
    if len(row) != len(header):
        raise RegisterError(f"line {number} has {len(row)} fields, the header {len(header)}")
    if any(len(field) > FIELD_CHARACTERS_MAX for field in row):
        raise RegisterError(f"line {number}: a field is longer than {FIELD_CHARACTERS_MAX}")
    return {column: field.strip() for column, field in zip(header, row, strict=True)}


def _request(school: SchoolFolder, fields: dict[str, str], at: datetime, number: int) -> Request:
    try:
        kind = Kind(fields["kind"].lower())
    except ValueError:
        raise RegisterError(f"line {number}: kind must be one of {', '.join(Kind)}") from None
    if not fields["name"]:
        raise RegisterError(f"line {number}: the name is empty")
    start = _instant(school, fields.get("from"), number) or at
    usual = default_window(school, kind, start)
    end = _instant(school, fields.get("until"), number) or usual.closes
    if end <= usual.opens:
        raise RegisterError(f"line {number}: until must be later than from")
    return Request(
        kind,
        fields["name"],
        fields.get("label", ""),
        fields.get("regime", ""),
        Window(usual.opens, to_second(end)),
    )


def _instant(school: SchoolFolder, text: str | None, number: int) -> datetime | None:
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise RegisterError(f"line {number}: a date must be like 2026-09-01T08:00") from None
    return (read if read.tzinfo else read.replace(tzinfo=school.settings.zone)).astimezone(UTC)
