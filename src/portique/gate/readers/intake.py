"""From what a reader delivers to what a lane decides on: marks cut, caps kept, floods counted.

What is let go is counted and never kept: a text may be somebody's pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portique.core.badges import number_of
from portique.gate.ports import TEXT_CHARACTERS_MAX, Line, ReaderCounts

if TYPE_CHECKING:
    from portique.gate.ports import Clock

PASS_PREFIX = "PQ"  # noqa: S105 - the beginning of a code's text, no secret
PASS, NUMBER, OTHER = "pass", "number", "other"  # each sort of text has its own rate
BURST = 5  # lines that may come at once: a class arriving together


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """One reader's name, marks around each text, and rate."""

    source: str
    prefix: str = ""
    suffix: str = ""
    lines_per_minute: int = 60


class TokenBucket:
    """A rate with a burst. Times in milliseconds of any clock that does not run back."""

    def __init__(self, per_minute: int, burst: int) -> None:
        self._per_ms = per_minute / 60_000
        self._burst = burst
        self._tokens = float(burst)
        self._filled_ms: int | None = None

    def take(self, now_ms: int) -> bool:
        """Take one token if there is one."""
        if self._filled_ms is not None:
            gained = max(0, now_ms - self._filled_ms) * self._per_ms
            self._tokens = min(float(self._burst), self._tokens + gained)
        self._filled_ms = now_ms
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Intake:
    """The last step of every reader: one whole text in, one `Line` or a count out.

    Passes, badges' numbers and other texts have rates of their own, so that somebody who holds a
    shop's code in front of the reader doesn't use up the rate of those who show passes.
    """

    def __init__(self, settings: IntakeSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._buckets = {
            sort: TokenBucket(settings.lines_per_minute, BURST) for sort in (PASS, NUMBER, OTHER)
        }
        self.counts = ReaderCounts()

    def take(self, text: str) -> Line | None:
        """Make a line of one text, or count why not. An empty text is nothing at all."""
        text = self._unmarked(text)
        if not text:
            return None
        if len(text) > TEXT_CHARACTERS_MAX:
            self.drop("overlong")
            return None
        bucket = self._buckets[_sort(text)]
        if not bucket.take(self._clock.monotonic_ms()):
            self.drop("flooded")
            return None
        return Line(text, self._clock.now_ms(), self._settings.source)

    def drop(self, why: str) -> None:
        """Count one text let go; ``why`` is a field of `ReaderCounts`."""
        self.counts = replace(self.counts, **{why: getattr(self.counts, why) + 1})

    def _unmarked(self, text: str) -> str:
        """Cut the marks the reader adds; a text without them was not read whole."""
        prefix, suffix = self._settings.prefix, self._settings.suffix
        if not text or not (prefix or suffix):
            return text
        bare = text.removeprefix(prefix).removesuffix(suffix)
        if len(text) - len(bare) != len(prefix) + len(suffix):
            self.drop("unreadable")
            return ""
        return bare


def _sort(text: str) -> str:
    if text.startswith(PASS_PREFIX):
        return PASS
    return OTHER if number_of(text) is None else NUMBER
