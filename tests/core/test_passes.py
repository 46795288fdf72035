"""Issuing and reading passes, beyond what the vectors show."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import canonical, passes, qr, seal
from portique.core.errors import BadSeal, UnreadablePass
from portique.core.passes import Draft, Identity, KeyRing, Proof
from portique.core.seal import Purpose, SecretKey
from portique.core.values import HolderId, Kind, Medium, PassId, Uai, Window, from_ms

_SEED = random.Random(5)
ISSUER = seal.private_key(Purpose.PASS, _SEED.randbytes(40))
NAME_KEY = SecretKey(Purpose.NAME, _SEED.randbytes(32))
PHONE = seal.private_key(Purpose.PHONE, _SEED.randbytes(40))
UAI = Uai("0990001N")
RING = KeyRing(UAI, {ISSUER.public.kid: ISSUER.public}, {NAME_KEY.kid: NAME_KEY})
WINDOW = Window(from_ms(1_788_220_800_000), from_ms(1_819_749_600_000))
ZOE = Identity(HolderId("00" * 8), Kind.PUPIL, "Zoé Martin", "2nde 4", "green", 7)
DRAFT = Draft(UAI, PassId("0123456789abcdef"), WINDOW, ZOE)


def issued(**changes: Any) -> seal.Signed:
    return passes.issue(replace(DRAFT, **changes), ISSUER, NAME_KEY, iv=bytes(12))


def utf8_within(bytes_max: int) -> st.SearchStrategy[str]:
    return st.text(max_size=bytes_max).filter(lambda text: len(text.encode()) <= bytes_max)


@given(
    utf8_within(32).filter(lambda t: t.isprintable()),
    utf8_within(12),
    st.sampled_from(Kind),
    st.integers(0, 0xFFFFF),
)
def test_every_identity_comes_back(name, label, kind, index):
    """Whatever fits the limits is sealed and read back."""
    identity = replace(ZOE, name=name, label=label, kind=kind, status_index=index)
    held = passes.verify(passes.parse(passes.text_of(issued(identity=identity))), RING).held

    assert held.identity == identity
    assert held.medium is Medium.PAPER


def test_a_phone_code_comes_back_with_its_time():
    """A pass bound to a phone, drawn by that phone, is proved."""
    signed = issued(phone_key=PHONE.public)
    text = passes.phone_text(signed, PHONE, uai=UAI, seconds=1_795_248_000)
    verified = passes.verify(passes.parse(text), RING)

    assert (verified.proof, verified.proof_seconds) == (Proof.VALID, 1_795_248_000)
    assert verified.held.medium is Medium.PHONE


def test_a_gate_without_the_name_key_reads_no_name():
    """The pass is genuine, its holder unknown."""
    ring = replace(RING, name_keys={})
    held = passes.verify(passes.parse(passes.text_of(issued())), ring).held

    assert held.identity is None
    assert held.pass_id == DRAFT.pass_id


def test_a_template_travels_sealed():
    """A face template, once there is one, comes back as it went in."""
    identity = replace(ZOE, template=bytes(92))
    held = passes.verify(passes.parse(passes.text_of(issued(identity=identity))), RING).held

    assert held.identity == identity


@pytest.mark.parametrize("name", ["A", "Zoé Martin", "A" * 32])
@pytest.mark.parametrize("template", [None, bytes(92)])
def test_padding_makes_passes_one_size(name, template):
    """Where a face lane is open, the code's size tells nothing about its holder."""
    identity = replace(ZOE, name=name, template=template)
    sizes = {len(issued(identity=identity, padded_to_bytes=230).to_bytes()) for _ in range(2)}

    assert len(sizes) == 1
    assert abs(sizes.pop() - len(issued(padded_to_bytes=230).to_bytes())) <= 1


INSIDE = {0: bytes(8), 1: 1, 2: "Zoé", 3: "2nde 4", 4: "green", 5: 1, 7: bytes(2)}


def test_the_sealed_map_is_read():
    """The map that the refused ones below differ from is itself accepted."""
    assert passes.identity_from(canonical.encode(INSIDE)).status_index == 1


@pytest.mark.parametrize("wrong", [{1: True}, {5: True}, {7: b"\0\1"}, {6: None}, {6: "face"}])
def test_the_sealed_map_has_one_form(wrong):
    """A truth for a number, a padding that says something, nothing for a template: refused."""
    with pytest.raises(UnreadablePass):
        passes.identity_from(canonical.encode(INSIDE | wrong))


def test_sizes_on_paper_and_phone_stay_readable():
    """A 28-byte name fits version 11 on paper (M) and 13 on a phone (L)."""
    identity = replace(ZOE, name="A" * 28)
    paper = passes.text_of(issued(identity=identity))
    phone = passes.phone_text(
        issued(identity=identity, phone_key=PHONE.public), PHONE, uai=UAI, seconds=1_795_248_000
    )

    assert qr.version_for(paper, "M") <= 11
    assert qr.version_for(phone, "L") <= 13


def test_nothing_readable_travels_in_clear():
    """The bytes of a pass hold no name, label, regime or holder's number."""
    data = issued(identity=replace(ZOE, holder=HolderId("ab" * 8))).to_bytes()

    for secret in ("Zoé".encode(), b"Martin", b"2nde", b"green", b"\xab" * 8):
        assert secret not in data


@pytest.mark.parametrize(
    "identity",
    [replace(ZOE, name="é" * 17), replace(ZOE, label="A" * 13), replace(ZOE, status_index=-1)],
)
def test_an_identity_beyond_the_limits_is_not_issued(identity):
    """What could not be read back is not written."""
    with pytest.raises(UnreadablePass):
        issued(identity=identity)


def test_only_an_issuing_key_and_a_name_key_issue():
    """Keys of another purpose are refused before anything is signed."""
    with pytest.raises(ValueError, match="issuing key"):
        passes.issue(DRAFT, PHONE, NAME_KEY, iv=bytes(12))
    with pytest.raises(ValueError, match="name key"):
        passes.issue(DRAFT, ISSUER, SecretKey(Purpose.FACE, bytes(32)), iv=bytes(12))


def test_a_key_of_another_purpose_in_the_ring_verifies_nothing():
    """Even under the right id, a status key does not vouch for a pass."""
    public = replace(ISSUER.public, purpose=Purpose.STATUS)
    ring = replace(RING, issuers={public.kid: public})

    with pytest.raises(BadSeal, match="does not issue"):
        passes.verify(passes.parse(passes.text_of(issued())), ring)


@pytest.mark.parametrize(("text", "cut"), [("abc", "abc"), ("é" * 20, "é" * 16), ("", "")])
def test_a_name_is_cut_at_a_character(text, cut):
    """32 bytes of UTF-8, never half a letter."""
    assert passes.shortened(text, 32) == cut


def test_a_pass_is_recognised_without_a_key():
    """A code that stays in view is known by the sealed pass it carries, before any check."""
    signed = issued(phone_key=PHONE.public)
    drawn = [passes.phone_text(signed, PHONE, uai=UAI, seconds=n) for n in (15, 30)]

    assert passes.recognised(drawn[0]) == passes.recognised(drawn[1])
    assert passes.recognised(drawn[0]) == (DRAFT.pass_id, signed.to_bytes())
    assert passes.recognised("https://example.org") is None
