"""Small files of every kind, made for one test each."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from portique.core.errors import FileRefused
from portique.core.values import Kind, Uai
from portique.school.people.records import PersonRecord, Reading
from portique.school.people.siecle import read_siecle

TODAY = date(2026, 11, 23)
UAI = Uai("0999001W")
PUPIL = (
    '<ELEVE ELEVE_ID="{id}"><ID_NATIONAL>{ine}</ID_NATIONAL><NOM_DE_FAMILLE>{family}'
    "</NOM_DE_FAMILLE><PRENOM>{first}</PRENOM><DATE_NAISS>01/02/2012</DATE_NAISS>{more}</ELEVE>"
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
MANIFEST = f'<m:manifest xmlns:m="{ODF}manifest:1.0"/>'


def pupil_xml(number: int = 1, family: str = "DUPONT", first: str = "Zoé", **parts: str) -> str:
    """Write one pupil; `parts` are further elements by name, but `ine`."""
    ine = parts.pop("ine", f"{number:09}AB")
    more = "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts.items())
    return PUPIL.format(id=number, ine=ine, family=family, first=first, more=more)


def siecle_xml(pupils: str, structures: str = "", *, uai: str = UAI, coding: str = "UTF-8") -> str:
    """Write a whole file of pupils; without structures, pupil 1 is in class 6E01."""
    structures = structures or structure_xml(1, ("D", "6E01"))
    return (
        f'<?xml version="1.0" encoding="{coding}"?><BEE_ELEVES VERSION="2.1"><PARAMETRES>'
        f"<UAJ>{uai}</UAJ></PARAMETRES><DONNEES><ELEVES>{pupils}</ELEVES>"
        f"<STRUCTURES>{structures}</STRUCTURES></DONNEES></BEE_ELEVES>"
    )


def structure_xml(number: int, *structures: tuple[str, str]) -> str:
    """Write a pupil's structures, each (type, code)."""
    listed = "".join(
        f"<STRUCTURE><CODE_STRUCTURE>{code}</CODE_STRUCTURE><TYPE_STRUCTURE>{kind}"
        "</TYPE_STRUCTURE></STRUCTURE>"
        for kind, code in structures
    )
    return f'<STRUCTURES_ELEVE ELEVE_ID="{number}">{listed}</STRUCTURES_ELEVE>'


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    """Pack files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    packed.seek(0)
    return packed


def xlsx_of(sheet: str, shared: str = "", path: str = "worksheets/sheet1.xml") -> io.BytesIO:
    """Make a workbook around the rows of its one sheet."""
    relation = f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="{path}"/>'
    relation += f'<Relationship Id="rId2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>'
    files = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="rId1" '
        f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
        '<sheet name="Élèves" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_REL}">{relation}'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        f"xl/{path}": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    return zipped({name: text.encode() for name, text in files.items()})


def xlsx_rows(rows: list[list[str]]) -> str:
    """Write rows of inline texts; a text beginning with = is a formula that showed "shown"."""
    return "".join(
        f'<row r="{number}">' + "".join(map(_xlsx_cell, cells)) + "</row>"
        for number, cells in enumerate(rows, 1)
    )


def _xlsx_cell(text: str) -> str:
    if text.startswith("="):
        return f'<c t="str"><f>{text[1:]}</f><v>shown</v></c>'
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def ods_of(rows: str) -> io.BytesIO:
    """Make an ODS around the rows of its one table."""
    content = (
        f'<office:document-content xmlns:office="{ODF}office:1.0" xmlns:table="{ODF}table:1.0" '
        f'xmlns:text="{ODF}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": MANIFEST.encode(),
        }
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    """Write one row of texts."""
    listed = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{listed}</table:table-row>'


def cause_of(read: Callable[[], object]) -> str:
    """Read, expecting a refusal, and return its cause."""
    with pytest.raises(FileRefused) as caught:
        read()
    return caught.value.cause


class Making:
    """The makers above, for tests that run apart from this file."""

    today, uai = TODAY, UAI
    pupil = staticmethod(pupil_xml)
    siecle = staticmethod(siecle_xml)
    structure = staticmethod(structure_xml)
    zipped = staticmethod(zipped)
    xlsx = staticmethod(xlsx_of)
    xlsx_rows = staticmethod(xlsx_rows)
    ods = staticmethod(ods_of)
    ods_row = staticmethod(ods_row)
    cause_of = staticmethod(cause_of)

    @staticmethod
    def read(*contents: bytes | str | io.BytesIO) -> Reading:
        """Read files as one SIECLE export."""
        streams = [
            content if isinstance(content, io.BytesIO)
            else io.BytesIO(content.encode() if isinstance(content, str) else content)
            for content in contents
        ]  # fmt: skip
        return read_siecle(streams, today=TODAY, uai=UAI)

    @staticmethod
    def person(family: str = "DUPONT", first: str = "Zoé", **more: object) -> PersonRecord:
        """Make a pupil's record, of class 6E01 unless said."""
        values: dict[str, object] = {"kind": Kind.PUPIL, "label": "6E01"} | more
        return PersonRecord(family_name=family, first_name=first, **values)  # type: ignore[arg-type]  # a test's fields


@pytest.fixture
def make() -> type[Making]:
    """Give the makers of small files."""
    return Making
