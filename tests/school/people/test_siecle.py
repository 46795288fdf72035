"""SIECLE's exports: what is kept, what is left out, and what is only counted."""

import io
from datetime import date

import pytest

from portique.core.values import Kind, Uai
from portique.school.people.records import Boarding, Cause, Caution, Role, Skip, usual_meal_days
from portique.school.people.siecle import read_siecle
from portique.testing.siecle import guardians_xml, make_school, pupils_xml, siecle_zip

UAI = Uai("0999001W")
GUARDIANS = (
    '<BEE_RESPONSABLES><DONNEES><PERSONNES><PERSONNE PERSONNE_ID="9"><NOM_DE_FAMILLE>ROUX'
    "</NOM_DE_FAMILLE><PRENOM>Ève</PRENOM><MEL>eve@exemple.example</MEL><TEL_PORTABLE>06 00 00 00"
    " 00</TEL_PORTABLE><ACCEPTE_SMS>{texts}</ACCEPTE_SMS></PERSONNE></PERSONNES><RESPONSABLES>"
    "<RESPONSABLE_ELEVE><ELEVE_ID>{pupil}</ELEVE_ID><PERSONNE_ID>9</PERSONNE_ID>{role}"
    "</RESPONSABLE_ELEVE></RESPONSABLES></DONNEES></BEE_RESPONSABLES>"
)


def guardians(texts="1", pupil=1, role="<RESP_LEGAL>1</RESP_LEGAL>"):
    return GUARDIANS.format(texts=texts, pupil=pupil, role=role)


def test_a_schools_zip_gives_all_who_are_there_and_nobody_else():
    """Pupils and guardians of a generated school of 300 come out as they were made."""
    school = make_school(3, 300)
    read = read_siecle([io.BytesIO(siecle_zip(school))], today=school.today, uai=UAI)
    pupils = [record for record in read.records if record.kind is Kind.PUPIL]

    assert [(p.ine, p.birth_date, p.label, p.groups) for p in pupils] == [
        (p.ine, p.birth_date, p.label, p.groups) for p in school.here
    ]
    assert [p.family_name for p in pupils] == [p.family_name.replace("’", "'") for p in school.here]
    assert read.faults == ()
    assert read.cautions == ()


def test_who_left_or_has_no_class_is_counted_and_left_out(make):
    """A past exit date and a missing division are reasons of their own."""
    pupils = (
        make.pupil(1)
        + make.pupil(2, DATE_SORTIE="22/11/2026")
        + make.pupil(3)
        + make.pupil(4, DATE_SORTIE="23/11/2026")
    )
    structures = "".join(
        make.structure(number, (kind, "6E01")) for number, kind in ((1, "D"), (3, "G"), (4, "D"))
    )
    read = make.read(make.siecle(pupils, structures))

    assert [record.ine for record in read.records] == ["000000001AB", "000000004AB"]
    assert read.skipped == {Skip.LEFT_SCHOOL: 1, Skip.NO_CLASS: 1}


def test_class_and_groups_are_told_apart(make):
    """The division is the label; groups are in order, each once."""
    structures = make.structure(1, ("G", "LATIN"), ("D", "6E01"), ("G", "ANG"), ("G", "LATIN"))
    (record,) = make.read(make.siecle(make.pupil(), structures)).records

    assert (record.label, record.groups) == ("6E01", ("ANG", "LATIN"))


@pytest.mark.parametrize("coding", ["ISO-8859-15", "ISO-8859-1", "UTF-8", "windows-1252"])
def test_every_encoding_of_exports_is_read(make, coding: str):
    """A name with accents is the same from each of them."""
    text = make.siecle(make.pupil(first="Éloïse"), coding=coding)
    (record,) = make.read(text.encode(coding)).records

    assert record.first_name == "Éloïse"


def test_older_and_newer_names_of_elements_are_one(make):
    """NOM is what NOM_DE_FAMILLE became."""
    older = make.siecle(make.pupil()).replace("NOM_DE_FAMILLE", "NOM")

    assert make.read(older).records == make.read(make.siecle(make.pupil())).records


def test_usual_names_are_shown_and_civil_names_kept_beside(make):
    """What a screen shows is the name the person goes by."""
    pupil = make.pupil(NOM_USAGE="PETIT", PRENOM_USAGE="Alex")
    (record,) = make.read(make.siecle(pupil)).records

    assert record.shown_name == "Alex PETIT"
    assert (record.family_name, record.first_name) == ("DUPONT", "Zoé")


@pytest.mark.parametrize(
    ("code", "boarding"),
    [
        ("0", Boarding.DAY), ("1", Boarding.SUPERVISED_DAY), ("24", Boarding.HALF_BOARDER),
        ("39", Boarding.BOARDER), ("4", Boarding.DAY_BOARDER), ("5", Boarding.HOSTED_BOARDER),
        ("6", Boarding.HALF_BOARDER_ELSEWHERE), ("7", None), ("", None),
    ],
)  # fmt: skip
def test_the_first_digit_of_the_regime_tells_the_boarding(make, code: str, boarding):
    """Further digits are formulas of the canteen."""
    (record,) = make.read(make.siecle(make.pupil(CODE_REGIME=code))).records

    assert record.boarding is boarding


def test_what_a_gate_has_no_use_for_is_counted_by_name_and_dropped(make):
    """Birthplace, sex and telephone of a pupil leave a count, nothing else."""
    pupil = make.pupil(VILLE_NAISS="NULLEPART", CODE_SEXE="2", TEL_PORTABLE="0600000000")
    read = make.read(make.siecle(pupil))

    assert read.not_imported == {"VILLE_NAISS": 1, "CODE_SEXE": 1, "TEL_PORTABLE": 1}
    assert "NULLEPART" not in repr(read)
    assert "0600000000" not in repr(read)


def test_another_schools_export_is_a_caution(make):
    """Somebody may mean it, so it is asked, not refused."""
    read = make.read(make.siecle(make.pupil(), uai="0999002X"))

    assert read.cautions == (Caution.OTHER_SCHOOL,)
    assert len(read.records) == 1


@pytest.mark.parametrize(
    ("parts", "cause", "kept"),
    [
        ({"family": ""}, Cause.NAME_MISSING, False),
        ({"family": "=CMD()"}, Cause.NAME_WRONG, False),
        ({"first": "&lt;b&gt;"}, Cause.NAME_WRONG, False),
        ({"ine": "12"}, Cause.INE_WRONG, True),
        ({"NOM_USAGE": "@x"}, Cause.NAME_WRONG, True),
    ],
)
def test_a_wrong_pupil_is_said_by_rank_and_the_others_are_read(make, parts, cause, kept):
    """A part that is wrong is left out, a name that is wrong leaves the pupil out."""
    pupils = make.pupil(1, **parts) + make.pupil(2)
    structures = make.structure(1, ("D", "6E01")) + make.structure(2, ("D", "6E01"))
    read = make.read(make.siecle(pupils, structures))

    assert [(fault.row, fault.cause, fault.kept) for fault in read.faults] == [(1, cause, kept)]
    assert len(read.records) == 1 + kept
    assert read.unread == (not kept)


def test_a_birth_date_that_is_none_is_said(make):
    """The pupil is kept, and recognised by INE alone."""
    text = make.siecle(make.pupil()).replace("01/02/2012", "31/02/2012")
    read = make.read(text)

    assert read.records[0].birth_date is None
    assert [fault.cause for fault in read.faults] == [Cause.DATE_WRONG]


def test_a_legal_guardian_who_accepts_texts_keeps_both_addresses(make):
    """Messages about a child need one contact."""
    guardian = make.read(make.siecle(make.pupil()), guardians()).records[1]

    assert (guardian.email, guardian.mobile) == ("eve@exemple.example", "0600000000")
    assert [(tie.pupil, tie.role) for tie in guardian.ties] == [("000000001AB", Role.LEGAL)]


def test_who_did_not_accept_texts_has_no_number_kept(make):
    """The number is counted as not imported."""
    read = make.read(make.siecle(make.pupil()), guardians(texts="0"))

    assert read.records[1].mobile == ""
    assert read.not_imported == {"TEL_PORTABLE": 1}


def test_a_mere_contact_is_kept_by_name_only(make):
    """They may collect a pupil; nobody writes to them."""
    role = "<RESP_LEGAL>0</RESP_LEGAL>"
    guardian = make.read(make.siecle(make.pupil()), guardians(role=role)).records[1]

    assert (guardian.email, guardian.mobile, guardian.ties[0].role) == ("", "", Role.CONTACT)


def test_newer_exports_name_the_level_instead(make):
    """Level 1 is a legal guardian, any other a contact."""
    levels = [f"<NIVEAU_RESPONSABILITE>{level}</NIVEAU_RESPONSABILITE>" for level in (1, 3)]
    reads = [make.read(make.siecle(make.pupil()), guardians(role=level)) for level in levels]

    assert [read.records[1].ties[0].role for read in reads] == [Role.LEGAL, Role.CONTACT]


@pytest.mark.parametrize(
    ("old", "new", "cause", "kept"),
    [
        ("ROUX", "", Cause.NAME_MISSING, False),
        ("ROUX", "=1", Cause.NAME_WRONG, False),
        ("eve@exemple.example", "eve", Cause.CONTACT_WRONG, True),
        ("06 00 00 00 00", "06", Cause.CONTACT_WRONG, True),
    ],
)
def test_a_wrong_guardian_is_said_by_rank(make, old: str, new: str, cause: Cause, kept: bool):  # noqa: FBT001 -- a table of cases
    """An address that can't be one is left out, the guardian stays."""
    read = make.read(make.siecle(make.pupil()), guardians().replace(old, new))

    assert [(f.row, f.cause, f.kept, f.kind) for f in read.faults] == [
        (1, cause, kept, Kind.GUARDIAN)
    ]
    assert len(read.records) == 1 + kept


def test_guardians_of_two_pupils_with_one_key_are_not_guessed(make):
    """Without INE, the same name and birth date are one key for two children."""
    pupils = make.pupil(1, ine="") + make.pupil(2, ine="")
    structures = make.structure(1, ("D", "6E01")) + make.structure(2, ("D", "6E01"))
    read = make.read(make.siecle(pupils, structures), guardians())

    assert [record.kind for record in read.records] == [Kind.PUPIL, Kind.PUPIL]
    assert [fault.cause for fault in read.faults] == [Cause.CHILD_UNCLEAR]


@pytest.mark.parametrize("module", ["siecle.PEOPLE_MAX", "guardians.PERSONS_MAX",
                                    "guardians.BONDS_MAX"])  # fmt: skip
def test_more_people_than_any_school_has_are_refused(make, monkeypatch, module: str):
    """Whichever list is endless."""
    monkeypatch.setattr(f"portique.school.people.{module}", 0)

    assert make.cause_of(lambda: make.read(make.siecle(make.pupil()), guardians())) == (
        "too-many-people"
    )


def test_an_export_that_names_no_school_is_a_caution(make):
    """It may be anybody's."""
    assert make.read(make.siecle(make.pupil(), uai="")).cautions == (Caution.NO_SCHOOL_NAMED,)


def test_boarding_says_who_sleeps_and_usually_lunches_at_school():
    """A half-boarder of another school lunches there."""
    assert [b for b in Boarding if b.sleeps_at_school] == [
        Boarding.BOARDER,
        Boarding.HOSTED_BOARDER,
    ]
    assert usual_meal_days(Boarding.HALF_BOARDER) == (1, 2, 4, 5)
    assert usual_meal_days(Boarding.BOARDER) == (1, 2, 3, 4, 5)
    assert usual_meal_days(Boarding.HALF_BOARDER_ELSEWHERE) == ()


def test_guardians_of_nobody_imported_are_left_out(make):
    """Their pupil left, or is not in this export."""
    read = make.read(make.siecle(make.pupil()), guardians(pupil=77))

    assert read.skipped == {Skip.NO_PUPIL: 1}
    assert len(read.records) == 1


def test_files_of_one_export_come_in_any_order(make):
    """Guardians before pupils give the same people."""
    pupils = make.siecle(make.pupil())

    assert make.read(guardians(), pupils).records == make.read(pupils, guardians()).records


def test_structures_give_long_names(make):
    """They serve screens; the codes stay what gates compare."""
    names = (
        '<BEE_STRUCTURES><DONNEES><DIVISIONS><DIVISION CODE="6E01"><LIBELLE_LONG>SIXIEME 1'
        "</LIBELLE_LONG></DIVISION></DIVISIONS></DONNEES></BEE_STRUCTURES>"
    )

    assert make.read(make.siecle(make.pupil()), names).group_names == {"6E01": "SIXIEME 1"}


def test_a_pupil_written_twice_is_read_once(make):
    """The second of one number is a fault."""
    read = make.read(make.siecle(make.pupil(1) * 2))

    assert len(read.records) == 1
    assert [(fault.row, fault.cause) for fault in read.faults] == [(2, Cause.TWICE)]


def test_a_generated_school_of_another_encoding_is_the_same_school():
    """What is read depends on the content, not on how it was written."""
    school = make_school(5, 60)
    files = [pupils_xml(school), guardians_xml(school)]
    as_utf8 = [io.BytesIO(f.replace("ISO-8859-15", "UTF-8").encode()) for f in files]
    read = read_siecle(as_utf8, today=date(2026, 11, 23), uai=UAI)
    zipped = read_siecle([io.BytesIO(siecle_zip(school))], today=school.today, uai=UAI)

    assert read.records == zipped.records
