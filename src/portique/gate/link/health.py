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

TOLD_OTHERWISE = frozenset({Organ.CLOCK, Organ.SERVER})  # a field of its own; the server knows


def health_of(journal: Journal, source: Source, clock: Clock, board: Board) -> Health:
    """Say how the gate is now.

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
        failing_of(board),
    )


def failing_of(board: Board) -> tuple[Organ, ...]:
    """Name what does not work at the lane, as agents see it."""
    failing = {fault.organ for fault in board.snapshot().faults}
    return tuple(sorted(failing - TOLD_OTHERWISE))


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
