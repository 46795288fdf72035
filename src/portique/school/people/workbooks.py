"""Workbooks, XLSX and ODS: measured first, then read by calamine, values only.

calamine builds a sheet whole and dense: one cell in the last corner of an otherwise empty sheet, a
row repeated a million times or one long text used everywhere would fill the memory. So the parts of
the file are first walked through, element by element, and refused by their caps.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from portique.school.people import limits
from portique.school.people.refusals import Refusal, refused
from portique.school.people.xml import walk_xml

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from datetime import date, datetime, time, timedelta

    from portique.core.errors import FileRefused

    Value = int | float | str | bool | time | date | datetime | timedelta

ROWS_MAX = 20_000
COLUMNS_MAX = 200
CELLS_MAX = 600_000
TEXT_CHARACTERS_MAX = 32 * limits.MIB  # of all cells together
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def workbook_rows(stream: BinaryIO) -> Iterator[tuple[int, list[Value]]]:
    """Yield the rows of a workbook's first sheet that has any, with their numbers.

    Raises:
        FileRefused: No workbook, damaged, locked, or over a cap.
    """
    with limits.open_zip(stream) as opened:
        names = set(opened.namelist())
        if "xl/workbook.xml" in names:
            _measure_xlsx(opened)
        elif "content.xml" in names and _is_ods(opened):
            _measure_ods(opened)
        else:
            raise _no_workbook()
    stream.seek(0)
    yield from _calamine_rows(stream)


def _is_ods(opened: zipfile.ZipFile) -> bool:
    if "mimetype" not in opened.namelist():
        return False
    return b"".join(limits.chunks_of(opened, opened.getinfo("mimetype"))).strip() == ODS_TYPE


def _calamine_rows(stream: BinaryIO) -> Iterator[tuple[int, list[Value]]]:
    try:
        with CalamineWorkbook.from_filelike(stream) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                if sheet.height:
                    rows = sheet.to_python(skip_empty_area=False)
                    yield from ((number, [*row]) for number, row in enumerate(rows, 1))
                    return
    except CalamineError as error:
        raise _damaged() from error
    except BaseException as error:
        # A panic of the Rust library isn't an Exception, nor has it a class to import.
        if type(error).__name__ == "PanicException":
            raise _damaged() from error
        raise


class _Xlsx:
    """Counts what a sheet of an XLSX would take: rows, columns, cells, characters."""

    def __init__(self, lengths: list[int]) -> None:
        self._lengths = lengths
        self._rows = self._column = self._cells = self._characters = 0

    def element(self, tag: str, attributes: dict[str, str], text: str) -> None:
        """Take one element as it ends."""
        name = tag.rpartition("}")[2]
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self._column = 0
            number = attributes.get("r", "")
            self._rows = int(number) if number.isdecimal() else self._rows + 1
            _check_rows(self._rows)
        elif name in {"v", "t"}:
            self._value(text)
        _check_totals(self._cells, self._characters)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._cells += 1
        found = _CELL.fullmatch(attributes.get("r", ""))
        self._column = column_number(found[1]) if found else self._column + 1
        _check_columns(self._column)
        _check_rows(int(found[2]) if found else 0)

    def _value(self, text: str) -> None:
        # A number may be an index of the shared texts: counting it as one is the safe error.
        shared = int(text) if text.isdecimal() and len(text) < 8 else len(self._lengths)
        self._characters += len(text)
        self._characters += self._lengths[shared] if shared < len(self._lengths) else 0


def _measure_xlsx(opened: zipfile.ZipFile) -> None:
    """Measure every part, wherever the workbook's own links put its sheets and texts."""
    lengths: list[int] = []
    parts = [member for member in opened.infolist() if member.filename.lower().endswith(".xml")]
    for part in parts:
        former = len(lengths)
        walk_xml(limits.chunks_of(opened, part), _Shared(lengths).element)
        if former and len(lengths) > former:
            raise _no_workbook()  # two lists of shared texts: which one counts can't be said
    for part in parts:
        walk_xml(limits.chunks_of(opened, part), _Xlsx(lengths).element)
    for member in opened.infolist():
        if member.filename.lower().endswith(".rels"):
            walk_xml(limits.chunks_of(opened, member), _measured_link)


def _measured_link(_tag: str, attributes: dict[str, str], _text: str) -> None:
    """Refuse a sheet or texts in a part that was not measured for its name."""
    kind, target = attributes.get("Type", "").lower(), attributes.get("Target", "").lower()
    if kind.endswith(("sheet", "sharedstrings")) and not target.endswith(".xml"):
        raise _no_workbook()


class _Shared:
    """Notes the length of each shared text, which cells name by its rank."""

    def __init__(self, lengths: list[int]) -> None:
        self._lengths = lengths
        self._open = 0

    def element(self, tag: str, _attributes: dict[str, str], text: str) -> None:
        """Take one element as it ends."""
        name = tag.rpartition("}")[2]
        if name == "t":
            self._open += len(text)
        elif name == "si":
            self._lengths.append(self._open)
            self._open = 0


class _Ods:
    """Counts what the sheets of an ODS would take, repetitions included.

    Rows and cells are met as they end. Empty ones are counted only when something follows:
    LibreOffice closes every sheet with a million empty rows.
    """

    def __init__(self) -> None:
        self._rows = self._cells = self._characters = 0
        self._empty_rows = self._empty_columns = self._columns = 0
        self._text = self._row_text = 0

    def element(self, tag: str, attributes: dict[str, str], text: str) -> None:
        """Take one element as it ends."""
        if tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            self._cell(attributes, self._text + len(text))
            self._text = 0
        elif tag == f"{_TABLE}table-row":
            self._row(_repeated(attributes, "number-rows-repeated"))
        elif tag == f"{_TABLE}table":
            self._rows = self._empty_rows = 0
        else:
            self._text += len(text)

    def _cell(self, attributes: dict[str, str], length: int) -> None:
        times = _repeated(attributes, "number-columns-repeated")
        if not length and f"{_OFFICE}value-type" not in attributes:
            self._empty_columns += times
            return
        self._columns += self._empty_columns + times
        self._empty_columns = 0
        self._row_text += length * times
        _check_columns(self._columns)

    def _row(self, times: int) -> None:
        if self._columns:
            self._rows += self._empty_rows + times
            self._empty_rows = 0
            _check_rows(self._rows)
            self._cells += self._columns * times
            self._characters += self._row_text * times
            _check_totals(self._cells, self._characters)
        else:
            self._empty_rows += times
        self._columns = self._empty_columns = self._row_text = 0


def _measure_ods(opened: zipfile.ZipFile) -> None:
    walk_xml(limits.chunks_of(opened, opened.getinfo("content.xml")), _Ods().element)


def _repeated(attributes: dict[str, str], name: str) -> int:
    written = attributes.get(_TABLE + name, "1")
    return int(written) if written.isdecimal() and len(written) < 10 else ROWS_MAX + 1


def column_number(letters: str) -> int:
    """Return the number of a spreadsheet's column: A 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _check_rows(rows: int) -> None:
    if rows > ROWS_MAX + 1:
        raise refused(Refusal.TOO_MANY_ROWS, f"the sheet has over {ROWS_MAX} lines: split it")


def _check_columns(columns: int) -> None:
    if columns > COLUMNS_MAX:
        raise refused(Refusal.TOO_MANY_COLUMNS, f"the sheet has over {COLUMNS_MAX} columns")


def _check_totals(cells: int, characters: int) -> None:
    if cells > CELLS_MAX:
        raise refused(Refusal.TOO_MANY_ROWS, f"the sheet has over {CELLS_MAX} cells: split it")
    if characters > TEXT_CHARACTERS_MAX:
        raise refused(Refusal.BOMB, "the sheet's texts would fill the memory: not opened")


def _no_workbook() -> FileRefused:
    return refused(Refusal.NOT_A_TABLE, "this zip is no XLSX nor ODS: save the table as .xlsx")


def _damaged() -> FileRefused:
    return refused(Refusal.DAMAGED, "the workbook is damaged or locked: save it again as .xlsx")
