"""The signed envelope of each request a gate makes, and of each response it gets.

A *call* goes with a request, an *answer* with the response: signatures over
the hash of the body, by the gate's own key and by the school's orders key. So
no body needs a signature of its own, a broken TLS lets nobody speak for
either side, and each answer brings a signed time. Source: `docs/formats/wire.md`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core import canonical, seal
from portique.core.entries_chain import HASH_BYTES
from portique.core.entries_fields import UINT_MAX
from portique.core.errors import BadSeal, LinkError, PassError, UnreadablePass
from portique.core.seal import Purpose

if TYPE_CHECKING:
    from portique.core.seal import PrivateKey, PublicKey, Signed

CALL, ANSWER = "portique-call", "portique-answer"
ENVELOPE_BYTES_MAX = 512
NONCE_BYTES = 16
DAMAGED = "the message is damaged or not of this version"


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what. `request` is method, space, path with query; `sent_ms` by its own clock.

    `nonce` is 16 random bytes, new for each call: the answer repeats it.
    """

    gate_id: str
    request: str
    sent_ms: int
    nonce: bytes
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says of its response: to which call, with which status, at what time."""

    nonce: bytes
    status: int
    sent_ms: int
    body_hash: bytes


def digest(body: bytes) -> bytes:
    """Return the hash by which an envelope names its body."""
    return hashlib.sha256(body).digest()


def sign_call(call: Call, key: PrivateKey) -> bytes:
    """Sign with the gate's own key."""
    payload = {1: call.gate_id, 2: call.request, 3: call.sent_ms, 4: call.nonce, 5: call.body_hash}
    return _sign(payload, key, Purpose.GATE, CALL)


def caller(data: bytes) -> str:
    """Return the gate that a call says it is from, to look its key up: nothing is proved yet.

    Raises:
        LinkError: Not a call.
    """
    try:
        return _call(seal.parse_signed(data, bytes_max=ENVELOPE_BYTES_MAX)).gate_id
    except PassError as error:
        raise LinkError(DAMAGED) from error


def read_call(data: bytes, key: PublicKey, *, request: str, body: bytes | None) -> Call:
    """Verify a call for the request it came with.

    Args:
        data: The call.
        key: The gate's.
        request: Method, space, path with query.
        body: None while it is not read yet: then hold it to `body_hash` once it is.

    Raises:
        LinkError: Not signed by this gate, or for another request or body.
    """
    try:
        call = _call(_verified(data, key, Purpose.GATE, CALL))
    except PassError as error:
        raise LinkError(DAMAGED) from error
    if call.request != request or (body is not None and call.body_hash != digest(body)):
        raise LinkError("the call was signed for another request")
    return call


def sign_answer(answer: Answer, key: PrivateKey) -> bytes:
    """Sign with the school's orders key."""
    payload = {1: answer.nonce, 2: answer.status, 3: answer.sent_ms, 4: answer.body_hash}
    return _sign(payload, key, Purpose.ORDERS, ANSWER)


def read_answer(data: bytes, key: PublicKey, *, nonce: bytes, body: bytes) -> Answer:
    """Verify the answer to the call that carried `nonce`.

    Raises:
        LinkError: Not signed by this school, or for another call or body.
    """
    try:
        answer = _answer(_verified(data, key, Purpose.ORDERS, ANSWER))
    except PassError as error:
        raise LinkError(DAMAGED) from error
    if answer.nonce != nonce or answer.body_hash != digest(body):
        raise LinkError("the answer was signed for another call")
    return answer


def _sign(payload: dict[int, Any], key: PrivateKey, purpose: Purpose, typ: str) -> bytes:
    if key.purpose is not purpose:
        raise ValueError(f"a {typ} is signed by a key for {purpose}")
    signed = seal.sign(canonical.encode(payload), key, typ=typ).to_bytes()
    if len(signed) > ENVELOPE_BYTES_MAX:
        raise ValueError(f"an envelope of {len(signed)} bytes, more than {ENVELOPE_BYTES_MAX}")
    return signed


def _verified(data: bytes, key: PublicKey, purpose: Purpose, typ: str) -> Signed:
    signed = seal.parse_signed(data, bytes_max=ENVELOPE_BYTES_MAX)
    expected = {seal.ALG: seal.ES256, seal.KID: key.kid, seal.TYP: typ}
    if key.purpose is not purpose or signed.header() != expected:
        raise BadSeal("another key's, or another kind of message")
    seal.verify(signed, key)
    return signed


def _call(signed: Signed) -> Call:
    payload = canonical.decode(signed.payload, bytes_max=ENVELOPE_BYTES_MAX)
    match payload:
        case {1: str(gate_id), 2: str(request), 3: int(sent), 4: bytes(nonce), 5: bytes(body)} if (
            len(payload) == 5 and is_uint(sent) and _is_pair(nonce, body)
        ):
            return Call(gate_id, request, sent, nonce, body)
    raise UnreadablePass("not a call")


def _answer(signed: Signed) -> Answer:
    payload = canonical.decode(signed.payload, bytes_max=ENVELOPE_BYTES_MAX)
    match payload:
        case {1: bytes(nonce), 2: int(status), 3: int(sent), 4: bytes(body)} if (
            len(payload) == 4 and is_uint(sent) and is_uint(status) and _is_pair(nonce, body)
        ):
            return Answer(nonce, status, sent, body)
    raise UnreadablePass("not an answer")


def is_uint(number: object) -> bool:
    """Say whether this is a whole number that every party reads exactly (not `true`)."""
    return type(number) is int and 0 <= number <= UINT_MAX


def _is_pair(nonce: bytes, body_hash: bytes) -> bool:
    return len(nonce) == NONCE_BYTES and len(body_hash) == HASH_BYTES
