"""The school's year: official dates, the school's own file, public holidays."""

from datetime import date, timedelta

import pytest

from portique.core.calendars import Days, SchoolDays
from portique.core.errors import TimetableError
from portique.school.times import school_calendar
from portique.school.times.public_holidays import easter, public_holidays
from portique.school.times.school_calendar import (
    Wanted,
    for_school,
    official,
    read_holidays_ics,
    read_holidays_table,
    year_of,
    years,
)

PARIS = "Europe/Paris"
YEAR = Days("2026-2027", date(2026, 9, 1), date(2027, 7, 3))
OPEN_DATA = """Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire
Toussaint;-;2026-10-16T22:00:00+00:00;2026-11-01T23:00:00+00:00;Paris;Zone C;2026-2027
Vacances d'Hiver;Élèves;2027-02-05T23:00:00+00:00;2027-02-21T23:00:00+00:00;Paris;Zone C;2026-2027
Vacances d'Hiver;Élèves;2027-02-12T23:00:00+00:00;2027-02-28T23:00:00+00:00;Lyon;Zone A;2026-2027
Prérentrée;Enseignants;2026-08-30T22:00:00+00:00;2026-08-31T22:00:00+00:00;Lyon;Zone A;2026-2027
"""
MINISTRY_ICS = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:test\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;VALUE=DATE:20261017\r
DTEND;VALUE=DATE:20261102\r
SUMMARY:Vacances de la Toussaint - Zone C\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20261208\r
SUMMARY:Jour de l'acad\xc3\xa9mie\r
LOCATION:Corse\r
END:VEVENT\r
END:VCALENDAR\r
"""


def off(year: SchoolDays, first: date, last: date) -> list[date]:
    """List the days without school between two dates, Sundays aside."""
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [day for day in days if day not in year and day.isoweekday() != 7]


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1818, (3, 22)), (1943, (4, 25)), (2000, (4, 23)), (2008, (3, 23)), (2024, (3, 31)),
        (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25)), (2285, (3, 22)),
    ],
)  # fmt: skip
def test_easter_falls_when_it_is_known_to(year: int, sunday: tuple[int, int]):
    """The earliest and latest possible days among them."""
    assert easter(year) == date(year, *sunday)


def test_public_holidays_of_a_known_year():
    """All eleven of 2026, on the days printed in calendars."""
    assert [f"{day:%d/%m}" for day in public_holidays(2026)] == [
        "01/01", "06/04", "01/05", "08/05", "14/05", "25/05",
        "14/07", "15/08", "01/11", "11/11", "25/12",
    ]  # fmt: skip


def test_alsace_and_moselle_have_two_more():
    """Good Friday and 26 December."""
    more = set(public_holidays(2027, alsace_moselle=True)) - set(public_holidays(2027))

    assert more == {date(2027, 3, 26), date(2027, 12, 26)}


def test_official_years_are_those_that_were_published():
    """Two years, three zones; nothing else is made up."""
    assert years() == ("2025-2026", "2026-2027")
    for wanted in (Wanted("2027-2028", "A"), Wanted("2026-2027", "Corse")):
        with pytest.raises(TimetableError, match="import your academy"):
            official(wanted)


@pytest.mark.parametrize("zone", ["A", "B", "C"])
@pytest.mark.parametrize("year", ["2025-2026", "2026-2027"])
def test_each_holiday_is_two_weeks_and_thirty_six_weeks_are_left(year: str, zone: str):
    """The law's thirty-six weeks of school, in five periods, whatever the zone."""
    days = official(Wanted(year, zone))
    (term,) = days.terms

    weeks = {
        term.first + timedelta(days=ahead - (term.first + timedelta(days=ahead)).weekday())
        for ahead in range((term.last - term.first).days + 1)
        if term.first + timedelta(days=ahead) in days
        and (term.first + timedelta(days=ahead)).isoweekday() < 6
    }
    assert len(weeks) == 36
    assert all(one.last.isoweekday() == 7 for one in days.holidays)
    assert {(one.last - one.first).days for one in days.holidays} == {14}


def test_holidays_begin_after_saturdays_lessons_or_on_saturday():
    """«Après la classe»: a school with lessons on Saturday has them on the first one."""
    saturday = date(2026, 10, 17)

    assert saturday in official(Wanted("2026-2027", "A"))
    assert saturday not in official(Wanted("2026-2027", "A", saturdays=False))
    assert date(2027, 7, 3) not in official(Wanted("2026-2027", "A", saturdays=False))


def test_the_bridge_of_ascension_is_off():
    """Thursday to Saturday, in May of both years."""
    assert off(official(Wanted("2025-2026", "B")), date(2026, 5, 11), date(2026, 5, 17)) == [
        date(2026, 5, 14), date(2026, 5, 15), date(2026, 5, 16),
    ]  # fmt: skip
    assert date(2027, 5, 7) not in official(Wanted("2026-2027", "C"))


def test_the_open_data_of_the_ministry_is_read():
    """Instants become local dates; the end is the morning of return; teachers' days aren't kept."""
    found = read_holidays_table(OPEN_DATA.encode(), PARIS)

    assert for_school(found, zone="C", term=YEAR) == (
        Days("Toussaint", date(2026, 10, 17), date(2026, 11, 1)),
        Days("Vacances d'Hiver", date(2027, 2, 6), date(2027, 2, 21)),
    )
    assert len(for_school(found, academy="lyon", term=YEAR)) == 1
    assert len(for_school(found, term=YEAR)) == 3


def test_the_schools_own_table_is_read():
    """Title, first and last day without lessons, as people write dates."""
    found = read_holidays_table(b"titre;du;au\nCarnaval;08/02/2027;2027-02-12\n", PARIS)

    assert for_school(found, term=YEAR) == (Days("Carnaval", date(2027, 2, 8), date(2027, 2, 12)),)


def test_a_calendar_file_of_an_academy_is_read():
    """The zone in the title, the academy as place; an event without an end is one day."""
    found = read_holidays_ics(MINISTRY_ICS, PARIS)

    assert for_school(found, zone="C", term=YEAR) == (
        Days("Vacances de la Toussaint", date(2026, 10, 17), date(2026, 11, 1)),
    )
    (corsica,) = for_school(found, academy="Corse", term=YEAR)
    assert corsica.first == corsica.last == date(2026, 12, 8)


def test_a_year_made_by_hand_has_its_public_holidays():
    """Term and holidays typed in: 11 November is off by itself, Christmas within its holidays."""
    christmas = Days("Noël", date(2026, 12, 19), date(2027, 1, 3))
    year = year_of(YEAR, [christmas], [date(2026, 9, 8)])

    assert {date(2026, 9, 8), date(2026, 11, 11)} <= set(year.days_off)
    assert date(2026, 12, 25) not in year.days_off
    assert date(2026, 12, 25) not in year


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"titre;du\nCarnaval;08/02/2027\n",
        b"titre;du;au\n",
        b"titre;du;au\nCarnaval;mardi gras;2027-02-12\n",
        b"titre;du;au\nCarnaval;2027-02-12;2027-02-08\n",
        b"titre;du;au\nCarnaval\n",
        b'titre;du;au\n"Carnaval;2027-02-12\n',
    ],
)
def test_a_damaged_table_of_holidays_is_one_clear_error(raw: bytes):
    """No date is guessed."""
    with pytest.raises(TimetableError):
        read_holidays_table(raw, PARIS)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        MINISTRY_ICS.replace(b"20261017", b"autumn"),
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR",
    ],
)
def test_a_damaged_calendar_file_is_one_clear_error(raw: bytes):
    """A page in place of the file, a date that isn't one, nothing at all."""
    with pytest.raises(TimetableError):
        read_holidays_ics(raw, PARIS)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch):
    """Before anything is read."""
    monkeypatch.setattr(school_calendar, "FILE_BYTES_MAX", 10)

    with pytest.raises(TimetableError, match="larger"):
        read_holidays_table(OPEN_DATA.encode(), PARIS)
