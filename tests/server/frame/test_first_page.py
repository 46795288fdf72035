"""The first page: whoever comes is led to what is theirs to do."""

import os

import pytest
from django.test import Client

from portique.school import recovery
from portique.server.accounts.roles import Role


def test_a_new_school_is_led_to_its_start(served):
    """There is no account yet, and none by default."""
    response = Client().get("/", follow=True)

    assert "Premier démarrage" in response.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Que voulez-vous faire"), ("en", "What would you like")]
)
def test_somebody_signed_in_is_asked_what_they_want(signed_in, language, words):
    """In the browser's language."""
    response = signed_in(Role.HEAD).get("/", headers={"accept-language": language})

    assert words in response.content.decode()


@pytest.mark.parametrize(("role", "reminded"), [(Role.HEAD, True), (Role.SCHOOL_LIFE, False)])
def test_who_answers_for_the_school_is_reminded_of_the_recovery_key(
    served, signed_in, role, reminded
):
    """Until there is one; others are not bothered with it."""
    client = signed_in(role)
    before = client.get("/").content.decode()
    recovery.make(served.path, entropy=os.urandom)

    assert ("recovery-key" in before) is reminded
    assert "recovery-key" not in client.get("/").content.decode()
