"""Badges' numbers, their digests, and the sealed part that tells gates; against vectors."""

import json
from pathlib import Path

import pytest

from portique.core import canonical, seal
from portique.core.badges import AAD, Badges, badges_part, digest, number_of, read_badges
from portique.core.errors import KnowledgeError, PassError
from portique.core.seal import Purpose, SecretKey

VECTORS = Path(__file__).parents[1] / "vectors" / "knowledge"
VALID = json.loads((VECTORS / "valid.json").read_text("utf-8"))
INVALID = json.loads((VECTORS / "invalid.json").read_text("utf-8"))
KEY = SecretKey(Purpose.NAME, bytes.fromhex(VALID["name_key"]))
OTHER = SecretKey(Purpose.NAME, bytes(32))
NUMBER = "04A2B93C7D1E80"


def decoded(vector: str) -> object:
    return canonical.decode(bytes.fromhex(vector), bytes_max=10_000)


@pytest.mark.parametrize(("typed", "number"), VALID["numbers"])
def test_readers_write_one_number_in_many_ways(typed: str, number: str):
    """Capitals or not, with colons, hyphens or a line's end: one number."""
    assert number_of(typed) == number


@pytest.mark.parametrize("typed", INVALID["numbers"])
def test_what_is_no_number_is_none(typed: str):
    """A pass, a name, too short, too long."""
    assert number_of(typed) is None


@pytest.mark.parametrize(("number", "expected"), VALID["digests"])
def test_a_digest_is_the_pages_to_the_last_byte(number: str, expected: str):
    """HKDF, then HMAC, as another implementation computes them."""
    assert digest(number, KEY).hex() == expected


def test_the_part_of_the_vectors_opens():
    """With the name key it gives passes by digest."""
    badges = read_badges(decoded(VALID["badges"]), [OTHER, KEY])
    assert badges is not None
    texts = [badges.stands_for(number) for number, _ in VALID["digests"]]

    assert texts == VALID["passes"]
    assert VALID["passes"][0] in badges
    assert "PQ1:OTHER" not in badges


@pytest.mark.parametrize("what", sorted(INVALID["badges"]))
def test_a_damaged_part_is_refused(what: str):
    """Whatever was changed in it."""
    with pytest.raises((KnowledgeError, PassError)):
        read_badges(decoded(INVALID["badges"][what]), [KEY])


def test_a_part_comes_back():
    """Written and read by this code, under the newest key."""
    part = badges_part({digest(NUMBER, KEY): "PQ1:A"}, KEY, iv=bytes(12))
    badges = read_badges(part, [KEY])

    assert badges is not None
    assert (badges.stands_for(NUMBER), badges.stands_for("04FF00FF00")) == ("PQ1:A", None)


def test_a_badge_of_an_older_year_is_still_found():
    """Its digest was made with a name key rolled since."""
    badges = Badges((KEY, OTHER), {digest(NUMBER, OTHER): "PQ1:A"})

    assert badges.stands_for(NUMBER) == "PQ1:A"


def test_a_gate_without_the_key_can_tell_nothing():
    """It knows neither which numbers exist nor that one doesn't."""
    part = badges_part({}, KEY, iv=bytes(12))

    assert read_badges(part, [OTHER]) is None
    assert read_badges(None, []) is None


def test_knowledge_without_the_part_knows_no_badge():
    """As knowledge was before the part existed."""
    badges = read_badges(None, [KEY])

    assert badges is not None
    assert badges.stands_for(NUMBER) is None


def test_a_stick_shows_neither_digest_nor_pass():
    """Nothing of the map is in the part's bytes."""
    part = canonical.encode(badges_part({digest(NUMBER, KEY): "PQ1:TEXT"}, KEY, iv=bytes(12)))

    assert b"PQ1:TEXT" not in part
    assert digest(NUMBER, KEY) not in part


@pytest.mark.parametrize("inside", [[], {b"short": "PQ1:A"}, {bytes(32): 7}, {"text": "PQ1:A"}])
def test_sealed_nonsense_is_refused(inside: object):
    """A mistake of the school's own is not taken for badges."""
    part = seal.encrypt(canonical.encode(inside), KEY, iv=bytes(12), aad=AAD)
    with pytest.raises(KnowledgeError, match="badges"):
        read_badges(part, [KEY])
