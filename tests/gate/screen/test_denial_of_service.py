"""Denial of service from the LAN: strangers who connect and do nothing, or next to nothing."""

import logging
import resource
import socket
from collections.abc import Callable, Iterator

import pytest

from portique.gate import logs
from portique.gate.screen import connections, serving
from portique.gate.screen.connections import (
    CONNECTIONS_MAX,
    DESCRIPTORS,
    FROM_ONE_ADDRESS_MAX,
    SHARE,
    Connections,
    room,
)

pytestmark = pytest.mark.slow  # real sockets, many

HERE = "127.0.0.1"
TIMEOUT_S = 20
SHORT_S = 0.2
HEAD = b"POST /pair HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@pytest.fixture
def connect() -> Iterator[Callable[..., socket.socket]]:
    """Give a way to connect and say nothing; all are closed at the end."""
    open_ones: list[socket.socket] = []

    def one(port: int, source: str = HERE) -> socket.socket:
        open_ones.append(socket.create_connection((HERE, port), TIMEOUT_S, (source, 0)))
        return open_ones[-1]

    yield one
    for each in open_ones:
        each.close()


def hung_up(connection: socket.socket) -> bool:
    """Wait for the other side's end, reading what it says before."""
    try:
        while connection.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def kept(served: serving.Serving) -> int:
    return len(served._socket.connections or ())


def test_hundreds_of_silent_connections_keep_no_page_from_the_agent(visitor, serve, connect):
    """Each newcomer takes the place of the one that was idle for longest."""
    served = serve()
    visitor.port = served.port
    strangers = [connect(served.port) for _ in range(300)]

    assert visitor.get("/agent").status == 200
    assert kept(served) <= FROM_ONE_ADDRESS_MAX
    assert hung_up(strangers[0])


def test_one_address_leaves_room_for_the_others(serve, connect, monkeypatch):
    """A stranger with one address crowds out itself alone."""
    monkeypatch.setattr(connections, "FROM_ONE_ADDRESS_MAX", 4)
    served = serve()
    agent = connect(served.port, "127.0.0.2")
    strangers = [connect(served.port) for _ in range(8)]

    assert all(hung_up(each) for each in strangers[:4])
    agent.sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
    assert agent.recv(12) == b"HTTP/1.1 200"


def test_many_addresses_share_what_there_is(serve, connect, monkeypatch):
    """Beyond the limit of all together, the longest idle goes, whosever it is."""
    monkeypatch.setattr(connections, "CONNECTIONS_MAX", 3)
    served = serve()
    strangers = [connect(served.port, f"127.0.0.{number}") for number in range(2, 7)]

    assert all(hung_up(each) for each in strangers[:2])
    assert kept(served) == 3


def test_who_is_being_answered_is_not_sent_away(visitor, serve, connect, monkeypatch):
    """With all places taken by streams, the newcomer waits outside."""
    monkeypatch.setattr(connections, "FROM_ONE_ADDRESS_MAX", 2)
    served = serve()
    visitor.port = served.port
    streams = [visitor.listen("/holder/stream") for _ in range(2)]
    for stream in streams:
        next(stream)

    assert hung_up(connect(served.port))
    assert next(streams[0])[0] in {"state", "beat"}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /agent HT",
        b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\nGET /he",
    ],
)
def test_a_request_that_does_not_come_to_its_end_is_cut(serve, connect, monkeypatch, said):
    """Nothing at all, half a head, or half of the second one."""
    monkeypatch.setattr(connections, "IDLE_S_MAX", SHORT_S)
    stranger = connect(serve().port)
    stranger.sendall(said)

    assert hung_up(stranger)


def test_a_handshake_that_does_not_come_to_its_end_is_cut(serve, connect, certificate, monkeypatch):
    """Before TLS nobody is anybody."""
    monkeypatch.setattr(connections, "IDLE_S_MAX", SHORT_S)
    crt, key = certificate
    stranger = connect(serve(certificate=crt, private_key=key).port)
    stranger.sendall(b"\x16\x03\x01\x02\x00")

    assert hung_up(stranger)


def test_a_body_that_does_not_come_is_cut(visitor, connect, monkeypatch):
    """The head is complete, its token is right, and then nothing."""
    monkeypatch.setattr(connections, "REQUEST_S_MAX", SHORT_S)
    visitor.get("/agent")
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    stranger = connect(visitor.port)
    head = f"cookie: {cookie}\r\nx-portique-token: {visitor.token}\r\ncontent-length: 9\r\n\r\n"
    stranger.sendall(HEAD + head.encode())

    assert hung_up(stranger)


def test_a_screen_watches_for_as_long_as_it_likes(visitor, monkeypatch):
    """A stream has no end of its own."""
    monkeypatch.setattr(connections, "IDLE_S_MAX", SHORT_S)
    monkeypatch.setattr(connections, "REQUEST_S_MAX", SHORT_S)
    events = visitor.listen("/holder/stream")
    kinds = [next(events)[0] for _ in range(4)]

    assert kinds.count("beat") == 3


def test_what_strangers_make_the_server_say_fills_no_log(visitor, connect, capfd):
    """One line a minute, of our own making, with nothing of theirs."""
    logs.configure()
    for _ in range(20):
        stranger = connect(visitor.port)
        stranger.sendall(b"\x00 Mme Dupont\r\n\r\n")
        assert hung_up(stranger)

    written = capfd.readouterr().err
    assert written.count("\n") == 1
    assert "screens-complain" in written
    assert "Dupont" not in written


def test_an_error_of_the_server_is_logged_by_its_kind(visitor, capfd):
    """A bug of ours isn't hidden, and its trace, which may hold names, isn't written."""
    logs.configure()
    logging.getLogger("asyncio").error("Mme Dupont's page", exc_info=KeyError("Mme Dupont"))

    written = capfd.readouterr().err
    assert '"error": "KeyError"' in written
    assert "Dupont" not in written


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "most"),
    [
        (1024, 524_288, None, CONNECTIONS_MAX),
        (256, 524_288, DESCRIPTORS, CONNECTIONS_MAX),
        (256, resource.RLIM_INFINITY, DESCRIPTORS, CONNECTIONS_MAX),
        (256, 400, 400, 400 // SHARE),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, CONNECTIONS_MAX),
    ],
)
def test_the_descriptors_there_are_are_shared(monkeypatch, soft, hard, raised, most):
    """The limit is raised as far as it helps; the journal and the door keep three quarters."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, both: asked.append(both))

    assert room() == most
    assert asked == ([] if raised is None else [(raised, hard)])


def test_a_request_whose_connection_is_gone_is_not_served():
    """It was hung up on while its head was on the way."""
    served: list[str] = []

    async def app(_scope: object, _receive: object, _send: object) -> None:
        served.append("called")

    coroutine = Connections(app, 1)({"type": "http", "client": (HERE, 1)}, None, None)  # type: ignore[arg-type] # nothing is received or sent
    with pytest.raises(StopIteration):
        coroutine.send(None)
    assert served == []
