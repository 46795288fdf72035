"""A limit on codes that are no pass of the school: a phone may cycle through made-up ones.

Each of the first is decided and journalled like any showing. Beyond the rate
they are counted: the holder is still sent to the agent, the journal gets one
number a minute, and the disk is not filled by a stranger. Passes of the school
never come here: nothing slows them.
"""

from __future__ import annotations

AT_ONCE_MAX = 60  # a class of visitors who all try their train tickets
EACH_MS = 10_000  # one more every ten seconds: 360 an hour
QUIET_MS = 10 * 60_000  # a flood after this long without one is another flood


class Flood:
    """A bucket of codes that may still be journalled one by one, filled by time."""

    def __init__(self) -> None:
        self._saved_ms = AT_ONCE_MAX * EACH_MS
        self._at_ms: int | None = None
        self._last_ms: int | None = None
        self.beyond = 0
        self.begins = False

    def takes(self, at_ms: int) -> bool:
        """Say whether one more code, at an instant in ms, may have an entry of its own.

        Otherwise it is counted in `beyond`, and `begins` says whether a flood begins with it.
        """
        passed_ms = 0 if self._at_ms is None else max(0, at_ms - self._at_ms)
        self._at_ms = at_ms
        self._saved_ms = min(AT_ONCE_MAX * EACH_MS, self._saved_ms + passed_ms)
        if self._saved_ms >= EACH_MS:
            self._saved_ms -= EACH_MS
            return True
        self.begins = self._last_ms is None or at_ms - self._last_ms > QUIET_MS
        self._last_ms = at_ms
        self.beyond += 1
        return False
