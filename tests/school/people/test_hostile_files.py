"""Files made to harm: each is refused, by its cause, before it costs anything."""

import contextlib
import io
import random
import tracemalloc
import zipfile

import pytest

from portique.core.errors import FileRefused
from portique.school.people import limits
from portique.school.people.refusals import Refusal
from portique.school.people.sheets import read_table
from portique.testing.siecle import make_school, siecle_zip

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><BEE_ELEVES>&c;</BEE_ELEVES>'
)
OUTER = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    "<BEE_ELEVES><PARAMETRES><UAJ>&f;</UAJ></PARAMETRES></BEE_ELEVES>"
)
DTD = '<!DOCTYPE BEE_ELEVES SYSTEM "http://exemple.example/x.dtd"><BEE_ELEVES/>'


@pytest.mark.parametrize("text", [LAUGHS, OUTER, DTD], ids=["laughs", "outer", "dtd"])
def test_document_types_and_entities_are_refused(make, text: str):
    """No export has any, and nothing is fetched or unfolded."""
    assert make.cause_of(lambda: make.read(text)) == Refusal.ENTITIES
    assert make.cause_of(lambda: make.read(make.zipped({"a.xml": text.encode()}))) == (
        Refusal.ENTITIES
    )


def test_a_zip_bomb_is_refused_by_what_it_declares(make):
    """Sixty megabytes of nothing in sixty kilobytes are not unpacked."""
    bomb = make.zipped({"ElevesSansAdresses.xml": bytes(60 * limits.MIB)})
    tracemalloc.start()
    cause = make.cause_of(lambda: make.read(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert cause == Refusal.BOMB
    assert peak < limits.MIB


def test_a_bomb_that_lies_about_its_size_is_cut_where_it_lied(make):
    """What a member declares is all that is unpacked of it."""
    packed = make.zipped({"a.xml": b"<BEE_ELEVES>" + bytes(5 * limits.MIB)}).getvalue()
    real, small = (size.to_bytes(4, "little") for size in (5 * limits.MIB + 12, 2000))
    assert packed.count(real) == 2
    lying = io.BytesIO(packed.replace(real, small))

    assert make.cause_of(lambda: make.read(lying)) in {Refusal.DAMAGED, Refusal.NOT_WELL_FORMED}


def test_too_many_members_are_refused(make):
    """A zip of hundreds of files is no export."""
    many = make.zipped({f"{number}.xml": b"<x/>" for number in range(limits.MEMBERS_MAX + 1)})

    assert make.cause_of(lambda: make.read(many)) == Refusal.TOO_MANY_MEMBERS


def test_a_zip_in_a_zip_is_not_opened(make):
    """Nested archives are where bombs hide."""
    inner = make.zipped({"a.xml": b"<BEE_ELEVES/>"}).getvalue()

    assert make.cause_of(lambda: make.read(make.zipped({"b.zip": inner}))) == Refusal.WRONG_ROOT


def test_a_locked_zip_is_refused_as_locked(make):
    """It says to unlock it."""
    packed = bytearray(make.zipped({"a.xml": b"<BEE_ELEVES/>"}).getvalue())
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1

    assert make.cause_of(lambda: make.read(bytes(packed))) == Refusal.LOCKED


def test_deep_nesting_is_refused(make):
    """Depth is capped."""
    text = "<BEE_ELEVES>" + "<a>" * 5000

    assert make.cause_of(lambda: make.read(text)) == Refusal.TOO_DEEP


def test_an_endless_text_is_refused(make):
    """No name is two thousand characters long."""
    assert make.cause_of(lambda: make.read(make.siecle(make.pupil(first="A" * 3000)))) == (
        Refusal.TEXT_TOO_LONG
    )


def test_a_pupil_of_endless_parts_is_refused(make):
    """Memory is that of one element, and one element is bounded."""
    text = make.siecle(make.pupil().replace("</ELEVE>", "<A>1</A>" * 600 + "</ELEVE>"))

    assert make.cause_of(lambda: make.read(text)) == Refusal.TOO_MANY_PARTS


def test_names_of_unknown_elements_cannot_fill_the_memory(make):
    """Beyond two hundred, they share one line."""
    unknown = "".join(f"<X{number}>1</X{number}>" for number in range(300))
    read = make.read(make.siecle(make.pupil().replace("</ELEVE>", unknown + "</ELEVE>")))

    assert len(read.not_imported) == limits.NAMES_MAX + 1
    assert read.not_imported["…"] == 100


def test_latin_bytes_declared_utf8_are_refused_not_mangled(make):
    """A name with wrong accents would be printed on a card."""
    raw = make.siecle(make.pupil(first="Éloïse")).encode("latin-1")

    assert make.cause_of(lambda: make.read(raw)) == Refusal.NOT_WELL_FORMED


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"", Refusal.EMPTY),
        (b"Nom;Prenom", Refusal.NOT_WELL_FORMED),
        (b"<html><body/></html>", Refusal.WRONG_ROOT),
        (b"<BEE_NOMENCLATURES/>", Refusal.WRONG_ROOT),
        (b"<BEE_STRUCTURES/>", Refusal.NO_PUPILS),
        (b"PK\x03\x04nothing", Refusal.DAMAGED),
        (b'<?xml version="1.0" encoding="KLINGON"?><BEE_ELEVES/>', Refusal.NOT_WELL_FORMED),
    ],
)
def test_what_is_no_export_of_pupils_is_refused_by_its_cause(make, raw: bytes, cause: Refusal):
    """Each has its own sentence."""
    assert make.cause_of(lambda: make.read(raw)) == cause


def test_two_lists_of_pupils_are_refused(make):
    """Which of them is the school's today can't be guessed."""
    text = make.siecle(make.pupil())

    assert make.cause_of(lambda: make.read(text, text)) == Refusal.TWO_LISTS


def test_a_file_over_the_cap_is_not_read(make, monkeypatch):
    """Its size alone refuses it."""
    monkeypatch.setattr(limits.size_of, "__defaults__", (1000,))

    assert make.cause_of(lambda: make.read(b"<BEE_ELEVES>" + bytes(2000))) == Refusal.TOO_LARGE


def test_a_cut_export_is_refused_wherever_it_is_cut(make):
    """Half a list would make the other half leave."""
    whole = siecle_zip(make_school(2, 40))
    for cut in range(1, len(whole) - 1, 97):
        with pytest.raises(FileRefused):
            make.read(whole[:cut])


def test_a_damaged_export_is_refused_or_read_never_crashed(make):
    """Two hundred single damaged bytes: nothing but a refusal or a reading comes out."""
    whole, draw = siecle_zip(make_school(2, 20)), random.Random(1)
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        with contextlib.suppress(FileRefused):
            make.read(bytes(damaged))


def test_a_million_lines_are_refused_by_their_count(make):
    """The table is not built: what is held stays near the file's own size."""
    raw = io.BytesIO(b"Nom;Prenom\n" + b"A;B\n" * 1_000_000)
    tracemalloc.start()
    cause = make.cause_of(lambda: read_table(raw))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert cause == Refusal.TOO_MANY_ROWS
    assert peak < 60 * limits.MIB


def test_one_cell_in_the_last_corner_is_refused_before_the_sheet_is_built(make):
    """Dense, a sheet has as many cells as its corners span: up to seventeen thousand million."""
    corner = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    wide = '<row r="1"><c r="XFD1"><v>1</v></c></row>'

    assert make.cause_of(lambda: read_table(make.xlsx(corner))) == Refusal.TOO_MANY_ROWS
    assert make.cause_of(lambda: read_table(make.xlsx(wide))) == Refusal.TOO_MANY_COLUMNS


def test_a_sheet_hidden_under_another_name_is_refused(make):
    """A part that isn't measured isn't read."""
    corner = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'

    assert make.cause_of(lambda: read_table(make.xlsx(corner, path="hidden.dat"))) == (
        Refusal.NOT_A_TABLE
    )
    assert make.cause_of(lambda: read_table(make.xlsx(corner, path="elsewhere/s.xml"))) == (
        Refusal.TOO_MANY_ROWS
    )


def test_one_long_text_used_everywhere_is_refused(make):
    """Shared texts multiply: their sum is what is capped."""
    shared = f"<si><t>{'A' * 9000}</t></si>"
    cells = '<c t="s"><v>0</v></c>' * 50
    sheet = "".join(f'<row r="{number}">{cells}</row>' for number in range(1, 100))

    assert make.cause_of(lambda: read_table(make.xlsx(sheet, shared))) == Refusal.BOMB


def test_repeated_cells_are_counted_as_often_as_they_repeat(make):
    """A few bytes of ODS may mean a million rows."""
    cell = '<table:table-cell {} office:value-type="string"><text:p>A</text:p></table:table-cell>'
    wide = f"<table:table-row>{cell}</table:table-row>".format(
        'table:number-columns-repeated="16384"'
    )
    high = make.ods_row("A", repeated=1_000_000)

    assert make.cause_of(lambda: read_table(make.ods(high))) == Refusal.TOO_MANY_ROWS
    assert make.cause_of(lambda: read_table(make.ods(wide))) == Refusal.TOO_MANY_COLUMNS


def test_entities_in_a_workbook_are_refused(make):
    """A workbook's parts are XML too."""
    book = make.zipped({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": LAUGHS.encode()})

    assert make.cause_of(lambda: read_table(book)) == Refusal.ENTITIES


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"\xd0\xcf\x11\xe0 old", Refusal.OLD_FORMAT),
        (b"", Refusal.EMPTY),
        (b"Nom;Prenom\r\n", Refusal.EMPTY),
        (b"\x00\x01\x02", Refusal.NOT_A_TABLE),
        (b'Nom;Prenom\n"A;B\n', Refusal.NOT_A_TABLE),
    ],
)
def test_what_is_no_table_is_refused_by_its_cause(make, raw: bytes, cause: Refusal):
    """Each has its own sentence."""
    assert make.cause_of(lambda: read_table(io.BytesIO(raw))) == cause


def test_another_zip_is_no_table(make):
    """A SIECLE zip given as a table is refused as such."""
    assert make.cause_of(lambda: read_table(make.zipped({"a.xml": b"<a/>"}))) == (
        Refusal.NOT_A_TABLE
    )


def test_a_damaged_workbook_is_refused_or_read_never_crashed(make):
    """Two hundred damaged workbooks: nothing but a refusal or a table comes out."""
    whole = make.xlsx(make.xlsx_rows([["Nom", "Prenom"], ["A", "B"]])).getvalue()
    draw = random.Random(2)
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        with contextlib.suppress(FileRefused):
            read_table(io.BytesIO(bytes(damaged)))


def test_no_refusal_repeats_what_the_file_holds(make):
    """Messages reach logs: they hold no personal data."""
    text = make.siecle(make.pupil(family="SECRETNAME", first="A" * 3000))
    with pytest.raises(FileRefused) as caught:
        make.read(text)

    assert "SECRETNAME" not in str(caught.value)


def test_a_zip_without_end_is_damaged(make):
    """Zipfile's own errors don't come through."""
    assert make.cause_of(lambda: make.read(b"PK\x05\x06" + bytes(5))) == Refusal.DAMAGED
    assert zipfile.is_zipfile(make.zipped({"a": b"b"}))
