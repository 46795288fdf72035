"""Tokens: who makes them, what they prove, when they end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portique.server import clock
from portique.server.accounts.models import AuditEntry, Deed
from portique.server.accounts.roles import Role
from portique.server.api import actions
from portique.server.api.models import Token
from portique.server.api.scopes import Scope

PAGE = "/api/jetons/"
ASKED = {"name": "Vie scolaire", "scopes": ["gates:read"], "days": "30"}
WRITTEN = re.compile(r"portique_[0-9a-f]{32}_[0-9a-f]{64}")
REVOKE = re.compile(r"/api/jetons/[\w-]+/retirer/")


def find(wanted: re.Pattern[str], response: Any) -> str:
    """Return what a page holds."""
    found = wanted.search(response.content.decode())
    assert found
    return found[0]


def test_the_head_makes_a_token_that_works(signed_in, served):
    """From the form to a first call."""
    text = find(WRITTEN, signed_in(Role.HEAD).post(PAGE, ASKED))

    answer = Client().get("/api/v1/health", headers={"authorization": f"Bearer {text}"})

    assert answer.json()["scopes"] == ["gates:read"]


def test_a_token_is_shown_once_and_kept_nowhere(signed_in):
    """The page, looked at again, has no token; the row has a hash of it."""
    client = signed_in(Role.HEAD)
    text = find(WRITTEN, client.post(PAGE, ASKED))

    assert not WRITTEN.search(client.get(PAGE).content.decode())
    assert text.rpartition("_")[2] not in str(Token.objects.values())


@pytest.mark.parametrize("lacking", ["name", "scopes", "days"])
def test_a_token_without_name_scope_or_end_is_not_made(signed_in, lacking):
    """Each has to be said."""
    signed_in(Role.HEAD).post(PAGE, {key: ASKED[key] for key in ASKED if key != lacking})

    assert not Token.objects.exists()


def test_a_revoked_token_ends_at_once(program, head):
    """The next call finds nothing."""
    called = program()
    actions.revoke_token(head, Token.objects.get().pk)

    assert called.get("health").status_code == 401


def test_the_head_revokes_on_the_page(signed_in):
    """One button."""
    client = signed_in(Role.HEAD)
    client.post(PAGE, ASKED)
    client.post(find(REVOKE, client.get(PAGE)))

    assert not Token.objects.exists()


def test_a_token_ends_on_its_day(program, monkeypatch):
    """At its last instant it is void already."""
    called, token = program(), Token.objects.get()
    monkeypatch.setattr(clock, "now", lambda: token.expires_at)

    assert called.get("health").status_code == 401


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.SCHOOL_LIFE}])
def test_a_token_is_void_without_its_maker(program, head, change):
    """The account was disabled, or heads the school no more."""
    called = program()
    type(head).objects.filter(pk=head.pk).update(**change)

    assert called.get("health").status_code == 401


@pytest.mark.parametrize("spoiled", ["", "x", "portique_", "portique_{0}_{1}x", "portique_{1}_{0}"])
def test_anything_but_a_token_is_refused(program, spoiled):
    """With the challenge that HTTP wants."""
    called = program()
    _, row, secret = called.token.split("_")
    called.token = spoiled.format(row, secret)

    answer = called.get("health")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Portique"')


def test_the_secret_of_another_token_opens_nothing(program):
    """Number and secret belong together."""
    first, second = program(), program()
    first.token = "_".join([*first.token.split("_")[:2], second.token.split("_")[2]])

    assert first.get("health").status_code == 401


def test_a_session_or_password_is_no_proof(signed_in):
    """Not even the head's."""
    client = signed_in(Role.HEAD)

    assert client.get("/api/v1/gates").status_code == 401
    basic = {"authorization": "Basic aGVhZDp4eHh4eHh4eHh4eHh4eA=="}
    assert client.get("/api/v1/gates", headers=basic).status_code == 401


def test_making_and_ending_a_token_is_recorded(program, head):
    """By whom, for which program, to do what."""
    program(Scope.GATES_READ)
    actions.revoke_token(head, Token.objects.get().pk)

    details = [
        row.detail for row in AuditEntry.objects.filter(deed=Deed.KEYS_CHANGED).order_by("at")
    ]
    assert details == ["+ Emploi du temps (gates:read)", "- Emploi du temps"]


def test_the_day_of_the_last_use_is_kept(program):
    """The day, not the hour."""
    called = program()
    called.get("health")

    assert Token.objects.get().used_on is not None


def test_a_call_looks_its_token_up_in_one_question(program, django_assert_num_queries):
    """With whoever made it: what every call asks is what all calls cost."""
    called = program()
    called.get("health")  # the day's first call writes the day down

    with django_assert_num_queries(1):
        called.get("health")


def test_reading_names_is_recorded_once_a_day(program, pupil):
    """The head and the DPO see which program was given names."""
    pupil()
    called = program()
    for _ in range(3):
        called.get("people?label=2de%204")

    rows = AuditEntry.objects.filter(deed=Deed.EXPORTED)
    assert [row.detail for row in rows] == ["Emploi du temps"]


def test_a_token_lasts_as_long_as_was_asked(signed_in):
    """Thirty days."""
    signed_in(Role.HEAD).post(PAGE, ASKED)
    token = Token.objects.get()

    assert token.expires_at - token.made_at == timedelta(days=30)
