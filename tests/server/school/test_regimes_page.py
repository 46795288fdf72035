"""Exit regimes at their page, and the question «may they leave?»."""

import re

import pytest
from tests.server.school.conftest import MONDAY, TABLE
from tests.server.school.test_timetable_page import agree, upload

from portique.core.decide import Outcome
from portique.core.rights import Permission, Rights
from portique.core.values import Direction, Kind
from portique.server.people.actions import Particulars, add_person
from portique.server.people.models import Access
from portique.server.people.rights import rights_of_person, write_rights

PAGE, ASK = "/regles/regimes/", "/regles/essai/"
FIELD = re.compile(r'<input[^>]*name="(seen|form-[^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>')
OPTIONS = re.compile(r'<select name="(form-[^"]+)".*?<option value="([^"]+)" selected', re.DOTALL)
EIGHT = ["2DE 04", "2 ESP 1", "2 LAT", "2 ANG 3", "2 SI", "CHORALE", "AS", "SOUTIEN"]


def shown(client) -> dict[str, str]:
    """Return what the page's form holds, as a browser would send it back."""
    page = client.get(PAGE).content.decode()
    fields = {name: value for name, value in FIELD.findall(page) if "DELETE" not in name}
    return fields | dict(OPTIONS.findall(page))


@pytest.fixture
def office(office, pupils):
    """Give the office a timetable."""
    upload(office, TABLE)
    agree(office)
    return office


def ask(client, hour: str, **typed) -> str:
    """Ask at the page; return what it answers."""
    typed = {"kind": "pupil", "lane": "exit-1", "day": MONDAY.isoformat(), "at": hour} | typed
    page: str = client.post(ASK, typed).content.decode().replace("\xa0", " ")
    return page.split('role="status"')[1].split("</section>", maxsplit=1)[0]


def test_a_regime_that_was_changed_decides_differently(office, leaving):
    """Green pupils may leave after their last lesson; from now on at the end of the day."""
    green = Rights(("2DE 04",), regime="green")
    before = leaving(green, 16.5)
    sent = shown(office)
    place = next(name for name, value in sent.items() if value == "green").split("-")[1]
    office.post(PAGE, sent | {f"form-{place}-rule": "full-hours"})

    assert (before, leaving(green, 16.5)) == (Outcome.GRANT, Outcome.REFUSE)


def test_a_regime_is_added(office, told):
    """The last, empty form makes one more."""
    sent = shown(office)
    last = int(sent["form-TOTAL_FORMS"]) - 1
    new = {"code": "lib-am", "french": "libre l’après-midi", "rule": "no-lesson", "period": "day"}
    office.post(PAGE, sent | {f"form-{last}-{name}": value for name, value in new.items()})

    assert told().parts["settings"]["regimes"][-1]["code"] == "lib-am"


def test_a_regime_that_pupils_have_stays(office, told):
    """Removing it is refused with how many; one that nobody has goes."""
    sent = shown(office)
    places = {value: name.split("-")[1] for name, value in sent.items() if name.endswith("-code")}
    refused = office.post(PAGE, sent | {f"form-{places['green']}-DELETE": "on"}).content.decode()
    office.post(PAGE, sent | {f"form-{places['red']}-DELETE": "on"})
    codes = [one["code"] for one in told().parts["settings"]["regimes"]]

    assert "3 personnes" in refused
    assert "green" in codes
    assert "red" not in codes


def test_two_people_do_not_undo_each_other(office, told):
    """The second, who saw the list as it was before, is told; nothing of theirs is taken."""
    sent = shown(office)
    office.post(PAGE, sent | {"form-0-french": "premier"})
    late = office.post(PAGE, sent | {"form-0-french": "second"}, follow=True).content.decode()

    assert "entre-temps" in late
    assert told().parts["settings"]["regimes"][0]["title"]["fr"] == "premier"


def test_the_question_is_answered_in_a_sentence(office):
    """Outcome, why, from when on, and what the agent does."""
    answer = ask(office, "15:30", groups=["2DE 04"], regime="green")

    assert 'class="tag refuse"' in answer
    assert "encore un cours" in answer or "cours en ce moment" in answer
    assert "16 h" in answer


def test_a_pupil_with_eight_groups_leaves_after_the_last_of_them(office, enrolled):
    """Six of the groups have no lesson that day; one of them has the last."""
    enrolled(*EIGHT, regime="green")
    rows = "".join(f"{group};lundi;16:00;17:00\n" for group in EIGHT[1:2])
    rows += "".join(f"{group};mardi;9:00;10:00\n" for group in EIGHT[2:])
    upload(office, "group;weekday;start;end\n" + rows)
    agree(office)

    assert 'class="tag refuse"' in ask(office, "16:30", groups=EIGHT, regime="green")
    assert 'class="tag grant"' in ask(office, "17:30", groups=EIGHT, regime="green")


def test_an_unexplained_permanent_permission_is_enough(office):
    """In the middle of a lesson, and the page says by whom, never why."""
    without = ask(office, "15:00", groups=["2DE 04"], regime="red")
    answer = ask(office, "15:00", groups=["2DE 04"], regime="red", permission="exit")

    assert 'class="tag refuse"' in without
    assert 'class="tag grant"' in answer
    assert "autorisation ponctuelle" in answer


def test_somebody_is_found_by_name_and_asked_about(office):
    """Their own rights count, reason kept apart; that somebody looked is recorded once."""
    zoe = add_person(
        Kind.PUPIL, Particulars("Zoé", "Marchand", label="2DE 04", groups=("2DE 04",), regime="red")
    )
    secret = Permission(Direction.EXIT, 0, None, "infirmerie", "asthme")
    rights = rights_of_person(zoe)
    write_rights(zoe, Rights(rights.groups, regime="red", permissions=(secret,)))
    found = office.post(ASK, {"name": "mar zo"}).content.decode()
    typed = {"lane": "exit-1", "day": MONDAY.isoformat(), "at": "15:00"}
    answer = office.post(f"{ASK}{zoe.pk}/", typed).content.decode()

    assert f"{ASK}{zoe.pk}/" in found
    assert 'class="tag grant"' in answer
    assert "infirmerie" in answer
    assert "asthme" not in answer
    assert Access.objects.filter(person=zoe).count() == 1
