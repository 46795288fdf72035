"""The shares of random checks: by lane and by nothing else; against vectors."""

import json
from pathlib import Path

import pytest

from portique.core import canonical
from portique.core.checks import ALL, checks_part, read_checks
from portique.core.errors import KnowledgeError, PassError

VECTORS = Path(__file__).parents[1] / "vectors" / "knowledge"
VALID = json.loads((VECTORS / "valid.json").read_text("utf-8"))
INVALID = json.loads((VECTORS / "invalid.json").read_text("utf-8"))


def decoded(vector: str) -> object:
    return canonical.decode(bytes.fromhex(vector), bytes_max=10_000, items_max=1000)


def test_the_part_of_the_vectors_reads_as_they_say():
    """Thousandths by the lane's name; what is written back is the same to the last byte."""
    shares = read_checks(decoded(VALID["checks"]))

    assert shares == VALID["checked"]
    assert canonical.encode(checks_part(shares)).hex() == VALID["checks"]


@pytest.mark.parametrize("what", sorted(INVALID["checks"]))
def test_a_share_of_anything_else_is_refused(what: str):
    """No person, class or nested rule has a place; nor a share of more than all."""
    with pytest.raises((KnowledgeError, PassError)):
        read_checks(decoded(INVALID["checks"][what]))


def test_knowledge_without_the_part_says_nothing():
    """It is from before the part was there: each gate's own configuration counts."""
    assert read_checks(None) == {}


def test_a_lane_may_be_checked_whole_or_not_at_all():
    """Both edges are shares."""
    assert read_checks({"a": 0, "b": ALL}) == {"a": 0, "b": ALL}
