"""Today's changes: one action each, seen before they are made, undone one by one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.school.times.school_year import MONDAY, TUESDAY, calendar, frame

from portique.core.errors import TimetableError
from portique.core.timetables import Change, ChangeKind
from portique.school.times.actions import Action, Span
from portique.school.times.changes import (
    DayBook,
    added,
    book_of,
    cancelled,
    moved_lesson,
    substitute,
    teacher_absent,
)
from portique.school.times.imported import Teaching
from portique.school.times.previews import compare, preview
from portique.school.times.tables import TableReading, read_table

TABLE = """group;weekday;start;end;teacher
2DE 04;1;08:00;10:00;FONTAINE
2DE 04;1;14:00;16:00;MARCHAND
2DE 04;1;14:00;16:00;OLIVIER
2 ESP 1;1;16:00;17:00;FONTAINE
1RE 02;1;14:00;15:00;FONTAINE
1RE 02;2;08:00;09:00;FONTAINE
"""
FOUND = read_table(TABLE.encode(), frame(), TableReading(keep_teachers=True))
MEMBERS = [("2DE 04",), ("2DE 04", "2 ESP 1"), ("1RE 02",)]


def book(*actions: Action) -> DayBook:
    """Open the book of a small timetable."""
    return book_of(calendar(FOUND.timetable), FOUND.teaching, actions)


def held(days: DayBook, day: date) -> set[tuple[str, int, int]]:
    """Return what gates take for held on a date."""
    on = days.timetable().on(day, school_day=day in days.school_days)
    return {(group, one.begins, one.ends) for group, one in on if not one.cancelled}


def at(day: date, begins: int, ends: int) -> Span:
    """Return hours of a day."""
    return Span(day, begins * 60, ends * 60)


def test_an_absent_teachers_lessons_are_cancelled():
    """14 to 17 h: the lessons of those hours, of every group; the morning's stays."""
    days = book()
    absent = teacher_absent(days, "1", "FONTAINE", at(MONDAY, 14, 17))

    assert held(days, MONDAY) - held(days.also(absent), MONDAY) == {
        ("2 ESP 1", 960, 1020),
        ("1RE 02", 840, 900),
    }


def test_a_half_group_keeps_its_class_in_until_both_teachers_are_absent():
    """Two teachers share an hour of one group: the first absence frees nobody, the second does."""
    days = book()
    one = days.also(teacher_absent(days, "1", "MARCHAND", Span(MONDAY)))
    both = one.also(teacher_absent(one, "2", "OLIVIER", Span(MONDAY)))

    assert held(one, MONDAY) == held(days, MONDAY)
    assert ("2DE 04", 840, 960) not in held(both, MONDAY)
    assert held(both.without("1"), MONDAY) == held(days, MONDAY)


def test_a_cancelled_lesson_stays_planned():
    """Pupils who stay for their full hours are still told of it."""
    days = book()
    day = days.also(cancelled(days, "1", ["1RE 02"], Span(MONDAY)))

    assert day.changes() == (Change("1RE 02", MONDAY, ChangeKind.CANCELLED, 840, 900),)


def test_a_substitute_holds_what_was_cancelled():
    """The absence comes first, the substitute later: the lesson is back."""
    days = book()
    absent = days.also(teacher_absent(days, "1", "FONTAINE", Span(MONDAY)))
    back = absent.also(substitute(absent, "2", ("FONTAINE", "MARCHAND"), at(MONDAY, 14, 15)))

    assert ("1RE 02", 840, 900) in held(back, MONDAY)
    assert ("2 ESP 1", 960, 1020) not in held(back, MONDAY)
    gone = back.also(teacher_absent(back, "3", "MARCHAND", Span(MONDAY)))
    assert ("1RE 02", 840, 900) not in held(gone, MONDAY)


def test_a_substitute_said_at_once_changes_nothing_for_gates():
    """Who teaches is no gate's business."""
    days = book()

    assert days.also(substitute(days, "1", ("FONTAINE", ""), Span(MONDAY))).changes() == ()


def test_a_moved_lesson_is_held_at_its_new_hours():
    """To another hour, or another day; the old hours stay planned."""
    days = book()
    (lesson,) = [slot for slot in days.slots(MONDAY) if slot.group == "2 ESP 1"]
    moved = days.also(moved_lesson(days, "1", [lesson], at(TUESDAY, 10, 11)))

    assert ("2 ESP 1", 960, 1020) not in held(moved, MONDAY)
    assert ("2 ESP 1", 600, 660) in held(moved, TUESDAY)


def test_a_lesson_moved_by_half_an_hour_overlaps_its_old_hours():
    """The old hours are cancelled without taking the new ones with them."""
    days = book()
    (lesson,) = [slot for slot in days.slots(MONDAY) if slot.group == "2 ESP 1"]
    moved = days.also(moved_lesson(days, "1", [lesson], Span(MONDAY, 990, 1050)))

    assert ("2 ESP 1", 990, 1050) in held(moved, MONDAY)


def test_an_added_lesson_may_be_cancelled_again():
    """A lesson that was only ever added leaves nothing behind."""
    days = book()
    more = days.also(added(days, "1", ["2 ESP 1"], at(TUESDAY, 9, 10)))
    none = more.also(cancelled(more, "2", ["2 ESP 1"], Span(TUESDAY)))

    assert ("2 ESP 1", 540, 600) in held(more, TUESDAY)
    assert none.changes() == ()


def test_changes_that_came_with_the_timetable_stay():
    """An action on one group's day leaves what the imported file cancelled elsewhere."""
    change = Change("1RE 02", TUESDAY, ChangeKind.CANCELLED, 480, 540)
    base = replace(FOUND.timetable, changes=(change,))
    days = book_of(calendar(base), FOUND.teaching)
    day = days.also(cancelled(days, "1", ["2DE 04"], Span(MONDAY)))
    more = day.also(added(day, "2", ["1RE 02"], at(TUESDAY, 10, 11)))

    assert change in day.changes()
    assert held(more, TUESDAY) == {("1RE 02", 600, 660)}
    assert more.without("2").without("1").timetable() == base


def test_an_action_that_does_nothing_is_refused():
    """A person who mistypes is told, and nothing is recorded."""
    days = book()
    lesson = days.slots(MONDAY)[0]

    for act in (
        lambda: teacher_absent(days, "1", "NOBODY", Span(MONDAY)),
        lambda: substitute(days, "1", ("NOBODY", ""), Span(MONDAY)),
        lambda: cancelled(days, "1", ["2DE 04"], at(MONDAY, 12, 13)),
        lambda: cancelled(days, "1", ["2DE 04"], Span(MONDAY - timedelta(days=365))),
        lambda: moved_lesson(days, "1", [replace(lesson, begins=1)], at(MONDAY, 9, 10)),
        lambda: moved_lesson(days, "1", [lesson], at(date(2028, 1, 3), 9, 10)),
        lambda: moved_lesson(days, "1", [lesson], at(MONDAY, 10, 9)),
        lambda: moved_lesson(days, "1", [], at(MONDAY, 9, 10)),
        lambda: added(days, "1", ["NO GROUP"], at(MONDAY, 9, 10)),
        lambda: added(days, "1", [], at(MONDAY, 9, 10)),
        lambda: days.without("1"),
        lambda: book_of(calendar(), Teaching()),
    ):
        with pytest.raises(TimetableError):
            act()


def test_the_same_number_is_taken_once():
    """A request sent twice makes one change."""
    action = cancelled(book(), "1", ["2DE 04"], Span(MONDAY))

    with pytest.raises(TimetableError, match="already"):
        book(action).also(action)


def test_a_preview_says_who_leaves_earlier():
    """By group, and by pupil: who has Spanish afterwards stays until five."""
    days = book()
    seen = preview(days, cancelled(days, "1", ["2DE 04"], at(MONDAY, 14, 16)), MEMBERS)

    assert [shift.words().fr for shift in seen.groups] == [
        "2DE 04 (2\xa0élèves)\xa0: 8\xa0h–16\xa0h → 8\xa0h–10\xa0h"
    ]
    assert [shift.words().en for shift in seen.pupils] == [
        "2DE 04 (1 pupil): 8:00–16:00 → 8:00–10:00"
    ]
    assert seen.words().fr == "1\xa0élève change d’horaire, lundi 23/11"


def test_a_preview_of_nothing_says_so():
    """A half-group's teacher is absent: nobody's day begins or ends at another time."""
    days = book()
    seen = preview(days, teacher_absent(days, "1", "OLIVIER", Span(MONDAY)), MEMBERS)

    assert seen.words().en == "no pupil’s day begins or ends at another time"


def test_a_preview_says_when_a_day_has_no_lesson_left():
    """An empty day is words, not a gap; undoing is seen the other way round."""
    days = book()
    action = cancelled(days, "1", ["1RE 02"], Span(MONDAY))
    done = days.also(action)

    (shift,) = preview(days, action, MEMBERS).groups
    assert shift.words().en == "1RE 02 (1 pupil): 14:00–15:00 → no lesson"
    (back,) = compare(done, done.without("1"), action, MEMBERS).groups
    assert back.words().en == "1RE 02 (1 pupil): no lesson → 14:00–15:00"


def test_a_preview_names_the_groups_that_change():
    """A pupil of two groups changes by one of them, and that one is named."""
    days = book()
    seen = preview(days, cancelled(days, "1", ["2 ESP 1"], Span(MONDAY)), MEMBERS)

    assert [(shift.groups, shift.after) for shift in seen.pupils] == [(("2 ESP 1",), (480, 960))]


def test_what_was_undone_is_not_moved_about():
    """A lesson added, then moved to another day; the addition undone, the move has nothing left."""
    days = book()
    more = days.also(added(days, "1", ["2 ESP 1"], at(TUESDAY, 9, 10)))
    (lesson,) = more.slots(TUESDAY)[1:]
    moved = more.also(moved_lesson(more, "2", [lesson], at(TUESDAY + timedelta(days=1), 9, 10)))
    left = moved.without("1")

    assert left.timetable() == days.timetable()
    assert [action.number for action in left.idle()] == ["2"]
    assert moved.idle() == ()


def test_an_action_whose_lesson_came_back_twice_takes_one():
    """A substitute named twice is one lesson too many for one cancellation, and none for two."""
    days = book()
    absent = days.also(teacher_absent(days, "1", "FONTAINE", Span(TUESDAY)))
    back = absent.also(substitute(absent, "2", ("FONTAINE", "MARCHAND"), Span(TUESDAY)))
    none = back.also(cancelled(back, "3", ["1RE 02"], Span(TUESDAY)))

    assert held(back, TUESDAY) == held(days, TUESDAY)
    assert held(none, TUESDAY) == set()
    assert [action.number for action in none.without("2").idle()] == ["3"]


def test_an_action_says_what_it_does_without_naming_a_teacher():
    """Its words go on screens that pupils may see."""
    action = teacher_absent(book(), "1", "FONTAINE", at(MONDAY, 14, 17))

    assert (
        action.words().fr == "professeur absent\xa0: lundi 23/11, 14\xa0h–17\xa0h (1RE 02, 2 ESP 1)"
    )
    assert "FONTAINE" not in action.words().en


def test_an_action_and_who_teaches_survive_being_kept():
    """The server writes them as plain data and reads them back."""
    action = teacher_absent(book(), "1", "FONTAINE", Span(MONDAY))

    assert Action.from_data(action.to_data()) == action
    assert Teaching.from_data(FOUND.teaching.to_data()) == FOUND.teaching


GROUPS = st.lists(st.sampled_from(["2DE 04", "2 ESP 1", "1RE 02"]), min_size=1, unique=True)
SPANS = st.builds(
    lambda day, begins, length: Span(day, begins * 30, (begins + length) * 30),
    st.sampled_from([MONDAY, TUESDAY]),
    st.integers(14, 36),
    st.integers(1, 6),
)


@st.composite
def books(draw: st.DrawFn) -> DayBook:
    """Draw a book on which a few things already happened."""
    days = book()
    for number in range(draw(st.integers(0, 4))):
        days = days.also(draw(actions(days, f"drawn {number}")))
    return days


def actions(days: DayBook, number: str) -> st.SearchStrategy[Action]:
    """Draw an action that can be taken now."""
    slots = [slot for day in (MONDAY, TUESDAY) for slot in days.slots(day)]
    ways = [st.builds(lambda groups, span: added(days, number, groups, span), GROUPS, SPANS)]
    if slots:
        chosen = st.sampled_from(slots)
        ways += [
            st.builds(lambda slot, to: moved_lesson(days, number, [slot], to), chosen, SPANS),
            st.builds(lambda s: cancelled(days, number, [s.group], Span(s.day)), chosen),
            st.builds(lambda s: teacher_absent(days, number, s.teacher, Span(s.day)), chosen),
        ]
    return st.one_of(ways)


@settings(max_examples=60, deadline=None)
@given(st.data(), books())
def test_a_change_then_its_undoing_gives_the_same_timetable(data: st.DataObject, days: DayBook):
    """Undoing leaves no trace, whatever was done before."""
    action = data.draw(actions(days, "last"))

    assert days.also(action).without("last").timetable() == days.timetable()


@settings(max_examples=60, deadline=None)
@given(st.data(), books())
def test_moving_never_loses_a_lesson(data: st.DataObject, days: DayBook):
    """There are as many lessons as before, and gates take the new hours for held."""
    slots = [slot for day in (MONDAY, TUESDAY) for slot in days.slots(day)]
    if slots:
        slot, to = data.draw(st.sampled_from(slots)), data.draw(SPANS)
        moved = days.also(moved_lesson(days, "last", [slot], to))

        assert len(slots) == sum(len(moved.slots(day)) for day in (MONDAY, TUESDAY))
        assert (slot.group, to.begins, to.ends) in held(moved, to.day)


@settings(max_examples=60, deadline=None)
@given(books())
def test_gates_hold_exactly_the_books_lessons(days: DayBook):
    """What changes tell gates gives them the same day as the book has."""
    for day in (MONDAY, TUESDAY):
        assert held(days, day) == {(slot.group, *slot.hours) for slot in days.slots(day)}
