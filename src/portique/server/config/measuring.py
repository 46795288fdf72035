"""What is counted and measured, for Prometheus: how much and how fast, never about whom."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PAGES = Counter("portique_requests_total", "Answers of pages and API, by status class", ["status"])
SECONDS = Histogram("portique_request_seconds", "How long an answer took")
LISTENERS = Gauge(
    "portique_console_listeners", "Consoles that listen now", multiprocess_mode="livesum"
)
LINES = Counter("portique_console_lines_total", "Lines sent to consoles")
CUT = Counter("portique_streams_cut_total", "Listeners cut because they did not read")


def counted(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Count and time the answers of a WSGI application."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.monotonic()

        def start(status: str, *rest: Any) -> Any:
            PAGES.labels(f"{status[:1]}xx").inc()
            return start_response(status, *rest)

        try:
            return application(environ, start)
        finally:
            SECONDS.observe(time.monotonic() - began)

    return answer


def serve_metrics(port: int) -> None:
    """Serve what all processes counted, on this machine alone; from a thread, until the end."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
