"""The year and the openings at their page, and what gates make of them."""

import re
from datetime import date, timedelta
from io import BytesIO

from tests.server.school.conftest import MONDAY, TABLE
from tests.server.school.test_changes_page import make
from tests.server.school.test_timetable_page import agree, upload

from portique.core.calendars import Calendar, SchoolDays
from portique.core.decide import Outcome
from portique.core.rights import Rights
from portique.core.values import Kind

PAGE, OPENING = "/regles/calendrier/", "/regles/ouverture/"
SUNDAY, SATURDAY = MONDAY - timedelta(days=1), MONDAY + timedelta(days=5)
MARK = re.compile(r'name="mark" value="(\w+)"')
CORSE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
SUMMARY:Vacances de Noël
LOCATION:Corse
DTSTART;VALUE=DATE:20261219
DTEND;VALUE=DATE:20270104
END:VEVENT
END:VCALENDAR
"""


def open_for(client, **typed):
    """Add an opening, as somebody types it."""
    typed = {"zone": "inside", "audience": "some", "on": "school-days"} | typed
    return client.post(OPENING, typed, follow=True)


def school_days(told) -> SchoolDays:
    """Return the school days that gates get."""
    return Calendar.from_data(told().parts["calendar"]).school_days


def test_the_official_year_is_one_choice(office, served, told):
    """Zone C: Christmas and All Saints are without lessons, 23 November is a school day."""
    office.post(f"{PAGE}annee/", {"year": "2026-2027", "zone": "C"})
    days = school_days(told)

    assert MONDAY in days
    assert date(2026, 12, 25) not in days
    assert date(2026, 11, 11) not in days


def test_an_academy_can_bring_its_own_file(office, served, told):
    """Its holidays within the dates that were typed; public holidays are added."""
    file = BytesIO(CORSE.encode())
    file.name = "corse.ics"
    typed = {"place": "Corse", "first": "2026-09-01", "last": "2027-07-03", "file": file}
    office.post(f"{PAGE}fichier/", typed)
    days = school_days(told)

    assert date(2026, 12, 21) not in days
    assert date(2026, 11, 11) not in days
    assert date(2027, 1, 4) in days


def test_days_without_school_come_and_go(office, served, told):
    """A bridge is added, and taken out by its button."""
    typed = {"kind": "off", "title": "pont", "first": MONDAY.isoformat()}
    page = office.post(f"{PAGE}jours/", typed, follow=True).content.decode()
    added = school_days(told)
    marks = MARK.findall(page.split('id="year"')[1])
    office.post(f"{PAGE}retirer/", {"mark": marks[0]})

    assert MONDAY not in added
    assert MONDAY in school_days(told)


def test_a_boarder_comes_back_on_sunday_evening(office, enrolled, leaving):
    """Outside of every opening an agent looks; with the boarders' opening the lane grants."""
    enrolled("INTERNAT", boarder=True)
    boarder = Rights(("2DE 04", "INTERNAT"), regime="boarder", boarder=True)
    where = {"day": SUNDAY, "lane": "entry-1"}
    before = leaving(boarder, 19, **where)
    typed = {"opens": "18:00", "closes": "22:00", "weekdays": ["7"], "on": "eves"}
    open_for(office, title="retour des internes", groups=["INTERNAT"], **typed)

    assert (before, leaving(boarder, 19, **where)) == (Outcome.REFER, Outcome.GRANT)
    assert leaving(Rights(("2DE 04",)), 19, **where) is Outcome.REFER


def test_a_candidate_enters_on_the_saturday_of_the_exam_only(office, served, leaving):
    """A date of its own, for candidates and staff."""
    office.post(
        f"{PAGE}jours/", {"kind": "term", "title": "t", "first": "2026-09-01", "last": "2027-07-03"}
    )
    office.post(f"{PAGE}jours/", {"kind": "off", "title": "samedi", "first": SATURDAY.isoformat()})
    where = {"lane": "entry-1", "kind": Kind.CANDIDATE}
    before = leaving(Rights(), 8, day=SATURDAY, **where)
    typed = {"opens": "07:30", "closes": "18:30", "dates": f"{SATURDAY:%d/%m/%Y}"}
    open_for(office, title="DNB", kinds=["candidate", "staff"], **typed)
    sunday = SATURDAY + timedelta(days=1)

    assert before is Outcome.REFER
    assert leaving(Rights(), 8, day=SATURDAY, **where) is Outcome.GRANT
    assert leaving(Rights(), 8, day=sunday, **where) is Outcome.REFER


def test_an_opening_for_a_list_is_for_its_cards(office, enrolled, served, told):
    """A card's number finds its holder; a number that is no card's is refused."""
    holder = enrolled("2DE 04")
    card = served.register.all()[0].pass_id
    typed = {"title": "club", "opens": "19:00", "closes": "21:00", "weekdays": ["2"]}
    wrong = open_for(office, listed="ffffffff", **typed)
    open_for(office, listed=card[:8], **typed)

    assert "n’est celui d’aucune carte" in wrong.content.decode()
    assert told().parts["calendar"]["openings"][-1]["audience"]["holders"] == [holder]


def test_an_opening_is_changed_and_removed(office, served, told):
    """By the mark of what was shown: what somebody else changed meanwhile isn't touched."""
    page = office.get(PAGE).content.decode()
    mark = MARK.findall(page)[0]
    typed = {"title": "journée", "zone": "inside", "audience": "everybody", "on": "school-days"}
    hours = {"opens": "08:00", "closes": "18:00", "weekdays": ["1", "2"]}
    office.post(f"{OPENING}?change={mark}", typed | hours)
    late = office.post(f"{OPENING}retirer/", {"mark": mark}, follow=True).content.decode()
    openings = told().parts["calendar"]["openings"]

    assert [(one["title"], one["opens"]) for one in openings] == [("journée", "08:00")]
    assert "entre-temps" in late


def test_an_opening_for_nobody_or_never_is_refused(office, served, told):
    """Nothing ticked, no day: both are said."""
    page = open_for(office, title="rien", opens="08:00", closes="18:00").content.decode()

    assert "Cochez au moins un groupe" in page
    assert "Cochez un jour" in page
    assert len(told().parts["calendar"]["openings"]) == 1


def test_doubts_are_said_in_the_language_of_the_page(office, enrolled):
    """Pupils without a timetable: in French, then in English."""
    enrolled("2DE 04")
    french = office.get(PAGE).content.decode()
    office.cookies["portique_language"] = "en"
    english = office.get(PAGE, headers={"accept-language": "en"}).content.decode()

    assert "n’y a pas d’emploi du temps" in french
    assert "here is no timetable" in english


def test_the_calendar_keeps_the_timetable_and_its_changes(office, pupils, told):
    """Adding a holiday doesn't lose what was changed today."""
    upload(office, TABLE)
    agree(office)
    make(office, "cancelled", groups=["2DE 05"], begins="13:00")
    before = told().parts["calendar"]["timetable"]
    office.post(f"{PAGE}jours/", {"kind": "off", "title": "pont", "first": "2027-05-07"})

    assert before["changes"]
    assert told().parts["calendar"]["timetable"] == before
