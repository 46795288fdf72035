"""A served school: a real folder and keys, the test's own database, somebody signed in."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.test import Client

from portique.core.values import Kind, Uai
from portique.school.folder import SchoolFolder, Settings
from portique.server import clock
from portique.server.accounts.adapter import SecondFactorAdapter
from portique.server.accounts.codes import keyed_hash
from portique.server.accounts.devices import TOKEN
from portique.server.accounts.models import Device, User
from portique.server.accounts.roles import TWO_FACTORS, Role
from portique.server.accounts.sessions import DEVICE
from portique.server.config import urls
from portique.server.holders.models import HolderAccount
from portique.server.people.actions import Particulars, add_person
from portique.server.school.adoption import adopt
from portique.server.school.house import ServedSchool, forget, served_school
from portique.server.vault import keyfiles

# A browser's own loop stays in the thread of the tests; Django would refuse to work beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

UAI = Uai("0990001S")
NAME = "Lycée des Tilleuls"
# Every page, before any test: one first imported while a test moves the clock keeps that clock.
PAGES = urls.urlpatterns
AT = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)  # a Monday morning of term


@pytest.fixture
def monday(monkeypatch) -> None:
    """It is a Monday morning of term, whenever these tests run."""

    class Monday(datetime):
        @classmethod
        def now(cls, tz=None):
            return AT.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Monday)


@pytest.fixture(scope="session")
def folder_made_once(tmp_path_factory) -> Path:
    """Make a school's folder and keys once: each test serves it over its own database."""
    path: Path = tmp_path_factory.mktemp("served") / "school"
    SchoolFolder.create(path, Settings(UAI, NAME), at=AT, entropy=os.urandom).close()
    keyfiles.make(path)
    return path


@pytest.fixture
def served(folder_made_once, settings, db, tmp_path) -> Iterator[ServedSchool]:
    """Serve a copy of that school from an empty database."""
    path = tmp_path / "school"
    shutil.copytree(folder_made_once, path)
    settings.PORTIQUE_SCHOOL = path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast ones
    forget()
    adopt(path)
    yield served_school()
    forget()
    keyfiles.identity_key.cache_clear()


@pytest.fixture
def account(served) -> Callable[[Role], User]:
    """Make an account of a role."""

    def make(role: Role, login: str = "") -> User:
        name = f"Camille {role.value.title()}"
        return User.objects.create_user(
            login or role.value, name=name, role=role, password="x" * 14
        )

    return make


@pytest.fixture
def signed_in(account) -> Callable[[Role], Client]:
    """Return a browser in which somebody of a role is signed in, as that role does it."""

    def make(role: Role) -> Client:
        client = Client()
        sign_in(client, account(role))
        return client

    return make


def sign_in(client: Client, user: User) -> None:
    """Sign somebody in, just now, with what their role needs: second factor, shared device."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    if user.role in TWO_FACTORS:
        secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
        Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    if user.role == Role.AGENT:
        token = f"token of {user.pk}"
        device = Device.objects.create(
            name="loge", token_hash=keyed_hash(TOKEN, token), paired_at=clock.now()
        )
        client.cookies[django_settings.DEVICE_COOKIE_NAME] = token
        session[DEVICE] = str(device.pk)
    if user.role == Role.HOLDER:
        tie_to_somebody(user)
    session["account_authentication_methods"] = [
        {"method": "password", "at": clock.now().timestamp()}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def tie_to_somebody(user: User) -> None:
    """Make an account that of a pupil, unless it is somebody's: a holder's always is."""
    if not HolderAccount.objects.filter(user=user).exists():
        pupil = add_person(Kind.PUPIL, Particulars("Zoé", "Lebœuf", label="6E01"))
        HolderAccount.objects.create(user=user, person=pupil, made_at=clock.now())
