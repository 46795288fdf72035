"""Who may call: the signature is looked at before anything else, and every answer is signed."""

import base64
import os
from dataclasses import replace

import pytest
from django.db import OperationalError

from portique.core import wire, wire_calls
from portique.core.seal import Purpose, private_key
from portique.core.wire_calls import Call
from portique.server.config.streams import gate_of
from portique.server.gates import actions
from portique.server.gates.models import Entry, Gate

ENTRIES, NEWS = "/gate/v1/entries", "/gate/v1/news"


def envelope(gate, request: str, body: bytes = b"") -> bytes:
    call = Call(gate.gate_id, request, gate.clock_ms, os.urandom(16), wire_calls.digest(body))
    return wire_calls.sign_call(call, gate.key)


def test_a_call_signed_by_another_key_is_refused_without_an_answer(gate):
    """Nobody can speak for a gate, nor have the school sign for a nonce of theirs."""
    stranger = replace(gate, key=private_key(Purpose.GATE, os.urandom(48)))
    response = gate.send("POST", ENTRIES, b"", envelope(stranger, f"POST {ENTRIES}"))

    assert response.status_code == 401
    assert "Portique-Answer" not in response.headers


@pytest.mark.parametrize("data", [b"", b"\xff", b"x" * 2000], ids=["none", "damaged", "too long"])
def test_what_is_no_call_is_refused(gate, data: bytes):
    """A header that says nothing is nobody's."""
    assert gate.send("POST", NEWS, b"", data).status_code == 401


def test_a_name_that_no_database_can_look_for_is_no_gate_s(gate):
    """PostgreSQL takes no NUL in a text: a stranger would have the server fail."""
    stranger = replace(gate, gate_id="entry\x001")

    assert gate.send("POST", NEWS, b"", envelope(stranger, f"POST {NEWS}")).status_code == 401
    header = base64.urlsafe_b64encode(envelope(stranger, "GET /gate/v1/stream")).decode()
    assert gate_of(header.rstrip("="), "/gate/v1/stream") is None


def test_a_call_counts_for_one_request_line(gate):
    """Signed for the news, it files nothing."""
    body = wire.Filing(1, tuple(gate.begin(1).lines)).to_bytes()
    response = gate.send("POST", ENTRIES, body, envelope(gate, f"POST {NEWS}", body))

    assert response.status_code == 401
    assert not Entry.objects.exists()


def test_a_body_that_was_changed_on_the_way_is_damaged(gate):
    """The call is the gate's, the body isn't what it signed for."""
    body = wire.Filing(1, tuple(gate.begin(1).lines)).to_bytes()

    assert gate.call("POST", ENTRIES, body, body_hash=bytes(32)).status == 400
    assert not Entry.objects.exists()


def test_a_removed_gate_is_told_so(gate):
    """A signed 401, for filings, news and knowledge alike."""
    actions.remove(Gate.objects.get())

    assert gate.begin(1).file().status == 401
    assert gate.call("GET", "/gate/v1/knowledge").status == 401
    assert not Entry.objects.exists()


def test_what_is_too_long_is_not_read(gate):
    """The length that was said is looked at, before the body."""
    assert gate.call("POST", NEWS, bytes(1025)).status == 413


@pytest.mark.parametrize("body", [b"", b"\xa0", os.urandom(90)], ids=["none", "empty", "noise"])
def test_what_is_no_filing_is_damaged(gate, body: bytes):
    """Whoever signs for it."""
    assert gate.call("POST", ENTRIES, body).status == 400


def test_other_methods_are_not_for_gates(gate):
    """Entries are posted."""
    assert gate.send("GET", ENTRIES, b"", envelope(gate, f"GET {ENTRIES}")).status_code == 405


def test_a_database_that_cannot_write_asks_to_come_again(gate, monkeypatch):
    """503, signed, and nothing is lost: the gate keeps what has no receipt."""

    def full(*_):
        raise OperationalError

    monkeypatch.setattr(actions, "file", full)

    assert gate.begin(1).file().status == 503


def test_a_contact_tells_how_far_the_gate_s_clock_is_off(gate):
    """A minute ahead is shown as a minute; a call that comes again changes nothing."""
    gate.clock_ms += 60_000
    gate.news()
    drift = Gate.objects.get().drift_ms
    gate.clock_ms -= 120_000
    gate.news()

    assert drift is not None
    assert 50_000 < drift <= 61_000
    assert Gate.objects.get().drift_ms == drift


def test_a_clock_far_ahead_does_not_silence_a_gate_for_long(gate):
    """Put right, what it says counts again five minutes later, not a year."""
    right_ms, gate.clock_ms = gate.clock_ms, gate.clock_ms + 365 * 86_400_000
    gate.news()
    gate.clock_ms = right_ms + 6 * 60_000
    gate.news()

    drift = Gate.objects.get().drift_ms
    assert drift is not None
    assert drift < 7 * 60_000
