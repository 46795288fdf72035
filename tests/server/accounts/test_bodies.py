"""What is sent is looked into only once it is known who sends it, and never past its bound."""

import pytest
from django.test import Client
from tests.server.accounts.test_matrix import addresses, browser, pages

from portique.server.accounts.access import BY_PROOF, PUBLIC
from portique.server.accounts.bodies import BODY_BYTES_MAX, GO_ON, UNREAD, taken_by
from portique.server.accounts.roles import Role

FORM = "multipart/form-data; boundary=x"
UPLOADS = {"people:import", "school:timetable", "school:year-file"}


class ReadError(AssertionError):
    """Somebody looked into a body."""


class Sealed:
    """A body that nobody may look into."""

    def read(self, *_size):
        raise ReadError

    readline = read


def sent(client, address, length, **shown):
    """Post a form of a length whose bytes nobody may see."""
    client.handler.enforce_csrf_checks = True
    client.raise_request_exception = True
    unseen = {"wsgi.input": Sealed(), "CONTENT_LENGTH": str(length)}
    return client.post(address.path(), content_type=FORM, **unseen, **shown).status_code


def uploads():
    """Return the addresses to which more may be sent than to others."""
    return [each for each in pages() if taken_by(each.view) > BODY_BYTES_MAX]


@pytest.mark.slow  # every address
def test_nothing_is_read_from_strangers(served):
    """Neither a form's proof of origin nor a long body: led away or refused first, everywhere."""
    codes: dict[str, set] = {PUBLIC: set(), BY_PROOF: set(), "session": set()}
    for each in addresses():
        kind = each.mark() if each.mark() in codes else "session"
        codes[kind].add(sent(Client(), each, 10**6, **{UNREAD: True}))

    assert codes[PUBLIC] == {413}
    assert codes["session"] == {302}
    assert codes[BY_PROOF] < set(range(400, 500))


def test_nothing_is_read_from_a_role_that_a_page_is_not_for(signed_in):
    """Refused before the form's proof of origin is looked for."""
    client = browser(signed_in, Role.DPO)

    assert {sent(client, each, 1000) for each in uploads()} == {403}


def test_nobody_is_read_past_a_pages_bound(signed_in):
    """What an upload may be, or anybody's 64 KiB."""
    client = browser(signed_in, Role.HEAD)
    names = {*UPLOADS, "accounts:accounts", "frame:language"}
    mine = [each for each in pages() if each.name in names]

    assert len(mine) == 5
    assert {sent(client, each, taken_by(each.view) + 1) for each in mine} == {413}


def test_an_upload_is_wanted_from_whoever_may_send_it(signed_in):
    """The front is told to read it, up to its bound."""
    client = browser(signed_in, Role.SCHOOL_LIFE)

    assert {each.name for each in uploads()} == UPLOADS
    assert {sent(client, each, 10**6, **{UNREAD: True}) for each in uploads()} == {GO_ON}
