"""What is looked for every few seconds, beside the live streams, and told."""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING

from portique.server.clock import now
from portique.server.console.openings import look_for_unopened
from portique.server.console.sources import Threads
from portique.server.entropy import entropy
from portique.server.outgoing.actions import turn

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_S = 5.0
log = logging.getLogger("portique.server.telling")


async def keep_telling() -> None:
    """Look for what happened and tell it, every few seconds; never ends by itself."""
    threads, stop = Threads(2), threading.Event()  # one each: a slow program holds up no alert
    sender = entropy(16).hex()
    send = partial(_send, sender, stop.is_set)
    try:
        await asyncio.gather(
            _keep(threads, send, "events could not be sent"),
            _keep(threads, _ring, "openings could not be looked at"),
        )
    finally:
        stop.set()
        threads.close()


def _send(sender: str, is_stopped: Callable[[], bool]) -> None:
    turn(now(), sender, is_stopped)


def _ring() -> None:
    look_for_unopened(now())


async def _keep(threads: Threads, do: Callable[[], None], failed: str) -> None:
    while True:
        try:
            await threads.run(do)
        except Exception:
            log.exception(failed)
        await asyncio.sleep(EVERY_S)
