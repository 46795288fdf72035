"""Signatures in one form, keys of one purpose, sealing and wrapping."""

import random

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import canonical, seal
from portique.core.errors import BadSeal, SealedIdentityError, UnreadablePass
from portique.core.seal import HALF_ORDER, P256_ORDER, PrivateKey, PublicKey, Purpose, SecretKey

_SEED = random.Random(7)
KEY = seal.private_key(Purpose.ORDERS, _SEED.randbytes(40))
OTHER = seal.private_key(Purpose.ORDERS, _SEED.randbytes(40))
SECRET = SecretKey(Purpose.NAME, _SEED.randbytes(32))
IV = bytes(12)


def test_a_signature_is_deterministic():
    """The same payload and key give the same bytes: no nonce can be bad."""
    assert seal.sign(b"x", KEY) == seal.sign(b"x", KEY)


@given(st.binary(max_size=40))
def test_every_signature_is_in_the_lower_half(payload):
    """`s` is at most n/2, whatever is signed."""
    signed = seal.sign(payload, KEY)

    assert int.from_bytes(signed.signature[32:], "big") <= HALF_ORDER
    assert seal.verify(signed, KEY.public) == payload


def test_the_other_signature_of_the_pair_is_refused():
    """(r, n-s) verifies in plain ECDSA; here it does not."""
    signed = seal.sign(b"x", KEY)
    s = P256_ORDER - int.from_bytes(signed.signature[32:], "big")
    twin = seal.Signed(signed.protected, b"x", signed.signature[:32] + s.to_bytes(32, "big"))

    with pytest.raises(BadSeal, match="canonical"):
        seal.verify(twin, KEY.public)


def test_another_keys_signature_is_refused():
    """A signature counts for the key that made it."""
    with pytest.raises(BadSeal, match="verify"):
        seal.verify(seal.sign(b"x", OTHER), KEY.public)


def test_the_type_is_signed_when_given():
    """A content type stands in the protected header."""
    assert seal.sign(b"x", KEY, typ="t").header()[seal.TYP] == "t"


def test_a_key_survives_its_file_form():
    """A scalar gives the same key back."""
    assert PrivateKey.from_scalar(Purpose.ORDERS, KEY.scalar()).public.kid == KEY.public.kid


def test_a_public_key_survives_its_cose_form():
    """A COSE_Key gives the same key back."""
    assert PublicKey.from_cose_key(Purpose.PHONE, KEY.public.cose_key()).x == KEY.public.x


@pytest.mark.parametrize(
    "key",
    [
        None,
        {},
        {1: 2},
        {1: 2, -1: 1, -2: b"", -3: b""},
        {1: 2, -1: 1, -2: bytes(32), -3: bytes(32)},
        KEY.public.cose_key() | {-1: True},
    ],
)
def test_what_is_no_p256_key_is_refused(key):
    """Other maps, and points off the curve, are no key."""
    with pytest.raises(UnreadablePass):
        PublicKey.from_cose_key(Purpose.PHONE, key)


def test_too_little_entropy_is_refused():
    """A signing key is never drawn from fewer than 40 bytes."""
    with pytest.raises(ValueError, match="40 bytes"):
        seal.private_key(Purpose.PASS, bytes(39))


def test_a_sealing_key_has_32_bytes_and_keeps_them_to_itself():
    """A traceback that shows the key's repr shows no secret."""
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(Purpose.NAME, bytes(31))
    assert SECRET.secret.hex() not in repr(SECRET)


@pytest.mark.parametrize(
    "item",
    [
        [b"", {}, b"", bytes(64)],
        cbor2.CBORTag(17, [b"", {}, b"", bytes(64)]),
        cbor2.CBORTag(18, [b"", {1: 1}, b"", bytes(64)]),
        cbor2.CBORTag(18, [b"", {}, b"", bytes(63)]),
        cbor2.CBORTag(18, b""),
    ],
)
def test_what_is_no_sign1_of_ours_is_refused(item):
    """Tag 18, an empty unprotected map and 64 bytes of signature, or nothing."""
    with pytest.raises(UnreadablePass, match="one accepted form"):
        seal.signed_from(item)


def test_a_protected_header_that_is_no_map_is_refused():
    """The header is a map."""
    with pytest.raises(UnreadablePass, match="not a map"):
        seal.Signed(canonical.encode([1]), b"", bytes(64)).header()


def test_what_is_sealed_opens_with_its_key_and_its_pass_only():
    """The key, the id it is bound to and every bit must match."""
    sealed = seal.encrypted_from(seal.encrypt(b"name", SECRET, iv=IV, aad=b"id"))

    assert seal.decrypt(sealed, SECRET, aad=b"id") == b"name"
    for key, aad in ((SecretKey(Purpose.NAME, bytes(32)), b"id"), (SECRET, b"other")):
        with pytest.raises(SealedIdentityError):
            seal.decrypt(sealed, key, aad=aad)


def test_an_iv_of_another_length_is_refused():
    """AES-GCM takes 12 bytes here, always."""
    with pytest.raises(ValueError, match="12 bytes"):
        seal.encrypt(b"", SECRET, iv=bytes(11), aad=b"")


@pytest.mark.parametrize(
    "item",
    [
        None,
        [b"", {1: 1}, b""],
        [canonical.encode({1: 1, 4: bytes(8), 5: IV}), {}, b""],
        [canonical.encode({1: 3, 4: bytes(7), 5: IV}), {}, b""],
        [canonical.encode({1: 3, 4: bytes(8), 5: IV, 6: 0}), {}, b""],
    ],
)
def test_what_is_no_encrypt0_of_ours_is_refused(item):
    """AES-256-GCM, an 8-byte key id and a 12-byte iv, and nothing beside them."""
    with pytest.raises(UnreadablePass):
        seal.encrypted_from(item)


def test_a_wrapped_key_opens_for_its_gate_alone():
    """Another gate's key, another byte or another shape opens nothing."""
    wrapped = seal.wrap(b"secret", KEY.public, entropy=_SEED.randbytes(52))

    assert seal.unwrap(wrapped, KEY) == b"secret"
    for damaged in (wrapped | {"box": bytes(20)}, wrapped | {"iv": bytes(11)}, None):
        with pytest.raises(SealedIdentityError):
            seal.unwrap(damaged, KEY)
    with pytest.raises(SealedIdentityError, match="another gate"):
        seal.unwrap(wrapped, OTHER)


def test_a_wrapped_key_with_a_point_off_the_curve_is_refused():
    """Whoever sends a point off the curve learns nothing of the gate's key."""
    wrapped = seal.wrap(b"secret", KEY.public, entropy=_SEED.randbytes(52))

    with pytest.raises((SealedIdentityError, UnreadablePass)):
        seal.unwrap(wrapped | {"epk": bytes(64)}, KEY)
