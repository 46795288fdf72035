"""How a gate joins its school: an invitation in a QR code, an application, an admission.

The console shows the invitation; the gate's own camera reads it. It carries a
secret for one use and the hash of the school's knowledge key, so that neither
side has to believe the network between them: the application proves the secret
without sending it, and the admission is signed by the key that the invitation
named. Source: `docs/formats/wire.md`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from portique.core import canonical, qr, seal
from portique.core.entries_chain import HASH_BYTES
from portique.core.errors import BadSeal, LinkError, PassError, UnreadablePass
from portique.core.seal import PrivateKey, PublicKey, Purpose
from portique.core.values import Uai, is_uai
from portique.core.wire_calls import NONCE_BYTES, is_uint

PREFIX = "PQE1:"
APPLICATION, ADMISSION = "portique-application", "portique-admission"
SECRET_BYTES = 16
TEXT_CHARACTERS_MAX = 400
MESSAGE_BYTES_MAX = 1024
ADDRESS_CHARACTERS_MAX = 120
NAME_CHARACTERS_MAX = 40
NOT_INVITED = "the invitation is not valid (any more): show a new one on the console"
NOT_OURS = "the answer is not from the school that made the invitation: ask the technician"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the code on the console says. `key_hash` is SHA-256 of the knowledge COSE_Key."""

    uai: Uai
    address: str
    secret: bytes
    key_hash: bytes
    expires_s: int

    def to_text(self) -> str:
        """Write as the text of a QR code."""
        payload = {
            3: self.uai,
            4: self.expires_s,
            5: self.address,
            6: self.secret,
            7: self.key_hash,
        }
        return PREFIX + qr.to_base45(canonical.encode(payload))

    def __repr__(self) -> str:
        """Keep the secret out of tracebacks and logs."""
        return f"Invitation({self.uai}, {self.address})"


def read_invitation(text: str) -> Invitation:
    """Read an invitation. Whether it still counts, the server knows.

    Raises:
        LinkError: Not an invitation.
    """
    if not text.startswith(PREFIX) or len(text) > TEXT_CHARACTERS_MAX:
        raise LinkError("not an invitation of Portique's: show the one on the console")
    try:
        payload = canonical.decode(
            qr.from_base45(qr.without_line_end(text)[len(PREFIX) :]), bytes_max=MESSAGE_BYTES_MAX
        )
    except PassError as error:
        raise LinkError("the invitation was not read whole: show it again") from error
    match payload:
        case {3: str(uai), 4: expires, 5: str(address), 6: bytes(secret), 7: bytes(key_hash)} if (
            len(payload) == 5
            and is_uai(uai)
            and is_uint(expires)
            and 0 < len(address) <= ADDRESS_CHARACTERS_MAX
            and len(secret) == SECRET_BYTES
            and len(key_hash) == HASH_BYTES
        ):
            return Invitation(Uai(uai), address, secret, key_hash, expires)
    raise LinkError("the invitation is of another version: update the gate")


@dataclass(frozen=True, slots=True)
class Application:
    """A gate asks to join. `key` is its own new key; `nonce` 16 random bytes."""

    key: PublicKey
    nonce: bytes
    version: str


def sign_application(application: Application, key: PrivateKey, secret: bytes) -> bytes:
    """Sign with the gate's own key, and prove the invitation's secret without telling it."""
    payload = {
        1: application.key.cose_key(),
        2: application.nonce,
        3: application.version,
        4: _proof(secret, application),
    }
    return seal.sign(canonical.encode(payload), key, typ=APPLICATION).to_bytes()


def read_application(data: bytes, secrets: tuple[bytes, ...]) -> tuple[Application, bytes]:
    """Verify an application against the invitations that are open; return it and its secret.

    Raises:
        LinkError: Damaged, not signed by the key it brings, or of no open invitation.
    """
    try:
        signed = seal.parse_signed(data, bytes_max=MESSAGE_BYTES_MAX)
        payload = canonical.decode(signed.payload, bytes_max=MESSAGE_BYTES_MAX)
        application, proof = _application(payload)
        expected = {
            seal.ALG: seal.ES256,
            seal.KID: application.key.kid,
            seal.TYP: APPLICATION,
        }
        if signed.header() != expected:
            raise BadSeal("another kind of message")
        seal.verify(signed, application.key)
    except PassError as error:
        raise LinkError(NOT_INVITED) from error
    for secret in secrets:
        if hmac.compare_digest(_proof(secret, application), proof):
            return application, secret
    raise LinkError(NOT_INVITED)


def _application(payload: Any) -> tuple[Application, bytes]:
    match payload:
        case {1: cose_key, 2: bytes(nonce), 3: str(version), 4: bytes(proof)} if (
            len(payload) == 4
            and len(nonce) == NONCE_BYTES
            and len(version) <= NAME_CHARACTERS_MAX
            and len(proof) == HASH_BYTES
        ):
            key = PublicKey.from_cose_key(Purpose.GATE, cose_key)
            return Application(key, nonce, version), proof
    raise UnreadablePass("not an application")


def _proof(secret: bytes, application: Application) -> bytes:
    message = canonical.encode(
        [APPLICATION, application.key.cose_key(), application.nonce, application.version]
    )
    return hmac.new(secret, message, hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Admission:
    """The server's answer: who the gate is now, and the key whose knowledge it believes."""

    nonce: bytes
    gate_id: str
    lane: str
    knowledge_key: PublicKey
    sent_ms: int


def sign_admission(admission: Admission, key: PrivateKey) -> bytes:
    """Sign with the school's knowledge key."""
    payload = {
        1: admission.nonce,
        2: admission.gate_id,
        3: admission.lane,
        4: admission.knowledge_key.cose_key(),
        5: admission.sent_ms,
    }
    return seal.sign(canonical.encode(payload), key, typ=ADMISSION).to_bytes()


def read_admission(data: bytes, invitation: Invitation, *, nonce: bytes) -> Admission:
    """Verify the answer to the application that carried `nonce`, by the key the code named.

    Raises:
        LinkError: From somebody else, or to another application.
    """
    try:
        signed = seal.parse_signed(data, bytes_max=MESSAGE_BYTES_MAX)
        admission = _admission(canonical.decode(signed.payload, bytes_max=MESSAGE_BYTES_MAX))
        key = admission.knowledge_key
        if signed.header() != {seal.ALG: seal.ES256, seal.KID: key.kid, seal.TYP: ADMISSION}:
            raise BadSeal("another kind of message")
        seal.verify(signed, key)
    except PassError as error:
        raise LinkError(NOT_OURS) from error
    if key_hash(key) != invitation.key_hash or admission.nonce != nonce:
        raise LinkError(NOT_OURS)
    return admission


def _admission(payload: Any) -> Admission:
    match payload:
        case {1: bytes(nonce), 2: str(gate_id), 3: str(lane), 4: cose_key, 5: sent} if (
            len(payload) == 5
            and 0 < len(gate_id) <= NAME_CHARACTERS_MAX
            and 0 < len(lane) <= NAME_CHARACTERS_MAX
            and is_uint(sent)
        ):
            key = PublicKey.from_cose_key(Purpose.KNOWLEDGE, cose_key)
            return Admission(nonce, gate_id, lane, key, sent)
    raise UnreadablePass("not an admission")


def key_hash(key: PublicKey) -> bytes:
    """Return what an invitation names a knowledge key by."""
    return hashlib.sha256(canonical.encode(key.cose_key())).digest()
