"""The forgotten card: seconds at the desk, a slip until closing time, and nothing kept of whom."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from tests.server.passes.conftest import CLASS

from portique.core.finding import NAMES_MAX
from portique.core.revocation import Status
from portique.core.sentences import ForgottenReason
from portique.core.values import from_ms
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.passes import actions, queries, quotas
from portique.server.passes.models import Act, IssuedPass, Use
from portique.server.people.actions import mark_left
from portique.server.people.census import raise_census


@pytest.fixture
def pupils(person):
    """Thirty pupils, whom the index of names knows."""
    made = [person(n) for n in range(30)]
    raise_census()
    return made


def admitted(client, somebody, reason="at-home"):
    return client.post(
        "/passes/oubli/suite/", {"admit": somebody.pk, "reason": reason}, follow=True
    )


@pytest.mark.parametrize("role", [Role.AGENT, Role.RECEPTION, Role.SCHOOL_LIFE])
def test_three_letters_a_class_and_one_key_make_a_slip(signed_in, pupils, role):
    """Two requests: the names, and the slip's code on the screen."""
    desk = signed_in(role)
    names = desk.post("/passes/oubli/", {"letters": "ine", "label": "2de"}).content.decode()
    assert "Inès Martin" in names

    page = admitted(desk, pupils[4])

    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    assert IssuedPass.objects.get().use == Use.SLIP


def test_eight_names_at_most_and_the_first_is_chosen(signed_in, pupils):
    """Who is first has the focus: Enter lets in."""
    page = signed_in(Role.AGENT).post("/passes/oubli/", {"letters": "mar"}).content.decode()

    assert page.count('name="admit"') == NAMES_MAX
    assert page.count("autofocus") == 1


@pytest.mark.parametrize(
    "typed", [{"letters": "zo"}, {"letters": "xyz"}, {"letters": "zoé", "label": "TG"}]
)
def test_nobody_is_shown_for_less(signed_in, pupils, typed):
    """Two letters list no class; wrong ones list nobody."""
    page = signed_in(Role.AGENT).post("/passes/oubli/", typed).content.decode()

    assert 'name="admit"' not in page


def test_a_slip_ends_when_the_school_closes_today(by, person):
    """Never tomorrow."""
    slip = actions.admit_today(by, person(), ForgottenReason.AT_HOME)

    assert from_ms(slip.expires_ms) - now() <= timedelta(days=1)


def test_a_slip_that_ended_is_nobodys(served, by, person):
    """Its number stays known, so that gates raise no alarm; holder and name are gone."""
    slip = actions.admit_today(by, person(), ForgottenReason.AT_HOME)

    assert actions.forget_slips(from_ms(slip.expires_ms)) == 1

    row = IssuedPass.objects.get(pk=slip.pass_id)
    assert (row.holder, row.text) == ("", "")
    assert served.register.get(slip.pass_id).status_index == slip.status_index
    assert served.register.all() == []


def test_only_a_number_is_kept_of_the_day(by, person):
    """Who made the slip is recorded, never for whom."""
    actions.admit_today(by, person(), ForgottenReason.AT_HOME)
    actions.refer_today(by, person(1), ForgottenReason.PHONE)

    assert queries.forgotten_today(now()) == 2
    assert {(act.pass_id, act.holder) for act in Act.objects.all()} == {("", "")}


@pytest.mark.parametrize("button", ["admit", "refer"])
def test_a_lost_card_is_suspended(served, signed_in, by, person, button):
    """Whoever finds it can't use it."""
    zoe = person()
    card = actions.issue_for(by, zoe)

    signed_in(Role.AGENT).post("/passes/oubli/suite/", {button: zoe.pk, "reason": "lost"})

    assert served.register.get(card.pass_id).status is Status.SUSPENDED


def test_who_is_to_go_to_the_office_is_named_and_nothing_is_said_to_be_sent(signed_in, person):
    """The agent sends them; the name stands in this answer alone."""
    desk, zoe = signed_in(Role.AGENT), person()
    said = desk.post("/passes/oubli/suite/", {"refer": zoe.pk, "reason": "phone"})

    assert f"Envoyez {zoe.shown_name} à la vie scolaire" in said.content.decode()
    assert "rien n’est envoyé d’ici" in said.content.decode()
    assert zoe.shown_name not in desk.get("/passes/oubli/").content.decode()


def test_the_slip_is_printed_on_a_small_page(signed_in, person):
    """A PDF of one slip."""
    desk = signed_in(Role.AGENT)
    admitted(desk, person())
    slip = IssuedPass.objects.get()

    printed = desk.post(f"/passes/oubli/billet/{slip.pk}/imprimer/")

    assert printed.headers["Content-Type"] == "application/pdf"


def test_a_card_is_never_shown_as_a_slip(signed_in, by, person):
    """The page shows today's slips alone: nobody gets a year's code there."""
    card = actions.issue_for(by, person())

    assert signed_in(Role.AGENT).get(f"/passes/oubli/billet/{card.pass_id}/").status_code == 404


def test_the_fourth_slip_of_a_day_is_refused_in_words(signed_in, person):
    """Even to an agent who just signed in."""
    desk, zoe = signed_in(Role.AGENT), person()
    for _ in range(3):
        admitted(desk, zoe)

    page = admitted(desk, zoe).content.decode()

    assert "Trop de laissez-passer" in page


def test_a_slip_is_there_however_many_cards_were_made_today(by, person):
    """A card and its replacements: nobody stays outside for them."""
    zoe = person()
    for _ in range(quotas.PERSON_DAY_MAX):
        actions.issue_for(by, zoe)

    actions.admit_today(by, zoe, ForgottenReason.AT_HOME)

    assert IssuedPass.objects.filter(use=Use.SLIP).count() == 1


def test_slips_do_not_use_up_the_cards_of_a_day(by, person):
    """Three slips, and the lost card is made anew."""
    zoe = person()
    for _ in range(quotas.PERSON_DAY_MAX):
        actions.admit_today(by, zoe, ForgottenReason.LOST)

    actions.issue_for(by, zoe)

    assert IssuedPass.objects.filter(use=Use.CARD).count() == 1


@pytest.mark.parametrize(("status", "too_many"), [(Status.SUSPENDED, False), (Status.VALID, True)])
def test_a_lost_phone_s_pass_is_not_one_too_many(served, by, person, status, too_many):
    """Suspended, only that phone could show it; a phone that counts is one of the three."""
    zoe = person()
    made = [actions.issue_for(by, zoe) for _ in range(quotas.PERSON_DAY_MAX)]
    IssuedPass.objects.filter(pk=made[0].pass_id).update(use=Use.PHONE)
    served.register.set_status(made[0].pass_id, status)

    with pytest.raises(quotas.QuotaExceededError) if too_many else nullcontext():
        actions.issue_for(by, zoe)


def test_guardians_and_those_who_left_are_not_there(signed_in, person):
    """Only who may have a card here."""
    person(kind="guardian", label=CLASS)
    person(10, left_on="2026-10-01")
    raise_census()

    page = signed_in(Role.AGENT).post("/passes/oubli/", {"letters": "zoe"}).content.decode()

    assert 'name="admit"' not in page


def test_gates_list_those_with_a_card_and_the_card_that_matters(served, by, person):
    """Not who left, nor who has none; the valid card before the suspended one."""
    zoe, gone, _without = (person(n, regime="green") for n in range(3))
    old, new = (actions.issue_for(by, zoe) for _ in range(2))
    served.register.set_status(old.pass_id, Status.SUSPENDED)
    actions.issue_for(by, gone)
    mark_left(gone)

    [listed] = served.register.listed_on(now())
    assert (listed.pass_id, listed.holder, listed.name) == (
        new.pass_id, new.holder, "Zoé Martin",
    )  # fmt: skip
