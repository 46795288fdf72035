"""ONDE's two extractions, in both forms."""

import io

import pytest

from portique.core.values import Kind
from portique.school.people.onde import read_onde
from portique.school.people.recognise import Source, recognise
from portique.school.people.records import Cause, Role, Skip
from portique.school.people.refusals import Refusal
from portique.testing.onde import onde_pupils, onde_relatives, spreadsheet_csv
from portique.testing.siecle import make_school, siecle_zip

NEWER = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE; Cycle;Libellé classe\n"
    "DUPONT;;Zoé;2018-02-01;F;123456789AB;II;CP A\nDUPONT;;Zoé;03/04/2019;F;;I;CP B\n"
)
OLDER = (
    '"Nom Elève";"Nom d\'usage Elève";"Prénom Elève";"Date naissance";"Sexe";"Classe"\n'
    '"DUPONT";"";"Zoé";"01/02/2018";"F";"CP A"\n'
)
CHILD = "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
RELATIVES = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Courriel;"
    f"Téléphone portable;{CHILD};{CHILD}\n"
)


def files(*texts: str) -> list[io.BytesIO]:
    """Give texts as Windows writes them."""
    return [io.BytesIO(text.encode("cp1252")) for text in texts]


def test_both_forms_of_the_pupils_file_are_read():
    """The older one has no INE and another title for the class."""
    newer, older = (read_onde(files(text)).records for text in (NEWER, OLDER))

    assert (newer[0].ine, older[0].ine) == ("123456789AB", "")
    assert newer[0].identity == older[0].identity
    assert newer[0].label == older[0].label == "CP A"


def test_relatives_are_tied_to_each_of_their_children():
    """Titles repeat for each child; homonyms are told apart by their class."""
    row = "MME;;ROUX;Ève;eve@exemple.example;06;;DUPONT;Zoé;CP A;;DUPONT;Zoé;CP B\n"
    guardian = read_onde(files(NEWER, RELATIVES + row)).records[2]

    assert [tie.pupil for tie in guardian.ties] == ["123456789AB", "dupont/zoe/2019-04-03"]
    assert {tie.role for tie in guardian.ties} == {Role.UNSAID}
    assert (guardian.email, guardian.mobile) == ("eve@exemple.example", "")


@pytest.mark.parametrize(
    ("child", "cause"),
    [
        ("DUPONT;Zoé;CP C", Cause.CHILD_UNCLEAR),
        ("MARTIN;Zoé;CP A", Cause.CHILD_UNKNOWN),
    ],
)
def test_a_child_who_is_not_sure_is_not_guessed(child: str, cause: Cause):
    """The relative is left out, and the line said."""
    read = read_onde(files(NEWER, RELATIVES + f"MME;;ROUX;Ève;;;;{child};;;;\n"))

    assert [(fault.row, fault.cause, fault.kind) for fault in read.faults] == [
        (2, cause, Kind.GUARDIAN)
    ]
    assert read.skipped == {Skip.NO_PUPIL: 1}


def test_an_address_that_is_none_is_said_and_left_out():
    """The relative is kept."""
    read = read_onde(files(NEWER, RELATIVES + "MME;;ROUX;Ève;eve;;;DUPONT;Zoé;CP A;;;;\n"))

    assert [(fault.cause, fault.kept) for fault in read.faults] == [(Cause.CONTACT_WRONG, True)]
    assert read.records[2].email == ""


def test_relatives_without_a_name_are_said():
    """And their line leaves nobody behind."""
    read = read_onde(files(NEWER, RELATIVES + "MME;;;Ève;;;;DUPONT;Zoé;CP A;;;;\n"))

    assert [fault.cause for fault in read.faults] == [Cause.NAME_WRONG]
    assert read.unread == 1


@pytest.mark.parametrize("texts", [("Nom;Prénom\nA;B\n",), (NEWER, NEWER), (NEWER, "A\n1\n")])
def test_a_file_that_is_none_of_ondes_is_refused(make, texts: tuple[str, ...]):
    """So are two lists of the same kind."""
    assert make.cause_of(lambda: read_onde(files(*texts))) == Refusal.HEADER_WRONG


def test_relatives_without_their_pupils_are_refused(make):
    """They are known by their children only."""
    relatives = files(RELATIVES + "M;;A;B;;;;;;\n")

    assert make.cause_of(lambda: read_onde(relatives)) == Refusal.NO_PUPILS


def test_a_generated_school_loses_nobody():
    """Every pupil with a class is there; relatives of pupils who left are counted."""
    school = make_school(6, 150)
    streams = [io.BytesIO(onde_pupils(school)), io.BytesIO(onde_relatives(school))]
    read = read_onde(streams)
    pupils = [record for record in read.records if record.kind is Kind.PUPIL]

    assert {pupil.ine for pupil in pupils} == {pupil.ine for pupil in school.here}
    assert not [fault for fault in read.faults if fault.kind is Kind.PUPIL]
    assert len(read.records) - len(pupils) + read.skipped[Skip.NO_PUPIL] == len(school.guardians)


def test_files_are_recognised_by_their_content(make):
    """Whoever imports needs not know which of the three it is."""
    school = make_school(6, 30)
    known = {
        Source.SIECLE: siecle_zip(school),
        Source.ONDE: onde_pupils(school),
        Source.TABLE: spreadsheet_csv(school),
    }

    assert {source: recognise([io.BytesIO(raw)]) for source, raw in known.items()} == {
        source: source for source in known
    }
    assert recognise([make.xlsx(make.xlsx_rows([["Nom"], ["A"]]))]) is Source.TABLE
    assert recognise([io.BytesIO(b"\xef\xbb\xbf<BEE_ELEVES/>")]) is Source.SIECLE
