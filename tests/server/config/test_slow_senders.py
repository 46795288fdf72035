"""What a front waits for and lets through: slow, long and malformed requests, on real sockets."""

import json
import ssl
import threading
from contextlib import ExitStack

import pytest
from click.testing import CliRunner
from tests.server.config.fronts import front, read_all, statuses

from portique.cli.main import main
from portique.server.config import connections

NAME = "portique.lycee.example"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
LONG = POST + b"Content-Length: 100000\r\n\r\n"


def echo(environ, start_response):
    """Answer with what was sent; long bodies are wanted at /long only, /huge answers much."""
    if "portique.unread" in environ:
        start_response("100 Go" if environ["PATH_INFO"] == "/long" else "403 No", [])
        return [b""]
    start_response("200 OK", [("X-Length", environ["CONTENT_LENGTH"])])
    return [b"x" * 2**23 if environ["PATH_INFO"] == "/huge" else environ["wsgi.input"].read()]


def trickle(sock):
    """Send a header every 20 ms, for 5 s."""
    pause = threading.Event()
    for _ in range(250):
        sock.sendall(b"X: y\r\n")
        pause.wait(0.02)


@pytest.fixture(scope="module")
def usual():
    """Serve `echo` with the usual bounds, for all tests that need no others."""
    with front(echo) as served:
        yield served


def test_bodies_that_do_not_come_hold_no_thread(usual):
    """More of them than threads; others are answered meanwhile."""
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(usual.connect()).sendall(POST + b"Content-Length: 9\r\n\r\nx")

        assert statuses(usual.ask(LAST)) == [200]


def test_a_body_that_comes_too_slowly_is_refused():
    """408, and the connection is closed."""
    with front(echo, body_s=0.1) as served:
        assert statuses(served.ask(POST + b"Content-Length: 9\r\n\r\nx")) == [408]


@pytest.mark.parametrize("before", [b"", GET], ids=["first", "next"])
def test_headers_that_never_end_are_cut(before):
    """However many bytes still come, on a new connection and between two requests."""
    with front(echo, request_s=0.1) as served, served.connect() as sock:
        sock.sendall(before + b"GET / HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            trickle(sock)


def test_an_answer_that_nobody_takes_is_cut():
    """Its memory is given back."""
    with front(echo, taken_s=0.1) as served, served.connect() as sock:
        sock.sendall(b"GET /huge HTTP/1.1\r\nHost: localhost\r\n\r\n")
        threading.Event().wait(0.5)

        assert len(read_all(sock)) < 2**23


def test_a_long_answer_arrives_whole(usual):
    """To whoever takes it."""
    found = usual.ask(LAST.replace(b"/ ", b"/huge ", 1))

    assert len(found.partition(b"\r\n\r\n")[2]) == 2**23


def test_whoever_waited_longest_makes_room():
    """A new connection from the same address is taken, the oldest that sends nothing is cut."""
    with front(echo, address_connections=3) as served, ExitStack() as stack:
        idle = [stack.enter_context(served.connect()) for _ in range(3)]
        idle[1].sendall(GET)
        assert statuses(idle[1].recv(999)) == [200]

        assert statuses(served.ask(LAST)) == [200]
        assert read_all(idle[0]) == b""
        idle[1].sendall(LAST)
        assert statuses(read_all(idle[1])) == [200]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 1_0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n11000\r\n" + b"x" * 0x11000, 413),
        (POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Content-Length: 9\r\n\r\nabc", 400),
        (POST + b"Host: other\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT localhost:25 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (GET[:-2] + b"X: " + b"y" * 33_000, 400),
        (b"\x16\x03\x01\x02\x00\x01", 400),
    ],
)
def test_malformed_requests_get_one_clean_refusal(usual, raw, status):
    """Lengths that contradict each other or what came, foreign encodings, no HTTP, tunnels."""
    assert statuses(usual.ask(raw + b"\r\n\r\n" * (raw[0] == 0x16), ends=True)) == [status]


def test_requests_sent_together_are_answered_in_their_order(usual):
    """A chunked body among them, and nothing that follows a length is part of it."""
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    found = usual.ask(POST + b"Content-Length: 2\r\n\r\nxy" + chunked + LAST)

    assert statuses(found) == [200, 200, 200]
    assert found.index(b"\r\n\r\nxy") < found.index(b"\r\n\r\nabc")


def test_a_long_body_is_read_only_where_it_is_wanted(usual):
    """Elsewhere the refusal comes at once, without a word that the body may follow."""
    refused = usual.ask(LONG[:-2] + b"Expect: 100-continue\r\n\r\n")
    taken = usual.ask(LONG.replace(b"/ ", b"/long ", 1) + b"x" * 100_000 + LAST)

    assert statuses(refused) == [403]
    assert statuses(taken) == [200, 200]
    assert b"x-length: 100000\r\n" in taken


def test_a_refusal_is_seen_by_whoever_still_sends():
    """What comes meanwhile is thrown away, so that the connection is not reset under the answer."""
    with front(echo, drain_s=5) as served:
        assert statuses(served.ask(LONG + b"x" * 100_000)) == [403]


def test_long_bodies_have_a_bound_together():
    """Beyond what one client may have kept, it is asked to come again."""
    wanted = LONG.replace(b"/ ", b"/long ", 1)
    with front(echo, client_bytes=150_000) as served, served.connect() as first:
        first.sendall(wanted[:-2] + b"Expect: 100-continue\r\n\r\n")
        assert statuses(first.recv(99)) == [100]
        second = served.ask(wanted)
        first.sendall(b"x" * 100_000 + LAST)

        assert statuses(second) == [503]
        assert b"retry-after: 10\r\n" in second
        assert statuses(read_all(first)) == [200, 200]
        assert statuses(served.ask(wanted + b"x" * 100_000 + LAST)) == [200, 200]


def test_programs_are_refused_in_their_own_form(usual):
    """A problem of RFC 9457, in the language they asked for."""
    raw = b"POST /api/v1/people HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: 3\r\n"
    head, _, body = usual.ask(raw + b"Transfer-Encoding: chunked\r\n\r\n").partition(b"\r\n\r\n")

    assert b"content-type: application/problem+json\r\n" in head
    assert b"cache-control: no-store\r\n" in head
    assert json.loads(body)["title"] == "The request is not well-formed."


def test_a_header_that_imitates_another_is_left_out():
    """An underscore would make it the header that a proxy takes out or a gate signs."""

    def told(environ, start_response):
        start_response("200 OK", [])
        return [environ.get("HTTP_X_FORWARDED_PROTO", "nothing").encode()]

    with front(told) as served:
        found = served.ask(LAST[:-2] + b"X_Forwarded_Proto: https\r\n\r\n")

    assert found.endswith(b"nothing")


def test_over_tls_a_handshake_that_does_not_end_is_cut(tmp_path, monkeypatch):
    """And whoever ends it is answered, by the newest version alone."""
    made = ("--name", NAME, "--out", str(tmp_path / "tls"))
    CliRunner().invoke(main, ["server", "certificate", str(tmp_path / "authority"), *made])
    pair = (tmp_path / "tls" / f"{NAME}.pem", tmp_path / "tls" / f"{NAME}.key")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "authority" / "authority.crt"))
    monkeypatch.setattr(connections, "HANDSHAKE_S", 1.0)
    with front(echo, pair) as served, served.connect() as silent:
        with trusting.wrap_socket(served.connect(), server_hostname=NAME) as sock:
            sock.sendall(LAST)

            assert sock.version() == "TLSv1.3"
            assert statuses(read_all(sock)) == [200]
        assert read_all(silent) == b""
