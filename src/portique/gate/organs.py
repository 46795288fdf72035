"""How the gate's own organs are: shown to agents while they fail, counted for Prometheus.

Called every few seconds from the loop. What an agent reads is one sentence: what fails, what that
means for the lane, what to do.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from portique.gate.eyes import EyesHealth
from portique.gate.ports import DoorState
from portique.gate.screen.shown import Organ

if TYPE_CHECKING:
    from portique.gate.board import Board
    from portique.gate.metrics import Metrics

NO_DOOR = (
    "The door takes no orders: its controller or relays do not answer, so it stands in its fail "
    "state. Let people in by hand, and tell the technician."
)
DYING = (
    "Reading codes keeps breaking off and starting again: showings are lost. "
    "Use the hand reader, and ask the technician to run `portique doctor`."
)
ENDS_MAX = 3  # one poison picture costs one decoder; more in a minute is no accident
ENDS_WITHIN_MS = 60_000


class Organs:
    """What was last told of each organ."""

    def __init__(self, board: Board, metrics: Metrics) -> None:
        self._board = board
        self._metrics = metrics
        self._eyes = EyesHealth()
        self._ends_ms: deque[int] = deque(maxlen=ENDS_MAX)
        self._shown: dict[Organ, str | None] = {}

    def tell_of_door(self, state: DoorState) -> None:
        """Show a door that orders don't reach, until one does."""
        self._show(Organ.DOOR, NO_DOOR if state is DoorState.UNREACHABLE else None)

    def tell_of_eyes(self, health: EyesHealth, uptime_ms: int) -> None:
        """Show a camera that fails until it sees again, and a decoder that keeps dying."""
        failing = None if health.seeing or health.ended else health.notice
        self._show(Organ.CAMERA, failing)
        former, self._eyes = self._eyes, health
        ended = health.decode_ends - former.decode_ends
        self._ends_ms.extend([uptime_ms] * min(ended, ENDS_MAX))
        self._show(Organ.DECODER, DYING if self._keeps_dying(uptime_ms) else None)
        for organ in ("capture", "decode"):
            for _ in range(getattr(health, f"{organ}_ends") - getattr(former, f"{organ}_ends")):
                self._metrics.restarted(organ)
        self._metrics.looked(health.looks - former.looks)
        self._metrics.dropped(health.looks_dropped - former.looks_dropped)

    def _keeps_dying(self, uptime_ms: int) -> bool:
        few = len(self._ends_ms) < ENDS_MAX
        return not few and uptime_ms - self._ends_ms[0] <= ENDS_WITHIN_MS

    def _show(self, organ: Organ, detail: str | None) -> None:
        """Show a change only: each call makes every screen draw itself again."""
        if self._shown.get(organ) != detail:
            self._board.set_fault(organ, detail)
            self._shown[organ] = detail
