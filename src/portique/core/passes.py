"""A pass from text to verified claims, and back.

    text ── parse ──▶ Presented code ── verify ──▶ Pass ── (name key) ──▶ Identity
           grammar, caps, canonical     signature first, then the claims

Nothing is believed before the signature: not the dates, not the school. Only
the id and the school are *peeked* at, to recognise a code that stays in view
and to tell a stranger's pass from a forged one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portique.core import canonical, qr, seal
from portique.core.errors import (
    BadSeal,
    NotAPass,
    OtherSchool,
    PhoneProofError,
    SealedIdentityError,
    UnknownIssuer,
    UnreadablePass,
)
from portique.core.seal import Encrypted, PrivateKey, PublicKey, Purpose, SecretKey, Signed
from portique.core.values import (
    ID_BYTES,
    HolderId,
    Kind,
    Medium,
    PassId,
    Uai,
    Window,
    from_ms,
    hex_id,
    is_uai,
    parse_hex_id,
    to_ms,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SEALED_PASS_BYTES_MAX = 800
CLAIMS_BYTES_MAX = 640
IDENTITY_BYTES_MAX = 400
NAME_BYTES_MAX = 32
LABEL_BYTES_MAX = 12
REGIME_BYTES_MAX = 12
TEMPLATE_BYTES_MAX = 160
SECONDS_MAX = 253_402_300_799  # the last second of the year 9999
STATUS_INDEX_MAX = 0xFFFFF

ISS, EXP, NBF, CTI, CNF, SEALED = 1, 4, 5, 7, 8, -65537
KIND_NUMBER = {kind: number for number, kind in enumerate(Kind)}
KIND_OF = dict(enumerate(Kind))


@dataclass(frozen=True, slots=True)
class Identity:
    """What travels sealed in the pass for the agent's eyes; a gate keeps none of it.

    `name` is at most 32 UTF-8 bytes, `label` (class or service) at most 12,
    `regime` the code of an exit regime, at most 12; `status_index` is the
    pass's place in the status list.
    """

    holder: HolderId
    kind: Kind
    name: str
    label: str
    regime: str
    status_index: int
    template: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """Claims whose signature was verified.

    `identity` is None on a gate without the name key. `phone_key` is present
    when the pass only counts together with that phone's proof.
    """

    pass_id: PassId
    uai: Uai
    window: Window
    kid: bytes
    phone_key: PublicKey | None
    identity: Identity | None

    @property
    def medium(self) -> Medium:
        """Paper unless the pass is bound to a phone's key."""
        return Medium.PAPER if self.phone_key is None else Medium.PHONE


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys a gate holds: which school, who may issue, what may be opened."""

    uai: Uai
    issuers: Mapping[bytes, PublicKey]
    name_keys: Mapping[bytes, SecretKey] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PhoneCode:
    """A phone's signature around its pass, not yet verified."""

    signed: Signed
    uai: str
    seconds: int


@dataclass(frozen=True, slots=True)
class SealedPass:
    """A pass whose form was checked, and nothing else: signature, dates and school are unproved.

    `header` and `claims` are decoded once, here; `inside` is the sealed part, closed.
    """

    signed: Signed
    header: Mapping[int, Any]
    claims: Mapping[int, Any]
    inside: Encrypted

    def to_bytes(self) -> bytes:
        """Encode as tag 18."""
        return self.signed.to_bytes()


@dataclass(frozen=True, slots=True)
class Code:
    """A text in canonical form: a sealed pass, perhaps inside a phone's proof."""

    sealed: SealedPass
    phone: PhoneCode | None

    @property
    def pass_id(self) -> PassId:
        """The id the code claims, unverified: only to recognise the code while it stays in view."""
        return PassId(hex_id(self.sealed.claims[CTI]))

    @property
    def proof_seconds(self) -> int | None:
        """When the phone says it drew the code, unverified."""
        return self.phone.seconds if self.phone else None


class Proof(StrEnum):
    """What the phone proved."""

    NOT_NEEDED = "not-needed"
    VALID = "valid"
    MISSING = "missing"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verified:
    """A genuine pass and what the phone added to it."""

    held: Pass
    proof: Proof
    proof_seconds: int | None


# --- reading -------------------------------------------------------------------------------------


def parse(text: str) -> Code:
    """Read a text into a code, refusing every form but the canonical one.

    Raises:
        NotAPass: No prefix of Portique's.
        UnreadablePass: Ours, but not the one encoding of a pass.
    """
    prefix, data = qr.split(text)
    signed = seal.parse_signed(data, bytes_max=SEALED_PASS_BYTES_MAX)
    if prefix == qr.PREFIX_PASS:
        return Code(sealed_from(signed), None)
    return _parse_phone(signed)


def _parse_phone(signed: Signed) -> Code:
    if signed.header() != {seal.ALG: seal.ES256}:
        raise UnreadablePass("unexpected header around the pass")
    payload = canonical.decode(signed.payload, bytes_max=SEALED_PASS_BYTES_MAX)
    match payload:
        case {1: inner, 3: str(uai), 6: int(seconds)} if len(payload) == 3 and is_second(seconds):
            sealed = sealed_from(seal.signed_from(inner))
            return Code(sealed, PhoneCode(signed, uai, seconds))
    raise UnreadablePass("not a phone's code")


def sealed_from(signed: Signed) -> SealedPass:
    """Check the form of a pass: its header's keys, its claims' types and lengths, not their truth.

    Raises:
        UnreadablePass: No pass has this form.
    """
    header = signed.header()
    if set(header) != {seal.ALG, seal.KID}:
        raise UnreadablePass("unexpected header")
    claims: dict[int, Any] = canonical.decode(signed.payload, bytes_max=CLAIMS_BYTES_MAX)
    expected = {ISS, EXP, NBF, CTI, SEALED}
    match claims:
        case {1: str(uai), 4: int(exp), 5: int(nbf), 7: bytes(cti)} if (
            set(claims) - {CNF} == expected
            and is_uai(uai)
            and len(cti) == ID_BYTES
            and is_second(exp)
            and is_second(nbf)
            and nbf < exp
        ):
            return SealedPass(signed, header, claims, seal.encrypted_from(claims[SEALED]))
    raise UnreadablePass("claims that no pass has")


def is_second(value: int) -> bool:
    """Say whether a number is a second from 1970 to the end of the year 9999."""
    return not isinstance(value, bool) and 0 <= value <= SECONDS_MAX


def verify(code: Code, ring: KeyRing) -> Verified:
    """Check who issued a code, then its phone's proof, then open what this gate may open.

    A missing or wrong proof is a value (`Proof`), because the pass itself is
    genuine and the agent is told its holder's name; so is a sealed part that
    doesn't open (`identity` is None).

    Raises:
        OtherSchool: Another school's pass (by its own, unverified word).
        UnknownIssuer: No such issuing key here.
        BadSeal: The issuing key didn't sign this.
        UnreadablePass: Signed, but against the format.
    """
    held = open_pass(code.sealed, ring)
    return Verified(held, _proof(code, held), code.proof_seconds)


def open_pass(sealed: SealedPass, ring: KeyRing) -> Pass:
    """Verify a sealed pass with the school's issuing keys and return its claims.

    Raises:
        OtherSchool, UnknownIssuer, BadSeal, UnreadablePass: See `verify`.
    """
    kid, claims = sealed.header[seal.KID], sealed.claims
    if sealed.header[seal.ALG] != seal.ES256:
        raise BadSeal("an algorithm no issuing key has")
    issuer = ring.issuers.get(kid) if isinstance(kid, bytes) else None
    if claims[ISS] != ring.uai:
        raise OtherSchool("a pass of another school")
    if issuer is None:
        raise UnknownIssuer("no issuing key with this id")
    if issuer.purpose is not Purpose.PASS:
        raise BadSeal("a key that does not issue passes")
    seal.verify(sealed.signed, issuer)
    phone_key = _phone_key(claims)
    window = Window(from_ms(claims[NBF] * 1000), from_ms(claims[EXP] * 1000))
    pass_id = PassId(hex_id(claims[CTI]))
    identity = _identity(sealed, ring)
    return Pass(pass_id, Uai(claims[ISS]), window, issuer.kid, phone_key, identity)


def _phone_key(claims: Mapping[int, Any]) -> PublicKey | None:
    if CNF not in claims:
        return None
    match claims[CNF]:
        case {1: key} if len(claims[CNF]) == 1:
            return PublicKey.from_cose_key(Purpose.PHONE, key)
    raise UnreadablePass("a confirmation that is not one key")


def _proof(code: Code, held: Pass) -> Proof:
    if held.phone_key is None:
        return Proof.NOT_NEEDED if code.phone is None else Proof.BAD
    if code.phone is None:
        return Proof.MISSING
    try:
        _check_proof(code.phone, held.phone_key, held.uai)
    except (PhoneProofError, BadSeal):
        return Proof.BAD
    return Proof.VALID


def _check_proof(phone: PhoneCode, key: PublicKey, uai: Uai) -> None:
    if phone.uai != uai:
        raise PhoneProofError("made for another school")
    seal.verify(phone.signed, key)


def _identity(sealed: SealedPass, ring: KeyRing) -> Identity | None:
    key = ring.name_keys.get(sealed.inside.kid)
    if key is None:
        return None
    try:
        inside = seal.decrypt(sealed.inside, key, aad=sealed.claims[CTI])
        return identity_from(inside)
    except (SealedIdentityError, UnreadablePass):
        return None


def identity_from(inside: bytes) -> Identity:
    """Read the sealed part's map.

    Raises:
        UnreadablePass: Not the exact map of the format.
    """
    data = canonical.decode(inside, bytes_max=IDENTITY_BYTES_MAX)
    match data:
        case {
            0: bytes(holder), 1: int(kind), 2: str(name), 3: str(label),
            4: str(regime), 5: int(index), 7: bytes(padding),
        } if (
            set(data) - {6} == {0, 1, 2, 3, 4, 5, 7}
            and not isinstance(kind, bool) and not isinstance(index, bool) and not any(padding)
            and len(holder) == ID_BYTES and kind in KIND_OF and 0 <= index <= STATUS_INDEX_MAX
            and _fits(name, NAME_BYTES_MAX) and _fits(label, LABEL_BYTES_MAX)
            and _fits(regime, REGIME_BYTES_MAX)
        ):  # fmt: skip
            template = data.get(6)
            if 6 not in data or isinstance(template, bytes):
                return Identity(
                    HolderId(hex_id(holder)), KIND_OF[kind], name, label, regime, index, template
                )
    raise UnreadablePass("a sealed part that no pass has")


def _fits(text: str, bytes_max: int) -> bool:
    return len(text.encode()) <= bytes_max


# --- writing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """All that goes into a pass before it is sealed."""

    uai: Uai
    pass_id: PassId
    window: Window
    identity: Identity
    phone_key: PublicKey | None = None
    padded_to_bytes: int = 0


def issue(draft: Draft, issuer: PrivateKey, name_key: SecretKey, *, iv: bytes) -> Signed:
    """Seal and sign a pass. `iv` is 12 random bytes.

    Raises:
        ValueError: A field is longer than the format allows, or a key has another purpose.
    """
    if issuer.purpose is not Purpose.PASS or name_key.purpose is not Purpose.NAME:
        raise ValueError("a pass is signed by an issuing key and sealed by a name key")
    cti = parse_hex_id(draft.pass_id)
    inside = _inside(draft.identity, draft.padded_to_bytes)
    claims: dict[int, Any] = {
        ISS: draft.uai,
        EXP: to_ms(draft.window.closes) // 1000,
        NBF: to_ms(draft.window.opens) // 1000,
        CTI: cti,
        SEALED: seal.encrypt(inside, name_key, iv=iv, aad=cti),
    }
    if draft.phone_key is not None:
        claims[CNF] = {1: draft.phone_key.cose_key()}
    return seal.sign(canonical.encode(claims), issuer)


def _inside(identity: Identity, padded_to: int) -> bytes:
    fields: dict[int, Any] = {
        0: parse_hex_id(identity.holder),
        1: KIND_NUMBER[identity.kind],
        2: identity.name,
        3: identity.label,
        4: identity.regime,
        5: identity.status_index,
        7: b"",
    }
    if identity.template is not None:
        fields[6] = identity.template
    missing = padded_to - len(canonical.encode(fields))
    if missing > 0:
        # A longer string costs a longer head as well: stay at or one under the size asked for.
        fields[7] = bytes(max(missing - (1 if missing > 24 else 0), 0))
    inside = canonical.encode(fields)
    identity_from(inside)  # the pair of the check made on reading
    return inside


def text_of(sealed: Signed | SealedPass) -> str:
    """Write a sealed pass as the text of its printed code."""
    return qr.PREFIX_PASS + qr.to_base45(sealed.to_bytes())


def phone_text(sealed: Signed, phone: PrivateKey, *, uai: Uai, seconds: int) -> str:
    """Write the text a phone draws at `seconds` (UTC since 1970), signed by its own key."""
    payload = canonical.encode({1: sealed.structure(), 3: uai, 6: seconds})
    signed = seal.sign(payload, phone, with_kid=False)
    return qr.PREFIX_PHONE + qr.to_base45(signed.to_bytes())


def shortened(text: str, bytes_max: int) -> str:
    """Cut a text to a number of UTF-8 bytes, at a character."""
    return text.encode()[:bytes_max].decode(errors="ignore")


def recognised(text: str) -> tuple[PassId, bytes] | None:
    """Tell one presented pass from another, without verifying anything.

    Returns:
        The id the text claims, and the bytes of the sealed pass inside: the same at every
        redraw of a phone, others for a forgery that borrows the id. None if it is no pass.
    """
    try:
        code = parse(text)
    except (NotAPass, UnreadablePass):
        return None
    return code.pass_id, code.sealed.to_bytes()
