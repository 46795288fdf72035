"""The live streams: a small asynchronous process of its own beside the pages.

Pages are served by few threads; a stream would hold one for hours. Here each costs a task.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DataError
from django.urls import reverse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portique.core import wire_calls
from portique.core.errors import LinkError
from portique.server.clock import now
from portique.server.config.chores import do_chores
from portique.server.config.connections import serve
from portique.server.config.event_stream import EventStream, event
from portique.server.config.mailing import keep_sending
from portique.server.config.measuring import LINES, LISTENERS
from portique.server.config.telling import keep_telling
from portique.server.config.trial import Trials
from portique.server.console.hub import LISTENERS_MAX, Hub
from portique.server.console.watchers import watcher
from portique.server.gates.models import Gate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping
    from pathlib import Path

    from starlette.requests import Request

    from portique.server.accounts.models import User
    from portique.server.console.sources import Newest

BEAT_S = 15.0
CHECK_S = 20.0  # how long after its end a session is still listened to, at most
NEWS_EVERY_S = 1.0  # a gate is told this often at most: in a rush it asks for many at once
TILES_S = 1.0  # lanes are drawn again this often at most
CHORES_S = 3600.0
LANGUAGES = frozenset({"fr", "en"})
USUAL_PORTS = {"http": "80", "https": "443"}
log = logging.getLogger("portique.server.streams")


def application() -> Starlette:
    """Make the application; Django is set up."""
    routes = [
        Route("/direct/flux", console),
        Route("/gate/v1/stream", gates),
        Route("/healthz", health),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=settings.ALLOWED_HOSTS)
    return Starlette(routes=routes, middleware=[hosts], lifespan=_life)


@asynccontextmanager
async def _life(app: Starlette) -> AsyncIterator[None]:
    app.state.hub = hub = Hub()
    app.state.trials = Trials()
    # All addresses are read at the first one, a second's work: not while a referral waits.
    addresses = hub.threads.run(reverse, "console:rule")
    parts = (hub.run(), addresses, _do_chores(hub), keep_telling())
    tasks = [asyncio.create_task(each) for each in parts]
    if settings.PORTIQUE_MAIL_FROM:
        tasks.append(asyncio.create_task(keep_sending()))
    yield
    for task in tasks:
        task.cancel()
    hub.threads.close()


async def _do_chores(hub: Hub) -> None:
    """Delete what may be kept no longer, every hour; never ends by itself."""
    while True:
        try:
            await hub.threads.run(do_chores, now())
        except Exception:
            log.exception("what is due each hour could not be done")
        await asyncio.sleep(CHORES_S)


async def health(request: Request) -> Response:
    """Say that streams are served, and to how many."""
    return JSONResponse({"ok": True, "listeners": request.app.state.hub.listeners})


# --- consoles -------------------------------------------------------------------------------------


async def console(request: Request) -> Response:
    """Stream the console: lines from the last one the page has, lanes, and a beat."""
    hub: Hub = request.app.state.hub
    allowed = allowed_origin(request)
    origin = request.headers.get("origin")
    if origin is not None and origin != allowed:
        return Response(status_code=403)
    trial: Response | None = request.app.state.trials.answer(request)
    if trial is not None:
        return trial
    headers = _shared_with(origin)
    if hub.listeners >= LISTENERS_MAX:
        return Response(status_code=503, headers=headers)
    if await hub.threads.run(watcher, request.cookies) is None:
        return Response(status_code=401, headers=headers)
    language = request.query_params.get("lang", "fr")
    lines = Console(hub, request.cookies, language if language in LANGUAGES else "fr")
    return EventStream(lines.stream(_cursor(request)), headers)


def allowed_origin(request: Request) -> str:
    """Return the one origin whose pages may listen: the pages' own port on the same host."""
    host = request.url.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port, scheme = settings.PORTIQUE_PAGES_PORT, request.url.scheme
    if not port:
        return str(request.base_url).rstrip("/")
    usual = port == USUAL_PORTS.get(scheme)  # browsers leave it out
    return f"{scheme}://{shown}" if usual else f"{scheme}://{shown}:{port}"


def _shared_with(origin: str | None) -> dict[str, str]:
    if origin is None:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }


def _cursor(request: Request) -> int | None:
    """Return the id of the last line a page has: what the browser says, else the page's address."""
    said = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


class Console:
    """One page that listens."""

    def __init__(self, hub: Hub, cookies: Mapping[str, str], language: str) -> None:
        self._hub = hub
        self._cookies = cookies
        self._language = language
        self._clock = asyncio.get_running_loop().time
        self._checked = self._clock()
        self._drawn = -BEAT_S
        self._stale = False  # lanes changed since they were drawn

    async def stream(self, cursor: int | None) -> AsyncGenerator[str, None]:
        """Give the events of the stream until the session is over."""
        async with self._hub.listening():
            with LISTENERS.track_inprogress():
                newest = self._hub.newest.event
                if cursor is not None and cursor > newest:
                    yield event("reload", "{}")  # the database came back from a backup
                    return
                yield "retry: 1000\n\n"
                async for text in self._follow(newest if cursor is None else cursor):
                    yield text

    async def _follow(self, cursor: int) -> AsyncIterator[str]:
        while await self._may_go_on():
            lines = await self._hub.lines(cursor, self._language)
            if lines.count:
                yield lines.text
                LINES.inc(lines.count)
                self._stale = True
            cursor = lines.last
            if self._due_s() <= 0:
                self._drawn, self._stale = self._clock(), False
                yield await self._hub.tiles(self._language)
            if cursor >= self._hub.newest.event:
                await self._hub.wait(partial(_goes_beyond, cursor), self._wait_s())
        yield event("signed-out", "{}")

    def _due_s(self) -> float:
        """Return in how many seconds lanes are to be drawn: soon if they changed."""
        return self._drawn + (TILES_S if self._stale else BEAT_S) - self._clock()

    def _wait_s(self) -> float:
        return max(0.05, min(self._due_s(), self._checked + CHECK_S - self._clock()))

    async def _may_go_on(self) -> bool:
        if self._clock() - self._checked < CHECK_S:
            return True
        self._checked = self._clock()
        user: User | None = await self._hub.threads.run(watcher, self._cookies)
        return user is not None


def _goes_beyond(cursor: int, newest: Newest) -> bool:
    # A reading may have gone beyond what was known to be the newest.
    return newest.event > cursor


# --- gates ----------------------------------------------------------------------------------------


async def gates(request: Request) -> Response:
    """Stream to a gate that there is something to ask for; a signed call proves who it is."""
    hub: Hub = request.app.state.hub
    trial: Response | None = request.app.state.trials.answer(request)
    if trial is not None:
        return trial
    if hub.listeners >= LISTENERS_MAX:
        return Response(status_code=503)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    gate_id = await hub.threads.run(gate_of, request.headers.get(wire_calls.CALL, ""), path)
    if gate_id is None:
        return Response(status_code=401)
    return EventStream(_news(hub, gate_id), {})


def gate_of(header: str, path: str) -> str | None:
    """Return the gate that signed a call for the stream; None: no gate of this school."""
    try:
        data = base64.b64decode(header + "=" * (-len(header) % 4), altchars=b"-_", validate=True)
        gate = Gate.objects.filter(gate_id=wire_calls.caller(data), removed_at=None).first()
        if gate is None:
            return None
        wire_calls.read_call(data, gate.key, request=f"GET {path}", body=b"")
    except (LinkError, DataError, binascii.Error, ValueError):
        return None
    return gate.gate_id


async def _news(hub: Hub, gate_id: str) -> AsyncGenerator[str, None]:
    """Say `news` at each change; the gate asks once by itself when the stream opens."""
    async with hub.listening():
        told = hub.newest.of_gate(gate_id)
        yield ": open\n\n"
        while told is not None:
            known = told
            await hub.wait(partial(_differs, gate_id, known), BEAT_S)
            told = hub.newest.of_gate(gate_id)
            if told is not None:
                yield event("news", str(told[0])) if told != known else ": beat\n\n"
                await asyncio.sleep(NEWS_EVERY_S)


def _differs(gate_id: str, known: tuple[int, ...], newest: Newest) -> bool:
    return newest.of_gate(gate_id) != known


# --- serving --------------------------------------------------------------------------------------


def serve_streams(host: str, port: int, tls: tuple[Path, Path] | None) -> None:
    """Serve until the process is told to stop; `tls` is certificate and key."""
    serve(application(), (host, port), tls, proxied=settings.PORTIQUE_PROXIED)
