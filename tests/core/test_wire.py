"""What gate and server tell each other, against vectors made without the project's code."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import seal, wire, wire_calls, wire_enrolment
from portique.core.entries_chain import commitment, link
from portique.core.errors import LinkError
from portique.core.knowledge import Version
from portique.core.seal import PublicKey, Purpose
from portique.core.values import Uai
from portique.core.wire import Acknowledgement, Filing, Line
from portique.core.wire_calls import Answer, Call
from portique.core.wire_enrolment import Admission, Application, Invitation

VECTORS = Path(__file__).parents[1] / "vectors" / "wire"
VALID = json.loads((VECTORS / "valid.json").read_text("utf-8"))
INVALID = json.loads((VECTORS / "invalid.json").read_text("utf-8"))
NONCE, SECRET = bytes.fromhex(VALID["nonce"]), bytes.fromhex(VALID["secret"])
_SEED = random.Random(22)


def public(name: str, purpose: Purpose) -> PublicKey:
    point = VALID["keys"][name]
    return PublicKey.from_point(purpose, bytes.fromhex(point["x"]), bytes.fromhex(point["y"]))


GATE = public("gate", Purpose.GATE)
ORDERS = public("orders", Purpose.ORDERS)
KNOWLEDGE = public("knowledge", Purpose.KNOWLEDGE)
FILING, ACKNOWLEDGEMENT = bytes.fromhex(VALID["filing"]), bytes.fromhex(VALID["acknowledgement"])


def valid(name: str) -> bytes:
    return bytes.fromhex(VALID[name])


def drawn(purpose: Purpose) -> seal.PrivateKey:
    return seal.private_key(purpose, _SEED.randbytes(40))


def admission(data: bytes) -> Admission:
    invitation = wire_enrolment.read_invitation(VALID["invitation"])
    return wire_enrolment.read_admission(data, invitation, nonce=NONCE)


READERS: dict[str, Callable[[bytes], object]] = {
    "call": lambda data: wire_calls.read_call(data, GATE, request=VALID["request"], body=FILING),
    "answer": lambda data: wire_calls.read_answer(data, ORDERS, nonce=NONCE, body=ACKNOWLEDGEMENT),
    "filing": wire.read_filing,
    "acknowledgement": wire.read_acknowledgement,
    "invitation": lambda data: wire_enrolment.read_invitation(data.decode()),
    "application": lambda data: wire_enrolment.read_application(data, (bytes(16), SECRET)),
    "admission": admission,
}


def read(kind: str, data: str) -> object:
    """Read a vector as its receiver would."""
    return READERS[kind](data.encode() if kind == "invitation" else bytes.fromhex(data))


REFUSED = [
    pytest.param(kind, data, id=f"{kind}: {name}")
    for kind, cases in INVALID.items()
    for name, data in cases.items()
    if kind in READERS
]


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_what_is_not_exactly_right_is_refused(kind: str, data: str):
    """Each invalid vector is a link's error, never another one."""
    with pytest.raises(LinkError):
        read(kind, data)


def test_a_call_comes_back():
    """A call made elsewhere is read, and names its gate before anything is proved."""
    call = read("call", VALID["call"])

    assert call == Call(
        "gate-7", VALID["request"], VALID["now_ms"], NONCE, wire_calls.digest(FILING)
    )
    assert wire_calls.caller(valid("call")) == "gate-7"


def test_a_caller_that_is_none_is_refused():
    """What is not even shaped like a call names no gate."""
    with pytest.raises(LinkError):
        wire_calls.caller(b"call")


def test_an_answer_comes_back():
    """An answer made elsewhere is read, with the server's time."""
    assert read("answer", VALID["answer"]) == Answer(
        NONCE, 200, VALID["now_ms"] + 40, wire_calls.digest(ACKNOWLEDGEMENT)
    )


def test_envelopes_are_written_as_they_are_read():
    """What one side signs, the other side reads."""
    gate, orders = drawn(Purpose.GATE), drawn(Purpose.ORDERS)
    call = Call("gate-1", "GET /gate/v1/knowledge?have=1.7", 12, NONCE, wire_calls.digest(b""))
    answer = Answer(NONCE, 304, 13, wire_calls.digest(b""))
    signed_call, signed = wire_calls.sign_call(call, gate), wire_calls.sign_answer(answer, orders)

    assert wire_calls.read_call(signed_call, gate.public, request=call.request, body=b"") == call
    assert wire_calls.read_answer(signed, orders.public, nonce=NONCE, body=b"") == answer


@pytest.mark.parametrize("purpose", [Purpose.ORDERS, Purpose.PASS])
def test_a_call_is_signed_by_a_gates_key_alone(purpose: Purpose):
    """A key of another purpose signs no call, and verifies none."""
    key = drawn(purpose)
    call = Call("gate-1", "GET /", 12, NONCE, bytes(32))
    with pytest.raises(ValueError, match="gate"):
        wire_calls.sign_call(call, key)
    with pytest.raises(LinkError):
        wire_calls.read_call(valid("call"), key.public, request=VALID["request"], body=FILING)


def test_an_envelope_too_long_to_be_read_is_never_written():
    """A request's path beyond the limit is a bug of the sender's."""
    call = Call("gate-1", "GET /" + "a" * 500, 12, NONCE, bytes(32))
    with pytest.raises(ValueError, match="512"):
        wire_calls.sign_call(call, drawn(Purpose.GATE))


def test_a_filing_comes_back():
    """Lines are read as sent, with and without a head, and written as they were."""
    filing = wire.read_filing(FILING)

    assert (filing.epoch, filing.head, len(filing.lines)) == (2, b"signed head", 3)
    assert filing.to_bytes() == FILING
    assert wire.read_filing(valid("filing without head")) == replace(filing, head=None)
    assert replace(filing, head=None).to_bytes() == valid("filing without head")


def test_lines_that_follow_are_known_by_the_chain():
    """A filing continues the journal whose last chain value it builds on, and no other."""
    filing = wire.read_filing(FILING)

    assert filing.follows(bytes(32))
    assert not filing.follows(bytes(31) + b"\1")
    assert filing.lines[1].body is None


@pytest.mark.parametrize("data", INVALID["broken"].values(), ids=INVALID["broken"])
def test_lines_that_were_changed_follow_nothing(data: str):
    """One changed byte in a line of the right form breaks the chain."""
    assert not wire.read_filing(bytes.fromhex(data)).follows(bytes(32))


@given(st.integers(1, 60), st.integers(1, 2**40), st.randoms(use_true_random=False))
def test_any_filing_survives_the_journey(count: int, first: int, chance: random.Random):
    """What a gate sends is what the server reads, erased bodies included."""
    lines, chain = [], bytes(32)
    for number in range(first, first + count):
        salt, body = chance.randbytes(16), chance.randbytes(chance.randint(1, 400))
        commit = commitment(salt, body)
        chain = link(chain, number, number, commit)
        line = Line(number, number, salt, body, commit, chain)
        erased = chance.random() < 0.2
        lines.append(line._replace(salt=None, body=None) if erased else line)
    filing = Filing(3, tuple(lines))
    arrived = wire.read_filing(filing.to_bytes())

    assert arrived == filing
    assert arrived.follows(bytes(32))


def test_a_filing_is_never_longer_than_its_limit():
    """One line more than the limit is refused, however right each is."""
    line = wire.read_filing(FILING).lines[0]
    lines = tuple(line._replace(number=number) for number in range(1, wire.LINES_MAX + 2))

    assert wire.read_filing(Filing(1, lines[:-1]).to_bytes()).lines == lines[:-1]
    with pytest.raises(LinkError):
        wire.read_filing(Filing(1, lines).to_bytes())


def test_an_acknowledgement_comes_back():
    """One made elsewhere is read, whole and in its shortest form, and written as it was."""
    acknowledgement = wire.read_acknowledgement(ACKNOWLEDGEMENT)

    assert acknowledgement == Acknowledgement(
        2, 3, ((2, "unknown-kind"),), Version(1, 40), (b"order",)
    )
    assert acknowledgement.to_bytes() == ACKNOWLEDGEMENT
    assert wire.read_acknowledgement(valid("shortest acknowledgement")) == Acknowledgement(2, 0)
    assert Acknowledgement(2, 0).to_bytes() == valid("shortest acknowledgement")


def test_an_invitation_comes_back():
    """The text of the console's code is read, a reader's line end or not, and written the same."""
    invitation = wire_enrolment.read_invitation(VALID["invitation"] + "\r\n")
    hashed = wire_enrolment.key_hash(KNOWLEDGE)

    assert invitation == Invitation(
        Uai("0990001S"), "https://portique.example:8443", SECRET, hashed, 1_795_333_900
    )
    assert invitation.to_text() == VALID["invitation"]


def test_an_invitation_does_not_print_its_secret():
    """Neither a log nor a traceback shows what a gate could be enrolled with."""
    shown = repr(wire_enrolment.read_invitation(VALID["invitation"]))

    assert "0990001S" in shown
    assert not any(form in shown for form in (SECRET.hex(), repr(SECRET)))


def test_an_application_is_known_by_its_secret():
    """An application made elsewhere is read among several open invitations."""
    application, secret = wire_enrolment.read_application(valid("application"), (NONCE, SECRET))

    assert application == Application(GATE, NONCE, "0.2.0")
    assert secret == SECRET


def test_an_application_of_no_open_invitation_is_refused():
    """A secret that was used or has expired admits nobody."""
    with pytest.raises(LinkError, match="not valid"):
        wire_enrolment.read_application(valid("application"), ())


def test_an_admission_is_known_by_the_key_the_invitation_named():
    """An admission made elsewhere is read."""
    assert read("admission", VALID["admission"]) == Admission(
        NONCE, "gate-7", "entry-1", KNOWLEDGE, VALID["now_ms"]
    )


def test_a_gate_joins_a_school():
    """Invitation, application and admission, each written by one side and read by the other."""
    school, gate = drawn(Purpose.KNOWLEDGE), drawn(Purpose.GATE)
    hashed = wire_enrolment.key_hash(school.public)
    shown = Invitation(Uai("0990001S"), "https://127.0.0.1", SECRET, hashed, 9).to_text()
    invitation = wire_enrolment.read_invitation(shown)
    asked = Application(gate.public, NONCE, "0.2.0")
    sent = wire_enrolment.sign_application(asked, gate, invitation.secret)
    application, _ = wire_enrolment.read_application(sent, (SECRET,))
    said = Admission(application.nonce, "gate-1", "exit-1", school.public, 12)
    admission = wire_enrolment.sign_admission(said, school)

    assert application.key.kid == gate.public.kid
    assert SECRET not in sent
    assert wire_enrolment.read_admission(admission, invitation, nonce=NONCE).gate_id == "gate-1"


def test_a_call_is_proved_before_its_body_is_read():
    """Who calls for what is known first; the body is held to its hash afterwards."""
    data = valid("call")
    call = wire_calls.read_call(data, GATE, request=VALID["request"], body=None)

    assert call.body_hash == wire_calls.digest(FILING)
    with pytest.raises(LinkError):
        wire_calls.read_call(data, GATE, request="POST /gate/v1/news", body=None)
