"""Today's changes, as somebody of the school life office makes them in a hurry."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from tests.server.school.conftest import MONDAY, MORNING, TABLE
from tests.server.school.test_timetable_page import agree, upload

from portique.core.decide import Outcome
from portique.core.rights import Rights
from portique.server.accounts.roles import Role
from portique.server.gates.actions import newest_version
from portique.server.school import actions
from portique.server.school.models import DayAction

pytestmark = pytest.mark.slow  # whole timetables

PAGE = "/regles/changements/"
GREEN_4 = Rights(("2DE 04",), regime="green")
GREEN_5 = Rights(("2DE 05",), regime="green")
HIDDEN = re.compile(r'type="hidden" name="(number|seen)" value="(\w+)"')


@pytest.fixture
def office(office, pupils):
    """Give the office a timetable with its teachers."""
    upload(office, TABLE, keep_teachers="on")
    agree(office)
    return office


def ask(client, act: str, **typed):
    """Type a change; return the page that says what it would change."""
    typed = {"day": MONDAY.isoformat(), "begins": "", "ends": ""} | typed
    return client.post(f"{PAGE}?act={act}", typed), typed


def make(client, act: str, **typed):
    """Type a change and agree to what the page shows."""
    page, typed = ask(client, act, **typed)
    seen = dict(HIDDEN.findall(page.content.decode()))
    return client.post(f"{PAGE}?act={act}", typed | seen, follow=True)


def test_an_absent_teacher_lets_the_class_out_earlier(office, leaving):
    """One action: the next bundle decides differently."""
    before = leaving(GREEN_4, 14.5)
    answer = make(office, "teacher-absent", teacher="NOIRET", begins="13:00", ends="17:00")

    assert (before, leaving(GREEN_4, 14.5)) == (Outcome.REFUSE, Outcome.GRANT)
    assert "C’est fait" in answer.content.decode()
    assert "NOIRET" in answer.content.decode()


def test_the_preview_says_who_leaves_when_and_changes_nothing(office, leaving):
    """By group and by pupil, in words, before anybody agrees."""
    page, _ = ask(office, "teacher-absent", teacher="NOIRET", begins="13:00", ends="17:00")
    shown = page.content.decode().replace("\xa0", " ")

    assert "2DE 04 (2 élèves) : 8 h–16 h → 8 h–10 h" in shown
    assert "2 élèves changent d’horaire" in shown
    assert not DayAction.objects.exists()
    assert leaving(GREEN_4, 14.5) is Outcome.REFUSE


def test_gates_are_told_at_each_change(office, served):
    """Making it and undoing it raise the version that gates compare."""
    versions = [newest_version(MORNING).number]
    make(office, "cancelled", groups=["2DE 05"])
    versions.append(newest_version(MORNING).number)
    office.post(f"{PAGE}{DayAction.objects.get().pk}/annuler/")
    versions.append(newest_version(MORNING).number)

    assert versions == sorted(set(versions))


def test_a_change_that_is_undone_never_was(office, told):
    """What gates get is as before, and the list says who undid it."""
    before = told().parts["calendar"]["timetable"]
    make(office, "cancelled", groups=["2DE 05"], begins="13:00", ends="17:00")
    during = told().parts["calendar"]["timetable"]
    office.post(f"{PAGE}{DayAction.objects.get().pk}/annuler/")

    assert during != before
    assert told().parts["calendar"]["timetable"] == before
    assert DayAction.objects.filter(undone_by__role=Role.SCHOOL_LIFE).count() == 1


def test_a_substitute_keeps_the_class_in(office, leaving):
    """After the absence was said: the lesson is held by somebody else."""
    make(office, "teacher-absent", teacher="NOIRET", begins="13:00")
    absent = leaving(GREEN_4, 14.5)
    make(office, "substitute", teacher="NOIRET", by="ROCHE", begins="13:00")

    assert (absent, leaving(GREEN_4, 14.5)) == (Outcome.GRANT, Outcome.REFUSE)


def test_a_moved_lesson_ends_the_day_earlier_and_another_later(office, leaving):
    """From Monday 14 h to Tuesday 10 h."""
    tuesday = MONDAY + timedelta(days=1)
    typed = {"source": MONDAY.isoformat(), "lesson": "840|960|NOIRET"}
    before = leaving(GREEN_4, 9, day=tuesday)
    make(office, "moved", day=tuesday.isoformat(), begins="10:00", ends="12:00", **typed)

    assert leaving(GREEN_4, 14.5) is Outcome.GRANT
    assert (before, leaving(GREEN_4, 9, day=tuesday)) == (Outcome.GRANT, Outcome.REFUSE)


def test_an_added_lesson_keeps_a_class_longer(office, leaving):
    """2DE 05 ends at 17 h, and then at 18 h."""
    before = leaving(GREEN_5, 17.25)
    make(office, "added", groups=["2DE 05"], begins="17:00", ends="18:00")

    assert (before, leaving(GREEN_5, 17.25)) == (Outcome.GRANT, Outcome.REFUSE)


def test_a_double_click_makes_one_change(office):
    """The same agreement sent twice."""
    page, typed = ask(office, "cancelled", groups=["2DE 05"])
    seen = dict(HIDDEN.findall(page.content.decode()))
    for _ in range(2):
        office.post(f"{PAGE}?act=cancelled", typed | seen)

    assert DayAction.objects.count() == 1


def test_what_was_agreed_to_is_what_is_done(office):
    """The day changed between preview and agreement: it is shown again, nothing is done."""
    page, typed = ask(office, "cancelled", groups=["2DE 04", "2DE 05"])
    make(office, "cancelled", groups=["2DE 05"])
    seen = dict(HIDDEN.findall(page.content.decode()))
    again = office.post(f"{PAGE}?act=cancelled", typed | seen)

    assert "Voici ce qui change" in again.content.decode()
    assert DayAction.objects.count() == 1


def test_nothing_to_change_is_said(office):
    """A teacher without a lesson then; a day that is over."""
    free, _ = ask(office, "teacher-absent", teacher="ROCHE", begins="8:00", ends="10:00")
    past, _ = ask(office, "teacher-absent", teacher="ROCHE", day="2026-11-16")

    assert "Aucun cours à changer" in free.content.decode()
    assert "Ce jour est passé" in past.content.decode()


def test_a_new_timetable_leaves_changes_to_be_looked_at(office):
    """The lesson that was cancelled isn't there any more: the list says so."""
    make(office, "cancelled", groups=["2DE 05"], begins="13:00", ends="17:00")
    upload(office, "group;weekday;start;end\n2DE 05;lundi;8:00;9:00\n")
    agree(office)

    assert "Sans effet" in office.get(PAGE).content.decode()


def test_what_a_teacher_did_is_sealed(office):
    """No teacher's code in the database's columns."""
    make(office, "teacher-absent", teacher="NOIRET")

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM school_dayaction")
        assert b"NOIRET" not in bytes(cursor.fetchone()[0])


def test_changes_are_forgotten_two_weeks_later(office):
    """Kept for fourteen days after their last lesson, and not one more."""
    make(office, "cancelled", groups=["2DE 05"])
    kept, gone = (actions.forget_old_changes(MORNING + timedelta(days=n)) for n in (14, 15))

    assert (kept, gone) == (0, 1)


def test_a_change_that_a_later_one_rests_on_is_kept(office):
    """Moved to Tuesday, and from there to December: forgetting the first would lose the lesson."""
    tuesday, december = "2026-11-24", "2026-12-14"
    lesson = {"source": MONDAY.isoformat(), "lesson": "840|960|NOIRET"}
    make(office, "moved", day=tuesday, begins="10:00", ends="12:00", **lesson)
    again = {"source": tuesday, "lesson": "600|720|NOIRET"}
    make(office, "moved", day=december, begins="10:00", ends="12:00", **again)
    made = DayAction.objects.count()

    assert (made, actions.forget_old_changes(MORNING + timedelta(days=17))) == (2, 0)


@pytest.mark.parametrize("role", [Role.AGENT, Role.RECEPTION, Role.TECHNICIAN, Role.DPO])
def test_the_pages_are_for_the_office(served, signed_in, role):
    """Others are refused."""
    client = signed_in(role)
    pages = ("changements", "emploi-du-temps", "calendrier", "ouverture", "regimes", "essai")

    assert {client.get(f"/regles/{page}/").status_code for page in pages} == {403}
