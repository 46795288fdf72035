"""A front on a real socket around a small application, with short patience; and raw requests."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import uvicorn

from portique.server.config.bounds import Bounds
from portique.server.config.connections import BoundedProtocol, BriefLoop, configured
from portique.server.config.whole_requests import WholeRequests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 20


class Served:
    """Where a front listens."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def ask(self, raw: bytes, *, ends: bool = False) -> bytes:
        """Send bytes, read until the front closes; `ends`: nothing more will be sent."""
        with self.connect() as sock:
            sock.sendall(raw)
            if ends:
                with suppress(OSError):  # refused and closed already
                    sock.shutdown(socket.SHUT_WR)
            return read_all(sock)


def read_all(sock: socket.socket) -> bytes:
    """Read until the other side closes or cuts."""
    parts = []
    with suppress(ConnectionError):
        while part := sock.recv(65536):
            parts.append(part)
    return b"".join(parts)


def statuses(raw: bytes) -> list[int]:
    """Return the statuses of all answers in what was read."""
    return [int(part[:3]) for part in raw.split(b"HTTP/1.1 ")[1:]]


@contextmanager
def front(
    application: Any, tls: tuple[Path, Path] | None = None, **bounds: Any
) -> Iterator[Served]:
    """Serve an application in a thread until the end of the block."""
    limits = Bounds(**({"look_s": 0.02, "drain_s": 0.2} | bounds))
    protocol = type("Quick", (BoundedProtocol,), {"bounds": limits})
    listening = socket.create_server(("127.0.0.1", 0))
    config = configured(WholeRequests(application, limits), ("", 0), tls, protocol)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server, listening))
    thread.start()
    try:
        yield Served(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    with asyncio.Runner(loop_factory=BriefLoop) as runner:
        runner.run(server.serve([listening]))
