"""Figures about the lane for Prometheus, on loopback only: counts and durations, nobody's data.

Every label has a closed set of values, so that a figure can neither name somebody nor grow without
end: outcomes, reasons, media, and the names of this gate's readers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from portique.core.errors import EnvironmentProblem

if TYPE_CHECKING:
    from threading import Thread
    from wsgiref.simple_server import WSGIServer

    from portique.core.decide import Decision
    from portique.core.values import Medium
    from portique.gate.ports import ReaderCounts

HOST = "127.0.0.1"
APPEND_S = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0)
NO_MEDIUM = "none"
ORGANS = ("capture", "decode", "keeper")
RESULTS = ("answered", "refused", "unreached")


class Metrics:
    """The figures of one gate, in a registry of their own. Thread-safe."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, namespace="portique", registry=self.registry)
        gauge = partial(Gauge, namespace="portique", registry=self.registry)
        histogram = partial(Histogram, namespace="portique", registry=self.registry)
        self._decisions = counter("decisions", "Showings decided.", ("outcome", "medium"))
        self._reasons = counter("reasons", "Objections of decisions.", ("reason",))
        self._frames = counter("frames", "Pictures looked at.")
        self._dropped = counter("frames_dropped", "Pictures replaced by newer ones.")
        self._append = histogram(
            "journal_append_seconds", "Time to write an entry durably.", buckets=APPEND_S
        )
        self._restarts = counter("restarts", "Processes started again.", ("organ",))
        self._lines_dropped = gauge(
            "reader_lines_dropped", "Lines let go by readers.", ("reader", "why")
        )
        self._crowded_out = gauge(
            "lines_dropped", "Readers' lines the lane had no room for, since the start."
        )
        self._queue = gauge("queue_depth", "Pictures waiting.")
        self._outbox = gauge("outbox_entries", "Entries without a receipt.")
        self._knowledge = gauge("knowledge_age_seconds", "Age of the knowledge; -1: none.")
        self._trusted = gauge("clock_trusted", "1 when the time is trusted.")
        self._calls = counter("server_calls", "Calls to the school's server.", ("result",))
        self._filed = counter("entries_filed", "Entries for which a receipt came.")
        self._heard = gauge("server_age_seconds", "Since the server's last answer; -1: none.")
        self._server: tuple[WSGIServer, Thread] | None = None

    def decided(self, decision: Decision, medium: Medium | None) -> None:
        """Count one decision and its reasons; no medium: the text was no pass."""
        shown = medium.value if medium is not None else NO_MEDIUM
        self._decisions.labels(decision.outcome.name.lower(), shown).inc()
        for reason in decision.reasons:
            self._reasons.labels(reason.value).inc()

    def looked(self, frames: int) -> None:
        """Count pictures that were looked at."""
        self._frames.inc(frames)

    def dropped(self, frames: int) -> None:
        """Count pictures that newer ones replaced."""
        self._dropped.inc(frames)

    def appended(self, seconds: float) -> None:
        """Record how long the journal took."""
        self._append.observe(seconds)

    def restarted(self, organ: str) -> None:
        """Count a process that was started again: capture, decode or keeper."""
        if organ not in ORGANS:
            raise ValueError(f"{organ!r} is no process of a gate; one of {', '.join(ORGANS)}")
        self._restarts.labels(organ).inc()

    def let_go(self, reader: str, counts: ReaderCounts) -> None:
        """Show what one of this gate's readers let go since the start."""
        for why in ("overlong", "flooded", "unreadable", "typed", "lost"):
            self._lines_dropped.labels(reader, why).set(getattr(counts, why))

    def crowded_out(self, lines: int) -> None:
        """Show how many of the readers' lines the lane had no room for since the start."""
        self._crowded_out.set(lines)

    def standing(
        self, *, queue: int, outbox: int, knowledge_age_s: float | None, clock_trusted: bool
    ) -> None:
        """Show what is true now; call every few seconds."""
        self._queue.set(queue)
        self._outbox.set(outbox)
        self._knowledge.set(-1 if knowledge_age_s is None else knowledge_age_s)
        self._trusted.set(clock_trusted)

    def called(self, result: str) -> None:
        """Count a call to the school's server: answered, refused or unreached."""
        if result not in RESULTS:
            raise ValueError(f"{result!r} is no result of a call; one of {', '.join(RESULTS)}")
        self._calls.labels(result).inc()

    def filed(self, entries: int) -> None:
        """Count entries for which the server gave a receipt."""
        self._filed.inc(entries)

    def heard(self, age_s: int | None) -> None:
        """Show how long ago the school's server last answered."""
        self._heard.set(-1 if age_s is None else age_s)

    def serve(self, port: int) -> int:
        """Answer Prometheus on 127.0.0.1 and return the port; 0 takes a free one.

        Raises:
            EnvironmentProblem: The port is taken.
        """
        try:
            self._server = start_http_server(port, addr=HOST, registry=self.registry)
        except OSError as error:
            raise EnvironmentProblem(
                f"metrics.port {port} can't be listened on ({error.strerror}): choose another"
            ) from error
        return int(self._server[0].server_address[1])

    def close(self) -> None:
        """Stop answering. May be repeated."""
        server, self._server = self._server, None
        if server is not None:
            server[0].shutdown()
            server[0].server_close()
            server[1].join()
