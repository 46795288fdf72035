"""How the gate is, for its server: numbers and codes, nobody's data."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from portique import __version__
from portique.core.values import Organ
from portique.core.wire_news import Health

if TYPE_CHECKING:
    from pathlib import Path

    from portique.gate.board import Board
    from portique.gate.journal import Journal
    from portique.gate.ports import Clock
    from portique.gate.sync import Source

CALM_MS = 20_000
TOLD_OTHERWISE = frozenset({Organ.CLOCK, Organ.SERVER})  # a field of its own; the server knows


def health_of(
    journal: Journal, source: Source, clock: Clock, board: Board, failing: tuple[Organ, ...]
) -> Health:
    """Say how the gate is now.

    Args:
        journal: Its entries, and those the server could not take.
        source: What it knows.
        clock: Its time.
        board: Its lane's mode.
        failing: What does not work at the lane; see `Failing`.

    Raises:
        JournalError: The journal's folder can't be read.
    """
    head, state, known = journal.head, clock.state, source.current
    return Health(
        __version__,
        head.epoch,
        head.number,
        journal.pending(),
        state.uncertainty_ms,
        state.trusted,
        str(board.snapshot().mode),
        len(journal.entries_set_aside()),
        _free_bytes(journal.path.parent),
        known.version if known else None,
        failing,
    )


def failing_of(board: Board) -> frozenset[Organ]:
    """Name what does not work at the lane now, as agents see it."""
    return frozenset(fault.organ for fault in board.snapshot().faults) - TOLD_OTHERWISE


class Failing:
    """What the server is told: an organ that comes and goes fails until it has worked a while."""

    def __init__(self) -> None:
        self._works_since_ms: dict[Organ, int | None] = {}

    def look(self, board: Board, now_ms: int) -> tuple[Organ, ...]:
        """Name what fails, or failed until just now, at an uptime in milliseconds; in order."""
        failing = failing_of(board)
        for organ, since_ms in list(self._works_since_ms.items()):
            works_since_ms = now_ms if since_ms is None else since_ms
            if now_ms - works_since_ms >= CALM_MS:
                del self._works_since_ms[organ]
            else:
                self._works_since_ms[organ] = works_since_ms
        self._works_since_ms |= dict.fromkeys(failing)
        return tuple(sorted(self._works_since_ms))


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
