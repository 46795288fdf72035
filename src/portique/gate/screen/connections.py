"""How many connections the screens keep, and for how long.

Anybody on the network may connect, before TLS, host check and pairing, and the
process that does so decides and holds the door. So no address gets more than
its share of the descriptors, and each connection has an end: for the handshake
and the next request, then for the answer. Only streams last, and paired screens
alone get those. Whoever comes when all is taken gets the place of the one that
has been idle for longest.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    Address = tuple[str, int]

CONNECTIONS_MAX = 256
FROM_ONE_ADDRESS_MAX = 64  # a browser opens six; a stream is one
IDLE_S_MAX = 10.0  # from accepting, or the last answer, to the whole head of a request
REQUEST_S_MAX = 30.0  # for its body and the answer
UNHEARD_MS_MAX = 20_000  # a tablet that left without a word
BACKLOG = 64
DESCRIPTORS = 1024  # select(2), by which readers and the fire line wait, knows no higher ones
SHARE = 4  # connections take a quarter of the descriptors at most


@dataclass(slots=True, eq=False)
class _Connection:
    """One connection; `ends_s` is None while it carries a stream."""

    socket: socket.socket
    host: str
    ends_s: float | None
    serving: bool = False

    @property
    def closed(self) -> bool:
        return self.socket.fileno() < 0

    def end(self) -> None:
        """Hang up; the server then finds it closed, whatever state it is in."""
        with suppress(OSError):  # the other side was faster
            self.socket.shutdown(socket.SHUT_RDWR)


class Connections:
    """The connections of one server, and the outermost layer of its application.

    Everything here runs in the server's own event loop.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._kept: dict[Address, _Connection] = {}

    def __len__(self) -> int:
        """Count the connections kept now."""
        self._forget_closed()
        return len(self._kept)

    def admit(self, accepted: socket.socket, address: tuple[Any, ...]) -> bool:
        """Keep a connection that was just accepted; False: it was closed, for want of room."""
        self._forget_closed()
        host, port = address[:2]
        crowd = self._crowd(host)
        if crowd and not self._end_longest_idle(crowd):
            accepted.close()
            return False
        with suppress(OSError):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS_MAX)
        self._kept[host, port] = _Connection(accepted, host, _now_s() + IDLE_S_MAX)
        return True

    def end_overdue(self) -> None:
        """Hang up on whoever kept the server waiting for too long."""
        now = _now_s()
        self._forget_closed()
        for connection in self._kept.values():
            if connection.ends_s is not None and connection.ends_s < now:
                connection.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, in the time it has."""
        connection = self._kept.get(tuple(scope.get("client") or ()))
        if connection is None:  # hung up meanwhile
            return
        streams = scope["path"].endswith("/stream")
        connection.serving = True
        connection.ends_s = None if streams else _now_s() + REQUEST_S_MAX
        try:
            await self._app(scope, receive, send)
        finally:
            connection.serving = False
            connection.ends_s = _now_s() + IDLE_S_MAX

    def _forget_closed(self) -> None:
        self._kept = {where: kept for where, kept in self._kept.items() if not kept.closed}

    def _crowd(self, host: str) -> list[_Connection]:
        """Tell those of whom one must go before `host` gets one more: none while there is room."""
        own = [kept for kept in self._kept.values() if kept.host == host]
        if len(own) >= FROM_ONE_ADDRESS_MAX:
            return own
        return list(self._kept.values()) if len(self._kept) >= self._most else []

    def _end_longest_idle(self, crowd: list[_Connection]) -> bool:
        idle = [one for one in crowd if not one.serving]
        if not idle:
            return False
        longest = min(idle, key=lambda one: one.ends_s or 0.0)
        longest.end()
        self._kept = {where: kept for where, kept in self._kept.items() if kept is not longest}
        return True


class Listening(socket.socket):
    """A listening socket that gives only connections there is room for."""

    connections: Connections | None = None

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept one connection.

        Raises:
            BlockingIOError: None is there, or there is no room for it.
        """
        accepted, address = super().accept()
        if self.connections is not None and not self.connections.admit(accepted, address):
            raise BlockingIOError(errno.EAGAIN, "no room for another connection")
        return accepted, address


def room() -> int:
    """Raise this process's limit of descriptors to what is of use; return how many connections fit.

    The rest is for the journal, the door, cameras and readers.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < DESCRIPTORS:
        soft = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS_MAX if soft < 0 else min(CONNECTIONS_MAX, soft // SHARE)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
