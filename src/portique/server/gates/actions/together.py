"""Work that several threads ask for at the same time, done by one of them for all.

A transaction costs the same turn to write and the same wait for the disk whether it stores one
filing or ten. Who finds somebody at work waits, and has then most often been served.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(eq=False, slots=True)
class _Ticket(Generic[Asked, Answer]):
    """What one thread asks for, and what became of it."""

    asked: Asked
    done: bool = False
    answers: list[Answer] = field(default_factory=list)  # one, unless it failed
    error: Exception | None = None


class Together(Generic[Asked, Answer]):
    """Does work for whoever asks, until a round is heavy enough, and never two of one key in it.

    `work` answers each in order. If it fails for several, each is done alone: one that can't be
    done spoils no other. Errors `of_all` are nobody's own: whoever waits has them.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], list[Answer]],
        key: Callable[[Asked], Hashable],
        weight: Callable[[Asked], int],
        enough: int,
        of_all: type[Exception],
    ) -> None:
        self._work = work
        self._key = key
        self._weight = weight
        self._enough = enough
        self._of_all = of_all
        self._waiting: deque[_Ticket[Asked, Answer]] = deque()
        self._turn = threading.Lock()

    def do(self, asked: Asked) -> Answer:
        """Return the answer, or raise what its work raised."""
        ticket: _Ticket[Asked, Answer] = _Ticket(asked)
        self._waiting.append(ticket)
        with self._turn:
            while not ticket.done:
                tickets = self._next()
                if not tickets:  # whose thread had it was broken off
                    raise RuntimeError("the work was not finished")
                self._serve(tickets)
        if ticket.error is not None:
            raise ticket.error
        return ticket.answers[0]

    def _next(self) -> list[_Ticket[Asked, Answer]]:
        """Take who waited longest; a second one of the same key comes later, in its order."""
        taken: dict[Hashable, _Ticket[Asked, Answer]] = {}
        later: list[_Ticket[Asked, Answer]] = []
        weight = 0
        while self._waiting and weight < self._enough:
            ticket = self._waiting.popleft()
            if taken.setdefault(self._key(ticket.asked), ticket) is ticket:
                weight += self._weight(ticket.asked)
            else:
                later.append(ticket)
        self._waiting.extendleft(reversed(later))
        return list(taken.values())

    def _serve(self, tickets: Sequence[_Ticket[Asked, Answer]]) -> None:
        try:
            answers = self._work([ticket.asked for ticket in tickets])
            for ticket, answer in zip(tickets, answers, strict=True):
                ticket.answers.append(answer)
        except Exception as error:  # noqa: BLE001 - raised again in the threads that asked
            if len(tickets) > 1 and not isinstance(error, self._of_all):
                for ticket in tickets:
                    self._serve([ticket])
                return
            for ticket in tickets:
                ticket.error = error
        for ticket in tickets:
            ticket.done = True
