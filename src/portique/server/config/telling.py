"""Events for other programs, sent beside the live streams."""

from __future__ import annotations

import asyncio
import logging

from portique.server.clock import now
from portique.server.console.sources import Threads
from portique.server.entropy import entropy
from portique.server.outgoing.actions import turn

EVERY_S = 5.0
log = logging.getLogger("portique.server.telling")


async def keep_telling() -> None:
    """Look for what happened and send it, every few seconds; never ends by itself."""
    threads, sender = Threads(1), entropy(16).hex()  # a slow program holds up nobody else's stream
    try:
        while True:
            try:
                await threads.run(turn, now(), sender)
            except Exception:
                log.exception("events could not be sent")
            await asyncio.sleep(EVERY_S)
    finally:
        threads.close()
