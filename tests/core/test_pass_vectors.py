"""Passes made by another implementation are read as it meant them, and refused as it meant them."""

import json
from pathlib import Path

import pytest

from portique.core import passes, qr
from portique.core.errors import PassError, UnreadablePass
from portique.core.passes import KeyRing, Proof
from portique.core.seal import PublicKey, Purpose, SecretKey
from portique.core.values import Uai, to_ms

FOLDER = Path(__file__).parents[1] / "vectors" / "pass"
VALID = json.loads((FOLDER / "valid.json").read_text(encoding="utf-8"))
INVALID = json.loads((FOLDER / "invalid.json").read_text(encoding="utf-8"))
BUILT = json.loads((FOLDER / "built.json").read_text(encoding="utf-8"))


def ring(file: dict) -> KeyRing:
    keys = file["keys"]
    issuers = [
        PublicKey.from_point(Purpose.PASS, bytes.fromhex(x), bytes.fromhex(y))
        for x, y in keys["issuers"]
    ]
    names = [SecretKey(Purpose.NAME, bytes.fromhex(secret)) for secret in keys["name_keys"]]
    return KeyRing(Uai(keys["uai"]), {k.kid: k for k in issuers}, {k.kid: k for k in names})


def outcome(text: str) -> str:
    """Say what reading a text came to, in the word the vectors use."""
    try:
        verified = passes.verify(passes.parse(text), ring(INVALID))
    except PassError as error:
        return type(error).__name__
    if verified.proof in (Proof.MISSING, Proof.BAD):
        return verified.proof
    return "sealed" if verified.held.identity is None else "genuine"


def test_there_are_enough_vectors():
    """At least 400 passes, good and bad, were made by a second implementation."""
    assert len(VALID["vectors"]) + len(INVALID["vectors"]) >= 400


@pytest.mark.parametrize("vector", VALID["vectors"], ids=lambda v: v["pass_id"])
def test_a_pass_made_elsewhere_is_read(vector):
    """Every claim of a pass made by another implementation is read as it was written."""
    verified = passes.verify(passes.parse(vector["text"]), ring(VALID))
    held, identity = verified.held, verified.held.identity

    assert identity is not None
    assert (held.pass_id, held.medium) == (vector["pass_id"], vector["medium"])
    assert to_ms(held.window.opens) == vector["not_before"] * 1000
    assert to_ms(held.window.closes) == vector["expires"] * 1000
    assert (verified.proof, verified.proof_seconds) == (vector["proof"], vector["proof_seconds"])
    for field in ("holder", "kind", "name", "label", "regime", "status_index"):
        assert getattr(identity, field) == vector[field]


@pytest.mark.parametrize("vector", INVALID["vectors"], ids=lambda v: v["what"])
def test_a_pass_forged_elsewhere_is_refused(vector):
    """Every malformed, forged or stripped pass is refused for the right reason."""
    assert outcome(vector["text"]) == vector["expected"]


@pytest.mark.parametrize("vector", BUILT["vectors"], ids=lambda v: v["what"])
def test_nothing_is_built_for_a_stranger(vector):
    """Tags and keys that a CBOR library would act upon are refused before it sees them."""
    with pytest.raises(UnreadablePass, match=r"a tag|a key|more than 128"):
        passes.parse(vector["text"])


@pytest.mark.parametrize("vector", VALID["vectors"][:8], ids=lambda v: v["pass_id"])
def test_every_valid_vector_has_one_text(vector):
    """Reading a pass and writing it again gives the same text: there is no second one."""
    code = passes.parse(vector["text"])

    written = (
        passes.text_of(code.sealed)
        if code.phone is None
        else "PQ2:" + qr.to_base45(code.phone.signed.to_bytes())
    )

    assert written == vector["text"]
