"""The first page: whoever comes is led to what is theirs to do."""

import pytest
from django.test import Client

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
