"""Bodies of journal entries are read strictly, and chained as the format page says."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.entries import (
    Authority,
    DecisionBody,
    EntryKind,
    NoticeBody,
    OrderBody,
    from_body,
)
from portique.core.entries_chain import commitment, genesis, link
from portique.core.entries_fields import ENTRY_BYTES_MAX
from portique.core.errors import JournalError
from portique.core.values import HolderId, Kind, Medium, PassId

FOLDER = Path(__file__).parents[1] / "vectors" / "journal"
BODIES = json.loads((FOLDER / "bodies.json").read_text(encoding="utf-8"))
INVALID = json.loads((FOLDER / "invalid.json").read_text(encoding="utf-8"))
CHAIN = json.loads((FOLDER / "chain.json").read_text(encoding="utf-8"))

codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}", fullmatch=True)
numbers = st.integers(0, 2**53 - 1)
ids = st.binary(min_size=8, max_size=8).map(bytes.hex)
decisions = st.builds(
    DecisionBody,
    showing=numbers,
    lane=codes,
    outcome=st.integers(0, 2),
    reasons=st.lists(codes, max_size=24).map(tuple),
    versions=st.dictionaries(codes, numbers, max_size=24).map(lambda d: tuple(sorted(d.items()))),
    table=ids,
    posture=codes,
    medium=st.none() | st.sampled_from(Medium),
    pass_id=st.none() | ids.map(PassId),
    holder=st.none() | ids.map(HolderId),
    kind=st.none() | st.sampled_from(Kind),
    proof_s=st.none() | numbers,
)
DECISION = from_body(bytes.fromhex(BODIES["decision, whole"]))


@pytest.mark.parametrize("name", BODIES)
def test_each_body_made_elsewhere_is_read_and_written_the_same(name: str):
    """What another CBOR writer made of the format page comes back byte for byte."""
    data = bytes.fromhex(BODIES[name])

    assert from_body(data).to_body() == data


@pytest.mark.parametrize("name", INVALID)
def test_each_invalid_body_is_refused(name: str):
    """Unknown kinds and keys, wrong types and limits, other encodings: JournalError."""
    with pytest.raises(JournalError):
        from_body(bytes.fromhex(INVALID[name]))


def test_every_kind_of_entry_has_a_vector():
    """No kind is left out of the frozen vectors."""
    assert {from_body(bytes.fromhex(data)).KIND for data in BODIES.values()} == set(EntryKind)


def test_the_third_byte_of_a_body_is_its_kind():
    """SQL and the verifier find orders and epochs by that byte."""
    assert all(data[2] == from_body(data).KIND for data in map(bytes.fromhex, BODIES.values()))


def test_the_genesis_is_as_frozen():
    """SHA-256(gate id ‖ epoch ‖ public key), computed elsewhere."""
    found = genesis(CHAIN["gate_id"], CHAIN["epoch"], bytes.fromhex(CHAIN["public"]))

    assert found.hex() == CHAIN["genesis"]


def test_the_chain_is_as_frozen():
    """Each commitment and link equals the one computed elsewhere."""
    previous = bytes.fromhex(CHAIN["genesis"])
    for row in CHAIN["rows"]:
        commit = commitment(bytes.fromhex(row["salt"]), bytes.fromhex(row["body"]))
        previous = link(previous, row["number"], row["time_ms"], commit)

        assert (commit.hex(), previous.hex()) == (row["commitment"], row["chain"])


@given(decisions)
def test_a_decision_comes_back_as_it_was(body: DecisionBody):
    """Reading undoes writing, for every decision that can be made."""
    assert from_body(body.to_body()) == body


@given(decisions)
def test_no_entry_is_larger_than_its_limit(body: DecisionBody):
    """The largest decision stays below 4,096 bytes."""
    assert len(body.to_body()) <= ENTRY_BYTES_MAX


@given(st.binary(max_size=200))
def test_bytes_that_are_no_body_raise_one_error(data: bytes):
    """Whatever the bytes, reading gives a body with that very encoding, or JournalError."""
    try:
        body = from_body(data)
    except JournalError:
        return
    assert body.to_body() == data


@given(st.sampled_from(sorted(BODIES)), st.data())
def test_a_changed_byte_never_reads_as_the_same_body(name: str, draw: st.DataObject):
    """One byte changed is another body or none."""
    data = bytearray.fromhex(BODIES[name])
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= draw.draw(st.integers(1, 255))

    with suppress(JournalError):
        assert from_body(bytes(data)).to_body() == data


@pytest.mark.parametrize(
    "wrong",
    [
        {"lane": "Zoé Martin"},
        {"lane": None},
        {"outcome": 3},
        {"pass_id": "AB" * 8},
        {"pass_id": "ab"},
        {"reasons": ["a"]},
        {"versions": (("b", 1), ("a", 1))},
        {"proof_s": -1},
        {"proof_s": 2**53},
        {"medium": "parrot"},
    ],
    ids=str,
)
def test_a_body_refuses_at_birth_what_it_could_not_give_back(wrong: dict):
    """A value outside its shape, or in another form than it would be read as, is a ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        replace(DECISION, **wrong)


def test_an_order_knows_which_numbers_it_names():
    """Ends included, gaps left out."""
    order = OrderBody(authority=Authority.RETENTION, epoch=1, ranges=((2, 4), (6, 6)))

    assert [n for n in range(9) if n in order] == [2, 3, 4, 6]


def test_an_order_of_the_greatest_size_fits_an_entry():
    """What a signed order of 2,048 bytes can name, and that order itself, fit in 4,096 bytes."""
    ranges = tuple((2**31 + 3 * n, 2**31 + 3 * n + 1) for n in range(195))
    order = OrderBody(authority=Authority.SERVER, epoch=1, ranges=ranges, evidence=bytes(2048))

    assert len(order.to_body()) <= ENTRY_BYTES_MAX


def test_a_body_longer_than_an_entry_is_not_made():
    """Numbers that nobody will reach, 200 times, with all the evidence: refused when written."""
    ranges = tuple((2**52 + 3 * n, 2**52 + 3 * n + 1) for n in range(200))
    order = OrderBody(authority=Authority.SERVER, epoch=1, ranges=ranges, evidence=bytes(2048))

    with pytest.raises(ValueError, match="an entry of"):
        order.to_body()


def test_a_notice_without_number_is_shorter():
    """What is absent is left out of the map, not written as null."""
    assert NoticeBody(code="a").to_body().hex() == "a2000b016161"
