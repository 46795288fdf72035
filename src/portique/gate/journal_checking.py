"""One look at the whole journal after a start, in the background, while the lane works.

Opening checks the tail since the last signed head, for the lane to be ready at
once; damage further back would wait for somebody to run `portique journal verify`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from portique.core.errors import JournalError
from portique.gate.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.journal import Journal

ROWS_A_STEP = 500  # about 3 ms: the longest that an append waits for the check
PAUSE_S = 0.02  # then the lane has its turn: 500,000 entries take half a minute
TRIES_MAX = 3  # a file taken up anew meanwhile is begun again


def check_in_background(journal: Journal, now_ms: Callable[[], int]) -> threading.Thread:
    """Check the whole file once; set it aside if it is damaged. The journal tells agents.

    Args:
        journal: Open; closing it ends the check.
        now_ms: The gate's clock, UTC ms.

    Returns:
        The daemon thread, already at work.
    """
    thread = threading.Thread(
        target=_check, args=(journal, now_ms), name="journal-check", daemon=True
    )
    thread.start()
    return thread


def _check(journal: Journal, now_ms: Callable[[], int]) -> None:
    for _ in range(TRIES_MAX):
        try:
            verdict = journal.verify(rows_at_once=ROWS_A_STEP, between=_pause)
            if verdict.fault is None:
                return
            if journal.give_up(verdict.fault.what, at_ms=now_ms(), epoch=verdict.epoch):
                log().error("journal-check-found", epoch=verdict.epoch, organ="journal")
                return
        except JournalError as error:
            if journal.closed:
                return
            log().error("journal-check-fails", organ="journal", error=error)


def _pause() -> None:
    # Without it the lock would mostly be taken again before anybody who waits for it wakes up.
    threading.Event().wait(PAUSE_S)
