"""A real server on loopback, and visitors that speak HTTP to it as browsers do."""

import http.client
import json
import re
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portique.gate.board import Board
from portique.gate.screen.app import create_app
from portique.gate.screen.preview import LANE, PIN, PreviewDesk, agents
from portique.gate.screen.serving import Serving, serve_in_thread
from portique.gate.screen.settings import ScreenSettings

NOW_MS = 1_789_970_880_000
TIMEOUT_S = 20
HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(slots=True)
class Visitor:
    """A browser's half: cookies, the page's token, and streams."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None

    def get(self, path: str, **headers: str) -> Answer:
        answer = self._ask("GET", path, None, headers)
        if found := re.search(r'data-token="([0-9a-f]+)"', answer.text):
            self.token = found[1]
        return answer

    def post(self, path: str, body: object, **headers: str) -> Answer:
        sent = {"content-type": "application/json", "x-portique-token": self.token, **headers}
        return self._ask("POST", path, json.dumps(body).encode(), sent)

    def sign_in(self, alias: str = "loge", pin: str = PIN) -> Answer:
        self.get("/agent")
        return self.post("/agent/sign-in", {"alias": alias, "pin": pin})

    def listen(self, path: str, **headers: str) -> Generator[tuple[str, str, Any], None, None]:
        """Yield (event, id, data) of a stream; a generator, close it to hang up."""
        link = self._link()
        link.request("GET", path, headers=self._headers(headers))
        reply = link.getresponse()
        try:
            assert reply.status == 200, reply.status
            yield from _events(reply)
        finally:
            reply.close()
            link.close()

    def state(self, path: str = "/agent/stream") -> Any:
        """Return the first state of a stream."""
        events = self.listen(path)
        found = next(data for kind, _, data in events if kind == "state")
        events.close()
        return found

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        link = self._link()
        link.request(method, path, body, self._headers(headers))
        reply = link.getresponse()
        for line in reply.headers.get_all("set-cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        answer = Answer(reply.status, reply.headers, reply.read().decode())
        link.close()
        return answer

    def _link(self) -> http.client.HTTPConnection:
        if self.context is None:
            return http.client.HTTPConnection(HERE, self.port, timeout=TIMEOUT_S)
        secure = self.context
        return http.client.HTTPSConnection(HERE, self.port, timeout=TIMEOUT_S, context=secure)

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"cookie": cookie, **self.headers, **named}


def _events(reply: http.client.HTTPResponse) -> Iterator[tuple[str, str, Any]]:
    fields: dict[str, str] = {}
    while line := reply.readline():
        text = line.decode().rstrip("\n")
        if text:
            name, _, value = text.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield fields["event"], fields.get("id", ""), json.loads(fields["data"])
            fields = {}
        else:
            fields = {}


class Ticks:
    """A monotonic clock that stands still until told."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms

    def pass_s(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


@pytest.fixture
def board() -> Board:
    return Board(LANE)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def desk(board: Board) -> PreviewDesk:
    return PreviewDesk(board, lambda: NOW_MS)


@pytest.fixture
def announced() -> list[str]:
    return []


@pytest.fixture
def serve(
    board: Board, desk: PreviewDesk, ticks: Ticks, announced: list[str]
) -> Iterator[Callable[..., Serving]]:
    """Serve the screens of `board`; every server is stopped at the end."""
    running: list[Serving] = []

    def start(**changes: Any) -> Serving:
        settings = ScreenSettings(**{"port": 0, "agents": agents(), **changes})
        app = create_app(board, desk, settings, monotonic_ms=ticks, announce=announced.append)
        running.append(serve_in_thread(app, settings))
        return running[-1]

    yield start
    for serving in running:
        with suppress(OSError):
            serving.stop()


@pytest.fixture
def visitor(serve: Callable[..., Serving]) -> Visitor:
    return Visitor(serve().port)


@pytest.fixture
def agent(visitor: Visitor) -> Visitor:
    """Give a visitor who is signed in as `loge`."""
    assert visitor.sign_in().status == 200
    return visitor


@pytest.fixture
def second_agent(agent: Visitor) -> Visitor:
    """Give another browser, signed in as `cpe`."""
    other = Visitor(agent.port)
    assert other.sign_in("cpe").status == 200
    return other


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for 127.0.0.1, good for these tests."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portique.test")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "gate.crt", tmp_path / "gate.key"
    files[0].write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(pem, pkcs8, plain))
    for file in files:
        file.chmod(0o600)
    return files


@pytest.fixture
def network(
    serve: Callable[..., Serving], certificate: tuple[Path, Path]
) -> Callable[[Visitor], None]:
    """Put a visitor on the network: served over TLS, and seen to come through something."""
    crt, key = certificate

    def move(visitor: Visitor) -> None:
        serving = serve(host="0.0.0.0", certificate=crt, private_key=key)  # noqa: S104 - the case
        visitor.port = serving.port
        visitor.context = ssl.create_default_context(cafile=str(crt))
        visitor.headers = {"x-forwarded-for": "192.0.2.7"}

    return move
