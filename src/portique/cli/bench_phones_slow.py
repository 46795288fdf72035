"""A slow phone on a fast machine: a browser's processes stopped and let go, a few times a second.

The browser's own throttling slows a page's main thread alone. A scanner reads codes in a worker and
derives keys beside both; only a whole process that runs a quarter of the time shows what they take.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOES_S = 0.004  # shorter than a frame: what is stopped misses none for that alone


@contextmanager
def slowed(processes: Sequence[int], rate: float) -> Iterator[None]:
    """Let processes run one part in `rate` of the time; at 1 they are left alone."""
    if rate <= 1:
        yield
        return
    over = threading.Event()
    turning = threading.Thread(target=_stop_and_go, args=(processes, rate, over), daemon=True)
    turning.start()
    try:
        yield
    finally:
        over.set()
        turning.join()


def _stop_and_go(processes: Sequence[int], rate: float, over: threading.Event) -> None:
    pause = threading.Event()
    while not over.is_set():
        pause.wait(GOES_S)
        _signal(processes, signal.SIGSTOP)
        pause.wait(GOES_S * (rate - 1))
        _signal(processes, signal.SIGCONT)


def _signal(processes: Sequence[int], which: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # a page was closed meanwhile
            os.kill(process, which)
