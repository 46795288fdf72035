"""Who is on the list of a Monday at 8:30, and who is not; how far the list can be believed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.server.conftest import AT
from tests.server.daily.conftest import CLASS, LATER, PAGE

from portique.core.calendars import Days, SchoolDays
from portique.core.entries import Ruling
from portique.core.rights import Permission
from portique.core.sentences import ForgottenReason
from portique.core.timetables import Change, ChangeKind
from portique.core.values import Direction, Kind, to_ms
from portique.school.rules import write_calendar
from portique.server.accounts.roles import Role
from portique.server.console.models import Event, EventKind, Referral, ReferralState
from portique.server.daily import actions, queries
from portique.server.daily.actions.away import Span
from portique.server.daily.expecting import Expectation
from portique.server.daily.models import Away, AwayKind
from portique.server.gates.actions.erasing import erase
from portique.server.gates.models import Gate
from portique.server.passes import actions as passes
from portique.server.passes.quotas import By
from portique.server.people.rights import rights_of_person, write_rights

HOUR = timedelta(hours=1)
NO_SCHOOL = (
    "Pas de classe aujourd’hui, {}\u00a0novembre\u00a0: personne n’est attendu.</strong> "
    "Prochain jour de classe\u00a0: {}\u00a0novembre."
)


def listed(at=AT, group: str = "") -> list[str]:
    return [row.pupil.name for row in queries.unseen(queries.moment_of(at), group).rows]


def left_out(why: Expectation) -> int:
    return queries.unseen(queries.moment_of(AT)).left_out[why]


def test_who_was_let_in_is_not_on_the_list(pupil, let_in):
    """Only the other one is."""
    let_in(pupil("Ali"))
    pupil("Zoé")

    assert listed() == ["Zoé Vantreuil"]


def test_yesterdays_entry_does_not_count(pupil, let_in):
    """The list is today's."""
    let_in(pupil("Zoé"), at=AT - 24 * HOUR)

    assert listed() == ["Zoé Vantreuil"]


def test_nobody_is_expected_before_the_first_lesson_of_any_group(pupil):
    """A pupil of two groups is expected with the earlier one; a club without lessons is nothing."""
    pupil("Ali", LATER)
    pupil("Noé", LATER, groups=("club",))
    pupil("Zoé", LATER, groups=(CLASS,))

    assert listed() == ["Zoé Vantreuil"]
    assert listed(AT + 2 * HOUR) == ["Ali Vantreuil", "Noé Vantreuil", "Zoé Vantreuil"]


def test_a_day_without_school_expects_nobody(served, lessons, pupil, office):
    """Not even for a lesson that was added to it; the page says so, and when the next day is."""
    pupil()
    today = date(2026, 11, 16)
    added = Change(CLASS, today, ChangeKind.ADDED, 480, 600)
    timetable = replace(lessons.timetable, changes=(added,))
    off = replace(lessons, school_days=SchoolDays(days_off=(today,)), timetable=timetable)
    write_calendar(served, off)

    assert listed() == []
    assert NO_SCHOOL.format("lundi 16", "lundi 23") in office.get(PAGE).content.decode()


def test_a_sunday_is_said_to_be_one(hands, signed_in):
    """In the middle of a term, where nothing else tells it from a day of lessons."""
    hands.move(days=6)

    page = signed_in(Role.SCHOOL_LIFE).get(PAGE).content.decode()

    assert NO_SCHOOL.format("dimanche 22", "lundi 23") in page
    assert "incertaine" not in page


def test_a_year_without_more_school_leads_to_the_calendar(served, lessons, hands, signed_in):
    """Somebody has to say when school begins again."""
    term = Days("autumn", date(2026, 9, 1), date(2026, 11, 20))
    write_calendar(served, replace(lessons, school_days=SchoolDays(terms=(term,))))
    hands.move(days=7)

    page = signed_in(Role.SCHOOL_LIFE).get(PAGE).content.decode()

    assert "Aucun jour de classe n’est connu" in page
    assert 'href="/regles/calendrier/"' in page


@pytest.mark.parametrize(
    ("days", "said"), [(0, "Aucun emploi du temps"), (6, "Pas de classe aujourd’hui, dimanche")]
)
def test_without_a_timetable_school_is_on_whenever_it_opens(
    served, lessons, hands, signed_in, days, said
):
    """A new school, which opens from Monday to Saturday, has not told its lessons yet."""
    write_calendar(served, replace(lessons, timetable=None))
    hands.move(days=days)

    assert said in signed_in(Role.SCHOOL_LIFE).get(PAGE).content.decode()


def test_a_school_that_is_closed_to_a_group_does_not_expect_it(served, lessons, pupil):
    """Openings are part of what is expected."""
    pupil()
    (ordinary,) = lessons.openings
    afternoon = replace(ordinary, opens=13 * 60)
    write_calendar(served, replace(lessons, openings=(afternoon,)))

    assert listed() == []


def test_boarders_and_pupils_without_a_timetable_are_left_out_and_counted(pupil):
    """Nothing can be said of them."""
    pupil("Ali", boarder=True)
    pupil("Zoé", "3e A")

    assert listed() == []
    assert (left_out(Expectation.BOARDER), left_out(Expectation.NO_TIMETABLE)) == (1, 1)


@pytest.mark.parametrize("way", [Direction.ENTRY, Direction.EXIT])
def test_a_permission_that_covers_now_takes_a_pupil_off(pupil, way):
    """May come later, or may be outside; once it is over they are expected."""
    zoe = pupil()
    permission = Permission(way, to_ms(AT - HOUR), to_ms(AT + HOUR), "Vie scolaire")
    write_rights(zoe, replace(rights_of_person(zoe), permissions=(permission,)))

    assert listed() == []
    assert listed(AT + HOUR) == ["Zoé Vantreuil"]


@pytest.mark.parametrize("group", ["", CLASS])
def test_internships_and_outings_take_a_pupil_or_a_group_off(account, pupil, group):
    """From their first instant until their last."""
    zoe, by = pupil(), account(Role.SCHOOL_LIFE)
    actions.note_away(by, group or zoe, AwayKind.INTERNSHIP, Span(AT, AT + HOUR))

    assert listed(AT - timedelta(minutes=1)) == ["Zoé Vantreuil"]
    assert listed() == []
    assert listed(AT + HOUR) == ["Zoé Vantreuil"]


def test_a_slip_for_a_forgotten_card_counts_as_seen(account, pupil):
    """Somebody had the pupil before them."""
    passes.admit_today(By(account(Role.AGENT)), pupil(), ForgottenReason.AT_HOME)

    assert listed() == []


def test_an_answer_of_a_console_counts_before_the_gate_confirms_it(account, pupil):
    """The gate may be cut off; the pupil was let in."""
    zoe = pupil()
    card = passes.issue_for(By(account(Role.SCHOOL_LIFE)), zoe)
    Referral.objects.create(
        gate="g", epoch=1, number=1, lane="entry-1", at=AT, pass_id=card.pass_id, outcome=1,
        state=ReferralState.RULED, verdict=Ruling.ADMIT,
    )  # fmt: skip

    assert listed() == []


def test_an_erased_entry_counts_no_longer(gate, pupil, let_in):
    """Nothing of it is kept apart."""
    entry = let_in(pupil())
    erase(gate, 1, ((entry.number, entry.number),))

    assert listed() == ["Zoé Vantreuil"]


def test_the_list_is_narrowed_to_a_group(office, pupil):
    """Of any of a pupil's groups."""
    pupil("Ali", groups=("latin",))
    pupil("Zoé")

    assert listed(group="latin") == ["Ali Vantreuil"]
    assert "Zoé" not in office.get(PAGE, {"group": "latin"}).content.decode()


@pytest.mark.parametrize(("button", "kind"), [("here", "here"), ("justified", "justified")])
def test_one_click_takes_a_pupil_off_for_today(office, pupil, button, kind):
    """Twice is once; tomorrow they are looked for again."""
    zoe = pupil()
    for _ in range(2):
        office.post(f"{PAGE}noter/", {button: zoe.pk})

    assert listed() == []
    away = Away.objects.get()
    assert (away.kind, away.ends_at) == (kind, AT.replace(hour=23, minute=0))


def everything() -> dict[str, list]:
    """Return every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names from the database
            found[table] = cursor.fetchall()
    return found


def test_looking_at_the_list_writes_nothing(office, pupil):
    """Not even who was looked at: such a row would say for months who was not seen."""
    pupil("Zoé")
    office.get(PAGE)
    before = everything()
    page = office.get(PAGE).content.decode()

    assert "Zoé Vantreuil" in page
    assert "ne remplace jamais l’appel" in page
    assert everything() == before


def test_no_page_gives_the_list_of_another_day(office, pupil):
    """Whatever is asked for."""
    pupil()

    assert "À 08:30" in office.get(PAGE, {"day": "2026-11-13", "at": "0"}).content.decode()


def test_a_gate_in_doubt_makes_the_list_doubtful(office, pupil, gate):
    """The page says why: silent, behind, not controlling, or none at all."""
    assert "incertaine" not in office.get(PAGE).content.decode()
    doubts: list[tuple[dict[str, Any], str]] = [
        ({"unsent": 500}, "pas encore tout envoyé"),
        ({"unsent": 0, "mode": "free"}, "sans code aujourd’hui"),
        ({"mode": "", "failing": "camera door"}, "caméra, lecteur ou journal en panne"),
        ({"contact_at": AT - timedelta(minutes=5)}, "ne répond pas"),
        ({"contact_at": None}, "ne répond pas"),
        ({"removed_at": AT}, "aucun portique"),
    ]
    for fields, said in doubts:
        Gate.objects.filter(pk=gate.pk).update(**fields)
        page = office.get(PAGE).content.decode()

        assert "La liste est incertaine" in page
        assert said in page
    assert "dernier contact" not in page


def test_a_phone_in_a_pocket_leaves_no_doubt_once_it_sent_everything(office, pupil, gate):
    """An agent's phone sleeps; what it had not sent yet makes the list doubtful."""
    long_ago = AT - timedelta(hours=2)
    phone = Gate.objects.create(
        gate_id="entry-1-2", lane="entry-1", x=b"u" * 32, y=b"v" * 32, version="scanner 1",
        contact_at=long_ago,
    )  # fmt: skip
    assert "incertaine" not in office.get(PAGE).content.decode()
    Gate.objects.filter(pk=phone.pk).update(unsent=2)

    assert "ne répond pas" in office.get(PAGE).content.decode()


def test_people_who_came_without_a_code_are_counted(office, pupil, gate):
    """Some of the list may be among them; and a lane that was free for a while is in doubt."""
    Event.objects.create(
        at=AT, kind=EventKind.MANUAL, lane="entry-1", people=3, direction=Direction.ENTRY
    )
    Event.objects.create(at=AT, kind=EventKind.MODE, lane="entry-1", data={"mode": "counting"})
    page = office.get(PAGE).content.decode()

    assert "3 personnes sont entrées" in page
    assert "La liste est incertaine" in page


def test_an_entry_whose_camera_failed_today_is_in_doubt(office, pupil, gate):
    """Although it works again; a door that did not obey hides nobody."""
    at, lane = {"at": AT, "kind": EventKind.FAILURE}, {"lane": "entry-1"}
    Event.objects.create(**at, **lane, data={"code": "door", "works": False})
    before = office.get(PAGE).content.decode()
    Event.objects.create(**at, **lane, data={"code": "camera", "works": True})

    assert "incertaine" not in before
    assert "La liste est incertaine" in office.get(PAGE).content.decode()


def test_a_pupil_who_never_got_a_card_is_marked(office, account, pupil):
    """No gate could have seen them."""
    passes.issue_for(By(account(Role.HEAD)), pupil("Ali"))
    pupil("Zoé")
    page = office.get(PAGE).content.decode()

    assert page.count("sans carte") == 1


def test_staff_and_those_who_left_are_nobody_to_look_for(served, pupil):
    """Pupils who are here only."""
    from portique.server.people.actions import Particulars, add_person, mark_left

    add_person(Kind.STAFF, Particulars("Ali", "Vantreuil", label=CLASS))
    mark_left(pupil("Zoé"))

    assert listed() == []
