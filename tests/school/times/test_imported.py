"""What an import gives, put together with what was there."""

from datetime import date
from typing import Any

import pytest
from tests.school.times.school_year import MONDAY, calendar, frame

from portique.core.errors import KnowledgeError, TimetableError
from portique.core.timetables import Change, ChangeKind, Lesson, Timetable
from portique.school.times import changes, imported
from portique.school.times.actions import Span
from portique.school.times.changes import DayBook, cancelled
from portique.school.times.imported import LEFT_OUT_WORDS, LeftOut, Sheaf, Teaching, joined
from portique.school.times.slots import Slot, frame_of

FIRST, LAST = date(2026, 9, 1), date(2027, 7, 3)


def timetable(*groups: str, first: date = FIRST, last: date = LAST) -> Timetable:
    """Return a timetable with one lesson and one change for each group."""
    return Timetable(
        first,
        last,
        groups,
        tuple(Lesson(group, 1, 480, 540) for group in groups),
        tuple(Change(group, MONDAY, ChangeKind.CANCELLED, 480, 540) for group in groups),
    )


def test_the_first_timetable_is_taken_as_it_is():
    """Nothing was known before."""
    assert joined(None, timetable("A")) == timetable("A")


def test_groups_read_anew_replace_their_own_lessons_only():
    """A second file for one class leaves the others as they were."""
    both = joined(timetable("A", "B"), Timetable(FIRST, LAST, ("A",), ()))

    assert both.groups == ("A", "B")
    assert {lesson.group for lesson in both.lessons} == {"B"}
    assert {change.group for change in both.changes} == {"B"}


def test_two_timetables_are_believed_where_both_are():
    """Outside the dates of either, a group's lessons would be made up."""
    later = timetable("B", first=date(2027, 1, 4), last=date(2027, 8, 31))
    both = joined(timetable("A"), later)

    assert (both.first, both.last) == (date(2027, 1, 4), LAST)
    assert joined(timetable("B"), later) == later
    with pytest.raises(TimetableError, match="import all groups together"):
        joined(timetable("A"), timetable("B", first=date(2027, 9, 1), last=date(2028, 7, 1)))


def test_a_frame_is_at_most_a_school_year_long():
    """Dates turned round, or ten years, are a typing error."""
    for first, last in ((LAST, FIRST), (FIRST, date(2036, 7, 1))):
        with pytest.raises(TimetableError, match="1 to 400 days"):
            frame_of(calendar(), first, last)


def test_lessons_outside_the_dates_asked_are_not_taken():
    """The frame's first and last day are in it, those beside are not."""
    sheaf = Sheaf(frame(MONDAY, MONDAY))
    for day in (date(2026, 11, 20), MONDAY, date(2026, 11, 24)):
        sheaf.add(Slot(day, "A", 480, 540))

    assert {slot.day for slot in sheaf.planned} == {MONDAY}


def test_more_than_a_gate_takes_is_refused(monkeypatch: pytest.MonkeyPatch):
    """Better an error on the screen than knowledge that no gate can read."""
    sheaf = Sheaf(frame())
    sheaf.add(Slot(MONDAY, "A" * 81, 480, 540))
    with pytest.raises(TimetableError, match="too large"):
        sheaf.timetable()

    monkeypatch.setattr(imported, "LESSONS_MAX", 0)
    sheaf.planned = {Slot(MONDAY, "A", 480, 540)}
    with pytest.raises(TimetableError, match="too large"):
        sheaf.timetable()


def test_more_changes_than_a_gate_takes_are_refused(monkeypatch: pytest.MonkeyPatch):
    """The school imports its timetable again, with the changes in it."""
    days = DayBook(timetable("A"), calendar().school_days)
    action = cancelled(days, "1", ["A"], Span(date(2026, 11, 30)))
    monkeypatch.setattr(changes, "CHANGES_MAX", 1)

    with pytest.raises(TimetableError, match="import the timetable again"):
        days.also(action).changes()


def test_days_outside_the_timetable_have_no_lessons():
    """Nothing is said of a day that the timetable doesn't cover."""
    days = DayBook(timetable("A"), calendar().school_days)

    assert days.slots(date(2028, 1, 3)) == []


def test_teaching_that_is_damaged_is_refused():
    """It comes back from the database: its shape is checked like everything else."""
    damaged: list[Any] = [[], {"FONTAINE": [{"group": "A"}]}, {str(n): [] for n in range(1001)}]
    for data in damaged:
        with pytest.raises(KnowledgeError):
            Teaching.from_data(data)


def test_every_reason_for_leaving_out_has_its_words():
    """The page that shows an import says each in both languages."""
    assert set(LEFT_OUT_WORDS) == set(LeftOut)
    assert all(words.fr and words.en for words in LEFT_OUT_WORDS.values())
