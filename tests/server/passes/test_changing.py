"""What becomes of a pass while somebody else changes it, or its holder leaves."""

from contextlib import contextmanager
from datetime import date

import pytest

from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.server.passes import actions
from portique.server.passes.models import IssuedPass
from portique.server.passes.register import DatabaseRegister
from portique.server.people.models import Person


@pytest.fixture
def looked_before_it_was_revoked(monkeypatch):
    """Revoke a pass just after somebody looked at it."""

    @contextmanager
    def stale(pass_id):
        looked = DatabaseRegister().get(pass_id)
        IssuedPass.objects.filter(pk=pass_id).update(status=Status.REVOKED.value)
        with monkeypatch.context() as patched:
            patched.setattr(DatabaseRegister, "get", lambda *_: looked)
            yield

    return stale


@pytest.mark.parametrize("change", [actions.resume, actions.suspend, actions.replace])
def test_a_card_revoked_meanwhile_stays_so(looked_before_it_was_revoked, by, person, change):
    """Nothing is made in its place: whoever revoked it has the last word."""
    card = actions.issue_for(by, person(1, regime="red")).pass_id

    with looked_before_it_was_revoked(card), pytest.raises(RegisterError, match="final"):
        change(by, card)

    (row,) = IssuedPass.objects.all()
    assert row.status == Status.REVOKED.value


@pytest.mark.parametrize("change", [actions.resume, actions.replace])
def test_whoever_left_gets_no_card_back(by, person, change):
    """An import suspended it; nobody gives them another by its number either."""
    zoe = person(1, regime="red")
    card = actions.issue_for(by, zoe).pass_id
    actions.suspend(by, card)
    Person.objects.filter(pk=zoe.pk).update(left_on=date(2026, 11, 1))

    with pytest.raises(RegisterError, match="left"):
        change(by, card)

    (row,) = IssuedPass.objects.all()
    assert row.status == Status.SUSPENDED.value
