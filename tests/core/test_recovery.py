"""A new epoch of the knowledge needs the recovery key's word, once gates know that key; vectors."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.core.test_knowledge import KEYS, MANIFEST, NOW, UAI, bundle, drawn

from portique.core import canonical, knowledge, recovery
from portique.core.errors import KnowledgeError
from portique.core.knowledge import Version
from portique.core.seal import PublicKey, Purpose, private_key

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "recovery" / "authorisations.json").read_text("utf-8")
)
THEIRS = PublicKey.from_point(
    Purpose.RECOVERY, bytes.fromhex(VECTORS["key"]["x"]), bytes.fromhex(VECTORS["key"]["y"])
)
KEY, OTHER = drawn(Purpose.RECOVERY), drawn(Purpose.RECOVERY)
BEFORE = Version(3, 70)
KNOWN = replace(KEYS, recovery=KEY.public)


def refused(epoch: int, *, word: bytes | None = None, told: PublicKey | None = None) -> bool:
    """Say whether a gate that knows `KEY` refuses knowledge of an epoch that tells a key."""
    manifest = replace(MANIFEST, version=Version(epoch, 99), authorisation=word)
    try:
        recovery.check_succession(BEFORE, KNOWN, manifest, replace(KEYS, recovery=told))
    except KnowledgeError as error:
        return str(error) == recovery.NOT_AUTHORISED
    return False


def test_the_word_of_the_vectors_counts():
    """Made by other code, from the description alone."""
    word = bytes.fromhex(VECTORS["valid"])

    assert recovery.is_authorised(word, VECTORS["epoch"], THEIRS, uai=VECTORS["uai"])


@pytest.mark.parametrize("name", VECTORS["invalid"])
def test_nothing_else_is_a_word(name: str):
    """One key, one school, one epoch, one form."""
    word = bytes.fromhex(VECTORS["invalid"][name])

    assert not recovery.is_authorised(word, VECTORS["epoch"], THEIRS, uai=VECTORS["uai"])


def test_no_changed_byte_goes_unnoticed():
    """Of a word of our own."""
    word = recovery.authorise(4, KEY, uai=UAI)
    for place in range(len(word)):
        changed = bytearray(word)
        changed[place] ^= 1
        assert not recovery.is_authorised(bytes(changed), 4, KEY.public, uai=UAI)


def test_only_the_recovery_key_signs_for_epochs():
    """A key has one purpose."""
    with pytest.raises(ValueError, match="recovery key"):
        recovery.authorise(4, drawn(Purpose.KNOWLEDGE), uai=UAI)


def test_knowledge_of_the_same_epoch_needs_no_word():
    """Each day's."""
    assert not refused(3, told=KEY.public)


def test_a_new_epoch_needs_the_word_of_the_key_that_is_known():
    """Nobody's, another key's, another epoch's or another school's won't do."""
    words = [
        None,
        recovery.authorise(4, OTHER, uai=UAI),
        recovery.authorise(5, KEY, uai=UAI),
        recovery.authorise(4, KEY, uai="0990002P"),
    ]

    assert [refused(4, word=word, told=KEY.public) for word in words] == [True] * 4
    assert not refused(4, word=recovery.authorise(4, KEY, uai=UAI), told=KEY.public)


def test_the_key_itself_never_changes():
    """Each file of an epoch bears its word: with the knowledge key, it still replaces nothing."""
    words = {epoch: recovery.authorise(epoch, KEY, uai=UAI) for epoch in (3, 4)}

    assert refused(3)
    assert all(
        refused(epoch, word=word, told=told)
        for epoch, word in words.items()
        for told in (OTHER.public, None)
    )


def test_a_school_without_recovery_key_may_begin_anew_and_take_one():
    """As before there were any."""
    manifest = replace(MANIFEST, version=Version(9, 1))
    for following in (KEYS, KNOWN):
        recovery.check_succession(BEFORE, KEYS, manifest, following)


def test_a_manifest_brings_the_word_along():
    """Written and read back; without one the bytes are what they always were."""
    word = recovery.authorise(1, KEY, uai=UAI)
    signer = private_key(Purpose.KNOWLEDGE, random.Random(3).randbytes(40))
    data = knowledge.write_bundle(replace(MANIFEST, authorisation=word), {}, signer)

    assert knowledge.read_manifest(data, signer.public, uai=UAI).authorisation == word
    assert len(bundle(expires_at=NOW + timedelta(days=7))) < len(bundle(authorisation=word))


@pytest.mark.parametrize("more", [{10: b""}, {9: b"", 10: b""}, {9: "text"}])
def test_a_manifest_with_anything_else_is_none(more, monkeypatch):
    """Strictly read, as ever."""
    signer = private_key(Purpose.KNOWLEDGE, random.Random(3).randbytes(40))
    encode = canonical.encode
    monkeypatch.setattr(
        canonical, "encode",
        lambda item: encode(item | more if isinstance(item, dict) and 8 in item else item),
    )  # fmt: skip
    data = knowledge.write_bundle(MANIFEST, {}, signer)
    with pytest.raises(KnowledgeError, match="damaged"):
        knowledge.read_manifest(data, signer.public, uai=UAI)


def test_the_keys_part_tells_the_recovery_key():
    """Its public half, to every gate."""
    part = knowledge.keys_part(KNOWN, [], entropy=[])

    assert knowledge.read_keys_part(part, None).recovery == KEY.public
    with pytest.raises(KnowledgeError, match="damaged"):
        knowledge.read_keys_part(part | {"recovery": {}}, None)
