"""Server-sent events: the present state at once, then each change, and a beat every second.

A stream carries states, not changes, so resuming after a cut needs no history:
the first event after it says how things stand. An id names the state, so that
nothing is sent twice to a page that has it already.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse, StreamingResponse

from portique.gate.screen.context import screens_of, visitor_of, words_of
from portique.gate.screen.render import AgentRenderer, holder_payload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from portique.gate.screen.context import Screens

BEAT_S = 1.0  # a page that hears nothing for 3 s says that it is cut off
GAP_S = 0.04  # 25 states a second at most, whatever the camera's rate
STREAMS_MAX = 48  # screens connected at once; a school's gate has two or three

State = tuple[str, dict[str, Any]]
_BOOT = secrets.token_hex(4)  # ids of an earlier run name other states


async def agent_stream(request: Request) -> Response:
    """Stream the agent's screen; without a session there is nothing to see."""
    screens, words = screens_of(request), words_of(request)

    def state() -> State | None:
        session = visitor_of(request).session
        if session is None:
            return None
        board = screens.board.snapshot()
        renderer = AgentRenderer(words, screens.zone, locked=session.locked)
        mark = "l" if session.locked else "o"
        return f"{_BOOT}-{board.version}{mark}", renderer.payload(board)

    if state() is None:
        return PlainTextResponse("sign in first", 401)
    return _stream(request, state)


async def holder_stream(request: Request) -> Response:
    """Stream the holder's screen, to this machine and to paired devices."""
    screens = screens_of(request)
    if not visitor_of(request).known:
        return PlainTextResponse("pair this device first", 401)

    def state() -> State:
        view = screens.board.holder()
        return f"{_BOOT}-{view.version}", holder_payload(view)

    return _stream(request, state)


def _stream(request: Request, state: Callable[[], State | None]) -> Response:
    screens = screens_of(request)
    if screens.stopping or len(screens.wakers) >= STREAMS_MAX:
        return PlainTextResponse("too many screens are open", 503)
    seen = request.headers.get("last-event-id")
    return StreamingResponse(_events(screens, state, seen), media_type="text/event-stream")


async def _events(
    screens: Screens, state: Callable[[], State | None], seen: str | None
) -> AsyncIterator[str]:
    with _woken(screens) as changed:
        yield "retry: 500\n\n"
        beaten = -BEAT_S
        while not screens.stopping:
            changed.clear()
            if asyncio.get_running_loop().time() - beaten >= BEAT_S:
                beaten = asyncio.get_running_loop().time()
                yield _event("beat", {"alive": screens.alive})
            now = state()
            if now is None:
                yield _event("signed-out", {})
                return
            if now[0] != seen:
                seen = now[0]
                yield _event("state", now[1], name=seen)
                await asyncio.sleep(GAP_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), BEAT_S)


@contextlib.contextmanager
def _woken(screens: Screens) -> Iterator[asyncio.Event]:
    """Give an event that is set after each change of the board, from whatever thread."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(changed.set)

    unsubscribe = screens.board.subscribe(wake)
    screens.wakers.add(wake)
    try:
        yield changed
    finally:
        screens.wakers.discard(wake)
        unsubscribe()


def _event(kind: str, data: dict[str, Any], *, name: str | None = None) -> str:
    head = f"id: {name}\n" if name else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=True)}\n\n"
