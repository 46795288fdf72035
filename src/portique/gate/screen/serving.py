"""Serve the screens from a thread of the gate's process."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from portique.gate.screen.settings import ScreenSettings

START_S_MAX = 10.0
STOP_S_MAX = 5.0
BACKLOG = 64


@dataclass(frozen=True, slots=True)
class Serving:
    """The screens being served; `stop` ends them."""

    url: str
    port: int
    _app: Starlette
    _server: uvicorn.Server
    _thread: threading.Thread
    _socket: socket.socket

    def stop(self) -> None:
        """End every stream and stop serving; the port is free on return."""
        self._app.state.screens.stop()
        self._server.should_exit = True
        self._thread.join(STOP_S_MAX)
        self._socket.close()


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves signals to the gate."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()


def serve_in_thread(app: Starlette, settings: ScreenSettings) -> Serving:
    """Serve until `stop`; returns once requests are answered.

    Raises:
        EnvironmentProblem: The port is taken, the address is not this
            machine's, or the TLS files can't be used.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    _give_tls(config, settings)
    listening = _bind(settings)
    app.state.screens.stopping = False  # the same screens may be served again after `stop`
    server = _Server(config)
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
    config.ssl_certfile = str(settings.certificate)
    config.ssl_keyfile = settings.private_key and str(settings.private_key)
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise EnvironmentProblem(
            f"the screens' TLS files {settings.certificate} and {settings.private_key} can't be "
            f"used ({error}): check both paths, and that the key belongs to the certificate"
        ) from error


def _bind(settings: ScreenSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
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
