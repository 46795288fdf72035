"""Server-sent events as an ASGI response that cuts whoever does not read."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from starlette.responses import Response

from portique.server.config.measuring import CUT

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from starlette.types import Receive, Scope, Send

SLOW_S = 20.0
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # proxies that know it pass each event on at once
    "X-Content-Type-Options": "nosniff",
}


def event(kind: str, data: str, number: int | None = None) -> str:
    """Write one event; `data` holds no line break."""
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {kind}\ndata: {data}\n\n"


class EventStream(Response):
    """Sends texts as they come, until they end, the reader leaves or reads too slowly.

    A reader that takes nothing for `SLOW_S` is cut: its browser comes back by itself with the id
    of the last event it had, and nothing was kept for it meanwhile.
    """

    def __init__(self, texts: AsyncGenerator[str, None], headers: Mapping[str, str]) -> None:
        super().__init__(headers={**HEADERS, **headers})
        del self.headers["content-length"]
        self._texts = texts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send for as long as both sides go on."""
        _ = scope
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending = asyncio.ensure_future(self._send_all(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            sending.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
        if not sending.cancelled() and (error := sending.exception()) is not None:
            if not isinstance(error, TimeoutError):
                raise error
            CUT.inc()

    async def _send_all(self, send: Send) -> None:
        async with aclosing(self._texts) as texts:
            async for text in texts:
                message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
                async with asyncio.timeout(SLOW_S):
                    await send(message)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
