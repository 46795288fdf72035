"""Joining: by an invitation, once, within ten minutes; leaving: at once and for good."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portique.core import wire_enrolment
from portique.core.errors import KnowledgeError, RegisterError
from portique.core.seal import Purpose, private_key
from portique.core.wire_enrolment import Application
from portique.server.clock import now
from portique.server.gates import actions, queries
from portique.server.gates.models import Gate, Invitation


class Newcomer:
    """A gate that read an invitation."""

    def __init__(self, client, served, invitation: Invitation) -> None:
        self.client = client
        self.said = wire_enrolment.read_invitation(
            queries.invitation_text(served, invitation, "http://127.0.0.1:8000")
        )
        self.key = private_key(Purpose.GATE, os.urandom(48))
        self.nonce = os.urandom(16)

    def apply(self):
        """Post the application; verify an admission."""
        application = Application(self.key.public, self.nonce, "0.2.0")
        data = wire_enrolment.sign_application(application, self.key, self.said.secret)
        response = self.client.post("/gate/v1/enrol", data, content_type="application/cbor")
        if response.status_code != 200:
            return response.status_code
        return wire_enrolment.read_admission(response.content, self.said, nonce=self.nonce)


@pytest.fixture
def newcomer(client, served):
    """Make a newcomer to an invitation for the first lane."""

    def make(invitation: Invitation | None = None) -> Newcomer:
        return Newcomer(client, served, invitation or actions.invite("entry-1"))

    return make


def test_a_gate_that_was_invited_joins(newcomer):
    """It learns who it is; the school knows its key, and wraps knowledge to it."""
    joining = newcomer()
    admission = joining.apply()
    row = Gate.objects.get()

    assert (admission.gate_id, admission.lane) == ("entry-1", "entry-1")
    assert (row.key, row.version) == (joining.key.public, "0.2.0")


def test_an_invitation_counts_once(newcomer):
    """The second gate with the same code fails in front of the technician."""
    invitation = actions.invite("entry-1")
    first, second = newcomer(invitation), newcomer(invitation)

    assert first.apply().gate_id == "entry-1"
    assert second.apply() == 403


def test_an_application_whose_answer_was_lost_is_answered_again(newcomer):
    """The same key gets the same id."""
    joining = newcomer()

    assert joining.apply().gate_id == joining.apply().gate_id
    assert Gate.objects.count() == 1


def test_an_invitation_counts_for_ten_minutes(newcomer):
    """Afterwards nobody joins with it."""
    joining = newcomer()
    Invitation.objects.update(expires_at=now() - timedelta(seconds=1))

    assert joining.apply() == 403


def test_an_invitation_taken_back_counts_no_more(newcomer):
    """The code may have been photographed."""
    invitation = actions.invite("entry-1")
    joining = newcomer(invitation)
    actions.withdraw(invitation)

    assert joining.apply() == 403


def test_an_invitation_is_sealed_in_the_database(served):
    """The secret is not in the column."""
    from django.db import connection

    invitation = actions.invite("entry-1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM gates_invitation")
        [(column,)] = cursor.fetchall()

    assert bytes.fromhex(invitation.secret) not in bytes(column)
    assert invitation.secret.encode() not in bytes(column)


def test_the_next_gate_of_a_lane_has_another_name(newcomer):
    """A name is never given twice, not even after the first was removed."""
    newcomer().apply()
    actions.remove(Gate.objects.get())

    assert newcomer().apply().gate_id == "entry-1-2"


def test_only_lanes_of_the_school_are_offered(served):
    """An invitation names a lane that exists."""
    with pytest.raises(KnowledgeError):
        actions.invite("attic")


def test_a_gate_is_removed_once(gate):
    """The second time there is nothing to remove."""
    row = Gate.objects.get()
    actions.remove(row)

    with pytest.raises(RegisterError):
        actions.remove(row)


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 403), (os.urandom(300), 403), (bytes(2000), 413)]
)
def test_noise_is_not_admitted(client, served, body: bytes, status: int):
    """Whatever is posted."""
    response = client.post("/gate/v1/enrol", body, content_type="application/cbor")

    assert response.status_code == status


def test_whoever_was_not_invited_keeps_no_gate_waiting(newcomer):
    """A stranger's application is refused before the turn to write that gates need to file."""
    stranger = newcomer()
    stranger.said = replace(stranger.said, secret=os.urandom(wire_enrolment.SECRET_BYTES))
    with CaptureQueriesContext(connection) as asked:
        refused = stranger.apply()

    assert refused == 403
    assert not [one["sql"] for one in asked if "SAVEPOINT" in one["sql"]]
