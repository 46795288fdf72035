"""What is looked for every few seconds, beside the live streams, and told."""

from __future__ import annotations

import asyncio
import logging
import threading

from portique.server.clock import now
from portique.server.console.openings import look_for_unopened
from portique.server.console.sources import Threads
from portique.server.entropy import entropy
from portique.server.outgoing.actions import turn

EVERY_S = 5.0
log = logging.getLogger("portique.server.telling")


async def keep_telling() -> None:
    """Look for what happened and tell it, every few seconds; never ends by itself."""
    threads, stop = Threads(1), threading.Event()  # a slow program holds up nobody's stream
    sender = entropy(16).hex()
    try:
        while True:
            try:
                await threads.run(turn, now(), sender, stop.is_set)
            except Exception:
                log.exception("events could not be sent")
            try:
                await threads.run(look_for_unopened, now())
            except Exception:
                log.exception("openings could not be looked at")
            await asyncio.sleep(EVERY_S)
    finally:
        stop.set()
        threads.close()
