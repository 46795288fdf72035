"""Programs of the school that call its API, each call at its time whatever became of the others."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.testing.load.http import Answer, Caller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portique.core.values import PassId

PREFIX = "/api/v1"
KINDS = (
    "passes/{card}",
    "passes?limit=50&cursor={place}",
    "passes?label={label}",
    "people?label={label}&limit=50",
    "classes",
    "gates",
    "counts",
    "openings",
    "health",
)
PLACES = 900  # of the list of passes, from which pages are asked
CHANGE_EACH = 100  # one call in so many changes something, which all gates then learn


@dataclass(slots=True)
class Programs:
    """What is asked, by whom, and what came of it.

    `tokens` take turns: each stays below the calls a minute that one may make.
    """

    port: int
    tokens: Sequence[str]
    cards: Sequence[PassId]
    labels: Sequence[str]
    statuses: Counter[int] = field(default_factory=Counter)
    waited_s: list[float] = field(default_factory=list)
    _idle: list[Caller] = field(default_factory=list)

    async def warm_up(self) -> None:
        """Make each kind of call once: what a server does at its first one is no load."""
        caller = Caller(self.port)
        for line in itertools.islice(self._lines(), 1, len(KINDS) + 1):
            await caller.ask(line, {"Authorization": f"Bearer {self.tokens[0]}"})
        caller.close()

    async def call(self, began_s: float, seconds: float, per_s: int) -> None:
        """Make each call when it is due; return once all are answered."""
        tokens, lines = itertools.cycle(self.tokens), self._lines()
        calls = []
        for number in range(int(seconds * per_s)):
            due_s = began_s + number / per_s
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            calls.append(asyncio.create_task(self._call(next(lines), next(tokens), due_s)))
        await asyncio.gather(*calls)
        for caller in self._idle:
            caller.close()

    async def _call(self, line: str, token: str, due_s: float) -> None:
        caller = self._idle.pop() if self._idle else Caller(self.port)
        answer: Answer = await caller.ask(line, {"Authorization": f"Bearer {token}"})
        self.waited_s.append(time.monotonic() - due_s)
        self.statuses[answer.status] += 1
        self._idle.append(caller)

    def _lines(self) -> Iterator[str]:
        """Give a day's mix without end: cards, gates, counts, people; now and then a change."""
        for number in itertools.count():
            card = self.cards[number % len(self.cards)]
            label = self.labels[number % len(self.labels)]
            if number % CHANGE_EACH == 0:
                act = "resume" if number // CHANGE_EACH % 2 else "suspend"
                yield f"POST {PREFIX}/passes/{self.cards[0]}/{act}"
                continue
            kind = KINDS[number % len(KINDS)]
            yield f"GET {PREFIX}/{kind.format(card=card, label=label, place=number % PLACES)}"
