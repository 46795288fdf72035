"""A whole server as `server run` starts it: what listens, and what idle connections can't stop."""

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.server.config.fronts import read_all, statuses
from tests.server.gates.wired import WiredGate, decision

from portique.core.seal import PublicKey, Purpose, private_key
from portique.server.config.environment import cookie_mark

pytestmark = pytest.mark.slow
IDLE = 200
BODY = b"POST /compte/connexion/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n"
HEADERS = b"GET /compte/connexion/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
UPLOAD = (
    b"POST /personnes/importer/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n"
)
PATIENCE_S = 30


class Caller:
    """What a gate calls with: its own connection each time, as over a bad network."""

    def __init__(self, port):
        self.port = port

    def generic(self, method, path, body, *, content_type, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.request(method, path, body, {"Content-Type": content_type, **headers})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        cookies = answer.headers.get_all("Set-Cookie")
        return SimpleNamespace(
            status_code=answer.status, content=content, headers=answer.headers, cookies=cookies
        )


@pytest.fixture(scope="module")
def server(tools, tmp_path_factory):
    """Run one server for all."""
    metrics = tools.free_ports()[0]
    folder = tools.make_school(tmp_path_factory.mktemp("whole") / "school")
    with tools.run_whole(folder, "--metrics-port", str(metrics)) as running:
        yield SimpleNamespace(
            running=running, pages=running.pages, streams=running.port, metrics=metrics,
            folder=folder,
        )  # fmt: skip


@pytest.fixture
def crowd(server):
    """Keep connections open to pages and streams that sent a beginning and nothing more."""
    mark = cookie_mark(server.folder).encode()  # the form's proof of origin is looked for
    body = BODY + b"Cookie: " + mark + b"portique-form=" + b"x" * 32 + b"\r\n\r\nlogin="
    with ExitStack() as stack:
        for number in range(IDLE):
            port = server.streams if number % 4 == 3 else server.pages
            sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
            stack.enter_context(sock).sendall((body, HEADERS)[number % 2])
        yield


def processes(pid: int) -> Iterator[int]:
    """Give a process and all that it started, and so on."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from processes(int(child))


def listening(pid: int) -> set[tuple[str, str, int]]:
    """Return where a process and what it started can be reached: table, address, port."""
    held = set()
    for each in processes(pid):
        for descriptor in Path(f"/proc/{each}/fd").iterdir():
            with suppress(OSError):
                held.add(str(descriptor.readlink()))
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in held and (fields[3] == "0A" or table[:3] == "udp"):
                address, _, port = fields[1].partition(":")
                found.add((table, address, int(port, 16)))
    return found


def test_only_what_is_declared_listens(server):
    """Pages, streams and the measures, on this machine alone; nothing by datagrams."""
    declared = {("tcp", "0100007F", n) for n in (server.pages, server.streams, server.metrics)}

    assert listening(server.running.supervisor) == declared


def test_a_page_is_answered_beside_idle_connections(server, crowd, tools):
    """Eight threads, two hundred announced bodies and endless headers; streams answer too."""
    raw = b"GET /compte/connexion/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.pages), timeout=PATIENCE_S) as sock:
        sock.sendall(raw)
        assert statuses(read_all(sock)) == [200]
    assert tools.health(server.streams)["ok"]


@pytest.mark.parametrize("count", [1, 499])
def test_a_gate_files_beside_idle_connections(server, crowd, count):
    """A short filing, and one so long that the server first asks who it is from."""
    key = private_key(Purpose.GATE, os.urandom(48))
    gate_id = f"gate-{count}"
    point = bytes.fromhex(
        server.running.ask("add_gate", gate_id, (key.public.x + key.public.y).hex())
    )
    public = PublicKey.from_point(Purpose.ORDERS, point[:32], point[32:])
    orders: Any = SimpleNamespace(public=public)
    caller: Any = Caller(server.pages)
    gate = WiredGate(gate_id, key, orders, caller).begin()
    gate.write(*(decision(lane="exit-1") for _ in range(count)))

    assert gate.acknowledged().number == count + 1


def test_a_long_body_of_a_stranger_is_refused_unread(server):
    """Thirty megabytes are announced; the answer comes before the first of them."""
    with socket.create_connection(("127.0.0.1", server.pages), timeout=PATIENCE_S) as sock:
        sock.sendall(UPLOAD)
        answer = sock.recv(9999)

    assert statuses(answer) == [302]
    assert b"location: /compte/connexion/" in answer


def test_measures_count_answers_and_name_nobody(server):
    """On their own port, in Prometheus' words; whichever process answered."""
    for port, path in ((server.pages, "/"), (server.metrics, "/metrics")):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()

    assert 'portique_requests_total{status="3xx"}' in text
    assert "portique_request_seconds_count" in text
    assert "/compte/" not in text
