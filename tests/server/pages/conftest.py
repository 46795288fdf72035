"""The furnished school on a Monday morning, and what a page must be for everybody."""

import time

import pytest
from tests.server.pages.furnishing import furnish
from tests.server.pages.visits import Visitors

from portique.server.accounts.models import User
from portique.server.accounts.roles import Role


@pytest.fixture
def arrive(monday, signed_in):
    """Return the browser of somebody of a role, who has just proved who they are."""

    def make(role: Role):
        client = signed_in(role)
        session = client.session
        at = time.time()  # noqa: TID251 -- the package that signs in reads the real clock
        session["account_authentication_methods"] = [{"method": "password", "at": at}]
        session.save()
        return client

    return make


@pytest.fixture
def visitors(arrive) -> Visitors:
    """Return everybody's browsers, in a school as it looks in November."""
    office, head = arrive(Role.SCHOOL_LIFE), arrive(Role.HEAD)
    furnished = furnish(office, User.objects.get(role=Role.HEAD))
    furnished.known[Role.HEAD] = head
    return Visitors(arrive, furnished)
