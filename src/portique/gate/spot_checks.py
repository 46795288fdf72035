"""Random checks: one showing in so many is referred, so that an agent looks at the card.

Drawn before anybody looks at who shows what: the chance is the same for all,
and no person, class or kind can be picked. Whoever walks away and shows again
is still to be checked: that is the lane's to remember, not chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DRAW_BYTES = 8


class SpotChecks:
    """Draws for one lane.

    Args:
        percent: The share of showings to check, 0 (none) to 100 (all).
        entropy: Gives so many unpredictable bytes: `os.urandom`, at the edge.
    """

    def __init__(self, percent: float, entropy: Callable[[int], bytes]) -> None:
        self._below = round(percent / 100 * (1 << 8 * DRAW_BYTES))
        self._entropy = entropy

    def draw(self) -> bool:
        """Say whether this showing is to be checked."""
        return int.from_bytes(self._entropy(DRAW_BYTES), "big") < self._below


def never() -> bool:
    """Draw nobody: a replay gives the same decisions each time."""
    return False
