"""The outbox of messages to guardians, emptied beside the live streams."""

from __future__ import annotations

import asyncio
import logging
import threading

from portique.server.clock import now
from portique.server.console.sources import Threads
from portique.server.daily.actions import send_due

EVERY_S = 5.0
log = logging.getLogger("portique.server.mailing")


async def keep_sending() -> None:
    """Send what was validated, every few seconds; never ends by itself."""
    threads, stop = Threads(1), threading.Event()  # a slow mail server holds up nobody's page
    try:
        while True:
            try:
                await threads.run(send_due, now(), stop.is_set)
            except Exception:
                log.exception("validated messages could not be sent")
            await asyncio.sleep(EVERY_S)
    finally:
        stop.set()
        threads.close()
