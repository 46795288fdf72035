"""Bundles of knowledge: signed, versioned, for one school."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any

import pytest

from portique.core import canonical, knowledge, revocation, seal
from portique.core.errors import KnowledgeError
from portique.core.knowledge import Manifest, SchoolKeys, Version
from portique.core.revocation import StatusList
from portique.core.seal import Purpose, SecretKey
from portique.core.values import Uai

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
_SEED = random.Random(11)
UAI = Uai("0990001N")


def drawn(purpose: Purpose) -> seal.PrivateKey:
    return seal.private_key(purpose, _SEED.randbytes(40))


KEY, OTHER = drawn(Purpose.KNOWLEDGE), drawn(Purpose.KNOWLEDGE)
GATE, STRANGER = drawn(Purpose.GATE), drawn(Purpose.GATE)
NAMES = (SecretKey(Purpose.NAME, bytes(range(32))), SecretKey(Purpose.NAME, bytes(32)))
KEYS = SchoolKeys(
    (drawn(Purpose.PASS).public,), drawn(Purpose.STATUS).public, drawn(Purpose.ORDERS).public, NAMES
)
MANIFEST = Manifest(UAI, Version(1, 5), NOW, NOW + timedelta(days=7))
PARTS = {"settings": canonical.encode({"a": 1}), "alarms": canonical.encode([])}


def bundle(**changes: Any) -> bytes:
    return knowledge.write_bundle(replace(MANIFEST, **changes), PARTS, KEY)


def refused(data: bytes, **asked: Any) -> str:
    options: dict[str, Any] = {"uai": UAI, "at_least": None} | asked
    with pytest.raises(KnowledgeError) as error:
        knowledge.read_bundle(data, options.pop("key", KEY.public), **options)
    return str(error.value)


def test_a_bundle_comes_back():
    """Manifest and parts are read as they were written."""
    read = knowledge.read_bundle(bundle(), KEY.public, uai=UAI)

    assert read.manifest == MANIFEST
    assert read.parts == {"settings": {"a": 1}, "alarms": []}


def test_every_changed_byte_is_noticed():
    """No byte of the file can change without the file being refused."""
    data = bundle()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        assert "damaged or not signed" in refused(bytes(changed))


def test_an_older_version_is_refused_and_the_same_is_not():
    """Versions only go up; seeing the same file again is harmless."""
    knowledge.read_bundle(bundle(), KEY.public, uai=UAI, at_least=Version(1, 5))

    assert "older" in refused(bundle(), at_least=Version(1, 6))
    assert "older" in refused(bundle(), at_least=Version(2, 0))


def test_another_schools_bundle_is_refused():
    """A gate believes its own school."""
    assert "0990002P" in refused(bundle(), uai=Uai("0990002P"))


def test_another_keys_bundle_is_refused():
    """Only the key pinned at enrolment counts, for its own purpose."""
    assert "not signed" in refused(bundle(), key=OTHER.public)
    assert "not signed" in refused(bundle(), key=replace(KEY.public, purpose=Purpose.PASS))


@pytest.mark.parametrize("outer", [{}, [], {"manifest": b"", "parts": {}, "more": 1}, 7])
def test_another_shape_is_refused(outer):
    """A file that is no bundle says so."""
    assert "damaged" in refused(canonical.encode(outer))


def test_a_manifest_of_another_shape_is_refused():
    """Signed by the right key is not enough."""
    signed = seal.sign(canonical.encode({1: 2}), KEY)
    data = canonical.encode({"manifest": signed.to_bytes(), "parts": {}})

    assert "damaged" in refused(data)


@pytest.mark.parametrize(
    "change", [{1: True}, {4: True}, {5: -1}, {5: 2**53}, {6: 2**60}, {7: 253_402_300_800_000}]
)
def test_a_manifest_with_a_number_that_none_has_is_refused(change):
    """A truth for a number, numbers no other implementation can hold, dates without a calendar."""
    payload = {1: 1, 3: UAI, 4: 1, 5: 7, 6: 0, 7: 1, 8: {}}
    sealed = [seal.sign(canonical.encode(each), KEY) for each in (payload, payload | change)]
    good, wrong = (canonical.encode({"manifest": one.to_bytes(), "parts": {}}) for one in sealed)

    assert knowledge.read_bundle(good, KEY.public, uai=UAI).parts == {}
    assert "damaged" in refused(wrong)


def test_a_part_added_is_refused():
    """Parts that the manifest does not name are not carried along."""
    outer = canonical.decode(bundle(), bytes_max=10**6)
    outer["parts"]["zones"] = b"\x80"

    assert "damaged" in refused(canonical.encode(outer))


@pytest.mark.parametrize(("key", "parts"), [(GATE, {}), (KEY, {"unheard": b""})])
def test_only_known_parts_are_signed_and_by_the_knowledge_key(key, parts):
    """A mistake of ours is stopped before it is signed."""
    with pytest.raises(ValueError, match="knowledge key"):
        knowledge.write_bundle(MANIFEST, parts, key)


def keys_part() -> dict:
    randomness = (_SEED.randbytes(52) for _ in repeat(None))
    return knowledge.keys_part(KEYS, [GATE.public], entropy=randomness)


def test_name_keys_open_for_an_enrolled_gate_alone():
    """A stolen file gives no name to a gate the school did not enrol."""
    part = keys_part()

    assert knowledge.read_keys_part(part, GATE).names == NAMES
    assert knowledge.read_keys_part(part, STRANGER).names == ()
    assert knowledge.read_keys_part(part, None).names == ()


def test_the_keys_make_a_ring():
    """Issuers and name keys are found by their ids."""
    ring = knowledge.read_keys_part(keys_part(), GATE).ring(UAI)

    assert set(ring.issuers) == {KEYS.issuers[0].kid}
    assert set(ring.name_keys) == {key.kid for key in NAMES}


@pytest.mark.parametrize("damage", ["issuers", "names", "all"])
def test_damaged_keys_are_refused(damage):
    """Keys that can't be read leave the former ones in use."""
    part = keys_part()
    part = (
        {}
        if damage == "all"
        else part | {damage: {GATE.public.kid: {}} if damage == "names" else [{}]}
    )
    with pytest.raises(KnowledgeError, match="keys"):
        knowledge.read_keys_part(part, GATE)


@pytest.mark.parametrize("change", [{"more": 1}, {"issuers": {}}, {"names": []}, {"recovery": 0}])
def test_keys_in_another_shape_are_refused(change):
    """A key unknown or of another type refuses the file, whoever reads it."""
    with pytest.raises(KnowledgeError, match="keys"):
        knowledge.read_keys_part(keys_part() | change, None)


def test_a_status_part_must_be_a_list():
    """The status part is a signed token, bytes."""
    with pytest.raises(KnowledgeError, match="not a status list"):
        knowledge.status_from({}, KEYS, uai=UAI)


def test_the_status_part_is_the_schools_signed_list():
    """The list that travels in a bundle is verified with the status key that travels beside it."""
    signer = drawn(Purpose.STATUS)
    listed = StatusList(bytes(16), NOW, NOW + timedelta(days=1), 60)
    keys = replace(KEYS, status=signer.public)
    part = revocation.issue(listed, signer, uai=UAI)

    assert knowledge.status_from(part, keys, uai=UAI) == listed


def test_a_manifest_is_read_without_the_parts():
    """A folder of exports is gone through by their signed versions alone."""
    damaged = bundle().replace(canonical.encode({"a": 1}), canonical.encode({"a": 2}))

    assert knowledge.read_manifest(damaged, KEY.public, uai=UAI) == MANIFEST
    assert "damaged" in refused(damaged)


def test_a_manifest_of_another_school_or_key_is_refused():
    """As the whole bundle is."""
    with pytest.raises(KnowledgeError, match="for school"):
        knowledge.read_manifest(bundle(), KEY.public, uai=Uai("0999002X"))
    with pytest.raises(KnowledgeError, match="not signed by this school"):
        knowledge.read_manifest(bundle(), OTHER.public, uai=UAI)


def test_the_day_s_list_can_be_taken_out_and_nothing_else():
    """What is left is still signed; a gate keeps it so once the day is over."""
    parts = PARTS | {"today": canonical.encode({}), "badges": canonical.encode([])}
    whole = knowledge.write_bundle(MANIFEST, parts, KEY)
    shorter = knowledge.without_today(whole)
    assert shorter is not None

    read = knowledge.read_bundle(shorter, KEY.public, uai=UAI)
    assert set(read.parts) == {"settings", "alarms", "badges"}
    assert knowledge.without_today(shorter) is None


def test_a_manifest_names_every_part_there_is():
    """All nine at once stay within its limits."""
    parts = dict.fromkeys((*knowledge.PARTS, *knowledge.OPTIONAL), b"\x80")
    read = knowledge.read_bundle(knowledge.write_bundle(MANIFEST, parts, KEY), KEY.public, uai=UAI)

    assert set(read.parts) == set(parts)


@pytest.mark.parametrize("part", ["settings", "badges"])
def test_any_other_part_that_is_missing_is_noticed(part):
    """Only the day's list may go."""
    parts = PARTS | {"badges": canonical.encode([])}
    outer = canonical.decode(knowledge.write_bundle(MANIFEST, parts, KEY), bytes_max=10**6)
    del outer["parts"][part]

    assert "damaged" in refused(canonical.encode(outer))


@pytest.mark.parametrize("data", [b"", b"\xa0", b"\xa1eparts\x01"])
def test_what_is_no_bundle_has_no_list_to_lose(data):
    """Said, not guessed."""
    with pytest.raises(KnowledgeError, match="damaged"):
        knowledge.without_today(data)


def test_a_part_that_a_newer_school_adds_is_left_unread():
    """A gate from before it reads the others: nothing has to be upgraded at once."""
    told = {"later": canonical.encode({"a": 1}), **PARTS}
    hashes = {name: hashlib.sha256(part).digest() for name, part in told.items()}
    signed = seal.parse_signed(
        canonical.decode(bundle(), bytes_max=4096)["manifest"], bytes_max=4096
    )
    payload = canonical.decode(signed.payload, bytes_max=4096) | {knowledge.HASHES: hashes}
    manifest = seal.sign(canonical.encode(payload), KEY).to_bytes()
    data = canonical.encode({"manifest": manifest, "parts": told})

    assert set(knowledge.read_bundle(data, KEY.public, uai=UAI).parts) == set(told)
