"""Timetables as tables, with each wrong line named."""

from datetime import date
from typing import Any

import pytest
from tests.school.times.school_year import MONDAY, TUESDAY, frame

from portique.core.errors import TimetableError
from portique.core.timetables import Lesson
from portique.school.times import tables
from portique.school.times.imported import Imported
from portique.school.times.tables import TableReading, read_table

HEAD = "groupe;jour;début;fin;semaines;du;au;professeur;matière\n"
FRAME = frame()


def read(*lines: str, head: str = HEAD, **reading: Any) -> Imported:
    """Read a table of these lines."""
    text = head + "".join(f"{line}\n" for line in lines)
    return read_table(text.encode(), FRAME, TableReading(**reading))


def wrong(*lines: str, **reading: Any) -> list[tuple[int, str]]:
    """Return the wrong lines of a table."""
    return [(one.number, one.words.en) for one in read(*lines, **reading).wrong]


def test_a_line_is_a_weekly_lesson():
    """The French header, a day's name and hours as people write them."""
    found = read("2DE 04;lundi;8h;9h30;;;;;LATIN")

    assert found.timetable.lessons == (
        Lesson("2DE 04", 1, 480, 570, date(2026, 9, 7), date(2027, 6, 28)),
    )
    assert found.complete
    assert found.fields == {"matière": 1}


def test_an_english_table_is_read_as_well():
    """Commas, English names, ISO dates."""
    head = "Group,Weekday,Start,End,Weeks,From,Until\n"
    found = read("2DE 04,Mon,08:00,09:00,,2026-11-02,2026-11-30", head=head)

    (lesson,) = found.timetable.lessons
    assert (lesson.first, lesson.last) == (date(2026, 11, 2), date(2026, 11, 30))


def test_a_table_of_windows_is_read():
    """Spreadsheets under Windows don't write UTF-8."""
    raw = (HEAD + "2DE É;mardi;8:00;9:00;;;;;\n").encode("cp1252")

    assert read_table(raw, FRAME, TableReading()).timetable.groups == ("2DE É",)


def test_weeks_a_and_b_take_turns():
    """Said which week is A, each letter has its weeks."""
    found = read("2DE 04;1;8:00;9:00;A;;;;", "1RE 02;1;8:00;9:00;B;;;;", week_a=TUESDAY)

    on = [group for group, _ in found.timetable.on(MONDAY, school_day=True)]
    assert on == ["2DE 04"]
    assert {lesson.every for lesson in found.timetable.lessons} == {2}


def test_a_lesson_of_one_week_in_three_counts_from_its_first_date():
    """2, 3 or 4 mean weeks from the first date."""
    found = read("2DE 04;mardi;8:00;9:00;3;24/11/2026;;;")

    assert TUESDAY in {lesson.first for lesson in found.timetable.lessons}
    assert {lesson.every for lesson in found.timetable.lessons} == {3}


def test_every_wrong_line_is_named():
    """The number is the file's own; good lines are read all the same, but nothing is complete."""
    found = read(
        "2DE 04;lundi;8:00;9:00;;;;;",
        "2DE 04;lundredi;8:00;9:00;;;;;",
        "",
        "2DE 04;lundi;9:00;8:00;;;;;",
        "2DE 04;lundi;huit;9:00;;;;;",
        "2DE 04;lundi;8:00;9:00;A;;;;",
        "2DE 04;lundi;8:00;9:00;2;;;;",
        "2DE 04;lundi;8:00;9:00;;31/02/2027;;;",
        "2DE 04;dimanche;8:00;9:00;;01/07/2027;02/07/2027;;",
        ";lundi;8:00;9:00;;;;;",
        "2DE 04;lundi;8:00",
        "2DE 04;lundi;24:30;25:00;;;;;",
        f"{'x' * 300};lundi;8:00;9:00;;;;;",
    )

    assert [one.number for one in found.wrong] == [3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    assert len(found.timetable.lessons) == 1
    assert not found.complete


def test_a_group_the_school_does_not_know_is_a_wrong_line():
    """A typing error must not make a group nobody is in; case and spaces are no error."""
    known = frozenset({"2DE 04"})

    assert wrong("2DE 40;lundi;8:00;9:00;;;;;", groups=known) == [
        (2, "a group the school doesn't know")
    ]
    assert wrong("2de04;lundi;8:00;9:00;;;;;", groups=known) == []


def test_two_groups_that_differ_by_a_dash_need_their_exact_names():
    """What could be either is neither."""
    known = frozenset({"2DE 04", "2DE-04"})

    assert len(wrong("2de04;lundi;8:00;9:00;;;;;", groups=known)) == 1
    assert wrong("2DE-04;lundi;8:00;9:00;;;;;", groups=known) == []


def test_teachers_are_kept_beside_the_timetable_only_when_wanted():
    """By default their codes are counted as not kept."""
    line = "2DE 04;lundi;8:00;9:00;;;;FONTAINE;"

    assert read(line).fields == {"teacher": 1}
    assert read(line).teaching.lessons == {}
    assert list(read(line, keep_teachers=True).teaching.lessons) == ["FONTAINE"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "groupe;jour;début\n2DE;lundi;8:00\n",
        HEAD,
        HEAD.replace("matière", "groupe") + "a\n",
        HEAD + '2DE 04;"lundi\n',
    ],
)
def test_what_is_no_timetable_is_refused_whole(text: str):
    """A missing or double column, no line at all, an open quotation mark."""
    with pytest.raises(TimetableError):
        read_table(text.encode(), FRAME, TableReading())


def test_sizes_are_capped(monkeypatch: pytest.MonkeyPatch):
    """Too many bytes, lines or wrong lines end the reading."""
    line = "2DE 04;lundi;8:00;9:00;;;;;"
    with monkeypatch.context() as capped:
        capped.setattr(tables, "BYTES_MAX", 10)
        with pytest.raises(TimetableError, match="larger"):
            read(line)
    monkeypatch.setattr(tables, "WRONG_MAX", 1)
    assert len(wrong("x;y;1;2;;;;;", "x;y;1;2;;;;;")) == 1
    monkeypatch.setattr(tables, "LINES_MAX", 2)
    with pytest.raises(TimetableError, match="more than 2 lines"):
        read(line, line)
