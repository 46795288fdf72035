"""Signing in with a login, a password and a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from tests.server.accounts.conftest import PASSWORD, fill

from portique.server.accounts import actions, passwords
from portique.server.accounts.adapter import SecondFactorAdapter
from portique.server.accounts.models import User
from portique.server.accounts.roles import TWO_FACTORS, Role
from portique.server.config import settings as served_settings


def app_code(secret: str) -> str:
    """Return what somebody's app shows now."""
    shown: str = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return shown


@pytest.fixture
def reception(account) -> User:
    user: User = account(Role.RECEPTION)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def head(account) -> User:
    """Somebody whose second factor is an app."""
    user: User = account(Role.HEAD)
    user.set_password(PASSWORD)
    user.save()
    Authenticator.objects.create(
        user=user, type="totp", data={"secret": SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")}
    )
    return user


def sign(client: Client, login: str, password: str = PASSWORD):
    return fill(client, "/compte/connexion/", login=login, password=password)


def test_login_and_password_open_the_first_page(reception):
    """In any case of letters."""
    response = sign(Client(), "RECEPTION")

    assert response.redirect_chain[-1][0] == "/"
    assert "Camille Reception" in response.content.decode()


@pytest.mark.parametrize(("login", "password"), [("reception", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_login_and_a_wrong_password_are_told_alike(reception, login, password):
    """Nobody learns who has an account."""
    response = sign(Client(), login, password)

    assert "Identifiant ou mot de passe incorrect" in response.content.decode()


def test_after_ten_wrong_ones_that_address_waits_and_others_do_not(reception, moved):
    """Nobody can lock somebody out from elsewhere; a quarter of an hour later all is as before."""
    guesser = Client(REMOTE_ADDR="10.0.0.66")
    for _ in range(10):
        sign(guesser, "reception", "wrong")

    assert "Trop d’essais" in sign(guesser, "reception").content.decode()
    assert sign(Client(), "reception").redirect_chain
    moved.move(minutes=15)
    assert sign(guesser, "reception").redirect_chain


def test_a_flood_of_sign_ins_is_told_to_come_back(reception, monkeypatch):
    """Two passwords are checked at once; whoever finds no place is asked to try again."""
    monkeypatch.setattr(passwords, "PATIENCE_S", 0.01)
    with passwords.room_to_check(), passwords.room_to_check():
        response = sign(Client(), "reception")

    assert "Réessayez dans quelques secondes" in response.content.decode()
    assert sign(Client(), "reception").redirect_chain[-1][0] == "/"


def test_a_password_costs_nineteen_mebibytes():
    """What is served hashes so that a few strangers can't fill the memory."""
    (path,) = served_settings.PASSWORD_HASHERS
    hasher = import_string(path)()

    assert "$argon2id$v=19$m=19456,t=2,p=1$" in hasher.encode(PASSWORD, hasher.salt())


def test_an_unknown_login_costs_one_hash_as_a_known_one_does(reception, monkeypatch):
    """Time does not tell who has an account."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    sign(Client(), "reception", "wrong")
    known = len(hashed)
    sign(Client(), "nobody", "wrong")

    assert known == len(hashed) - known == 1


def test_the_second_factor_is_asked_for(head):
    """The password alone opens nothing."""
    client = Client()
    response = sign(client, "head")

    assert response.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert client.get("/compte/comptes/").status_code == 302
    response = fill(client, reverse("mfa_authenticate"), code=app_code("JBSWY3DPEHPK3PXP"))
    assert response.redirect_chain[-1][0] == "/"


def test_a_wrong_code_of_the_app_opens_nothing(head):
    """And the page says so."""
    client = Client()
    sign(client, "head")
    response = fill(client, reverse("mfa_authenticate"), code="000000")

    assert "pas le bon" in response.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", sorted(TWO_FACTORS))
def test_who_needs_a_second_factor_reaches_nothing_before(account, role):
    """Whatever page they ask for."""
    client = Client()
    client.force_login(account(role))

    for address in ("/", "/compte/comptes/", "/compte/postes/", "/personnes/"):
        response = client.get(address)
        assert response.status_code in {302, 404}
        assert response.status_code == 404 or response["Location"] == "/compte/second-facteur/"


def test_an_app_can_be_set_up_and_a_recovery_code_used(account):
    """From the password to the sheet of codes, as somebody new does it."""
    user = account(Role.HEAD)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    sign(client, "head")
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    response = fill(client, reverse("mfa_activate_totp"), code=app_code(secret))
    assert response.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    codes = client.post(reverse("mfa_view_recovery_codes")).context["codes"]

    again = Client()
    sign(again, "head")
    response = fill(again, reverse("mfa_authenticate"), code=codes[0])
    assert response.redirect_chain[-1][0] == "/"


def test_the_secret_of_an_app_is_sealed(head):
    """The database alone gives no codes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert "JBSWY3DPEHPK3PXP" not in cursor.fetchone()[0]


def test_the_last_factor_of_who_needs_one_stays(head):
    """It can be removed only when another is there."""
    client = Client()
    client.force_login(head)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 9e9}]
    session["account_authentication_methods_user"] = str(head.pk)
    session.save()
    response = client.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(user=head).exists()
    assert "ajoutez-en un autre" in response.content.decode()


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "confirm-email/", "password/set/", "login/"]
)
def test_what_the_package_offers_besides_is_not_there(served, path):
    """No sign-up, no e-mail, no resetting by oneself."""
    assert Client().get(f"/compte/{path}").status_code == 404


def test_a_disabled_account_loses_its_sessions_at_once(signed_in, account):
    """At the next request."""
    client = signed_in(Role.RECEPTION)
    assert client.get("/").status_code == 200
    actions.disable(User.objects.get(role=Role.RECEPTION), by=account(Role.HEAD))

    assert client.get("/")["Location"] == "/compte/connexion/"


def test_the_password_again_is_asked_for_before_acts_that_matter(head, moved):
    """Five minutes after it was last given."""
    client = Client()
    sign(client, "head")
    fill(client, reverse("mfa_authenticate"), code=app_code("JBSWY3DPEHPK3PXP"))
    assert client.get("/compte/comptes/").status_code == 200
    moved.move(minutes=6)

    response = client.get("/compte/comptes/")
    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_what_was_sent_before_the_proof_is_said_to_be_undone(head, moved):
    """On the page they come back to, where it has to be sent again; not on the way."""
    client = Client()
    sign(client, "head")
    fill(client, reverse("mfa_authenticate"), code=app_code("JBSWY3DPEHPK3PXP"))
    moved.move(minutes=6)
    page = "/regles/controles/"
    asked = client.post(
        f"{page}decider/",
        {"lane-0": "20"},
        follow=True,
        headers={"referer": f"http://testserver{page}"},
    )
    assert "Rien n’a encore été fait" not in asked.content.decode()

    proof = fill(client, asked.redirect_chain[-1][0], password=PASSWORD)
    assert proof.redirect_chain[-1][0] == page
    assert "Rien n’a encore été fait" in proof.content.decode()
