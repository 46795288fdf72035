"""Serving pages and API: one process, a few threads behind a loop that reads and sends for them.

One process writes to SQLite, so nobody waits for another's lock; with PostgreSQL a host adds
processes behind its proxy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.server.config.connections import serve
from portique.server.config.whole_requests import WholeRequests

if TYPE_CHECKING:
    from pathlib import Path


def serve_pages(host: str, port: int, tls: tuple[Path, Path] | None) -> None:
    """Serve until the process is told to stop; `tls` is certificate and key."""
    from django.conf import settings  # noqa: PLC0415 -- Django was set up since

    from portique.server.config.wsgi import application  # noqa: PLC0415 -- likewise

    serve(WholeRequests(application), (host, port), tls, proxied=settings.PORTIQUE_PROXIED)
