"""What a phone's wallet asks of its school's server, signed by the phone's own key.

No session and no clock of the phone's: the signature is the proof, over a
challenge of the server's. Its header has a type, so that no code shown to a
gate can pass for a call, nor a call for a code. Source: `docs/formats/wallet.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portique.core import canonical, seal
from portique.core.errors import LinkError, PassError, UnreadablePass
from portique.core.seal import PublicKey, Purpose
from portique.core.values import ID_BYTES, Language, PassId, Uai, hex_id, is_uai, parse_hex_id

if TYPE_CHECKING:
    from portique.core.seal import PrivateKey, Signed

TYPE = "portique-wallet"
CALL_BYTES_MAX = 512
CHALLENGE_BYTES = 24
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}){2,3}")
DAMAGED = "the wallet's call is damaged or not of this version: load the app again"


class WalletAct(StrEnum):
    """What a wallet asks for."""

    ENROL = "enrol"
    STATE = "state"
    RENEW = "renew"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes with every call: for what, over which challenge, at which school, how to answer."""

    act: WalletAct
    challenge: bytes
    uai: Uai
    language: Language


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A phone asks for a pass: the code that somebody at the school gave, and its public key."""

    code: str = field(repr=False)  # it stays out of tracebacks and logs
    key: PublicKey


@dataclass(frozen=True, slots=True)
class WalletCall:
    """A call whose form was checked. `about` is an enrolment, or the pass that a question is of."""

    asked: Asked
    about: Enrolment | PassId
    signed: Signed = field(repr=False)


def sign_call(asked: Asked, about: str | PassId, key: PrivateKey) -> bytes:
    """Sign a call with the phone's key.

    Args:
        asked: What for; its act says what `about` is.
        about: The enrolment code, or the pass's id.
        key: The phone's.
    """
    payload: dict[int, Any] = {
        1: asked.act.value, 2: asked.challenge, 3: asked.uai, 4: asked.language.value
    }  # fmt: skip
    if asked.act is WalletAct.ENROL:
        payload |= {6: about, 7: key.public.cose_key()}
    else:
        payload |= {5: parse_hex_id(about)}
    return seal.sign(canonical.encode(payload), key, with_kid=False, typ=TYPE).to_bytes()


def read_call(data: bytes) -> WalletCall:
    """Read a call; an enrolment is verified by the key it brings, a question by none yet.

    Raises:
        LinkError: Not a call, or an enrolment that its own key did not sign.
    """
    try:
        signed = seal.parse_signed(data, bytes_max=CALL_BYTES_MAX)
        if signed.header() != {seal.ALG: seal.ES256, seal.TYP: TYPE}:
            raise UnreadablePass("another kind of message")
        payload = canonical.decode(signed.payload, bytes_max=CALL_BYTES_MAX)
        asked = _asked(payload)
        about = _enrolment(payload) if asked.act is WalletAct.ENROL else _pass_id(payload)
        if isinstance(about, Enrolment):
            seal.verify(signed, about.key)
    except PassError as error:
        raise LinkError(DAMAGED) from error
    return WalletCall(asked, about, signed)


def verify_call(call: WalletCall, key: PublicKey) -> None:
    """Hold a question to the key of the pass it is about.

    Raises:
        LinkError: Another phone's.
    """
    try:
        seal.verify(call.signed, key)
    except PassError as error:
        raise LinkError("the call is not signed by the phone this pass is for") from error


def _asked(payload: object) -> Asked:
    match payload:
        case {1: str(act), 2: bytes(challenge), 3: str(uai), 4: str(language)} if (
            act in set(WalletAct)
            and len(challenge) == CHALLENGE_BYTES
            and is_uai(uai)
            and language in set(Language)
        ):
            return Asked(WalletAct(act), challenge, Uai(uai), Language(language))
    raise UnreadablePass("not a wallet's call")


def _enrolment(payload: dict[int, Any]) -> Enrolment:
    match payload:
        case {6: str(code), 7: key} if len(payload) == 6 and CODE.fullmatch(code):
            return Enrolment(code, PublicKey.from_cose_key(Purpose.PHONE, key))
    raise UnreadablePass("not an enrolment")


def _pass_id(payload: dict[int, Any]) -> PassId:
    match payload:
        case {5: bytes(pass_id)} if len(payload) == 5 and len(pass_id) == ID_BYTES:
            return PassId(hex_id(pass_id))
    raise UnreadablePass("not about a pass")
