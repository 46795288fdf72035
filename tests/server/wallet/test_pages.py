"""The office's pages of phones."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.server.passes.conftest import CLASS
from tests.server.wallet.conftest import Phone

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.accounts.roles import Role
from portique.server.passes import actions as passes
from portique.server.passes.models import IssuedPass
from portique.server.people.models import Person
from portique.server.school.models import RulesAct, RulesActKind
from portique.server.wallet import views
from portique.server.wallet.actions import Lasts, codes_for, switch
from portique.server.wallet.models import PhoneCode

SLIP = re.compile(r'/passes/oubli/suite/.*?name="admit" value="([0-9a-f-]+)"', re.DOTALL)
CODE = re.compile(r'class="code">([0-9A-Z-]+)<')


def text(answer) -> str:
    said: str = answer.content.decode()
    return said


# --- codes ---


def test_a_class_is_printed_at_once_and_each_code_enrols(signed_in, person, enrolled):
    """Whoever has a phone already is left out; the codes stand beside the names."""
    having, *others = [person(n) for n in range(3)]
    enrolled(having)
    page = text(
        signed_in(Role.SCHOOL_LIFE).post("/telephones/classe/", {"kind": "pupil", "label": CLASS})
    )
    codes = CODE.findall(page)

    assert len(codes) == len(others)
    assert having.shown_name not in page
    assert page.count("/telephones/installer/") == len(others)
    assert page.count("Recopiez le code") == page.count("À ne montrer à personne") == len(others)
    assert {Phone().enrol(code)[0] for code in codes} == {200}


def test_a_group_too_large_for_one_sheet_goes_on_with_the_next(signed_in, person, monkeypatch):
    """Printing again begins with those who have no code yet: nobody is left out."""
    monkeypatch.setattr(views, "MANY", 2)
    people, office = [person(n) for n in range(3)], signed_in(Role.SCHOOL_LIFE)
    counts = []
    for _ in range(2):
        office.post("/telephones/classe/", {"kind": "pupil", "label": CLASS})
        counts.append(PhoneCode.objects.filter(person__in=people).count())

    assert counts == [2, 3]


def test_one_click_suspends_the_lost_phone_and_shows_a_code(signed_in, person, enrolled):
    """Then the phone asks, the page that waits hears it, and the day slip is beside it."""
    lost, office = enrolled(somebody := person()), signed_in(Role.SCHOOL_LIFE)
    page = text(office.post(f"/telephones/personne/{somebody.pk}/code/"))
    waits = f"/telephones/personne/{somebody.pk}/code/etat/"

    assert IssuedPass.objects.get(pk=lost.held["pass_id"]).status == Status.SUSPENDED.value
    assert SLIP.findall(page) == [str(somebody.pk)]
    assert "L’ancien téléphone est suspendu" in page
    assert office.get(waits).json() == {"state": "open"}
    (code,) = CODE.findall(page)
    assert Phone().enrol(code)[0] == 200
    assert office.get(waits).json() == {"state": "used"}


def test_a_day_slip_is_one_click_from_the_phones_page(signed_in, person, enrolled):
    """Nobody types a name that the page knows; the head, who gives no slips, is told who does."""
    enrolled(somebody := person())
    page, office = f"/telephones/personne/{somebody.pk}/", signed_in(Role.SCHOOL_LIFE)
    (asked,) = SLIP.findall(text(office.get(page)))
    slip = office.post("/passes/oubli/suite/", {"admit": asked, "reason": "phone"}, follow=True)

    assert "Billet valable" in text(slip)
    assert somebody.shown_name in text(slip)
    head = signed_in(Role.HEAD)
    assert not SLIP.findall(text(head.get(page)))
    shown = text(head.post(f"/telephones/personne/{person(1).pk}/code/"))
    assert "Sans téléphone ni carte aujourd’hui" in shown
    assert "est suspendu" not in shown  # the first phone of somebody else: none was before


def test_a_phone_is_suspended_found_again_and_revoked(signed_in, person, enrolled):
    """By the office, at the person's page."""
    phone, office = enrolled(somebody := person()), signed_in(Role.SCHOOL_LIFE)
    pass_id, statuses = phone.held["pass_id"], []
    for change in ("suspend", "resume", "revoke"):
        told = {"change": change, "pass": pass_id}
        office.post(f"/telephones/personne/{somebody.pk}/changer/", told)
        statuses.append(Status(IssuedPass.objects.get(pk=pass_id).status))

    assert statuses == [Status.SUSPENDED, Status.VALID, Status.REVOKED]


def test_a_phone_whose_pass_ended_is_still_revoked(signed_in, person, enrolled):
    """Or it would be made anew: the page shows it, to be revoked and nothing else."""
    phone, office = enrolled(somebody := person()), signed_in(Role.SCHOOL_LIFE)
    pass_id, page = phone.held["pass_id"], f"/telephones/personne/{somebody.pk}/"
    IssuedPass.objects.filter(pk=pass_id).update(expires_ms=1)
    buttons = re.findall(r'name="change" value="(\w+)"', text(office.get(page)))
    office.post(f"{page}changer/", {"change": "revoke", "pass": pass_id})

    assert buttons == ["revoke"]
    assert IssuedPass.objects.get(pk=pass_id).status == Status.REVOKED.value


def test_nobody_changes_a_pass_through_somebody_elses_page(signed_in, person, enrolled):
    """The address names the person, and the pass must be theirs."""
    phone, other = enrolled(person(0)), person(1)
    told = {"change": "revoke", "pass": phone.held["pass_id"]}
    answer = signed_in(Role.HEAD).post(f"/telephones/personne/{other.pk}/changer/", told)

    assert answer.status_code == 404
    assert IssuedPass.objects.get(pk=phone.held["pass_id"]).status == Status.VALID.value


# --- the switch ---


def test_the_head_switches_phones_off_and_it_is_recorded(signed_in, person):
    """And on again; school life reads who did it."""
    head = signed_in(Role.HEAD)
    head.post("/telephones/choix/", {"phones": "off"})

    assert "sont coupés" in text(head.get("/telephones/"))
    assert RulesAct.objects.get().kind == RulesActKind.PHONES
    assert "Camille Head" in text(signed_in(Role.SCHOOL_LIFE).get("/telephones/"))
    head.post("/telephones/choix/", {"phones": "on"})
    assert "sont coupés" not in text(head.get("/telephones/"))


def test_off_no_page_of_a_person_hints_at_phones(signed_in, by, person):
    """Neither their file nor their passes; a code is refused in words."""
    somebody, office = person(), signed_in(Role.SCHOOL_LIFE)
    pages = [f"/personnes/{somebody.pk}/", f"/passes/personne/{somebody.pk}/"]
    mains = [text(office.get(page)).partition("<main")[2] for page in pages]
    assert all("/telephones/" in main for main in mains)
    switch(by.account, on=False)
    mains = [text(office.get(page)).partition("<main")[2] for page in pages]

    assert not any("éléphone" in main for main in mains)
    told = {"kind": "pupil", "label": CLASS}
    refused = office.post("/telephones/classe/", told, follow=True)
    assert "n’utilise pas les téléphones" in text(refused)
    assert not PhoneCode.objects.exists()


def test_off_a_phone_is_not_said_to_be_suspended(signed_in, by, person, enrolled):
    """It is the school's switch, not the phone: nothing of one is found again then."""
    phone, office = enrolled(somebody := person(1, regime="green")), signed_in(Role.SCHOOL_LIFE)
    passes.suspend(by, PassId(phone.held["pass_id"]))
    page = f"/telephones/personne/{somebody.pk}/"
    assert 'value="resume"' in text(office.get(page))
    passes.resume(by, PassId(phone.held["pass_id"]))
    switch(by.account, on=False)

    shown = text(office.get(f"/passes/personne/{somebody.pk}/"))
    assert "coupé, comme tous les téléphones" in shown
    assert "suspendu<" not in shown
    assert re.findall(r'name="change" value="(\w+)"', text(office.get(page))) == ["revoke"]


@pytest.mark.parametrize(("on", "said"), [(True, "Sur Android"), (False, "présentez votre carte")])
def test_anybody_reads_how_to_install_it(by, on, said):
    """Without an account; off, that the card is what the school uses."""
    switch(by.account, on=on)

    assert said in text(Client().get("/telephones/installer/"))


def test_the_page_is_printed_for_families_with_pictures_that_are_there(served):
    """Three for each kind of phone, and a button that prints them."""
    page = text(Client().get("/telephones/installer/"))
    drawn = re.findall(r'<img src="/static/(wallet/[\w.-]+)" alt=""', page)

    assert len(drawn) == 6
    assert [name for name in drawn if finders.find(name) is None] == []
    assert "data-print" in page


def test_somebody_who_is_erased_takes_their_code_along(by, person):
    """Nothing of a code outlives its person."""
    codes_for(by, [somebody := person()], Lasts.PAPER)
    Person.objects.filter(pk=somebody.pk).delete()

    assert not PhoneCode.objects.exists()
