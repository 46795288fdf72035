"""How many showings of each lane an agent looks at, drawn by chance: the lane's share, nobody's.

There is no place in it for a person, a kind, a class or an hour.
Source: `docs/formats/knowledge.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.errors import KnowledgeError
from portique.core.plain import CODE, Fields
from portique.core.zones import LANES_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portique.core.plain import Plain

ALL = 1000  # shares are in thousandths of a lane's showings


def checks_part(shares: Mapping[str, int]) -> dict[str, int]:
    """Write the knowledge's part `checks`: thousandths by the lane's name."""
    return dict(shares)


def read_checks(part: Plain) -> dict[str, int]:
    """Read the shares back; None, from knowledge without that part, says nothing of any lane.

    Raises:
        KnowledgeError: Something other than lanes and their shares.
    """
    if part is None:
        return {}
    with Fields(part, "checks") as fields:
        if len(part) > LANES_MAX or not all(isinstance(name, str) for name in part):
            raise KnowledgeError(f"checks: at most {LANES_MAX} lanes, by name")
        return {_lane(name): fields.whole(name, 0, ALL) for name in part}


def _lane(name: str) -> str:
    if not CODE.fullmatch(name):
        raise KnowledgeError("checks: a lane's name that isn't one")
    return name
