"""Calls: what proves a reply, and the limits within which one is read at all."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from portique.core import seal, wire_calls
from portique.core.errors import EnvironmentProblem, LinkError
from portique.core.seal import Purpose
from portique.core.wire_calls import Answer
from portique.gate.link import calls
from portique.gate.link.calls import Caller, Calls, Place, Reply, UnprovedAnswer
from portique.gate.link.pace import LONGEST_S, Pace
from portique.gate.link.stream import Listener, is_stream, lines_of
from portique.testing.fakes import FakeClock
from portique.testing.journals import fictional_key, repeatable

ORDERS, GATE = fictional_key(Purpose.ORDERS), fictional_key(Purpose.GATE)
NONCE = bytes(16)


class StrangeServer(ThreadingHTTPServer):
    """A server that does what no school's server does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Strange)
        self.paths: list[str] = []


class Strange(BaseHTTPRequestHandler):
    """Its answers."""

    server: StrangeServer

    def do_GET(self):
        self.server.paths.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Portique-Answer", "%%%" if self.path == "/odd" else "A" * 2000)
        self.end_headers()
        self.wfile.write(b"x" * (2_000_000 if self.path == "/long" else 5))

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def strange() -> Iterator[StrangeServer]:
    server = StrangeServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def caller() -> Caller:
    return Caller("entry-1", GATE, FakeClock(), repeatable())


def calls_to(server: StrangeServer) -> Calls:
    return Calls(Place(f"http://127.0.0.1:{server.server_address[1]}"), caller())


def test_a_redirect_is_not_followed(strange):
    """What was asked of the school is asked of nobody else."""
    reply = calls_to(strange).ask("GET", "/moved")

    assert (reply.status, strange.paths) == (302, ["/moved"])


def test_a_longer_body_than_any_is_not_read(strange):
    """Two megabytes where a quarter of one is the most."""
    with pytest.raises(LinkError, match="more than"):
        calls_to(strange).ask("GET", "/long")


def test_a_body_without_end_is_given_up(strange, monkeypatch):
    """Drop by drop it would hold the link for ever."""
    monkeypatch.setattr(calls, "WHOLE_MS", -1)
    with pytest.raises(LinkError, match="too long"):
        calls_to(strange).ask("GET", "/slow")


def test_a_body_is_never_unpacked(strange):
    """A packed one is taken as it came: its signature is for nothing else."""
    assert calls_to(strange).ask("GET", "/packed").body == b"xxxxx"


@pytest.mark.parametrize("path", ["/odd", "/overlong"])
def test_an_answer_that_is_none_proves_nothing(strange, path):
    """Neither what is no Base64url nor what is longer than any envelope."""
    with pytest.raises(UnprovedAnswer):
        calls_to(strange).ask("GET", path).signed_ms(ORDERS.public)


def test_the_proxy_of_the_environment_is_not_used(strange, monkeypatch):
    """Only the configuration sends a gate through one."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert calls_to(strange).ask("GET", "/straight").status == 200


def test_the_proxy_of_the_configuration_is_used(strange):
    """It gets the whole address."""
    proxy = f"http://127.0.0.1:{strange.server_address[1]}"
    Calls(Place("http://localhost:1", proxy=proxy), caller()).ask("GET", "/far")

    assert strange.paths == ["http://localhost:1/far"]


def test_an_authority_that_cannot_be_read_is_one_sentence(tmp_path):
    """The key to mend is named."""
    with pytest.raises(EnvironmentProblem, match=r"server\.ca"):
        Calls(Place("https://portique.example", ca=tmp_path / "none.pem"), caller())


def signed(status=200, body=b"body", nonce=NONCE, key=ORDERS) -> bytes:
    return wire_calls.sign_answer(Answer(nonce, status, 77, wire_calls.digest(body)), key)


def test_a_reply_is_proved_by_the_schools_key():
    """And brings the server's time."""
    assert Reply(200, b"body", NONCE, signed(), 5).signed_ms(ORDERS.public) == 77


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"body", NONCE, None, 5),
        Reply(200, b"other", NONCE, signed(), 5),
        Reply(409, b"body", NONCE, signed(), 5),
        Reply(200, b"body", bytes(15) + b"1", signed(), 5),
        Reply(200, b"body", NONCE, signed(key=seal.private_key(Purpose.ORDERS, bytes(40))), 5),
    ],
    ids=["none", "another body", "another status", "another call", "another key"],
)
def test_a_reply_of_somebody_elses_is_not_believed(reply):
    """Status, body, call and key must all be right."""
    with pytest.raises(UnprovedAnswer):
        reply.signed_ms(ORDERS.public)


def test_waits_grow_with_chance_in_them_and_have_an_end():
    """Twice as long each time, up to half a minute; after an answer they begin anew."""
    pace = Pace(repeatable())
    waits = [pace.failed() for _ in range(20)]

    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(waits[:5]))
    assert all(LONGEST_S / 2 <= wait <= LONGEST_S for wait in waits[6:])
    assert len(set(waits[6:])) > 10
    pace.worked()
    assert pace.failed() <= 1.0


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("https://portique.example:8444/gate/v1/stream", True),
        ("http://127.0.0.1:8444/gate/v1/stream?gate=1", True),
        ("http://portique.example/gate/v1/stream", False),
        ("file:///etc/passwd", False),
        ("https://portique.example/#x", False),
        ("https://user@portique.example/", False),
    ],
)
def test_a_stream_is_opened_where_a_server_may_be(address, opened):
    """Over TLS, or on this machine: the news can't send a gate anywhere else."""
    assert is_stream(address) is opened
    listener = Listener(Place("https://x.example"), caller(), Pace(repeatable()), lambda: None)
    if not opened:
        listener.listen(address)
        assert listener._thread is None
    listener.listen(None)
    listener.close()


class Chunks(urllib3.HTTPResponse):
    """A response that comes in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._pieces = [*pieces, b""]

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:  # noqa: FBT001 - its signature upstream
        assert amt
        assert not decode_content
        return self._pieces.pop(0)


def test_lines_are_read_however_they_are_cut():
    """With either end of line."""
    found = list(lines_of(Chunks(b"event: n", b"ews\r\nda", b"ta: 1\n\n: half")))

    assert found == [b"event: news", b"data: 1", b""]


def test_a_line_without_end_ends_the_stream():
    """A stream is no way to fill a gate's memory."""
    with pytest.raises(LinkError, match="without end"):
        list(lines_of(Chunks(*[b"x" * 1024] * 3)))


def test_there_is_no_stream_where_nobody_is():
    """A link's error, to be tried again."""
    with pytest.raises(LinkError, match="no stream"):
        Calls(Place("http://127.0.0.1:1"), caller()).open_stream(
            "http://127.0.0.1:1/gate/v1/stream", silent_s=1.0
        )
