"""Which column is what, and what rows become."""

import io
from datetime import date

import pytest

from portique.core.errors import FileRefused
from portique.core.values import Kind
from portique.school.people.mapping import Field, propose, title_key
from portique.school.people.records import Boarding, Cause, Caution
from portique.school.people.rows import read_boarding, read_meal_days, records_from
from portique.school.people.sheets import read_table
from portique.testing.onde import spreadsheet_csv
from portique.testing.siecle import make_school


def read(text: str, **columns: Field | None):
    """Read a table by its proposed mapping, with columns corrected by title."""
    table = read_table(io.BytesIO(text.encode()))
    mapping = propose(table.titles)
    for title, field in columns.items():
        mapping = mapping.with_column(table.titles.index(title), field)
    return records_from(table, mapping)


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Nom", Field.FAMILY_NAME), ("NOM DE FAMILLE", Field.FAMILY_NAME),
        ("Noms", Field.FAMILY_NAME), ("Nom d'usage", Field.USUAL_FAMILY_NAME),
        ("Nom d’usage", Field.USUAL_FAMILY_NAME), ("Prénom", Field.FIRST_NAME),
        ("PRENOMS", Field.FIRST_NAME), ("Prénom d'usage", Field.USUAL_FIRST_NAME),
        ("Né(e) le", Field.BIRTH_DATE), ("Née le", Field.BIRTH_DATE),
        ("Date de naissance", Field.BIRTH_DATE), ("N° INE", Field.INE), ("INE", Field.INE),
        ("Classe", Field.LABEL), ("Classes", Field.LABEL), ("Division", Field.LABEL),
        ("Groupes", Field.GROUPS), ("Régime", Field.BOARDING),
        ("Autorisation de sortie", Field.EXIT_REGIME), ("Régime de sortie", Field.EXIT_REGIME),
        ("Jours de repas", Field.MEAL_DAYS), ("Adresse", None), ("Nom de la mère", None),
        ("Téléphone", None), ("", None),
    ],
)  # fmt: skip
def test_titles_are_recognised_however_they_are_written(title: str, field: Field | None):
    """Accents, capitals, plurals and little words don't count; others are not imported."""
    assert propose([title]).fields == (field,)


def test_of_two_columns_for_one_field_the_first_has_it():
    """The other is shown as not imported."""
    mapping = propose(["Nom", "Nom de famille", "Prénom"])

    assert mapping.fields == (Field.FAMILY_NAME, None, Field.FIRST_NAME)
    assert mapping.ignored == ("Nom de famille",)


def test_a_person_corrects_a_column():
    """A field goes where the person says and nowhere else."""
    mapping = propose(["Nom", "X", "Prénom"]).with_column(1, Field.FAMILY_NAME)

    assert mapping.fields == (None, Field.FAMILY_NAME, Field.FIRST_NAME)
    assert mapping.missing == ()


def test_a_table_without_names_is_refused():
    """Nobody can be read from it."""
    with pytest.raises(FileRefused) as caught:
        read("Nom;Classe\nDUPONT;6E01\n")

    assert caught.value.cause == "mapping-wrong"


def test_a_row_becomes_a_person():
    """Every field of the assistant, in one line."""
    (record,) = read(
        "Nom;Prénom;Nom d'usage;Prénom d'usage;Né(e) le;INE;Classe;Groupes;Régime;Repas;Sortie\n"
        "DUPONT;Zoé;PETIT;Alex;01/02/2012;123456789ab;6E01;[6LATIN], 6ANG, 6E01;DP 4 jours;"
        "lu ma je ve;libre\n"
    ).records

    assert record.shown_name == "Alex PETIT"
    assert (record.birth_date, record.ine) == (date(2012, 2, 1), "123456789AB")
    assert (record.label, record.groups) == ("6E01", ("6ANG", "6LATIN"))
    assert (record.boarding, record.meal_days) == (Boarding.HALF_BOARDER, (1, 2, 4, 5))
    assert record.exit_regime == "libre"


def test_a_column_that_is_not_there_says_nothing():
    """Not even that the person has no groups."""
    (record,) = read("Nom;Prénom\nDUPONT;Zoé\n").records

    assert (record.label, record.groups, record.boarding) == (None, None, None)


def test_an_empty_class_says_nothing_but_empty_groups_say_none():
    """A pupil may have no groups; nobody is taken out of a class by an empty cell."""
    (record,) = read("Nom;Prénom;Classe;Groupes\nDUPONT;Zoé;;\n").records

    assert (record.label, record.groups) == (None, ())


@pytest.mark.parametrize(
    ("line", "cause", "kept"),
    [
        ("=1+1;Zoé;;;;", Cause.FORMULA, False),
        ("+DUPONT;Zoé;;;;", Cause.FORMULA, False),
        ("-DUPONT;Zoé;;;;", Cause.FORMULA, False),
        ("DUPONT;@SUM(A1);;;;", Cause.FORMULA, False),
        ("DUPONT;;;;;", Cause.NAME_MISSING, False),
        ("DUPONT;<b>;;;;", Cause.NAME_WRONG, False),
        (f"{'D' * 90};Zoé;;;;", Cause.NAME_WRONG, False),
        ("DUPONT;Zoé;32/13/2012;;;", Cause.DATE_WRONG, True),
        ("DUPONT;Zoé;;12;;", Cause.INE_WRONG, True),
        ("DUPONT;Zoé;;;=6E01;", Cause.FORMULA, True),
        (f"DUPONT;Zoé;;;{'6' * 50};", Cause.CODE_TOO_LONG, True),
        ("DUPONT;Zoé;;;;parfois", Cause.BOARDING_UNKNOWN, True),
        ("DUPONT;Zoé;;;;;trop", Cause.ROW_TOO_LONG, False),
    ],
)
def test_a_wrong_row_is_said_with_its_line_and_reason(line: str, cause: Cause, kept: bool):  # noqa: FBT001 -- a table of cases
    """Others of the table are read."""
    reading = read(f"Nom;Prénom;Né(e) le;INE;Classe;Régime\n{line}\nMARTIN;Ève;;;;\n")

    assert [(f.row, f.cause, f.kept) for f in reading.faults] == [(2, cause, kept)]
    assert len(reading.records) == 1 + kept


def test_columns_not_imported_are_counted_by_their_filled_cells():
    """The page shows what was seen and dropped, and the reading holds none of it."""
    reading = read("Nom;Prénom;Adresse;Portable\nDUPONT;Zoé;1 RUE;\nMARTIN;Ève;2 RUE;06\n")

    assert reading.not_imported == {"Adresse": 2, "Portable": 1}
    assert "RUE" not in repr(reading)


def test_without_ine_and_birth_date_a_person_is_warned():
    """Everybody known already will have to be asked about."""
    assert read("Nom;Prénom\nDUPONT;Zoé\n").cautions == (Caution.NO_SURE_KEY,)
    assert read("Nom;Prénom;INE\nDUPONT;Zoé;\n").cautions == ()


def test_staff_are_read_by_the_same_assistant():
    """Their service is their label."""
    table = read_table(io.BytesIO(b"Nom;Prenom;Fonction\nDUPONT;Anne;CPE\n"))
    (record,) = records_from(table, propose(table.titles), Kind.STAFF).records

    assert (record.kind, record.label) == (Kind.STAFF, "CPE")


def test_a_generated_table_gives_everybody():
    """The synthetic school's spreadsheet loses nobody."""
    school = make_school(4, 200)
    table = read_table(io.BytesIO(spreadsheet_csv(school)))
    reading = records_from(table, propose(table.titles))

    assert [record.ine for record in reading.records] == [pupil.ine for pupil in school.here]
    assert reading.not_imported == {"Portable": len(school.here)}
    assert reading.faults == ()


@pytest.mark.parametrize(
    ("text", "boarding"),
    [
        ("Externe", Boarding.DAY), ("EXTERNE LIBRE", Boarding.DAY), ("DP", Boarding.HALF_BOARDER),
        ("externe surveillé", Boarding.SUPERVISED_DAY), ("Interne", Boarding.BOARDER),
        ("Demi-pensionnaire", Boarding.HALF_BOARDER), ("IN.EX.", Boarding.DAY_BOARDER),
        ("Interne externé", Boarding.DAY_BOARDER), ("Interne hébergé", Boarding.HOSTED_BOARDER),
        ("DP HOR", Boarding.HALF_BOARDER_ELSEWHERE), ("25", Boarding.HALF_BOARDER), ("9", None),
        ("autre", None),
    ],
)  # fmt: skip
def test_boarding_is_read_as_schools_write_it(text: str, boarding: Boarding | None):
    """Words and SIECLE's codes alike."""
    assert read_boarding(text) is boarding


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("lun, mar, jeu, ven", (1, 2, 4, 5)), ("Lundi/Mercredi", (1, 3)), ("Ma Me", (2, 3)),
        ("L M J V", None), ("toujours", None), ("samedi", (6,)),
    ],
)  # fmt: skip
def test_meal_days_are_read_by_name(text: str, days: tuple[int, ...] | None):
    """One letter could be two days, so it is not guessed."""
    assert read_meal_days(text) == days


def test_little_words_and_signs_do_not_tell():
    """Title keys are what is left."""
    assert {title_key(title) for title in ("  Né(e) le : ", "NE", "né")} == {"ne"}
