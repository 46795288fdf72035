"""The last lines of the console in one language, each drawn once for everybody who listens."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT_S = 30.0  # whoever is further behind has lines drawn anew: they hold names


@dataclass(frozen=True, slots=True)
class Lines:
    """What follows a cursor: as one text for a stream, how many lines, the last one's id."""

    text: str
    count: int
    last: int


def join(told: Sequence[tuple[int, str]], cursor: int) -> Lines:
    """Join lines that follow a cursor: one text costs each listener one call of the system."""
    return Lines("".join(text for _, text in told), len(told), told[-1][0] if told else cursor)


class _Line(NamedTuple):
    number: int
    text: str
    drawn_s: float


@dataclass(slots=True)
class Drawn:
    """Lines without a gap from `first` (the id before them) to `last`."""

    first: int
    last: int
    _lines: deque[_Line] = field(default_factory=deque)
    _joined: dict[int, Lines] = field(default_factory=dict)

    @classmethod
    def after(cls, cursor: int) -> Drawn:
        """Begin after a line."""
        return cls(cursor, cursor)

    def add(self, since: int, lines: Sequence[tuple[int, str]], at_s: float) -> None:
        """Append what follows the last line; nothing, if another reading was quicker."""
        if since != self.last or not lines:
            return
        self._lines.extend(_Line(number, text, at_s) for number, text in lines)
        self.last = lines[-1][0]
        self._joined.clear()

    def forget(self, before_s: float) -> None:
        """Let go of lines that were drawn long ago."""
        while self._lines and self._lines[0].drawn_s < before_s:
            self.first = self._lines.popleft().number
            self._joined.clear()

    def holds(self, cursor: int) -> bool:
        """Say whether nothing that follows a cursor is missing here, up to the last line."""
        return self.first <= cursor <= self.last

    def following(self, cursor: int) -> Lines:
        """Return the lines after a cursor that `holds`."""
        if cursor not in self._joined:
            told = [(line.number, line.text) for line in self._lines if line.number > cursor]
            self._joined[cursor] = join(told, cursor)
        return self._joined[cursor]
