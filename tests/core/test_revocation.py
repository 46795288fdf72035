"""The status list: packing, signing, refusing."""

import random
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import canonical, revocation, seal
from portique.core.errors import KnowledgeError
from portique.core.revocation import Status, StatusList
from portique.core.seal import Purpose

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
_SEED = random.Random(9)
KEY = seal.private_key(Purpose.STATUS, _SEED.randbytes(40))
OTHER = seal.private_key(Purpose.STATUS, _SEED.randbytes(40))
UAI = "0990001N"
LIST = StatusList(revocation.pack({3: Status.VALID}, 64), NOW, NOW + timedelta(days=1), 60)


@given(st.dictionaries(st.integers(0, 99), st.sampled_from(Status)))
def test_statuses_come_back_and_the_rest_is_revoked(statuses):
    """Indexes never handed out read REVOKED."""
    packed = revocation.pack(statuses, 100)
    read = StatusList(packed, NOW, NOW + timedelta(1), 0)

    assert [read.of(i) for i in range(100)] == [statuses.get(i, Status.REVOKED) for i in range(100)]


def test_the_drafts_own_example_is_unpacked():
    """Two-bit vector of the standard's draft: bytes c9 44 f9."""
    packed = b"\xc9\x44\xf9"
    read = StatusList(packed, NOW, NOW + timedelta(1), 0)

    assert [read.of(i) for i in range(12)] == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("index", [-1, 64, 10**9])
def test_an_index_outside_the_list_has_no_status(index):
    """Outside is not valid: it is unlisted."""
    assert LIST.of(index) is None
    assert LIST.length == 64


@pytest.mark.parametrize("index", [-1, 8])
def test_packing_outside_the_list_is_refused(index):
    """A list never hides an index it can't hold."""
    with pytest.raises(ValueError, match="outside"):
        revocation.pack({index: Status.VALID}, 8)


def test_a_signed_list_comes_back():
    """Issue, read, same list."""
    token = revocation.issue(LIST, KEY, uai=UAI)

    assert revocation.read(token, KEY.public, uai=UAI) == LIST


def refused(token: bytes, key=KEY.public, uai: str = UAI) -> str:
    with pytest.raises(KnowledgeError) as error:
        revocation.read(token, key, uai=uai)
    return str(error.value)


def test_a_list_signed_by_another_key_is_refused():
    """Only the pinned status key counts."""
    assert "not signed" in refused(revocation.issue(LIST, OTHER, uai=UAI))


def test_a_list_for_another_school_is_refused():
    """The list names its school."""
    assert "not one of this school" in refused(revocation.issue(LIST, KEY, uai=UAI), uai="0990002P")


def test_a_key_of_another_purpose_reads_nothing():
    """An issuing key can't vouch for a status list."""
    public = replace(KEY.public, purpose=Purpose.PASS)

    assert "status key" in refused(revocation.issue(LIST, KEY, uai=UAI), public)


def test_a_damaged_list_is_refused():
    """One byte off, and the former list stays."""
    token = bytearray(revocation.issue(LIST, KEY, uai=UAI))
    token[-1] ^= 1

    assert "not signed" in refused(bytes(token))


def signed(claims: object, typ: str = revocation.TYP) -> bytes:
    return seal.sign(canonical.encode(claims), KEY, typ=typ).to_bytes()


CLAIMS = {2: UAI, 4: 2, 6: 1, 65534: 60, 65533: {"bits": 2, "lst": zlib.compress(bytes(4))}}


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS | {4: 1}, CLAIMS | {9: 0}, CLAIMS | {65533: {"bits": 1, "lst": b""}}, [],
        CLAIMS | {2: 5}, CLAIMS | {65534: "x"},
    ],
)  # fmt: skip
def test_claims_of_another_shape_are_refused(claims):
    """Signed by the right key is not enough."""
    assert "not one of this school" in refused(signed(claims))


def test_another_type_of_token_is_refused():
    """A token of another type, signed by the same key, is no status list."""
    assert "not one of this school" in refused(signed(CLAIMS, "application/cwt"))


@pytest.mark.parametrize(
    "packed", [b"", b"not zlib", zlib.compress(bytes(9))[:-3], zlib.compress(bytes(9)) + b"x",
               zlib.compress(bytes(256 * 1024 + 1))],
    ids=["empty", "garbage", "cut", "trailing", "bomb"],
)  # fmt: skip
def test_a_list_that_does_not_inflate_exactly_is_refused(packed):
    """Cut, followed by more, or larger than 256 KiB once inflated."""
    message = refused(signed(CLAIMS | {65533: {"bits": 2, "lst": packed}}))

    assert "inflate" in message or "cut short" in message


@pytest.mark.parametrize("field", [revocation.IAT, revocation.EXP, revocation.TTL])
@pytest.mark.parametrize("value", [-1, 2**60, True])
def test_a_time_that_no_calendar_has_is_refused(field, value):
    """Each time of a list is a second up to the year 9999, even from whoever holds the key."""
    token = seal.parse_signed(revocation.issue(LIST, KEY, uai=UAI), bytes_max=4096)
    claims = {**canonical.decode(token.payload, bytes_max=4096), field: value}
    forged = seal.sign(canonical.encode(claims), KEY, typ=revocation.TYP).to_bytes()

    assert "not one of this school" in refused(forged)
