"""Lessons read from iCalendar files, as schools' programs write them."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from tests.school.times.school_year import (
    FIRST,
    LAST,
    MONDAY,
    TUESDAY,
    calendar,
    frame,
    ics,
    lesson,
)

from portique.core.errors import TimetableError
from portique.core.timetables import ChangeKind, Lesson
from portique.school.times import icalendar_files
from portique.school.times.icalendar_files import CalendarFile, Reading, read_icalendars
from portique.school.times.imported import Imported, LeftOut

EARLY = datetime(2026, 8, 25, 7)  # noqa: DTZ001 - drawn as a wall clock shows it
PARIS = ZoneInfo("Europe/Paris")
WEEKLY = lesson("20260907T080000", "20260907T090000", "RRULE:FREQ=WEEKLY")


def read(raw: bytes, name: str = "2DE 04.ics", **reading: Any) -> Imported:
    """Read one file for the whole year."""
    return read_icalendars([CalendarFile(name, raw)], frame(), Reading(**reading))


def held(found: Imported, day: date) -> list[tuple[str, int, int]]:
    """List what is held on a date."""
    school_day = day in calendar().school_days
    on = found.timetable.on(day, school_day=school_day)
    return sorted((group, one.begins, one.ends) for group, one in on if not one.cancelled)


def test_a_weekly_event_is_one_weekly_lesson():
    """A year of Mondays is one line of knowledge, whose times hold across summer time."""
    found = read(ics(WEEKLY))

    assert found.timetable.lessons == (
        Lesson("2DE 04", 1, 480, 540, date(2026, 9, 7), date(2027, 6, 28)),
    )
    assert found.complete


def test_events_of_the_holidays_are_left_out_and_counted():
    """A rule that goes on through the holidays gives no lesson there, and that is said."""
    found = read(ics(WEEKLY))

    assert found.left_out[LeftOut.DAY_OFF] == 10
    assert held(found, date(2026, 10, 26)) == []


def test_single_events_in_utc_are_put_on_the_schools_clocks():
    """Programs that write each lesson in UTC are read in local time on both sides of a night."""
    found = read(
        ics(
            lesson("20260914T060000Z", "20260914T070000Z"),
            lesson("20261123T070000Z", "20261123T080000Z"),
        )
    )

    assert held(found, date(2026, 9, 14)) == held(found, MONDAY) == [("2DE 04", 480, 540)]


def test_times_without_a_zone_are_the_schools():
    """A floating time is the wall clock's."""
    event = "UID:1\nDTSTART:20261123T080000\nDTEND:20261123T090000"

    assert held(read(ics(event)), MONDAY) == [("2DE 04", 480, 540)]


def test_a_calendars_own_zone_is_followed():
    """X-WR-TIMEZONE says where times in UTC are meant, and the school's clocks still show them."""
    head = "X-WR-TIMEZONE:Europe/London\n"
    found = read(ics(lesson("20261123T080000Z", "20261123T090000Z"), head=head))

    assert held(found, MONDAY) == [("2DE 04", 540, 600)]


def test_the_hour_that_happens_twice_gives_no_lesson_turned_round():
    """On the night of 25 October a lesson may seem to end before it begins: it is left out."""
    event = lesson("20261025T004500Z", "20261025T011500Z")
    found = read_icalendars(
        [CalendarFile("a.ics", ics(event))], frame(date(2026, 10, 25), LAST), Reading()
    )

    assert found.left_out == {LeftOut.PAST_MIDNIGHT: 1}


def test_excluded_dates_are_no_lessons():
    """EXDATE takes a week out."""
    event = f"{WEEKLY}\nEXDATE;TZID=Europe/Paris:20261123T080000"

    assert held(read(ics(event)), MONDAY) == []
    assert held(read(ics(event)), MONDAY + timedelta(days=7)) == [("2DE 04", 480, 540)]


def test_a_cancelled_event_is_planned_and_not_held():
    """A cancelled week stays planned, so that pupils kept for full hours stay."""
    override = lesson(
        "20261123T080000",
        "20261123T090000",
        "RECURRENCE-ID;TZID=Europe/Paris:20261123T080000",
        "STATUS:CANCELLED",
        uid="20260907T080000",
    )
    found = read(ics(WEEKLY, override))

    (change,) = found.timetable.changes
    assert (change.day, change.kind, change.begins) == (MONDAY, ChangeKind.CANCELLED, 480)
    assert len(found.timetable.lessons) == 1


def test_a_cancelled_lesson_leaves_the_half_group_beside_it():
    """What overlaps a cancelled lesson and takes place is still held."""
    found = read(
        ics(
            lesson("20261123T080000", "20261123T090000", "STATUS:CANCELLED"),
            lesson("20261123T083000", "20261123T093000"),
        )
    )

    assert held(found, MONDAY) == [("2DE 04", 510, 570)]


def test_a_moved_occurrence_is_where_it_was_moved():
    """An override with another time takes the place of its week's lesson."""
    override = lesson(
        "20261124T100000",
        "20261124T110000",
        "RECURRENCE-ID;TZID=Europe/Paris:20261123T080000",
        uid="20260907T080000",
    )
    found = read(ics(WEEKLY, override))

    assert held(found, MONDAY) == []
    assert held(found, TUESDAY) == [("2DE 04", 600, 660)]


def test_whole_days_are_left_out_and_counted():
    """A public holiday or a birthday is no lesson, however it repeats."""
    found = read(ics("UID:1\nDTSTART;VALUE=DATE:20261123\nRRULE:FREQ=YEARLY", WEEKLY))

    assert found.left_out[LeftOut.ALL_DAY] == 1


def test_events_without_a_length_or_past_midnight_are_left_out():
    """What can't be a lesson of one day is counted, not guessed."""
    found = read(
        ics(
            lesson("20261123T080000", "20261123T080000"),
            lesson("20261123T220000", "20261124T010000"),
            lesson("20261124T230000", "20261125T000000"),
        )
    )

    assert found.left_out == {LeftOut.NO_LENGTH: 1, LeftOut.PAST_MIDNIGHT: 1}
    assert held(found, TUESDAY) == [("2DE 04", 1380, 1440)]


def test_nothing_but_hours_and_groups_is_kept():
    """Subject, room and teacher are counted as not kept, and are nowhere in what is."""
    event = lesson(
        "20261123T080000",
        "20261123T090000",
        "SUMMARY:LATIN",
        "LOCATION:B12",
        "DESCRIPTION:Professeur : FONTAINE\\nSalle : B12",
    )
    found = read(ics(event))

    assert found.fields == {"SUMMARY": 1, "LOCATION": 1, "DESCRIPTION": 1}
    assert found.teaching.lessons == {}
    assert not any(word in str(found.timetable) for word in ("LATIN", "B12", "FONTAINE"))


def test_a_teachers_code_is_kept_beside_the_timetable_when_the_school_wants_it():
    """The marker says where the code stands; the timetable itself stays without."""
    event = f"{WEEKLY}\nDESCRIPTION:Salle : B12\\nProfesseur :  FONTAINE"
    found = read(ics(event), teacher_after="Professeur :")

    assert list(found.teaching.lessons) == ["FONTAINE"]
    assert "FONTAINE" not in str(found.timetable)


@pytest.mark.parametrize(
    ("more", "name", "reading"),
    [
        ("CATEGORIES:Cours,2de-04", "export.ics", {}),
        ("SUMMARY:2de 04 - LATIN", "export.ics", {"separator": " - "}),
        ("SUMMARY:LATIN - 2DE04", "export.ics", {"separator": " - ", "part": -1}),
        ("SUMMARY:LATIN", "2de_04.ics", {}),
    ],
)
def test_the_group_is_found_where_files_say_it(more: str, name: str, reading: dict[str, object]):
    """In categories, in a part of the title, or in the file's name, however it is written."""
    event = lesson("20261123T080000", "20261123T090000", more)
    found = read(ics(event), name, groups=frozenset({"2DE 04", "1RE 02"}), **reading)

    assert held(found, MONDAY) == [("2DE 04", 480, 540)]


def test_a_file_nobody_knows_the_group_of_is_named_and_not_complete():
    """A person must choose: gates must not be told half a timetable."""
    found = read(ics(WEEKLY), "export.ics", groups=frozenset({"2DE 04"}))

    assert found.unplaced == ("export.ics",)
    assert not found.complete


def test_a_person_may_choose_the_group_of_a_file():
    """The choice wins over everything written."""
    chosen = CalendarFile("export.ics", ics(WEEKLY), group="1RE 02")
    found = read_icalendars([chosen], frame(), Reading(frozenset({"2DE 04"})))

    assert found.timetable.groups == ("1RE 02",)


def test_a_file_without_lessons_leaves_its_group_unknown():
    """An empty export must not say «no more lessons»: the group isn't named, agents are asked."""
    found = read(ics())

    assert found.empty == ("2DE 04.ics",)
    assert found.timetable.groups == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"<html>not found</html>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026",
        b"BEGIN:VEVENT\r\nDTSTART:20261123T080000\r\nEND:VEVENT\r\n",
        ics("UID:1\nDTSTART:yesterday"),
        ics("UID:1\nSUMMARY:LATIN"),
        ics("UID:1\nDTSTART:20261123T080000\nDTEND;VALUE=DATE:20261124"),
        ics("UID:1\nDTSTART:20261123T080000\nRRULE:FREQ=SOMETIMES"),
        ics("UID:1\nDTSTART:20261123T080000\nRRULE:FREQ=WEEKLY;UNTIL=never"),
    ],
)
def test_a_damaged_file_is_one_clear_error(raw: bytes):
    """Whatever is wrong, the file is named and nothing is read from it."""
    with pytest.raises(TimetableError, match=r"2DE 04\.ics"):
        read(raw)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=YEARLY",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,1,2,3",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=WEEKLY;BYSETPOS=5;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=WEEKLY;INTERVAL=0",
    ],
)
def test_a_rule_that_could_go_on_for_ever_is_refused(rule: str):
    """Nothing is expanded that isn't known to end soon."""
    event = lesson("20261123T080000", "20261123T090000", f"RRULE:{rule}")

    with pytest.raises(TimetableError, match=r"event 1 |event 1$"):
        read(ics(event))


def test_dates_listed_without_end_are_refused():
    """A rule isn't the only way to repeat: listed dates and old exclusion rules are bounded too."""
    listed = ",".join(f"20261123T{n // 60:02}{n % 60:02}00" for n in range(61))

    for more in (f"RDATE:{listed}", "RRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"):
        with pytest.raises(TimetableError, match="event 1"):
            read(ics(lesson("20261123T080000", "20261123T090000", more)))


def test_a_rule_that_begins_long_ago_is_refused():
    """A lesson of every day since the year 1 isn't this year's timetable."""
    event = lesson("00010101T080000", "00010101T090000", "RRULE:FREQ=DAILY")

    with pytest.raises(TimetableError, match="event 1"):
        read(ics(event))


def test_sizes_and_numbers_are_capped(monkeypatch: pytest.MonkeyPatch):
    """Each cap is one clear error."""
    for name in ("FILE_BYTES_MAX", "EVENTS_MAX", "OCCURRENCES_MAX", "FILES_MAX", "REPEATED_MAX"):
        with monkeypatch.context() as capped:
            capped.setattr(icalendar_files, name, 0)
            with pytest.raises(TimetableError, match=r"more than|too many|event 1"):
                read(ics(WEEKLY))


STARTS = st.datetimes(EARLY, EARLY + timedelta(days=190)).map(
    lambda when: when.replace(minute=when.minute // 5 * 5, second=0, microsecond=0)
)
RULES = st.sampled_from(
    ["", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=DAILY;COUNT=9",
     "FREQ=WEEKLY;UNTIL=20270101T000000Z", "FREQ=MONTHLY;BYDAY=1TU"]
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(STARTS, RULES, st.sampled_from(["", "Z"])), min_size=1, max_size=4))
def test_what_is_held_is_what_the_events_say(drawn: list[tuple[datetime, str, str]]):
    """On every school day the timetable holds exactly the library's own occurrences."""
    events = [
        lesson(
            f"{start:%Y%m%dT%H%M%S}{utc}",
            f"{start + timedelta(minutes=52):%Y%m%dT%H%M%S}{utc}",
            *([f"RRULE:{rule}"] if rule else []),
            uid=str(number),
        )
        for number, (start, rule, utc) in enumerate(drawn)
    ]
    first, last = date(2026, 10, 12), date(2026, 12, 31)
    asked = frame(first, last)
    found = read_icalendars([CalendarFile("a.ics", ics(*events))], asked, Reading())

    expected: dict[date, set[tuple[int, int]]] = {}
    for event in recurring_ical_events.of(Calendar.from_ical(ics(*events))).between(FIRST, LAST):
        begins, ends = (event.decoded(name).astimezone(PARIS) for name in ("DTSTART", "DTEND"))
        if begins.date() == ends.date():
            span = (begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute)
            expected.setdefault(begins.date(), set()).add(span)
    for day in sorted(asked.school_days):
        assert {hours[1:] for hours in held(found, day)} == expected.get(day, set())


def test_a_file_of_windows_with_tasks_and_zones_in_it_is_read():
    """Other encodings, tasks and the file's own definitions of zones are no obstacle."""
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Europe/Paris\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
        "BEGIN:VTODO\nUID:t\nSUMMARY:À rendre\nEND:VTODO\n"
    )
    event = lesson("20261123T080000", "20261123T090000")
    raw = ics(event, head=zone).decode().encode("cp1252")

    assert held(read(raw), MONDAY) == [("2DE 04", 480, 540)]


def test_an_event_without_a_teachers_line_has_no_teacher():
    """A description that says something else is not a teacher's code."""
    event = f"{WEEKLY}\nDESCRIPTION:Salle : B12"

    assert read(ics(event), teacher_after="Professeur :").teaching.lessons == {}


@pytest.mark.parametrize("zone", ["Romance Standard Time", "Custom/Unknown"])
def test_zones_by_windows_names_or_by_none_known_are_the_schools(zone: str):
    """Outlook's names are understood; a name that nothing defines leaves the wall clock's time."""
    event = f"UID:1\nDTSTART;TZID={zone}:20261123T080000\nDTEND;TZID={zone}:20261123T090000"

    assert held(read(ics(event)), MONDAY) == [("2DE 04", 480, 540)]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_damaged_anywhere_is_read_or_refused(data: st.DataObject):
    """Cut, doubled or overwritten somewhere: one typed error, or a timetable, and nothing else."""
    raw = ics(WEEKLY + "\nEXDATE;TZID=Europe/Paris:20261123T080000\nCATEGORIES:A,B")
    begins = data.draw(st.integers(0, len(raw)))
    ends = data.draw(st.integers(begins, min(len(raw), begins + 40)))
    other = data.draw(
        st.sampled_from([b"", b";", b":", b"0", b"\r\n", b"\xff", raw[begins:ends] * 2])
    )

    with suppress(TimetableError):
        found = read(raw[:begins] + other + raw[ends:])
        assert set(found.timetable.groups) <= {"2DE 04"}
