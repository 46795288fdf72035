"""The head's pages: making, changing and shutting accounts, and the record of it."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from tests.server.accounts.conftest import PASSWORD, PIN, fill

from portique.server.accounts.actions import use_code
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.models import AuditEntry, Deed, PaperCode, User
from portique.server.accounts.roles import Role

COLLEAGUE = {"name": "Camille Castagnède", "login": "c.roy", "role": Role.RECEPTION.value}
HERE = {"host": "localhost:8600"}


@pytest.fixture
def head(signed_in) -> Client:
    client: Client = signed_in(Role.HEAD)
    return client


def newcomer(head: Client, role: Role = Role.RECEPTION) -> tuple[str, User]:
    """Have the head make an account; return the code on the sheet and the account."""
    response = head.post("/compte/comptes/nouveau/", COLLEAGUE | {"role": role.value})
    user = next(user for user in User.objects.all() if user.login == "c.roy")
    return response.context["code"], user


def test_a_colleague_comes_in_by_the_code_on_paper(head):
    """Chooses a password, and is signed in."""
    code, user = newcomer(head)
    client = Client()
    response = fill(client, "/compte/arrivee/", code=code)
    assert "Camille Castagnède" in response.content.decode()

    response = fill(client, "/compte/arrivee/choisir/", password=PASSWORD, again=PASSWORD)
    assert response.redirect_chain[-1][0] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not PaperCode.objects.exists()


def test_a_sheet_names_the_public_address(head, settings):
    """However the head came to the page: on the server's own machine, too."""
    settings.PORTIQUE_ADDRESS = "https://p.example"

    page = head.post("/compte/comptes/nouveau/", COLLEAGUE, headers=HERE).content.decode()

    assert "https://p.example/compte/arrivee/" in page
    assert "localhost" not in page


@pytest.mark.parametrize(
    ("path", "form"),
    [("/compte/comptes/nouveau/", COLLEAGUE), ("/compte/postes/", {"name": "Grille sud"})],
)
def test_an_address_of_this_machine_alone_is_said_to_be_one(head, path, form):
    """And where to set the name: on the sheet and beside a device's code."""
    here = head.post(path, form, headers=HERE).content.decode()
    there = head.post(path, form | {"login": "other"}, headers={"host": "testserver"})

    assert "--public-name" in here
    assert "--public-name" not in there.content.decode()


def test_an_agent_chooses_a_pin(head):
    """And no password."""
    code, user = newcomer(head, Role.AGENT)
    client = Client()
    fill(client, "/compte/arrivee/", code=code)
    fill(client, "/compte/arrivee/choisir/", password=PIN, again=PIN)

    user.refresh_from_db()
    assert user.pin
    assert not user.has_usable_password()


def test_a_code_on_paper_dies_after_a_week(head, moved):
    """A sheet left in a drawer opens nothing."""
    code, _ = newcomer(head)
    moved.move(days=7)

    assert "pas valable" in fill(Client(), "/compte/arrivee/", code=code).content.decode()


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/compte/arrivee/", {}),
        ("/compte/poste/", {}),
        (
            "/compte/depart/",
            {"name": "Eve", "login": "eve", "password": PASSWORD, "again": PASSWORD},
        ),
    ],
)
def test_trying_again_too_soon_makes_nobody_wait_longer(served, moved, page, fields):
    """A wait that was said is the wait: a try that is held back is not looked at, nor counted."""
    client = Client()
    wrong = {"code": "0000-0000-0000-0000", **fields}
    for _ in range(10):
        fill(client, page, **wrong)
    moved.move(seconds=50)
    assert "Trop d’essais" in fill(client, page, **wrong).content.decode()
    moved.move(seconds=10)

    assert "Trop d’essais" not in fill(client, page, **wrong).content.decode()


def test_two_browsers_with_one_code_make_one_password(head):
    """Whoever is second has to ask for another sheet."""
    code, user = newcomer(head)
    first, second = Client(), Client()
    for client in (first, second):
        fill(client, "/compte/arrivee/", code=code)
    fill(first, "/compte/arrivee/choisir/", password=PASSWORD, again=PASSWORD)
    fill(
        second,
        "/compte/arrivee/choisir/",
        password="quatre autres mots",
        again="quatre autres mots",
    )

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_voided_code_sets_no_password_once_it_was_typed(head):
    """Whoever found the sheet and waits on the next page is sent back by the new sheet."""
    code, user = newcomer(head)
    thief = Client()
    fill(thief, "/compte/arrivee/", code=code)
    head.post(f"/compte/comptes/{user.pk}/code/")
    response = fill(thief, "/compte/arrivee/choisir/", password=PASSWORD, again=PASSWORD)

    assert response.redirect_chain[-1][0] == "/compte/arrivee/"
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_code_voided_while_it_is_being_used_sets_nothing(head):
    """The row that was read is not the one that is there."""
    _, user = newcomer(head)
    read = PaperCode.objects.get(user=user)
    head.post(f"/compte/comptes/{user.pk}/code/")

    with pytest.raises(AccountRefused):
        use_code(read, PASSWORD)


def test_a_new_code_voids_the_password_and_ends_sessions(head, account, moved):
    """As when somebody says: my password is known."""
    user = account(Role.RECEPTION)
    client = Client()
    client.force_login(user)
    head.post(f"/compte/comptes/{user.pk}/code/")

    assert client.get("/").status_code == 302
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_another_role_ends_sessions(head, account):
    """The next page is that of the new role."""
    user = account(Role.RECEPTION)
    client = Client()
    client.force_login(user)
    head.post(f"/compte/comptes/{user.pk}/", {"role": "auditor"})

    assert User.objects.get(pk=user.pk).role == Role.AUDITOR
    assert client.get("/").status_code == 302


def test_a_disabled_account_can_be_enabled_again(head, account):
    """Its password is what it was."""
    user = account(Role.RECEPTION)
    head.post(f"/compte/comptes/{user.pk}/desactiver/")
    response = fill(Client(), "/compte/connexion/", login="reception", password="x" * 14)
    assert not response.redirect_chain or "inactif" in response.redirect_chain[-1][0]

    head.post(f"/compte/comptes/{user.pk}/reactiver/")
    response = fill(Client(), "/compte/connexion/", login="reception", password="x" * 14)
    assert response.redirect_chain[-1][0] == "/"


def test_a_second_factor_that_was_lost_is_reset(head, signed_in):
    """The person sets up another at the next sign-in."""
    signed_in(Role.DPO)
    user = next(user for user in User.objects.all() if user.role == Role.DPO)
    head.post(f"/compte/comptes/{user.pk}/second-facteur/")

    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("act", ["desactiver/", "code/", "second-facteur/", ""])
def test_nobody_does_it_to_their_own_account(head, act):
    """So that a head is never shut out by themselves, nor alone undoes a second factor."""
    own = User.objects.get(role=Role.HEAD)
    response = fill(head, f"/compte/comptes/{own.pk}/{act}", role="auditor")

    assert "votre propre compte" in response.content.decode()
    own.refresh_from_db()
    assert (own.is_active, own.role) == (True, Role.HEAD)
    assert Authenticator.objects.filter(user=own).exists()


def test_a_login_is_given_once(head, account):
    """Without regard to case."""
    account(Role.RECEPTION, "c.roy")
    response = head.post(
        "/compte/comptes/nouveau/", {"name": "Chloé Roy", "login": "C.Roy", "role": "auditor"}
    )

    assert "déjà cet identifiant" in response.content.decode()


def test_every_act_is_recorded_and_shown(head, account):
    """Who, what, about whom."""
    user = account(Role.RECEPTION)
    head.post(f"/compte/comptes/{user.pk}/desactiver/")

    entry = AuditEntry.objects.get(deed=Deed.ACCOUNT_DISABLED)
    assert (entry.by_name, entry.about) == ("Camille Head", user.pk)
    page = head.get("/compte/actes/").content.decode()
    assert "Compte désactivé" in page
    assert "Camille Reception" in page


@pytest.mark.parametrize("elsewhere", ["importations", "laissez-passer", "changements du jour"])
def test_the_record_says_which_acts_are_elsewhere(head, elsewhere):
    """Whoever looks for them here would take them for undone."""
    said = head.get("/compte/actes/").content.decode()

    assert elsewhere in said.partition("Ailleurs")[2].partition("</p>")[0]


def test_no_name_or_login_is_readable_in_any_table(head):
    """Neither of the account nor of the record; nor in sessions."""
    newcomer(head)
    dump = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names from the database
            dump += str(cursor.fetchall())

    for text in ("Camille", "Castagnède", "c.roy"):  # none that random text holds by chance
        assert text not in dump
