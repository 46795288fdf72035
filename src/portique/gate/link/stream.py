"""The stream of events: each one only says *ask now*, so a forged one costs a question.

A thread of its own, because it does nothing but wait.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3

from portique.core.errors import EnvironmentProblem, LinkError
from portique.gate.config import is_server_address
from portique.gate.link.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.gate.link.calls import Caller, Place
    from portique.gate.link.pace import Pace

SILENT_S = 45.0  # three comments missed: the stream is dead
CLOSE_S = 2.0
LINE_BYTES_MAX = 1024
EVENT = b"event: news"


class Listener:
    """Listens to the stream and calls `on_event`, from its own thread.

    Args:
        place: The server, for its authority and proxy.
        caller: Signs the call.
        pace: How long to wait before a stream that broke is opened again.
        on_event: Called at each event; returns at once.
    """

    def __init__(
        self, place: Place, caller: Caller, pace: Pace, on_event: Callable[[], None]
    ) -> None:
        self._place = place
        self._caller = caller
        self._pace = pace
        self._on_event = on_event
        self._stop = threading.Event()
        self._address = ""
        self._thread: threading.Thread | None = None
        self._response: urllib3.BaseHTTPResponse | None = None

    @property
    def open(self) -> bool:
        """Say whether the stream is open."""
        return self._response is not None

    def listen(self, address: str | None) -> None:
        """Listen at the address the server named; what is no server's address is not opened."""
        if address is None or not is_stream(address):
            return
        self._address = address
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop listening. May be repeated."""
        self._stop.set()
        response = self._response
        if response is not None:
            with suppress(OSError, ValueError, RuntimeError):  # it ended by itself meanwhile
                response.shutdown()
        if self._thread is not None:
            self._thread.join(timeout=CLOSE_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(LinkError, EnvironmentProblem, urllib3.exceptions.HTTPError, OSError):
                self._hear()  # while it is not open, the link polls
            self._stop.wait(self._pace.failed())

    def _hear(self) -> None:
        calls = Calls(self._place, self._caller)
        try:
            self._response = response = calls.open_stream(self._address, silent_s=SILENT_S)
            self._pace.worked()
            self._on_event()  # for what happened before it was open
            for line in lines_of(response):
                if self._stop.is_set():
                    return
                if line == EVENT:
                    self._on_event()
        finally:
            if self._response is not None:
                self._response.close()
            self._response = None
            calls.close()


def lines_of(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Give the lines of a stream as they come.

    Raises:
        LinkError: A line without end.
    """
    left = b""
    while chunk := response.read1(LINE_BYTES_MAX, decode_content=False):
        *lines, left = (left + chunk).split(b"\n")
        yield from (line.rstrip(b"\r") for line in lines)
        if len(left) > LINE_BYTES_MAX:
            raise LinkError("the stream sends a line without end")


def is_stream(address: str) -> bool:
    """Say whether a stream may be opened at an address: over TLS, or on this machine."""
    place = urlsplit(address)
    return is_server_address(f"{place.scheme}://{place.netloc}") and not place.fragment
