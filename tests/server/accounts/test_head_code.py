"""The only head of a school comes back in, with somebody at the machine."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from tests.server.accounts.conftest import PASSWORD, fill

from portique.server.accounts.models import AuditEntry, User
from portique.server.accounts.roles import Role


def test_a_code_made_at_the_machine_lets_the_head_choose_anew(signed_in):
    """Password and, if asked for, second factor; and the record says that it was done."""
    signed_in(Role.HEAD)
    said = StringIO()
    call_command("head_code", "head", "--second-factor", stdout=said)
    client = Client()
    fill(client, "/compte/arrivee/", code=said.getvalue().split()[-1])
    response = fill(client, "/compte/arrivee/choisir/", password=PASSWORD, again=PASSWORD)

    assert response.redirect_chain[-1][0] == "/compte/second-facteur/"
    assert User.objects.get().check_password(PASSWORD)
    assert not Authenticator.objects.exists()
    assert {entry.by_name for entry in AuditEntry.objects.all()} == {"", "Camille Head"}


def test_it_makes_no_code_for_anybody_else(account):
    """The head does that, on a page."""
    account(Role.RECEPTION)

    with pytest.raises(CommandError, match="no active head"):
        call_command("head_code", "reception")
