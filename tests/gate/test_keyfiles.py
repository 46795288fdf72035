"""A gate's two keys: missing, open to others, or of another kind, each is one sentence."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from portique.core.errors import EnvironmentProblem
from portique.core.seal import Purpose
from portique.gate.keyfiles import read_private, read_public

PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
PLAIN = serialization.NoEncryption()


@pytest.fixture
def key():
    return ec.generate_private_key(ec.SECP256R1())


def written(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_the_gates_own_key_is_read(key, tmp_path):
    """P-256 in PKCS 8, mode 0600."""
    path = written(tmp_path / "gate.key", key.private_bytes(PEM, PKCS8, PLAIN))

    read = read_private(path)

    assert (read.purpose, read.handle.private_numbers()) == (Purpose.GATE, key.private_numbers())


def test_a_key_that_others_can_read_is_refused_with_the_cure(key, tmp_path):
    """The sentence holds the command."""
    path = written(tmp_path / "gate.key", key.private_bytes(PEM, PKCS8, PLAIN), 0o640)

    with pytest.raises(EnvironmentProblem, match=r"chmod 600 .*gate\.key"):
        read_private(path)


def test_a_missing_key_says_how_to_make_one(tmp_path):
    """Both keys come from one command."""
    for read in (read_private, read_public):
        with pytest.raises(EnvironmentProblem, match="portique gate init"):
            read(tmp_path / "gate.key")


@pytest.mark.parametrize("data", [b"", b"hello", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_refused(tmp_path, data):
    """Whatever the bytes are."""
    path = written(tmp_path / "file", data)
    with pytest.raises(EnvironmentProblem, match="not a key"):
        read_private(path)
    with pytest.raises(EnvironmentProblem, match="not the school's public key"):
        read_public(path)


def test_a_key_behind_a_password_is_refused(key, tmp_path):
    """A gate starts by itself at six in the morning: nobody is there to type."""
    locked = key.private_bytes(PEM, PKCS8, serialization.BestAvailableEncryption(b"secret"))
    path = written(tmp_path / "gate.key", locked)

    with pytest.raises(EnvironmentProblem, match="password"):
        read_private(path)


@pytest.mark.parametrize(
    "other", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()]
)
def test_a_key_of_another_kind_is_refused(other, tmp_path):
    """Only P-256 will do."""
    private = written(tmp_path / "a", other.private_bytes(PEM, PKCS8, PLAIN))
    public = written(tmp_path / "b", other.public_key().public_bytes(PEM, SPKI))
    with pytest.raises(EnvironmentProblem, match="P-256"):
        read_private(private)
    with pytest.raises(EnvironmentProblem, match="P-256"):
        read_public(public)


def test_the_schools_public_key_is_read(key, tmp_path):
    """It is good for knowledge and nothing else."""
    path = written(tmp_path / "school.pub", key.public_key().public_bytes(PEM, SPKI))

    read = read_public(path)

    assert read.purpose is Purpose.KNOWLEDGE
    assert int.from_bytes(read.x, "big") == key.public_key().public_numbers().x
