"""Random checks: one showing in so many is referred, so that an agent looks at the card.

Drawn before anybody looks at who shows what: the chance is the same for all,
and no person, class or kind can be picked. Whoever walks away and shows again
is still to be checked: that is the lane's to remember, not chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.checks import ALL

if TYPE_CHECKING:
    from collections.abc import Callable

DRAW_BYTES = 8
DRAWN_BELOW = 1 << 8 * DRAW_BYTES


class SpotChecks:
    """Draws for one lane.

    Args:
        percent: The share of showings to check, 0 (none) to 100 (all), where the school tells none.
        entropy: Gives so many unpredictable bytes: `os.urandom`, at the edge.
    """

    def __init__(self, percent: float, entropy: Callable[[int], bytes]) -> None:
        self._below = round(percent / 100 * DRAWN_BELOW)
        self._entropy = entropy

    def draw(self, told: int | None = None) -> bool:
        """Say whether this showing is to be checked.

        Args:
            told: The thousandths of its showings that the school wants checked at this lane.
        """
        below = self._below if told is None else DRAWN_BELOW * told // ALL
        return int.from_bytes(self._entropy(DRAW_BYTES), "big") < below


def never(told: int | None = None) -> bool:
    """Draw nobody: a replay gives the same decisions each time."""
    _ = told
    return False
