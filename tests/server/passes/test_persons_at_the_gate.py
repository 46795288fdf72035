"""Persons whose rules are not everybody's: typed in the office, decided by a gate on their card."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.server.school.test_calendar_page import open_for
from tests.server.school.test_timetable_page import agree, upload

from portique.cli.judging import Judgement, bench_of
from portique.core.decide import Outcome
from portique.core.values import Kind
from portique.server.accounts.roles import Role
from portique.server.passes import actions
from portique.server.passes.quotas import By
from portique.server.people.actions import Particulars, add_person

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("monday")]  # whole timetables

GROUPS = ("2DE 04", "2 ESP 1", "2 LAT", "2 SES", "CHORALE", "AS VOLLEY", "AIDE", "INTERNAT")
LESSONS = """group;weekday;start;end
2DE 04;lundi;8:00;12:00
2 ESP 1;lundi;13:00;14:00
2 LAT;lundi;14:00;15:00
2 SES;lundi;15:00;16:00
CHORALE;lundi;16:30;17:30
AS VOLLEY;mercredi;13:00;15:00
AIDE;jeudi;17:00;18:00
INTERNAT;mardi;20:00;21:00
"""
MONDAY, SATURDAY, SUNDAY = 16, 21, 22  # of November 2026
GRANT, REFER, REFUSE = Outcome.GRANT, Outcome.REFER, Outcome.REFUSE


@pytest.fixture
def office(signed_in):
    """Sit at the office's desk, with a school year and a timetable."""
    client = signed_in(Role.SCHOOL_LIFE)
    add_person(Kind.PUPIL, Particulars("Ali", "Petit", label="2DE 04", groups=GROUPS))
    upload(client, LESSONS)
    agree(client)
    return client


@pytest.fixture
def holding(served, office, account):
    """Add somebody by hand and give them a card; return them, and what a gate does when."""
    by = By(account(Role.HEAD))

    def hold(kind: Kind, **more):
        person = add_person(kind, Particulars("Zoé", "Martin", **more))
        card = actions.issue_for(by, person)

        def shown(day: int, hour: float, lane: str = "exit-1") -> Outcome:
            minute = round(hour * 60)
            local = datetime(2026, 11, day, *divmod(minute, 60), tzinfo=ZoneInfo("Europe/Paris"))
            return Judgement(bench_of(served, lane, local)).judge(card.text, local).decision.outcome

        return person, shown

    return hold


def test_a_pupil_of_eight_groups_leaves_after_the_last_lesson_of_any(holding):
    """They eat at school; choir ends at 17:30, when their class has long gone home."""
    meals = {"meal_days": (1, 2, 4, 5)}
    _, shown = holding(Kind.PUPIL, label="2DE 04", groups=GROUPS, regime="green", **meals)
    times = {hour: shown(MONDAY, hour) for hour in (12.5, 15.5, 16.25, 17.6)}

    assert times == {12.5: REFUSE, 15.5: REFUSE, 16.25: REFUSE, 17.6: GRANT}


def test_a_boarder_comes_back_on_sunday_evening(holding, office):
    """Only at the hours of the return, only boarders; and does not leave again."""
    _, boarder = holding(Kind.PUPIL, label="2DE 04", groups=GROUPS, regime="boarder", boarder=True)
    _, other = holding(Kind.PUPIL, label="2DE 04", groups=GROUPS[:7], regime="green")
    before = boarder(SUNDAY, 19, "entry-1")
    typed = {"opens": "18:00", "closes": "22:00", "weekdays": ["7"], "on": "eves"}
    open_for(office, title="retour des internes", groups=["INTERNAT"], **typed)

    assert (before, boarder(SUNDAY, 19, "entry-1")) == (REFER, GRANT)
    assert (boarder(SUNDAY, 17.5, "entry-1"), other(SUNDAY, 19, "entry-1")) == (REFER, REFER)
    assert boarder(SUNDAY, 20) is not GRANT


def test_a_candidate_comes_on_the_saturday_of_the_exam(holding, office):
    """A day off for all others: on its date and in its hours; and leaves without a regime."""
    _, candidate = holding(Kind.CANDIDATE, label="DNB")
    closed = {"kind": "off", "title": "samedi", "first": "2026-11-21"}
    office.post("/regles/calendrier/jours/", closed)
    before = candidate(SATURDAY, 8, "entry-1")
    typed = {"opens": "07:30", "closes": "13:00", "dates": "21/11/2026"}
    open_for(office, title="session d’examen", kinds=["candidate"], **typed)

    assert (before, candidate(SATURDAY, 8, "entry-1")) == (REFER, GRANT)
    assert candidate(SATURDAY, 14, "entry-1") is REFER
    assert candidate(SATURDAY, 11) is GRANT


def test_a_permanent_permission_needs_no_reason_at_the_gate(holding, office):
    """Whose lessons go on leaves all the same; nothing says why."""
    zoe, shown = holding(Kind.PUPIL, label="2DE 04", groups=GROUPS[:7], regime="red")
    before = shown(MONDAY, 10.5)
    address = f"/passes/personne/{zoe.pk}/autorisations/"
    office.post(address, {"way": "exit", "first": "2026-11-16"})

    assert (before, shown(MONDAY, 10.5)) == (REFUSE, GRANT)
