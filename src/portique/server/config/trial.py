"""A stream that speaks once and then stays open: whoever hears it knows that nothing holds it back.

A proxy that buffers would keep the live page silent for hours, and look well all the while.
`portique doctor server` asks for it where the real streams are, and leaves.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response

from portique.server.config.event_stream import EventStream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

ASKED = "trial"
OPEN_S = 30.0  # longer than the doctor waits
AT_ONCE_MAX = 8  # anybody may ask


class Trials:
    """Counts the trials that are open now."""

    def __init__(self) -> None:
        self._open = 0

    def answer(self, request: Request) -> Response | None:
        """Return the trial that a request asks for; None: it asks for the real stream."""
        if ASKED not in request.query_params:
            return None
        if self._open >= AT_ONCE_MAX:
            return Response(status_code=503)
        return EventStream(self._texts(), {})

    async def _texts(self) -> AsyncGenerator[str, None]:
        self._open += 1
        try:
            yield ": open\n\n"
            await asyncio.sleep(OPEN_S)
        finally:
            self._open -= 1
