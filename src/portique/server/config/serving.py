"""Serving pages and API: a few threads behind a loop that reads and sends for them.

Several such processes share the port, for one alone keeps no more than one processor busy. On
SQLite they write in turn (`config.sqlite`).
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

    pages = WholeRequests(application)
    serve(pages, (host, port), tls, proxied=settings.PORTIQUE_PROXIED, shared=True)
