"""Late slips: for those whom gates saw late, for anybody who is picked, and nothing is kept."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.server.conftest import AT
from tests.server.daily.conftest import LATE, LATER
from tests.server.daily.test_unseen import everything

from portique.core.rights import Permission
from portique.core.values import Direction, to_ms
from portique.server.accounts.roles import Role
from portique.server.daily import queries
from portique.server.people.rights import rights_of_person, write_rights

LATE_BY = AT - timedelta(minutes=13)  # 8:17


def came_late() -> list[str]:
    return [row.pupil.name for row in queries.late(queries.moment_of(AT))]


def printed(browser, *people) -> str:
    answer = browser.post(f"{LATE}billets/", {"pupil": [one.pk for one in people]})
    pages = PdfReader(BytesIO(answer.content)).pages
    return "\n".join(" ".join(page.extract_text().split()) for page in pages)


def test_who_came_in_after_the_first_lesson_began_is_listed(pupil, let_in):
    """By the first entry of the day: who came back was in time, who went out was not yet in."""
    let_in(pupil("Ali"), at=AT - timedelta(minutes=40))
    let_in(pupil("Inès", LATER), at=LATE_BY)
    noe, zoe = pupil("Noé"), pupil("Zoé")
    let_in(noe, at=AT - timedelta(minutes=45))
    let_in(noe, at=LATE_BY)
    let_in(zoe, at=AT - timedelta(minutes=45), lane="exit-1")
    let_in(zoe, at=LATE_BY)

    assert came_late() == ["Zoé Vantreuil"]


def test_boarders_and_those_permitted_to_come_later_are_not(pupil, let_in):
    """Their hour is another."""
    ali, zoe = pupil("Ali", boarder=True), pupil("Zoé")
    permission = Permission(Direction.ENTRY, to_ms(AT - timedelta(days=1)), None, "Vie scolaire")
    write_rights(zoe, replace(rights_of_person(zoe), permissions=(permission,)))
    let_in(ali, at=LATE_BY)
    let_in(zoe, at=LATE_BY)

    assert came_late() == []


def test_slips_are_printed_and_nothing_is_kept(office, pupil, let_in):
    """Each on a page of its own, with the hour of the entry; no row anywhere says so."""
    zoe, ali = pupil(), pupil("Ali")
    let_in(zoe, at=LATE_BY)
    office.get(LATE)
    before = everything()
    text = printed(office, zoe, ali)

    assert "Zoé Vantreuil" in text
    assert "8 h 17" in text.replace("\xa0", " ")
    assert "8 h 30" in text.replace("\xa0", " ")  # nobody saw Ali: the hour is that of now
    assert everything() == before


def test_reception_picks_by_letters_and_sees_no_entry(signed_in, pupil, let_in):
    """Neither in the list nor on the slip."""
    zoe = pupil()
    let_in(zoe, at=LATE_BY)
    reception = signed_in(Role.RECEPTION)
    page = reception.get(LATE).content.decode()
    found = reception.post(LATE, {"letters": "zoe"}).content.decode()

    assert "Zoé" not in page
    assert "Zoé Vantreuil" in found
    assert "8 h 17" not in printed(reception, zoe).replace("\xa0", " ")


def test_the_beginning_of_a_class_is_enough(office, pupil):
    """As for a forgotten card, and on the gate's own screen."""
    pupil()
    found = office.post(LATE, {"letters": "zoe", "label": "2de"}).content.decode()

    assert "Zoé Vantreuil" in found


def test_two_letters_find_nobody(office, pupil):
    """Nobody reads through the school."""
    pupil()

    assert 'name="pupil"' not in office.post(LATE, {"letters": "zo"}).content.decode()


@pytest.mark.parametrize("chosen", [[], ["x"], ["00000000-0000-4000-8000-000000000000"]])
def test_no_slip_for_nobody(office, chosen):
    """No choice leads back; what is no pupil is not found."""
    answer = office.post(f"{LATE}billets/", {"pupil": chosen})

    assert answer.status_code == (404 if chosen else 302)
