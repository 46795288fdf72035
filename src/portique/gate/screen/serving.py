"""Serve the screens from a thread of the gate's process."""

from __future__ import annotations

import errno
import logging
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from portique.core.errors import EnvironmentProblem
from portique.gate.logs import log
from portique.gate.screen.connections import BACKLOG, Connections, Listening, room

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from portique.gate.screen.settings import ScreenSettings

START_S_MAX = 10.0
STOP_S_MAX = 5.0
TELL_S = (
    60.0  # what the server complains of is logged no more often: strangers can make it complain
)
LOGGERS = ("uvicorn", "asyncio")


@dataclass(frozen=True, slots=True)
class Serving:
    """The screens being served; `stop` ends them."""

    url: str
    port: int
    _app: Starlette
    _server: uvicorn.Server
    _thread: threading.Thread
    _socket: Listening

    def stop(self) -> None:
        """End every stream and stop serving; the port is free on return."""
        self._app.state.screens.stop()
        self._server.should_exit = True
        self._thread.join(STOP_S_MAX)
        self._socket.close()


class _Server(uvicorn.Server):
    """A server that says when it is ready, ends what lasts too long, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._connections = connections

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()

    async def on_tick(self, counter: int) -> bool:
        """Hang up on the overdue, ten times a second."""
        self._connections.end_overdue()
        return await super().on_tick(counter)


class _Quiet(logging.Handler):
    """Writes of the server's complaints only their kind, and that seldom.

    Their own words hold addresses, paths and traces, as many as a stranger likes to cause.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told_s = -TELL_S

    def emit(self, record: logging.LogRecord) -> None:
        """Log that something was complained of."""
        if record.created - self._told_s < TELL_S:
            return
        self._told_s = record.created
        error = record.exc_info[1] if record.exc_info else None
        log().warning("screens-complain", organ="screens", **({"error": error} if error else {}))


def serve_in_thread(app: Starlette, settings: ScreenSettings) -> Serving:
    """Serve until `stop`; returns once requests are answered.

    Raises:
        EnvironmentProblem: The port is taken, the address is not this
            machine's, or the TLS files can't be used.
    """
    connections = Connections(app, room())
    config = uvicorn.Config(
        connections,
        http="h11",
        loop="asyncio",
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    _give_tls(config, settings)
    _quieten()
    listening = _bind(settings)
    listening.connections = connections
    app.state.screens.stopping = False  # the same screens may be served again after `stop`
    server = _Server(config, connections)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="screens", daemon=True
    )
    thread.start()
    if not server.ready.wait(START_S_MAX):
        server.should_exit = True
        listening.close()
        raise EnvironmentProblem(
            "the screens did not start within 10 s: the machine is overloaded; start again"
        )
    port = listening.getsockname()[1]
    return Serving(_url(settings, port), port, app, server, thread, listening)


def _give_tls(config: uvicorn.Config, settings: ScreenSettings) -> None:
    if settings.certificate is None:
        return
    _refuse_open_key(settings)
    config.ssl_certfile = str(settings.certificate)
    config.ssl_keyfile = settings.private_key and str(settings.private_key)
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise EnvironmentProblem(
            f"the screens' TLS files {settings.certificate} and {settings.private_key} can't be "
            f"used ({error}): check both paths, and that the key belongs to the certificate"
        ) from error


def _refuse_open_key(settings: ScreenSettings) -> None:
    """Refuse a key that others can read, as the gate's own is; a missing one is told of later."""
    key = settings.private_key
    with suppress(OSError):
        if key is not None and key.stat().st_mode & 0o077:
            raise EnvironmentProblem(
                f"the screens' key is open to other users; run: chmod 600 {key}"
            )


def _quieten() -> None:
    """Keep the server's own words out of the gate's log, which takes no text but its own."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.handlers = [_Quiet()]


def _bind(settings: ScreenSettings) -> Listening:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = Listening(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise EnvironmentProblem(_why_not(settings, error)) from error
    return listening


def _why_not(settings: ScreenSettings, error: OSError) -> str:
    where = f"the screens can't be served on {settings.host} port {settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"{where}: another program has that port; stop it or choose another `port`"
    if error.errno == errno.EACCES:
        return f"{where}: ports below 1024 are the system's; choose another `port`"
    return f"{where} ({error.strerror}): give `host` an address of this machine"


def _url(settings: ScreenSettings, port: int) -> str:
    scheme = "https" if settings.tls else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}"
