"""How the gate's own organs are: shown to agents while they fail, counted for Prometheus.

Called every few seconds from the loop.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from portique.core.values import Organ
from portique.gate.eyes import EyesHealth
from portique.gate.faults import NO_CAMERA, NO_DOOR, NO_READER, NO_READING, TIME_DOUBTED
from portique.gate.ports import DoorState

if TYPE_CHECKING:
    from portique.gate.board import Board
    from portique.gate.metrics import Metrics
    from portique.gate.ports import ClockState

ENDS_MAX = 3  # one poison picture costs one decoder; more in a minute is no accident
ENDS_WITHIN_MS = 60_000


class Organs:
    """What was last told of each organ."""

    def __init__(self, board: Board, metrics: Metrics) -> None:
        self._board = board
        self._metrics = metrics
        self._eyes = EyesHealth()
        self._ends_ms: deque[int] = deque(maxlen=ENDS_MAX)

    def tell_of_door(self, state: DoorState) -> None:
        """Show a door that orders don't reach, until one does."""
        unreachable = state is DoorState.UNREACHABLE
        self._board.set_fault(Organ.DOOR, NO_DOOR if unreachable else None)

    def tell_of_readers(self, *, work: bool) -> None:
        """Show a reader that is away or fails, until all of them work."""
        self._board.set_fault(Organ.READER, None if work else NO_READER)

    def tell_of_clock(self, state: ClockState) -> None:
        """Show a time that cannot be trusted, until it can."""
        self._board.set_fault(Organ.CLOCK, None if state.trusted else TIME_DOUBTED)

    def tell_of_eyes(self, health: EyesHealth, uptime_ms: int) -> None:
        """Show a camera that gives no picture until it does, and a decoder that keeps dying.

        While pictures come and none is looked at, it is the decoder that fails.
        """
        former, self._eyes = self._eyes, health
        ended = health.decode_ends - former.decode_ends
        self._ends_ms.extend([uptime_ms] * min(ended, ENDS_MAX))
        over = health.ended and health.frames > 0  # a film; without a picture, it never began
        blind = health.notice is not None and not (health.seeing or over)
        unread = health.frames > former.frames and health.looks == former.looks
        dying = self._keeps_dying(uptime_ms) or (blind and unread)
        self._board.set_fault(Organ.DECODER, NO_READING if dying else None)
        self._board.set_fault(Organ.CAMERA, NO_CAMERA if blind and not unread else None)
        for organ in ("capture", "decode"):
            for _ in range(getattr(health, f"{organ}_ends") - getattr(former, f"{organ}_ends")):
                self._metrics.restarted(organ)
        self._metrics.looked(health.looks - former.looks)
        self._metrics.dropped(health.looks_dropped - former.looks_dropped)

    def _keeps_dying(self, uptime_ms: int) -> bool:
        few = len(self._ends_ms) < ENDS_MAX
        return not few and uptime_ms - self._ends_ms[0] <= ENDS_WITHIN_MS
