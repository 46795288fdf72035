"""A person's own account: made at the person's page, handed over on paper, ended with them."""

import re

import pytest
from django.test import Client
from tests.server.accounts.conftest import PASSWORD, fill

from portique.core.values import Kind
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.holders.models import HolderAccount
from portique.server.people.actions import Particulars, add_person, set_usual_first_name
from portique.server.people.erasing import erase


@pytest.fixture
def pupil(served):
    """Return a pupil without an account."""
    return add_person(Kind.PUPIL, Particulars("Zoé", "Lebœuf", label="3B"))


def make(client, pupil, act="make"):
    return client.post(f"/mes-donnees/compte/{pupil.pk}/", {"act": act}, follow=True)


def test_the_office_makes_an_account_and_its_owner_chooses_a_password(signed_in, pupil):
    """By a code on a sheet; then the pages are theirs."""
    sheet = make(signed_in(Role.SCHOOL_LIFE), pupil).content.decode()
    code = re.search(r'class="code">([^<]+)<', sheet)
    assert code
    assert "Zoé Lebœuf" in sheet

    theirs = Client()
    fill(theirs, "/compte/arrivee/", code=code[1])
    fill(theirs, "/compte/arrivee/choisir/", password=PASSWORD, again=PASSWORD)
    assert "Zoé Lebœuf" in theirs.get("/mes-donnees/").content.decode()


def test_an_account_bears_nobodys_name(signed_in, pupil):
    """So that a first name somebody no longer goes by stays nowhere."""
    make(signed_in(Role.SCHOOL_LIFE), pupil)
    set_usual_first_name(pupil, "Noé")
    user = User.objects.get(role=Role.HOLDER)

    assert re.fullmatch(r"[a-z]{6}-[a-z]{6}", user.login)
    assert user.name == user.login


def test_a_person_has_one_account(signed_in, pupil):
    """Made twice, the second is refused and leaves nothing."""
    office = signed_in(Role.SCHOOL_LIFE)
    make(office, pupil)

    assert "déjà un compte" in make(office, pupil).content.decode()
    assert User.objects.filter(role=Role.HOLDER).count() == HolderAccount.objects.count() == 1


def test_the_office_ends_an_account_and_opens_it_again(signed_in, pupil):
    """Its sessions end with it; a code makes the former password void."""
    office = signed_in(Role.SCHOOL_LIFE)
    make(office, pupil)
    states = []
    for act in ("disable", "enable", "code"):
        make(office, pupil, act)
        states.append(User.objects.get(role=Role.HOLDER).is_active)

    assert states == [False, True, True]


def test_an_act_on_an_account_that_is_not_there_is_refused(signed_in, pupil):
    """Nothing is made in its place."""
    page = make(signed_in(Role.SCHOOL_LIFE), pupil, "code").content.decode()

    assert "n’a pas de compte" in page
    assert not HolderAccount.objects.exists()


def test_the_heads_list_is_of_those_who_work_here(signed_in, pupil):
    """A thousand pupils' accounts are found at their own pages, and given no other role there."""
    head = signed_in(Role.HEAD)
    make(head, pupil)
    user = User.objects.get(role=Role.HOLDER)

    assert user.login not in head.get("/compte/comptes/").content.decode()
    assert head.post(f"/compte/comptes/{user.pk}/", {"role": "head"}).status_code == 404


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.AGENT, Role.TECHNICIAN, Role.HOLDER])
def test_others_make_no_account(signed_in, pupil, role):
    """Nor see that there is one."""
    assert make(signed_in(role), pupil).status_code == 403


def test_an_account_ends_with_its_person(signed_in, pupil):
    """Erased, nobody can sign in any more to see nothing."""
    make(signed_in(Role.SCHOOL_LIFE), pupil)
    erase([pupil.pk])

    assert not User.objects.filter(role=Role.HOLDER).exists()
    assert not HolderAccount.objects.exists()
