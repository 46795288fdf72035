"""The office's pages: classes, one person, a found card, quotas that somebody else lifts."""

import re
from io import BytesIO
from itertools import count

import pytest
from pypdf import PdfReader
from tests.server.passes.conftest import CLASS

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.accounts.roles import Role
from portique.server.passes import actions, quotas
from portique.server.passes.models import Act, ActKind, IssuedPass, QuotaAlert
from portique.server.passes.views import groups
from portique.server.people.models import Access, AccessReason, Person

GROUP = {"kind": "pupil", "label": CLASS}


def shown(client, address, **data):
    return client.get(address, data).content.decode()


def test_a_class_gets_its_missing_cards_and_prints_them(signed_in, person):
    """From the list of classes to a PDF in which each name stands, that no browser keeps."""
    people = [person(n) for n in range(3)]
    office = signed_in(Role.SCHOOL_LIFE)
    assert CLASS in shown(office, "/passes/")

    after = office.post("/passes/delivrer/", GROUP, follow=True).content.decode()
    printed = office.post("/passes/imprimer/", {**GROUP, "layout": "sheet"})

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages)
    assert "3 laissez-passer délivrés" in after
    assert all(one.shown_name in text for one in people)
    assert printed.headers["Cache-Control"] == "no-store"
    assert Act.objects.filter(kind=ActKind.PRINTED).count() == len(people)


def test_what_is_left_to_do_with_a_class_is_the_main_button(signed_in, person, monkeypatch):
    """First to issue what is missing; then, nothing missing, to print."""
    monkeypatch.setattr(groups, "MANY", 1)
    for number in range(2):
        person(number)
    office = signed_in(Role.SCHOOL_LIFE)
    pages = [office.post("/passes/delivrer/", GROUP, follow=True) for _ in range(2)]
    main = [re.findall(r'<button class="primary">(\w+)', page.content.decode()) for page in pages]

    assert main == [["Délivrer"], ["Imprimer"]]


def test_a_large_group_is_gone_on_with(signed_in, person, monkeypatch):
    """So many for one press; the page says how many are left, and the next press makes those."""
    monkeypatch.setattr(groups, "MANY", 2)
    for number in range(3):
        person(number)
    office = signed_in(Role.SCHOOL_LIFE)
    first = office.post("/passes/delivrer/", GROUP, follow=True).content.decode()
    second = office.post("/passes/delivrer/", GROUP, follow=True).content.decode()

    assert "Il en reste 1" in first
    assert "Il en reste" not in second
    assert IssuedPass.objects.count() == 3


def test_issuing_again_makes_no_second_card(signed_in, person):
    """Only those who have none get one."""
    person()
    office = signed_in(Role.HEAD)
    for _ in range(2):
        office.post("/passes/delivrer/", GROUP)

    assert IssuedPass.objects.count() == 1


def test_a_changed_name_is_to_be_reissued(signed_in, by, person):
    """The class's page says so, and one button replaces the card."""
    zoe = person()
    actions.issue_for(by, zoe)
    Person.objects.filter(pk=zoe.pk).update(needs_card=True)
    office = signed_in(Role.HEAD)
    assert "à réémettre" in shown(office, "/passes/classe/", **GROUP)

    office.post("/passes/reemettre/", GROUP)

    assert "à réémettre" not in shown(office, "/passes/classe/", **GROUP)
    assert IssuedPass.objects.filter(status=Status.REVOKED).count() == 1


@pytest.mark.parametrize(
    ("button", "status"),
    [("suspend", Status.SUSPENDED), ("replace", Status.REVOKED), ("revoke", Status.REVOKED)],
)
def test_a_button_changes_a_card(served, signed_in, by, person, button, status):
    """Lost, replaced, ended."""
    card = actions.issue_for(by, person())

    signed_in(Role.SCHOOL_LIFE).post("/passes/changer/", {"pass": card.pass_id, "change": button})

    assert served.register.get(card.pass_id).status is status


def test_a_card_is_revoked_by_a_second_press(signed_in, by, person):
    """The button stands folded away, below what it does; for cards that are lost, too."""
    zoe = person()
    actions.suspend(by, actions.issue_for(by, zoe).pass_id)

    page = shown(signed_in(Role.SCHOOL_LIFE), f"/passes/personne/{zoe.pk}/")

    before, button, _ = page.partition('value="revoke"')
    _, fold, folded = before.rpartition("<details>")
    assert (button, fold) == ('value="revoke"', "<details>")
    assert "</details>" not in folded
    assert "Cela ne se défait pas" in folded


def test_words_agree_with_what_they_speak_of(signed_in, by, person):
    """French has « carte annulée » and « badge annulé »; a decimal comma in a label's size."""
    zoe = person()
    actions.revoke(by, actions.issue_for(by, zoe).pass_id)
    actions.revoke(by, PassId(actions.enrol_badge(by, zoe, "04A1B2C3D4E5F6").issued_id))
    actions.issue_for(by, zoe)
    office = signed_in(Role.SCHOOL_LIFE)

    page = shown(office, f"/passes/personne/{zoe.pk}/")

    assert re.findall(r">(annulée?)<", page) == ["annulé", "annulée"]
    assert "45,7 × 25,4\u00a0mm" in page
    assert "45,7 × 25,4\u00a0mm" in shown(office, "/passes/classe/", **GROUP)


def test_what_is_no_longer_possible_is_said(signed_in, by, person):
    """A revoked card can't be suspended: the page goes on and says so."""
    card = actions.issue_for(by, person())
    actions.revoke(by, card.pass_id)

    response = signed_in(Role.HEAD).post(
        "/passes/changer/", {"pass": card.pass_id, "change": "suspend"}, follow=True
    )

    assert "n’est plus possible" in response.content.decode()


def test_a_found_card_says_whose_it_is(signed_in, by, person):
    """By the eight signs printed on it."""
    card = actions.issue_for(by, person())
    office = signed_in(Role.SCHOOL_LIFE)

    said = office.post("/passes/trouvee/", {"digits": f" {card.pass_id[:8].upper()} "})

    assert "Zoé Martin" in said.content.decode()


@pytest.mark.parametrize("digits", ["ffffffff", "12", "zzzzzzzz", "' or 1=1"])
def test_a_number_that_is_none_is_said_kindly(signed_in, digits):
    """Whatever was typed."""
    response = signed_in(Role.HEAD).post("/passes/trouvee/", {"digits": digits})

    assert "Aucune carte" in response.content.decode()


@pytest.mark.parametrize("role", [Role.AGENT, Role.RECEPTION, Role.TECHNICIAN, Role.DPO])
def test_others_are_kept_out(signed_in, person, role):
    """Cards are the head's and school life's."""
    client, zoe = signed_in(role), person()

    for address in ("/passes/", f"/passes/personne/{zoe.pk}/", "/passes/trouvee/"):
        assert client.get(address).status_code == 403, address


def test_only_the_head_sees_who_did_what(signed_in, by, person):
    """The record of acts is for control, not for colleagues."""
    zoe = person()
    actions.issue_for(by, zoe)
    address = f"/passes/personne/{Person.objects.get(pk=zoe.pk).pk}/"

    assert "Ce qui a été fait" in shown(signed_in(Role.HEAD), address)
    assert "Ce qui a été fait" not in shown(signed_in(Role.SCHOOL_LIFE), address)


def test_too_many_for_one_person_are_refused_and_the_head_is_told(by, person):
    """Nothing is made, and a row waits for an answer."""
    zoe = person()
    for _ in range(quotas.PERSON_DAY_MAX):
        actions.issue_for(by, zoe)

    with pytest.raises(quotas.QuotaExceededError):
        actions.issue_for(by, zoe)

    assert IssuedPass.objects.count() == quotas.PERSON_DAY_MAX
    assert QuotaAlert.objects.get().cause == quotas.PERSON


def test_too_many_by_one_account_are_refused(by, person, monkeypatch):
    """In one hour, all together."""
    monkeypatch.setattr(quotas, "ACCOUNT_HOUR_MAX", 3)
    actions.issue_for_many(by, [person(n) for n in range(2)])

    with pytest.raises(quotas.QuotaExceededError):
        actions.issue_for_many(by, [person(n) for n in range(2, 4)])

    assert QuotaAlert.objects.get().cause == quotas.ACCOUNT


def test_whoever_proved_it_again_may_go_on(by, person, monkeypatch):
    """A second proof just now is worth somebody else's word."""
    monkeypatch.setattr(quotas, "ACCOUNT_HOUR_MAX", 1)

    proved = quotas.By(by.account, stepped_up=True)

    assert len(actions.issue_for_many(proved, [person(n) for n in range(2)])) == 2


def test_somebody_else_agrees_and_nobody_with_themselves(signed_in, by, person, monkeypatch):
    """The head's click lets the other go on for an hour."""
    monkeypatch.setattr(quotas, "ACCOUNT_HOUR_MAX", 1)
    people = [person(n) for n in range(2)]
    with pytest.raises(quotas.QuotaExceededError):
        actions.issue_for_many(by, people)
    alert = QuotaAlert.objects.get()
    assert not actions.allow(by.account, alert.pk)
    head = signed_in(Role.HEAD)
    assert "Accepter" in shown(head, "/passes/")

    head.post("/passes/alerte/", {"alert": alert.pk, "answer": "allow"})

    assert len(actions.issue_for_many(by, people)) == 2
    assert "Accepter" not in shown(head, "/passes/")


def test_no_page_answers_to_what_is_not_there(signed_in):
    """Made-up keys, kinds and changes are not found, never a fault of the server's."""
    head, number = signed_in(Role.HEAD), count()
    asked = [
        head.get("/passes/classe/", {"kind": "dragon"}),
        head.post("/passes/changer/", {"pass": "x", "change": "explode"}),
        head.post("/passes/carte/imprimer/", {"pass": "0" * 16}),
        head.post("/passes/alerte/", {"alert": "x"}),
    ]

    assert {next(number): one.status_code for one in asked} == dict.fromkeys(range(4), 404)


@pytest.mark.parametrize("layout", ["card", "sheet", "slip", "70x37"])
def test_every_layout_can_be_chosen_and_printed(signed_in, by, person, layout):
    """The page offers it, and the printer gets a PDF."""
    card, office = actions.issue_for(by, person()), signed_in(Role.SCHOOL_LIFE)
    assert f'value="{layout}"' in shown(office, "/passes/classe/", **GROUP)

    printed = office.post("/passes/carte/imprimer/", {"pass": card.pass_id, "layout": layout})

    assert printed.content.startswith(b"%PDF")


@pytest.mark.parametrize("change", [actions.suspend, actions.revoke])
def test_a_card_that_counts_for_nothing_is_not_printed(signed_in, by, person, change):
    """It would be refused at the gate."""
    card = actions.issue_for(by, person())
    change(by, card.pass_id)

    printed = signed_in(Role.HEAD).post("/passes/carte/imprimer/", {"pass": card.pass_id})

    assert printed.status_code == 404


@pytest.mark.parametrize("page", ["", "autorisations/", "badge/"])
def test_somebody_sees_who_looked_at_their_passes(signed_in, person, page):
    """What they hold and may do tells of them: it is recorded like their own page."""
    zoe = person()
    signed_in(Role.SCHOOL_LIFE).get(f"/passes/personne/{zoe.pk}/{page}")

    (access,) = Access.objects.all()
    assert (access.person, access.reason) == (zoe, AccessReason.OFFICE)


def test_somebody_sees_who_asked_whose_a_found_card_is(signed_in, by, person):
    """Digits that find nobody leave no trace."""
    zoe = person()
    card = actions.issue_for(by, zoe)
    office = signed_in(Role.SCHOOL_LIFE)
    office.post("/passes/trouvee/", {"digits": "0" * 8})
    assert not Access.objects.exists()

    office.post("/passes/trouvee/", {"digits": card.pass_id[:8]})

    assert Access.objects.get().person == zoe
