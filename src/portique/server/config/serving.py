"""Serving pages and API: granian in WSGI mode, one worker, several threads.

One process writes to SQLite, so nobody waits for another's lock; with PostgreSQL a host adds
processes behind its proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from granian.constants import Interfaces, Loops
from granian.server import Server

if TYPE_CHECKING:
    from pathlib import Path

THREADS = 8
BACKLOG = 256


def serve_pages(host: str, port: int, tls: tuple[Path, Path] | None) -> None:
    """Serve until the process is told to stop; `tls` is certificate and key.

    Returns only after a signal.
    """
    Server(
        "portique.server.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        loop=Loops.asyncio,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        log_enabled=False,
        ssl_cert=tls[0] if tls else None,
        ssl_key=tls[1] if tls else None,
        respawn_failed_workers=True,
    ).serve()
