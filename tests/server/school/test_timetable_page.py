"""Importing a timetable at its page: seen first, agreed to, sealed, told to gates."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from tests.server.school.conftest import TABLE, YEAR

from portique.core.decide import Outcome
from portique.core.rights import Rights
from portique.school.rules import calendar_of
from portique.server.school.models import RulesAct, TimetableDraft
from portique.server.school.reading import usual_dates

PAGE, PREVIEW = "/regles/emploi-du-temps/", "/regles/emploi-du-temps/apercu/"
LESSON = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
DTSTART:20261123T080000
DTEND:20261123T100000
RRULE:FREQ=WEEKLY;COUNT=10
SUMMARY:LATIN
DESCRIPTION:Professeur : FONTAINE
END:VEVENT
END:VCALENDAR
"""


def upload(client, text: str, name="edt.csv", **more):
    """Choose a file, as a browser sends it; return the page that it leads to."""
    chosen = BytesIO(text.encode())
    chosen.name = name
    return client.post(PAGE, YEAR | more | {"chosen": [chosen]}, follow=True)


def agree(client):
    """Press the button that puts it in place."""
    return client.post(PREVIEW, {"step": "confirm"}, follow=True)


def test_a_table_that_was_agreed_to_is_in_what_gates_get(office, pupils, told, leaving):
    """Before, everybody is referred; afterwards a pupil in class may not leave."""
    green = Rights(("2DE 04",), regime="green")
    assert leaving(green, 9) is Outcome.REFER
    seen = upload(office, TABLE)
    agree(office)

    assert "2DE 04, 2DE 05" in seen.content.decode()
    assert told().parts["calendar"]["timetable"]["groups"] == ["2DE 04", "2DE 05"]
    assert leaving(green, 9) is Outcome.REFUSE
    assert leaving(green, 16.5) is Outcome.GRANT


def test_nothing_changes_before_somebody_agrees(office, pupils, told):
    """The preview alone leaves gates without a timetable, and no record."""
    upload(office, TABLE)

    assert told().parts["calendar"]["timetable"] is None
    assert not RulesAct.objects.exists()


def test_wrong_lines_are_named_and_stop_it(office, pupils, told):
    """A group the school doesn't know: its line is named; agreeing by force is refused."""
    seen = upload(office, TABLE + "2DE 99;lundi;8:00;9:00;;;;\n").content.decode()
    answer = agree(office)

    assert "Ligne 6" in seen
    assert "Mettre en place" not in seen
    assert "corrigez-les" in answer.content.decode()
    assert told().parts["calendar"]["timetable"] is None


def test_a_calendar_whose_group_is_not_known_asks_for_it(office, pupils, told):
    """The file's name says nothing: somebody chooses the class, and the lessons count."""
    asked = upload(office, LESSON, "export.ics").content.decode()
    office.post(PREVIEW, {"step": "place", "file-0": "2DE 04"})
    agree(office)

    assert "De quel groupe est chaque fichier" in asked
    assert told().parts["calendar"]["timetable"]["groups"] == ["2DE 04"]


@pytest.mark.parametrize("kept", [True, False])
def test_teachers_are_kept_only_if_the_school_says_so(office, pupils, kept, told):
    """Sealed in the database, never in what gates get; without the box they are not kept."""
    upload(office, TABLE, **({"keep_teachers": "on"} if kept else {}))
    agree(office)

    shown = office.get("/regles/changements/").content.decode()
    assert ("FONTAINE" in shown) is kept
    assert "FONTAINE" not in str(told().parts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM school_sealedrules")
        assert all(b"FONTAINE" not in bytes(row[0]) for row in cursor.fetchall())


def test_without_the_box_the_page_says_why_teachers_are_not_kept(office, pupils):
    """In words, not by the column's own name."""
    seen = upload(office, TABLE).content.decode()

    assert "les professeurs" in seen
    assert "n’est pas cochée (4)" in seen
    assert "teacher (" not in seen


@pytest.mark.parametrize(
    ("today", "last"), [(date(2026, 11, 22), date(2027, 8, 31)), (date(2027, 8, 31),) * 2]
)
def test_without_terms_lessons_are_proposed_to_the_end_of_the_school_year(served, today, last):
    """As cards: no further."""
    calendar = calendar_of(served)
    bare = replace(calendar, school_days=replace(calendar.school_days, terms=()))

    assert usual_dates(bare, today) == (today, last)


def test_other_groups_keep_their_lessons(office, pupils, told):
    """A second file for one class replaces that class's; «the whole» would take all."""
    upload(office, TABLE, keep_teachers="on")
    agree(office)
    one = "group;weekday;start;end\n2DE 05;lundi;8:00;9:00\n"
    upload(office, one)
    agree(office)
    after_one = told().parts["calendar"]["timetable"]["groups"]
    upload(office, one, whole="all")
    agree(office)

    assert after_one == ["2DE 04", "2DE 05"]
    assert told().parts["calendar"]["timetable"]["groups"] == ["2DE 05"]


def test_a_file_that_is_no_timetable_is_refused_in_words(office, pupils):
    """The page says what is wrong, and can be left."""
    seen = upload(office, "BEGIN:VCALENDAR\nnonsense", "x.ics").content.decode()
    left = office.post(PREVIEW, {"step": "drop"}, follow=True)

    assert "Ces fichiers ne se lisent pas" in seen
    assert not TimetableDraft.objects.exists()
    assert left.redirect_chain[-1][0] == PAGE


def test_files_between_two_steps_are_sealed(office, pupils):
    """What was uploaded can't be read in the database."""
    upload(office, TABLE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT files FROM school_timetabledraft")
        assert b"edt.csv" not in bytes(cursor.fetchone()[0])
