"""Tables that people make: CSV, TSV, XLSX and ODS, as rows of texts.

Only values are read: a formula is never run, what it last showed is a text like any other. Tables
are refused by their caps before a library unpacks them (`workbooks`).
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from portique.school.people import limits
from portique.school.people.refusals import Refusal, refused
from portique.school.people.spelling import tidy
from portique.school.people.workbooks import COLUMNS_MAX, ROWS_MAX, workbook_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.school.people.workbooks import Value

TABLE_BYTES_MAX = 16 * limits.MIB
CELL_CHARACTERS_MAX = 10_000
TITLE_CHARACTERS_MAX = 80
SEPARATORS = ";\t,|"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # XLS, and XLSX behind a password


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number as a spreadsheet shows it, and as many texts as titles."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first line names its columns; empty lines are left out.

    `too_long` are the numbers of the lines that have more cells than there are titles: they can't
    be told apart by column, and are not among `rows`.
    """

    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    too_long: tuple[int, ...] = ()


def read_table(stream: BinaryIO) -> Table:
    """Read a table of any of the four kinds, told by its content, never by its name.

    Raises:
        FileRefused: Too large, hostile, damaged, locked, of an old format, or no table.
    """
    limits.size_of(stream, TABLE_BYTES_MAX)
    start = stream.read(4)
    stream.seek(0)
    if start == OLD_WORKBOOK:
        raise refused(
            Refusal.OLD_FORMAT, "an old .xls or a locked workbook: save it as .xlsx, unlocked"
        )
    rows = workbook_rows(stream) if limits.is_zip(stream) else _csv_rows(stream.read())
    return _table(
        (number, [_text(value) for value in islice(values, COLUMNS_MAX + 1)])
        for number, values in rows
    )


def _table(rows: Iterator[tuple[int, list[str]]]) -> Table:
    titles: tuple[str, ...] = ()
    read: list[Row] = []
    too_long: list[int] = []
    for number, cells in rows:
        _check_row(number, cells, len(read))
        while cells and not cells[-1]:
            cells.pop()
        if not titles:
            titles = tuple(cell[:TITLE_CHARACTERS_MAX] for cell in cells)
        elif len(cells) > len(titles):
            too_long.append(number)
        elif cells:
            read.append(Row(number, (*cells, *[""] * (len(titles) - len(cells)))))
    if not read and not too_long:
        raise refused(Refusal.EMPTY, "the table has no line after its titles")
    return Table(titles, tuple(read), tuple(too_long))


def _check_row(number: int, cells: list[str], count: int) -> None:
    if len(cells) > COLUMNS_MAX:
        raise refused(Refusal.TOO_MANY_COLUMNS, f"the table has over {COLUMNS_MAX} columns")
    if count >= ROWS_MAX:
        raise refused(Refusal.TOO_MANY_ROWS, f"the table has over {ROWS_MAX} lines: split it")
    if any(len(cell) > CELL_CHARACTERS_MAX for cell in cells):
        raise refused(
            Refusal.TEXT_TOO_LONG, f"line {number}: a cell is over {CELL_CHARACTERS_MAX} characters"
        )


def _csv_rows(raw: bytes) -> Iterator[tuple[int, list[Value]]]:
    text = _decoded(raw)
    if "\0" in text[:1000]:
        raise refused(Refusal.NOT_A_TABLE, "this is no table: CSV, XLSX and ODS are read")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for line in lines:
            yield lines.line_num, [*line]
    except csv.Error as error:
        raise refused(
            Refusal.NOT_A_TABLE, f"line {lines.line_num}: a quotation mark is not closed"
        ) from error


def _decoded(raw: bytes) -> str:
    """Decode UTF-8 or UTF-16 by its mark, else UTF-8 if it is, else what Windows writes."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _text(value: Value) -> str:
    """Write a cell as a person would have typed it: days as 01/09/2012, whole numbers whole."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return tidy(text) if len(text) <= CELL_CHARACTERS_MAX else text
