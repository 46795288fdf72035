"""How the gate is, for its server: numbers and codes, nobody's data."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from portique import __version__
from portique.core.wire_news import Health

if TYPE_CHECKING:
    from pathlib import Path

    from portique.gate.board import Board
    from portique.gate.journal import Journal
    from portique.gate.ports import Clock
    from portique.gate.sync import Source


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
    )


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
