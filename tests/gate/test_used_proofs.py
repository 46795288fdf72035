"""Which drawings of a phone are used up: those its own phone proved, and no other."""

import json
from pathlib import Path

import pytest

from portique.core import facts, passes, seal
from portique.core.passes import KeyRing, Proof
from portique.core.seal import PublicKey, Purpose
from portique.core.values import Direction, Uai
from portique.gate.recall import Recall, proved_seconds

FILE = json.loads(
    (Path(__file__).parents[1] / "vectors" / "pass" / "valid.json").read_text(encoding="utf-8")
)
UAI = Uai(FILE["keys"]["uai"])
ISSUERS = [
    PublicKey.from_point(Purpose.PASS, bytes.fromhex(x), bytes.fromhex(y))
    for x, y in FILE["keys"]["issuers"]
]
RING = KeyRing(UAI, {key.kid: key for key in ISSUERS})
DRAWN = next(v for v in FILE["vectors"] if v["medium"] == "phone")


def presented(text: str) -> facts.Presented:
    return facts.genuine(passes.verify(passes.parse(text), RING))


def forged(seconds: int) -> str:
    """Wrap somebody's photographed pass in a stranger's proof, for a moment to come."""
    stranger = seal.private_key(Purpose.PHONE, bytes(40))
    inner = passes.parse(DRAWN["text"]).sealed.signed
    return passes.phone_text(inner, stranger, uai=UAI, seconds=seconds)


def test_a_proved_drawing_is_used_once():
    """The same drawing shown again is a replay."""
    recall = Recall("entry-1", Direction.ENTRY)
    recall.note_proof(presented(DRAWN["text"]), 0)

    assert recall.of(presented(DRAWN["text"])).proof_used


def test_a_strangers_proof_uses_nothing_up():
    """Whoever photographed a phone can't burn the moments its holder will draw."""
    recall = Recall("entry-1", Direction.ENTRY)
    fake = presented(forged(DRAWN["proof_seconds"]))
    recall.note_proof(fake, 0)

    assert fake.proof is Proof.BAD
    assert not recall.of(presented(DRAWN["text"])).proof_used


@pytest.mark.parametrize(("text", "kept"), [(DRAWN["text"], True), (forged(5), False)])
def test_only_proved_moments_are_journalled(text, kept):
    """The journal rebuilds used proofs after a restart: it holds proved ones alone."""
    assert (proved_seconds(presented(text)) is not None) is kept
