"""When to call the server again: soon while it answers, ever less often while it does not.

Every wait has chance in it, from the entropy given, so that a school's gates do
not all knock in the same second when the server comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_S, LONGEST_S = 1.0, 30.0  # a server that is back is found within half a minute
SLOW_S = 600.0  # what only a person can mend is asked about now and then


class Pace:
    """The waits between calls. Used by one thread."""

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many calls failed since the last that did not."""
        return self._failures

    def worked(self) -> None:
        """Note that the server answered."""
        self._failures = 0

    def failed(self) -> float:
        """Note a failure; return how long to wait, in seconds: twice as long each time."""
        wait_s = min(LONGEST_S, FIRST_S * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return self.about(wait_s)

    def about(self, wait_s: float) -> float:
        """Return from half of a wait to the whole of it, by chance."""
        drawn = int.from_bytes(self._entropy(4), "big") / 2**32
        return wait_s * (1 + drawn) / 2
