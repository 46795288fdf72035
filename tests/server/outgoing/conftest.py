"""A program on loopback that is told of events, and destinations that lead to it."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from portique.school.authority import give
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.outgoing.actions import Wanted, add
from portique.server.outgoing.models import CHOSEN, Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portique.school.authority import Authority, Place
    from portique.server.outgoing.models import Destination


@dataclass
class Program:
    """What a program got, and what it answers: one of `statuses` each, then 204."""

    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    port: int = 0
    server: HTTPServer | None = None

    def secure(self, authority: Authority, place: Place) -> None:
        """Speak TLS from now on, with a certificate for a place."""
        assert self.server is not None
        certificate, key = give(authority, place, at=now() - timedelta(hours=1), days=2)
        with NamedTemporaryFile() as file:
            file.write(certificate.public_bytes(Encoding.PEM))
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file.name)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/portique?for=heating"

    def told(self) -> list[dict[str, Any]]:
        """Return what it was told, read."""
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def program() -> Iterator[Program]:
    """Listen on loopback."""
    made = Program()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(made.statuses.pop(0) if made.statuses else 204)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.port, made.server = server.server_port, server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def destination(account, program) -> Callable[..., Destination]:
    """Make a destination; the program's own unless said otherwise."""
    head = account(Role.HEAD, "who adds")

    def make(address: str = "", **changed: Any) -> Destination:
        said: dict[str, Any] = {"reach": Reach.MACHINE, "events": CHOSEN} | changed
        wanted = Wanted("chauffage", address or program.address, **said)
        made, _ = add(wanted, by=head)
        return made

    return make
