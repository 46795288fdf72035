"""The proxy does to requests what it was told to, counts it, and leaves everything else alone."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import pytest

from portique.testing.fault_proxy import DOWN, PASSED, Exchange, Fault, FaultProxy, drawn

ANSWER = b"taken: "


class Upstream:
    """A server on loopback that remembers what it was sent, and streams two events at /stream."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.cut: list[int] = []  # bytes that came of bodies that broke off
        self.go_on = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    upstream.cut.append(len(body))
                    self.close_connection = True
                    return
                upstream.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(ANSWER + body)))
                self.end_headers()
                self.wfile.write(ANSWER + body)

            def do_GET(self) -> None:
                self.close_connection = True
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"data: 1\n\n")
                self.wfile.flush()
                upstream.go_on.wait()
                self.wfile.write(b"data: 2\n\n")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Give a server that remembers."""
    made = Upstream()
    yield made
    made.close()


@pytest.fixture
def heard() -> list[Exchange]:
    """Collect what the server answered."""
    return []


@pytest.fixture
def proxy(upstream: Upstream, heard: list[Exchange]) -> Iterator[FaultProxy]:
    """Give a proxy before it, without a plan."""
    with FaultProxy(upstream.port, heard=heard.append) as made:
        yield made


def post(proxy: FaultProxy, body: bytes, times: int = 1) -> bytes:
    """Post, over one connection; return the last answer."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    try:
        for _ in range(times):
            connection.request("POST", "/", body)
            answer = connection.getresponse().read()
    finally:
        connection.close()
    return answer


def fail(proxy: FaultProxy, body: bytes, fault: Fault) -> None:
    """Post and get no whole answer."""
    proxy.plan([fault])
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy, body)
    assert proxy.counts[fault] == 1


def test_what_is_not_planned_passes_unchanged(proxy, upstream, heard):
    """Over one connection that stays open; each exchange is told."""
    assert post(proxy, b"one", times=3) == ANSWER + b"one"
    assert upstream.bodies == [b"one"] * 3
    assert heard == [Exchange("POST /", b"one", 200, ANSWER + b"one")] * 3
    assert (proxy.counts[PASSED], proxy.done) == (3, 0)


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.RESET])
def test_what_is_lost_never_reaches_the_server(proxy, upstream, heard, fault):
    """The client's connection ends, and nothing was carried out."""
    fail(proxy, b"one", fault)

    assert (upstream.bodies, heard) == ([], [])


@pytest.mark.parametrize("fault", [Fault.UNANSWERED, Fault.CUT_ANSWER, Fault.STALLED])
def test_what_is_not_answered_was_carried_out(proxy, upstream, heard, fault):
    """The server did it, and promised so; the client can't know."""
    fail(proxy, b"one", fault)

    assert upstream.bodies == [b"one"]
    assert [exchange.status for exchange in heard] == [200]


def test_what_is_doubled_reaches_the_server_twice(proxy, upstream):
    """And is answered once."""
    proxy.plan([Fault.DOUBLED])

    assert post(proxy, b"one") == ANSWER + b"one"
    assert upstream.bodies == [b"one", b"one"]


def test_what_is_late_reaches_the_server_after_the_next(proxy, upstream, wait_until):
    """The client gave it up long before."""
    fail(proxy, b"one", Fault.LATE)
    post(proxy, b"two")

    wait_until(lambda: len(upstream.bodies) == 2)
    assert upstream.bodies == [b"two", b"one"]


def test_what_is_delayed_arrives(proxy, upstream):
    """Late, and whole."""
    proxy.plan([Fault.DELAYED])

    assert post(proxy, b"one") == ANSWER + b"one"


def test_half_a_request_reaches_the_server_when_it_is_cut(proxy, upstream, wait_until):
    """The server sees the connection end in the middle of the body."""
    fail(proxy, b"12345678", Fault.CUT_REQUEST)

    wait_until(lambda: upstream.cut == [4])
    assert upstream.bodies == []


def test_something_on_the_way_answers_in_the_servers_place(proxy, upstream):
    """With a 5xx, over a connection that stays good."""
    proxy.plan([Fault.BROKEN])

    assert post(proxy, b"one") == b"sorry"
    assert upstream.bodies == []


def test_events_pass_as_they_come(proxy, upstream):
    """The first is there before the server has the second."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    connection.request("GET", "/stream")
    answer = connection.getresponse()
    first = answer.readline()
    upstream.go_on.set()

    assert (first, answer.read()) == (b"data: 1\n", b"\ndata: 2\n\n")


def test_a_server_that_is_down_is_counted(proxy, upstream):
    """The client's connection ends; the next server on that port is found again."""
    upstream.close()
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy, b"one")

    assert proxy.counts[DOWN] == 1


def test_what_is_cut_is_dead_until_it_is_healed(proxy, upstream):
    """An open stream is torn down with it."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    connection.request("GET", "/stream")
    stream = connection.getresponse()
    stream.readline()
    proxy.cut()
    with pytest.raises((OSError, http.client.HTTPException)):
        stream.read()
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy, b"one")
    proxy.heal()

    assert post(proxy, b"two") == ANSWER + b"two"


def test_a_seed_draws_the_same_faults_again():
    """As many as the rate says, of every kind."""
    first = list(islice(drawn(7, 0.5), 1000))

    assert first == list(islice(drawn(7, 0.5), 1000))
    assert first != list(islice(drawn(8, 0.5), 1000))
    assert set(first) == {None, *Fault}
    assert 400 < sum(fault is None for fault in first) < 600
