"""Tables of every kind become the same rows of texts."""

import io
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from portique.school.people import spelling, workbooks
from portique.school.people.refusals import Refusal
from portique.school.people.sheets import Row, Table, _text, read_table
from portique.school.people.workbooks import column_number

ROWS = [["Nom", "Prénom"], ["LEBŒUF", "Zoé"], ["N'DIAYE", "Fatou"]]
TABLE = Table(("Nom", "Prénom"), (Row(2, ("LEBŒUF", "Zoé")), Row(3, ("N'DIAYE", "Fatou"))))


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_separator_and_encoding_gives_the_same_table(separator: str, coding: str):
    """With or without a mark, as Windows or anybody writes."""
    text = "\r\n".join(separator.join(row) for row in ROWS)

    assert read_table(io.BytesIO(text.encode(coding))) == TABLE


def test_workbooks_give_the_same_table_as_text(make):
    """XLSX and ODS are the rows that a person sees."""
    ods = make.ods("".join(make.ods_row(*row) for row in ROWS))

    assert read_table(make.xlsx(make.xlsx_rows(ROWS))) == TABLE
    assert read_table(ods) == TABLE


def test_the_empty_end_of_a_sheet_is_no_million_rows(make):
    """LibreOffice closes each sheet with empty rows up to the last."""
    end = (
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )

    assert read_table(make.ods("".join(make.ods_row(*row) for row in ROWS) + end)) == TABLE


def test_a_formula_is_the_text_it_last_showed(make):
    """Nothing is computed."""
    table = read_table(make.xlsx(make.xlsx_rows([["Nom"], ['=HYPERLINK("x")']])))

    assert table.rows == (Row(2, ("shown",)),)


def test_texts_that_look_like_formulas_stay_texts():
    """They are judged where a name is expected, not changed here."""
    assert read_table(io.BytesIO(b"Nom\n=1+1\n")).rows == (Row(2, ("=1+1",)),)


def test_days_and_numbers_are_written_as_people_type_them(make):
    """A whole number has no decimals, a truth is oui or non."""
    sheet = (
        '<row r="1"><c t="inlineStr"><is><t>A</t></is></c><c t="inlineStr"><is><t>B</t></is></c>'
        '</row><row r="2"><c><v>24</v></c><c t="b"><v>1</v></c></row>'
    )

    assert read_table(make.xlsx(sheet)).rows == (Row(2, ("24", "oui")),)


def test_a_cell_with_a_date_is_written_as_the_french_do(make):
    """Whatever way the workbook shows it."""
    sheet = (
        '<row r="1"><c t="inlineStr"><is><t>Date</t></is></c></row>'
        '<row r="2"><c t="d"><v>2012-02-01T00:00:00</v></c></row>'
    )

    assert _text(date(2012, 2, 1)) == _text(datetime(2012, 2, 1)) == "01/02/2012"  # noqa: DTZ001 -- as calamine gives it
    assert spelling.read_date(read_table(make.xlsx(sheet)).rows[0].cells[0]) == date(2012, 2, 1)


def test_the_first_sheet_that_has_rows_is_read(make):
    """Workbooks often begin with an empty one."""
    empty = '</table:table><table:table table:name="B">'
    rows = "".join(make.ods_row(*row) for row in ROWS)

    assert read_table(make.ods(empty + rows)) == TABLE


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"A" + b";" * 300 + b"\nB\n", Refusal.TOO_MANY_COLUMNS),
        (b"Nom\n" + b"A" * 20_000, Refusal.TEXT_TOO_LONG),
    ],
)
def test_tables_too_wide_or_with_endless_cells_are_refused(make, raw: bytes, cause: Refusal):
    """No list of people is like that."""
    assert make.cause_of(lambda: read_table(io.BytesIO(raw))) == cause


def test_a_panic_of_the_workbook_library_is_a_damaged_file(make, monkeypatch):
    """It is no Exception of Python's, and must not end the server's request as a crash."""
    panic = type("PanicException", (BaseException,), {})

    def fails(_stream: object) -> None:
        raise panic

    monkeypatch.setattr(workbooks, "CalamineWorkbook", SimpleNamespace(from_filelike=fails))
    book = make.xlsx(make.xlsx_rows(ROWS))

    assert make.cause_of(lambda: read_table(book)) == Refusal.DAMAGED


def test_empty_lines_are_left_out_and_numbers_stay_those_of_the_file():
    """A fault names the line that a person sees in the spreadsheet."""
    table = read_table(io.BytesIO(b"\nNom;Prenom\n;\nA;B\n\nC;D\n"))

    assert [row.number for row in table.rows] == [4, 6]


def test_short_lines_are_filled_and_long_ones_said():
    """A line with more cells than titles can't be told apart by column."""
    table = read_table(io.BytesIO(b"Nom;Prenom\nA\nB;C;D\n"))

    assert table.rows == (Row(2, ("A", "")),)
    assert table.too_long == (3,)


def test_a_field_may_hold_separators_and_line_ends():
    """Quotation marks are those of every spreadsheet."""
    table = read_table(io.BytesIO(b'Nom;Groupes\nA;"X;Y\nZ"\nB;W\n'))

    assert [row.cells for row in table.rows] == [("A", "X;Y Z"), ("B", "W")]


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_columns_are_numbered_as_spreadsheets_letter_them(letters: str, number: int):
    """After Z comes AA."""
    assert column_number(letters) == number
