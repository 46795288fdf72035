"""Connections that can't be held open for nothing: uvicorn's protocol with a limit on every wait.

uvicorn limits none of these by itself: how long headers take, how many connections one address
has, how long somebody takes the rest of an answer that was cut.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from portique.server.config.bounds import DEFAULT, Bounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADERS_BYTES_MAX = 32 * 1024
HANDSHAKE_S = 5.0
STOP_S = 2  # streams never end by themselves, and pages seldom take as long
FILES_MAX = 8192
BACKLOG = 2048
OUR_TURN = frozenset({h11.SEND_RESPONSE, h11.SEND_BODY})
THEIR_TURN = frozenset({h11.IDLE, h11.SEND_BODY})


class BoundedProtocol(H11Protocol):
    """One connection: cut when it lets the server wait too long, or to make room for another."""

    bounds: ClassVar[Bounds] = DEFAULT

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room, and begin to wait for a request."""
        super().connection_made(transport)
        self.waits_since_s = self.loop.time()
        self._stuck_since_s: float | None = None
        self._looking = self.loop.call_later(self.bounds.look_s, self._look)
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking."""
        self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; what makes no sense once an answer began can only be cut."""
        try:
            super().data_received(data)
        except h11.LocalProtocolError:
            self.transport.abort()

    def eof_received(self) -> None:
        """Refuse a body that ends before its length."""
        if self.conn.their_state is h11.SEND_BODY:
            self.data_received(b"")

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self.waits_since_s = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Note that the other side takes nothing now."""
        self._stuck_since_s = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it took something."""
        self._stuck_since_s = None
        super().resume_writing()

    @property
    def is_awaited(self) -> bool:
        """Say whether the other side has to send something."""
        return self.conn.their_state in THEIR_TURN and not self.transport.is_closing()

    def _look(self) -> None:
        """Cut a connection without a whole request, or whose answer is not taken."""
        if self._is_over():
            self.transport.abort()
        else:
            self._looking = self.loop.call_later(self.bounds.look_s, self._look)

    def _is_over(self) -> bool:
        at = self.loop.time()
        if self._stuck_since_s is not None:
            return at - self._stuck_since_s > self.bounds.taken_s
        if self.conn.our_state in OUR_TURN and not self.transport.is_closing():
            return False
        return at - self.waits_since_s > self.bounds.request_s

    def _make_room(self) -> None:
        """Cut whoever let the server wait longest, where there are more than may be."""
        everybody = [each for each in self.connections if isinstance(each, BoundedProtocol)]
        crowd = [each for each in everybody if each.host == self.host]
        if len(crowd) <= self.bounds.address_connections:
            crowd = everybody if len(everybody) > self.bounds.connections else []
        waiting = [each for each in crowd if each.is_awaited]
        if waiting:
            min(waiting, key=lambda each: each.waits_since_s).transport.abort()

    @property
    def host(self) -> str:
        """Return the address of the other side."""
        return self.client[0] if self.client else ""


class Crowded(BoundedProtocol):
    """Behind a proxy, everybody comes from its address."""

    bounds: ClassVar[Bounds] = Bounds(address_connections=DEFAULT.connections)


class BriefLoop(asyncio.SelectorEventLoop):
    """A loop that waits for a TLS handshake no longer than it should."""

    async def create_server(self, *args: Any, **named: Any) -> asyncio.Server:
        """Listen; asyncio itself would wait a minute for each handshake."""
        if named.get("ssl"):
            named["ssl_handshake_timeout"] = HANDSHAKE_S
        return await super().create_server(*args, **named)


def serve(
    application: Callable[..., Any],
    address: tuple[str, int],
    tls: tuple[Path, Path] | None,
    *,
    proxied: bool,
    shared: bool = False,
) -> None:
    """Serve until the process is told to stop.

    Args:
        application: What answers.
        address: Where to listen: host and port.
        tls: Certificate and key.
        proxied: Everybody comes from a proxy's address.
        shared: Other processes may listen there too; the system shares connections out to them.
    """
    quieten()
    allow_files()
    protocol = Crowded if proxied else BoundedProtocol
    server = uvicorn.Server(configured(application, address, tls, protocol))
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=BriefLoop) as runner:
        runner.run(server.serve(sockets=[shared_socket(address)] if shared else None))


def quieten() -> None:
    """Have uvicorn tell only what a technician can do something about."""
    log = logging.getLogger("uvicorn.error")
    log.setLevel(logging.ERROR)  # not a line for each malformed call
    log.addFilter(_is_a_fault)


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Leave out that streams are cut when the server stops: each time, and as `STOP_S` means it."""
    cut = isinstance(record.exc_info, tuple) and record.exc_info[0] is asyncio.CancelledError
    return not (cut or str(record.msg).startswith("Cancel "))


def shared_socket(address: tuple[str, int]) -> socket.socket:
    """Listen on an address beside other processes of the same user.

    What is sent leaves at once, on each connection that is accepted: asyncio sees to it on its own
    sockets alone, and a head that waits for its body's sake waits for 40 ms.
    """
    family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
    listening = socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=True)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def configured(
    application: Callable[..., Any],
    address: tuple[str, int],
    tls: tuple[Path, Path] | None,
    protocol: type[BoundedProtocol],
) -> uvicorn.Config:
    """Return how uvicorn is to serve."""
    return uvicorn.Config(
        application,
        host=address[0],
        port=address[1],
        http=protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=protocol is Crowded,
        h11_max_incomplete_event_size=HEADERS_BYTES_MAX,
        timeout_graceful_shutdown=STOP_S,
        ssl_certfile=tls[0] if tls else None,
        ssl_keyfile=tls[1] if tls else None,
        ssl_context_factory=_newest_tls if tls else None,
    )


def _newest_tls(_: uvicorn.Config, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = usual()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def allow_files() -> None:
    """Let this process have as many connections as it may, and files besides."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
