"""COSE with nothing optional: ES256 signatures, AES-256-GCM sealing, keys bound to one purpose.

The algorithm and the purpose belong to the key and never come from the token.
Every signature has one form: `s` in the lower half, so that (r, n-s), which
verifies as well, is refused. Source: RFC 9052 (structures), RFC 9053
(algorithms), RFC 9864 context; `docs/formats/pass.md` for the bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portique.core import canonical
from portique.core.errors import BadSeal, SealedIdentityError, UnreadablePass

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HALF_ORDER = P256_ORDER // 2
COORDINATE_BYTES = 32
SIGNATURE_BYTES = 64
SYMMETRIC_KEY_BYTES = 32
IV_BYTES = 12
KID_BYTES = 8

ALG, KID, IV, TYP = 1, 4, 5, 16
ES256, A256GCM = -7, 3

_ES256 = ec.ECDSA(hashes.SHA256())
_ES256_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


class Purpose(StrEnum):
    """What a key is for; a key of one purpose is never tried for another."""

    PASS = "pass"  # noqa: S105 - a purpose, not a password
    STATUS = "status"
    KNOWLEDGE = "knowledge"
    ORDERS = "orders"
    NAME = "name"
    FACE = "face"
    GATE = "gate"
    PHONE = "phone"
    RECOVERY = "recovery"
    IDENTITY = "identity"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A P-256 public key that verifies for one purpose.

    `x` and `y` are 32-byte big-endian coordinates.
    """

    purpose: Purpose
    x: bytes
    y: bytes
    handle: ec.EllipticCurvePublicKey

    @property
    def kid(self) -> bytes:
        """The key's 8-byte id: the head of SHA-256 over its canonical COSE_Key."""
        return kid_of(self.cose_key())

    def cose_key(self) -> dict[int, Any]:
        """Return the COSE_Key map with only its required parameters."""
        return {1: 2, -1: 1, -2: self.x, -3: self.y}

    @classmethod
    def from_point(cls, purpose: Purpose, x: bytes, y: bytes) -> PublicKey:
        """Build a key from its coordinates.

        Raises:
            UnreadablePass: The point isn't on the curve.
        """
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
        )
        try:
            return cls(purpose, x, y, numbers.public_key())
        except ValueError as error:
            raise UnreadablePass("a key that is not on the curve") from error

    @classmethod
    def from_cose_key(cls, purpose: Purpose, key: object) -> PublicKey:
        """Build a key from a COSE_Key map that holds exactly kty, crv, x and y.

        Raises:
            UnreadablePass: Any other map.
        """
        match key:
            case {1: 2, -1: 1 as curve, -2: bytes(x), -3: bytes(y), **rest} if (
                not rest and curve is not True and len(x) == len(y) == COORDINATE_BYTES
            ):
                return cls.from_point(purpose, x, y)
        raise UnreadablePass("not a P-256 COSE_Key")


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A P-256 private key that signs for one purpose."""

    purpose: Purpose
    handle: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> PublicKey:
        """The public half."""
        numbers = self.handle.public_key().public_numbers()
        x, y = (n.to_bytes(COORDINATE_BYTES, "big") for n in (numbers.x, numbers.y))
        return PublicKey(self.purpose, x, y, self.handle.public_key())

    def scalar(self) -> bytes:
        """Return the 32-byte secret, for the key file alone."""
        return self.handle.private_numbers().private_value.to_bytes(COORDINATE_BYTES, "big")

    @classmethod
    def from_scalar(cls, purpose: Purpose, scalar: bytes) -> PrivateKey:
        """Build a key from 32 bytes of a key file.

        Raises:
            ValueError: The number isn't in 1..n-1.
        """
        return cls(purpose, ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()))


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A 32-byte AES-256-GCM key that seals for one purpose."""

    purpose: Purpose
    secret: bytes

    def __post_init__(self) -> None:
        """Refuse a key of another length."""
        if len(self.secret) != SYMMETRIC_KEY_BYTES:
            raise ValueError(f"a sealing key is {SYMMETRIC_KEY_BYTES} bytes")

    def __repr__(self) -> str:
        """Keep the secret out of tracebacks and logs."""
        return f"SecretKey({self.purpose}, kid={self.kid.hex()})"

    @property
    def kid(self) -> bytes:
        """The key's 8-byte id."""
        return kid_of({1: 4, -1: self.secret})


def kid_of(cose_key: dict[int, Any]) -> bytes:
    """Return the first 8 bytes of SHA-256 over the canonical COSE_Key."""
    return hashlib.sha256(canonical.encode(cose_key)).digest()[:KID_BYTES]


def private_key(purpose: Purpose, entropy: bytes) -> PrivateKey:
    """Derive a signing key from at least 40 random bytes: reduced modulo n-1, bias below 2^-64."""
    if len(entropy) < 40:
        raise ValueError("a signing key needs 40 bytes of entropy")
    number = int.from_bytes(entropy, "big") % (P256_ORDER - 1) + 1
    return PrivateKey.from_scalar(purpose, number.to_bytes(COORDINATE_BYTES, "big"))


# --- signatures --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signed:
    """A COSE_Sign1 in its one canonical form, not yet verified."""

    protected: bytes
    payload: bytes
    signature: bytes

    def header(self) -> dict[int, Any]:
        """Decode the protected header: a map with integer labels.

        Raises:
            UnreadablePass: It is anything else.
        """
        header = canonical.decode(self.protected, bytes_max=128, depth_max=2, items_max=12)
        if not isinstance(header, dict):
            raise UnreadablePass("the protected header is not a map")
        return header

    def structure(self) -> cbor2.CBORTag:
        """Return the tagged array, ready to be encoded or embedded."""
        parts = [self.protected, {}, self.payload, self.signature]
        return cbor2.CBORTag(canonical.TAG_SIGN1, parts)

    def to_bytes(self) -> bytes:
        """Encode as tag 18."""
        return canonical.encode(self.structure())


def sign(
    payload: bytes, key: PrivateKey, *, with_kid: bool = True, typ: str | None = None
) -> Signed:
    """Sign `payload` deterministically (RFC 6979) with `s` in the lower half."""
    header: dict[int, Any] = {ALG: ES256}
    if with_kid:
        header[KID] = key.public.kid
    if typ is not None:
        header[TYP] = typ
    protected = canonical.encode(header)
    der = key.handle.sign(_to_be_signed(protected, payload), _ES256_DETERMINISTIC)
    r, s = decode_dss_signature(der)
    s = min(s, P256_ORDER - s)
    signature = r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")
    return Signed(protected, payload, signature)


def verify(signed: Signed, key: PublicKey) -> bytes:
    """Check a signature and return the payload it covers.

    Raises:
        BadSeal: `s` in the upper half, or the signature isn't this key's.
    """
    r = int.from_bytes(signed.signature[:COORDINATE_BYTES], "big")
    s = int.from_bytes(signed.signature[COORDINATE_BYTES:], "big")
    if not (0 < r < P256_ORDER and 0 < s <= HALF_ORDER):
        raise BadSeal("the signature is not in its canonical form")
    try:
        key.handle.verify(
            encode_dss_signature(r, s), _to_be_signed(signed.protected, signed.payload), _ES256
        )
    except InvalidSignature as error:
        raise BadSeal("the signature does not verify") from error
    return signed.payload


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return canonical.encode(["Signature1", protected, b"", payload])


def parse_signed(data: bytes, *, bytes_max: int) -> Signed:
    """Read a COSE_Sign1 strictly: tag 18, empty unprotected map, canonical throughout.

    Raises:
        UnreadablePass: Anything else.
    """
    return signed_from(canonical.decode(data, bytes_max=bytes_max))


def signed_from(item: object) -> Signed:
    """Take a decoded tag 18 apart.

    Raises:
        UnreadablePass: Not a COSE_Sign1 with a 64-byte signature and an empty unprotected map.
    """
    if isinstance(item, cbor2.CBORTag) and item.tag == canonical.TAG_SIGN1:
        match item.value:
            case [bytes(protected), {**rest}, bytes(payload), bytes(signature)] if (
                not rest and len(signature) == SIGNATURE_BYTES
            ):
                return Signed(protected, payload, signature)
    raise UnreadablePass("not a COSE_Sign1 of the one accepted form")


# --- sealing -----------------------------------------------------------------------------------


def encrypt(plaintext: bytes, key: SecretKey, *, iv: bytes, aad: bytes) -> list[Any]:
    """Seal `plaintext` as an untagged COSE_Encrypt0 array.

    `iv` is 12 random bytes, never used twice with one key.
    """
    if len(iv) != IV_BYTES:
        raise ValueError(f"an iv is {IV_BYTES} bytes")
    protected = canonical.encode({ALG: A256GCM, KID: key.kid, IV: iv})
    sealed = AESGCM(key.secret).encrypt(iv, plaintext, _enc_structure(protected, aad))
    return [protected, {}, sealed]


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A COSE_Encrypt0 whose header was checked, not yet opened."""

    protected: bytes
    kid: bytes
    iv: bytes
    ciphertext: bytes


def encrypted_from(item: object) -> Encrypted:
    """Take an untagged COSE_Encrypt0 apart.

    Raises:
        UnreadablePass: Not exactly {alg: A256GCM, kid, iv} and an empty unprotected map.
    """
    match item:
        case [bytes(protected), {**rest}, bytes(ciphertext)] if not rest:
            header = canonical.decode(protected, bytes_max=64, depth_max=2, items_max=7)
            match header:
                case {1: 3, 4: bytes(kid), 5: bytes(iv)} if (
                    len(header) == 3 and len(kid) == KID_BYTES and len(iv) == IV_BYTES
                ):
                    return Encrypted(protected, kid, iv, ciphertext)
    raise UnreadablePass("not a COSE_Encrypt0 of the one accepted form")


def decrypt(sealed: Encrypted, key: SecretKey, *, aad: bytes) -> bytes:
    """Open a sealed part.

    Raises:
        SealedIdentityError: Not sealed by this key, for this pass, or damaged.
    """
    try:
        return AESGCM(key.secret).decrypt(
            sealed.iv, sealed.ciphertext, _enc_structure(sealed.protected, aad)
        )
    except InvalidTag as error:
        raise SealedIdentityError("the sealed part does not open") from error


def _enc_structure(protected: bytes, aad: bytes) -> bytes:
    return canonical.encode(["Encrypt0", protected, aad])


# --- wrapping a key for one gate ------------------------------------------------------------------


def wrap(secret: bytes, to: PublicKey, *, entropy: bytes) -> dict[str, bytes]:
    """Encrypt `secret` to one public key: ephemeral ECDH, HKDF-SHA256, AES-256-GCM.

    Args:
        secret: What only the holder of `to`'s private half may read.
        to: The gate's own key.
        entropy: 52 random bytes: 40 for the ephemeral key, 12 for the iv.
    """
    ephemeral = private_key(to.purpose, entropy[:40])
    iv = entropy[40 : 40 + IV_BYTES]
    point = ephemeral.public.x + ephemeral.public.y
    key = _shared_key(ephemeral, to, point)
    return {"epk": point, "iv": iv, "box": AESGCM(key).encrypt(iv, secret, to.kid)}


def unwrap(wrapped: object, mine: PrivateKey) -> bytes:
    """Open what `wrap` made for this key.

    Raises:
        SealedIdentityError: Damaged, or made for another key.
    """
    match wrapped:
        case {"epk": bytes(point), "iv": bytes(iv), "box": bytes(box)} if (
            len(point) == 2 * COORDINATE_BYTES and len(iv) == IV_BYTES
        ):
            ephemeral = PublicKey.from_point(
                mine.purpose, point[:COORDINATE_BYTES], point[COORDINATE_BYTES:]
            )
            key = _shared_key(mine, ephemeral, point)
            try:
                return AESGCM(key).decrypt(iv, box, mine.public.kid)
            except InvalidTag as error:
                raise SealedIdentityError("a key was wrapped for another gate") from error
    raise SealedIdentityError("not a wrapped key")


def _shared_key(mine: PrivateKey, theirs: PublicKey, point: bytes) -> bytes:
    shared = mine.handle.exchange(ec.ECDH(), theirs.handle)
    kdf = HKDF(algorithm=hashes.SHA256(), length=SYMMETRIC_KEY_BYTES, salt=point, info=b"portique")
    return kdf.derive(shared)
