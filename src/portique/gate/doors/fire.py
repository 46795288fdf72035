"""The fire panel's line, seen by Portique: a contact, a FIFO, a local request or an MQTT topic.

Each input calls ``on_fire`` at each start of a fire, from its own thread, and nothing else. The
fire ends when the line says so, but what it freed stays free until a person resets it. Portique
follows the line and is no part of the fire-safety chain: doors are released in hardware.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.gate.doors.mqtt_link import Broker, MqttLink
from portique.gate.doors.urgent import hurry
from portique.gate.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.gate.doors.lines import InputLine

POLL_S = 0.01  # EN 60839-11-1: an input active for 400 ms is seen; this sees 30 ms
SAMPLES = 2  # equal samples in a row, against a spark on the wire
RECONNECT_S = 1.0
WORD_BYTES_MAX = 64
FIRE_WORDS = frozenset({"fire", "feu", "1"})
QUIET_WORDS = frozenset({"normal", "quiet", "0"})
HEADER = "X-Portique-Fire"  # a page in a browser can't send it without being asked first


class _Watch(ABC):
    """Who is told, whether the line asks for evacuation, and the thread that looks."""

    def __init__(self, name: str) -> None:
        self._active = threading.Event()
        self._closed = threading.Event()
        self._on_fire: Callable[[], None] = _nobody
        self._thread = threading.Thread(target=self._hurry, name=name, daemon=True)

    @property
    def active(self) -> bool:
        """Say whether the line asks for evacuation now."""
        return self._active.is_set()

    def watch(self, on_fire: Callable[[], None]) -> None:
        """Start looking at the line."""
        self._on_fire = on_fire
        self._thread.start()

    def close(self) -> None:
        """Stop looking, and let go of the line."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._let_go()

    def hear(self, word: str) -> None:
        """Follow one word of the line; what is neither fire nor quiet changes nothing."""
        if word.strip().lower() in FIRE_WORDS:
            self.set(active=True)
        elif word.strip().lower() in QUIET_WORDS:
            self.set(active=False)

    def set(self, *, active: bool) -> None:
        """Follow the line; tell at each start."""
        if not active:
            self._active.clear()
        elif not self._active.is_set():
            self._active.set()
            try:
                self._on_fire()
            except Exception as error:  # noqa: BLE001 - the next fire must be seen all the same
                log().error("fire-not-followed", error=error)

    def _hurry(self) -> None:
        hurry()
        self._look()

    @abstractmethod
    def _look(self) -> None:
        """Follow the line until closed, in a thread of its own."""

    @abstractmethod
    def _let_go(self) -> None:
        """Give back what the line is read by."""


def _nobody() -> None:
    """Tell nobody: no one watches yet."""


class ContactFire(_Watch):
    """A dry contact of the panel. A line that can't be read counts as a fire."""

    def __init__(self, line: InputLine, *, fire_is_high: bool) -> None:
        super().__init__("fire-contact")
        self._line = line
        self._fire_is_high = fire_is_high

    def _let_go(self) -> None:
        self._line.close()

    def _look(self) -> None:
        alike = 0
        while not self._closed.wait(POLL_S):
            asked = self._asked()
            alike = alike + 1 if asked is not self.active else 0
            if alike >= SAMPLES:
                self.set(active=asked)
                alike = 0

    def _asked(self) -> bool:
        try:
            return self._line.high() is self._fire_is_high
        except Exception:  # noqa: BLE001 - whatever a driver raises: doubt frees
            return True


class LineFire(_Watch):
    """A FIFO that another program writes words to: `fire`, `normal`, one a line.

    A FIFO that can't be read counts as a fire.
    """

    def __init__(self, path: Path) -> None:
        super().__init__("fire-line")
        self._fifo = _open_fifo(path)

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fifo)

    def _look(self) -> None:
        waiting = b""
        while not self._closed.is_set():
            try:
                waiting = self._listen(waiting)
            except BlockingIOError:  # somebody else took the word
                continue
            except Exception:  # noqa: BLE001 - whatever it is: doubt frees
                self.set(active=True)
                self._closed.wait(RECONNECT_S)

    def _listen(self, waiting: bytes) -> bytes:
        """Hear what was written, and return the beginning of a word that may go on."""
        if not select.select([self._fifo], [], [], POLL_S)[0]:
            return waiting
        *lines, waiting = (waiting + os.read(self._fifo, WORD_BYTES_MAX)).split(b"\n")
        waiting = waiting[-WORD_BYTES_MAX:]
        for line in [*lines, waiting]:  # a word without its newline is heard too
            self.hear(line.decode("ascii", "replace"))
        return waiting


class WebhookFire(_Watch):
    """Requests on loopback: `POST /fire`, `POST /normal`, with the header `X-Portique-Fire: 1`."""

    def __init__(self, port: int) -> None:
        super().__init__("fire-webhook")
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        except OSError as error:
            raise EnvironmentProblem(
                f"fire.port {port} can't be listened on ({error.strerror}): choose another"
            ) from error

    @property
    def port(self) -> int:
        """Return the port listened on."""
        return int(self._server.server_address[1])

    def _look(self) -> None:
        self._server.serve_forever()

    def close(self) -> None:
        """Stop answering."""
        if self._thread.is_alive():
            self._server.shutdown()
        super().close()

    def _let_go(self) -> None:
        self._server.server_close()


class MqttFire(_Watch):
    """Words on an MQTT topic. A lost link is no fire: it is tried again each second."""

    def __init__(self, broker: Broker, topic: str) -> None:
        super().__init__("fire-mqtt")
        self._link = MqttLink(
            broker, topic=topic, on_payload=lambda word: self.hear(word.decode("ascii", "replace"))
        )

    @property
    def connected(self) -> bool:
        """Say whether the broker can be heard."""
        return self._link.connected

    def _let_go(self) -> None:
        self._link.close()

    def _look(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(Exception):  # a thread that ended would never listen again
                self._link.ensure()
            self._closed.wait(RECONNECT_S)


def _open_fifo(path: Path) -> int:
    """Open a FIFO for reading and writing, so that writers may come and go; make it if absent."""
    try:
        if not path.exists():
            os.mkfifo(path, 0o600)
        if not stat.S_ISFIFO(path.stat().st_mode):
            raise EnvironmentProblem(f"{path} is no FIFO: remove it, the gate makes its own")
        return os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        raise EnvironmentProblem(
            f"the fire line {path} can't be opened ({error.strerror}): mend fire.path"
        ) from error


def _handler(watch: _Watch) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 2  # a client that says nothing must not hold a thread

        def do_POST(self) -> None:
            """Follow `/fire` and `/normal`; refuse anything else."""
            if self.headers.get(HEADER) != "1":
                self.send_error(403)
            elif self.path in {"/fire", "/normal"}:
                watch.hear(self.path.removeprefix("/"))
                self.send_response(204)
                self.end_headers()
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Keep addresses out of the logs."""

    return Handler
