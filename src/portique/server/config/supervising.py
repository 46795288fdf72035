"""The server's processes, of pages and of streams: started, watched, started again, stopped.

The supervisor holds no key and serves nobody. A part that dies is started again, later each time;
when the supervisor dies, however it does, the parts' lifelines end and they stop by themselves.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prometheus_client import Counter

from portique.core.errors import ConfigError, EnvironmentProblem
from portique.server.config.child import PAGES, STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
WELL_AFTER_S = 60.0  # a part that lived so long was well: its next failure is a first one
LOOK_S = 0.2
START_S = 60.0
STOP_S = 10.0
HTTPS_PORT = 443
LOCALHOST = frozenset({"127.0.0.1", "::1"})
RESTARTS = Counter("portique_restarts_total", "Parts of the server started again", ["part"])
log = logging.getLogger("portique.server.supervising")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens, and how it is reached.

    `tls` is certificate and key. `proxy` is the name under which a reverse proxy serves it by
    HTTPS; `name` is its own public one. `pages` is how many processes share the port of pages.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    stream_port: int = 8601
    tls: tuple[Path, Path] | None = None
    proxy: str = ""
    name: str = ""
    pages: int = 1

    def check(self) -> None:
        """Refuse what would carry people's data in clear over a network.

        Raises:
            ConfigError: Beyond this machine without TLS or proxy, or both ports are one.
        """
        if self.port == self.stream_port:
            raise ConfigError("pages and streams need a port each: change --stream-port")
        if not is_loopback(self.host) and self.tls is None and not self.proxy:
            raise ConfigError(
                f"{self.host} is reached from other machines, and without TLS anybody on the way "
                "reads and changes what passes; give --tls-cert and --tls-key, or --behind-proxy "
                "NAME if a proxy does HTTPS, or leave --host out"
            )

    @property
    def address(self) -> str:
        """Return where people open it."""
        if self.proxy:
            return f"https://{self.proxy}/"
        origin = self._origin(self.port)  # nobody types the usual port, and browsers leave it out
        return (origin.removesuffix(f":{HTTPS_PORT}") if self.tls else origin) + "/"

    def variables(self) -> dict[str, str]:
        """Return what the parts are told, see `environment`."""
        return {
            "PORTIQUE_HOSTS": ",".join(dict.fromkeys(filter(None, self._names()))),
            "PORTIQUE_SECURE": "1" if self.tls or self.proxy else "0",
            "PORTIQUE_PROXIED": "1" if self.proxy else "0",
            "PORTIQUE_STREAM": "" if self.proxy else self._origin(self.stream_port),
            "PORTIQUE_PAGES_PORT": "" if self.proxy else str(self.port),
            "PORTIQUE_ADDRESS": self._public().rstrip("/"),
        }

    def _public(self) -> str:
        """Return where other machines open it; empty where nobody said by which name."""
        near = is_wildcard(self.host) or is_loopback(self.host)
        return "" if near and not (self.proxy or self.name) else self.address

    def _is_called_localhost(self) -> bool:
        """Say whether this machine's own name leads there: browsers refuse passkeys to a number."""
        return is_wildcard(self.host) or self.host in LOCALHOST

    def _names(self) -> tuple[str, ...]:
        return self.proxy, self.name, "" if is_wildcard(self.host) else self.host

    def _origin(self, port: int) -> str:
        host = self.name or ("localhost" if self._is_called_localhost() else self.host)
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.tls else 'http'}://{shown}:{port}"


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_wildcard(host: str) -> bool:
    """Say whether an address means every one of this machine's."""
    return host in {"0.0.0.0", "::"}  # noqa: S104 -- compared, not bound


def check_ports(place: Place) -> None:
    """Refuse to start where somebody listens already.

    Raises:
        EnvironmentProblem: A port is taken or not allowed, or the address is not this machine's.
    """
    for option, port in (("--port", place.port), ("--stream-port", place.stream_port)):
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((place.host, port))
            except OSError as error:
                raise EnvironmentProblem(
                    f"can't listen on {place.host}, port {port} ({error.strerror}); stop what "
                    f"uses it, or choose another with {option}"
                ) from error


@dataclass(slots=True)
class Part:
    """One process of the server and what is known of its life; times are the machine's uptime."""

    name: str
    port: int
    process: subprocess.Popen[bytes] | None = None
    began_s: float = 0.0
    wait_s: float = FIRST_WAIT_S
    again_s: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps the parts running until it is told to stop."""

    place: Place
    variables: Mapping[str, str]
    parts: list[Part] = field(init=False)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Name the parts."""
        pages = [Part(PAGES, self.place.port) for _ in range(self.place.pages)]
        self.parts = [*pages, Part(STREAMS, self.place.stream_port)]

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start the parts, call `on_ready` once they listen, keep them going until a signal.

        Raises:
            EnvironmentProblem: They do not begin to listen.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            for part in self.parts:
                self._start(part)
            if self._wait_until_ready():
                on_ready()
            while not self.stopping.wait(LOOK_S):
                for part in self.parts:
                    self._keep(part)
        finally:
            self._stop()

    def _start(self, part: Part) -> None:
        command = [sys.executable, "-m", "portique.server.config.child", part.name]
        command += [self.place.host, str(part.port), *map(str, self.place.tls or ())]
        part.process = subprocess.Popen(  # noqa: S603 -- our own module
            command,
            stdin=subprocess.PIPE,
            env={**os.environ, **self.variables},
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops them in order
        )
        part.began_s, part.again_s = time.monotonic(), 0.0

    def _keep(self, part: Part) -> None:
        """Start a part that died again, once its wait is over."""
        at = time.monotonic()
        if part.again_s:
            if at >= part.again_s:
                self._start(part)
        elif part.process is not None and part.process.poll() is not None:
            if at - part.began_s >= WELL_AFTER_S:
                part.wait_s = FIRST_WAIT_S
            part.again_s = at + part.wait_s
            part.wait_s = min(2 * part.wait_s, LONGEST_WAIT_S)
            RESTARTS.labels(part.name).inc()
            log.error("a part of the server ended and is started again")
            _end_group(part.process)

    def _wait_until_ready(self) -> bool:
        """Wait until both ports answer; false: a signal came first."""
        ends = time.monotonic() + START_S
        while not self.stopping.wait(LOOK_S):
            if all(answers(self.place.host, part.port) for part in self.parts):
                return True
            dead = [p.name for p in self.parts if p.process and p.process.poll() is not None]
            if dead or time.monotonic() >= ends:
                raise EnvironmentProblem(
                    f"the server does not start ({', '.join(dead) or 'no answer'}); its log above "
                    "says why"
                )
        return False

    def _stop(self) -> None:
        """Ask all to stop, wait, then end what is left."""
        running = [part.process for part in self.parts if part.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        ends = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("a part of the server did not stop and was ended")
            _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what a part may have left behind: it leads a group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def answers(host: str, port: int) -> bool:
    """Say whether somebody accepts connections there."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((target, port), timeout=1.0):
            return True
    except OSError:
        return False


def tell_system() -> None:
    """Tell systemd that the server is ready, where it started us and waits to hear."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
            notice.sendto(b"READY=1", "\0" + path[1:] if path[0] == "@" else path)
