"""A gate that knows its school's recovery key follows a new beginning by that key's word alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from portique.core import canonical, knowledge, recovery
from portique.core.knowledge import Version
from portique.core.seal import PrivateKey, Purpose, private_key
from portique.gate.sync import Source
from portique.testing.lanes import PocketSchool

EPOCH = 1_795_240_800


@pytest.fixture
def key(school: PocketSchool) -> PrivateKey:
    """The school's recovery key."""
    return private_key(Purpose.RECOVERY, school.entropy(40))


@pytest.fixture
def export(school: PocketSchool, key, stick) -> Callable[..., None]:
    """Put knowledge of an epoch on the stick, which tells the recovery key."""

    def put(epoch: int, *, word: bytes | None = None) -> None:
        told = knowledge.read_bundle(school.bundle(), school.knowledge_key.public, uai=school.uai)
        keys = told.parts["keys"] | {"recovery": key.public.cose_key()}
        parts = {name: canonical.encode(part) for name, part in told.parts.items()}
        manifest = replace(told.manifest, version=Version(epoch, 1), authorisation=word)
        data = knowledge.write_bundle(
            manifest, parts | {"keys": canonical.encode(keys)}, school.knowledge_key
        )
        (stick / f"{epoch}-{word is not None}.knowledge").write_bytes(data)

    return put


@pytest.fixture
def source(school: PocketSchool, stick, tmp_path, export) -> Source:
    """A gate that knows the recovery key from its first knowledge."""
    kept = tmp_path / "gate"
    kept.mkdir()
    export(1)
    made = Source(school.trust(), stick, kept)
    made.start()
    return made


def test_a_new_epoch_without_the_word_is_refused_and_told(source, export):
    """The former knowledge stays in use; the technician reads what to run."""
    export(EPOCH)

    assert source.look() is None
    assert source.current.version.epoch == 1
    assert "portique server new-epoch" in source.complaint


def test_a_new_epoch_with_the_word_is_taken(source, export, key, school):
    """And nothing is complained of."""
    export(EPOCH)
    source.look()
    export(EPOCH, word=recovery.authorise(EPOCH, key, uai=school.uai))

    assert source.look().version.epoch == EPOCH
    assert source.complaint is None


def test_after_a_restart_the_word_is_needed_as_before(source, export, school, stick, tmp_path):
    """The gate's own copy knows the key."""
    export(EPOCH)
    again = Source(school.trust(), stick, tmp_path / "gate")
    again.start()

    assert again.current
    assert again.current.version.epoch == 1
