"""Real processes of a served school: streams, and a helper that files entries beside them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OTHER = Path(__file__).parents[1] / "console" / "other_process.py"
PATIENCE_S = 60


def free_ports() -> tuple[int, int]:
    """Return two ports that nobody uses now."""
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


@dataclass
class Listener:
    """Somebody who listens to a stream."""

    connection: http.client.HTTPConnection
    response: http.client.HTTPResponse

    def events(self) -> Iterator[tuple[str, int | None, Any]]:
        """Give events as they come: kind, id, data; ends with the stream."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                number = int(fields["id"]) if "id" in fields else None
                yield fields["event"], number, json.loads(fields["data"])
                fields = {}

    def ids(self, count: int) -> list[int]:
        """Return the ids of the next lines."""
        found: list[int] = []
        for kind, number, _ in self.events():
            if kind == "line" and number is not None:
                found.append(number)
            if len(found) == count:
                break
        return found

    def close(self) -> None:
        """Leave without a word, as a network that fails."""
        self.response.close()
        self.connection.close()


@dataclass
class Streams:
    """A streams' process, at times with pages beside it, and its school."""

    port: int
    helper: subprocess.Popen[str]
    pages: int = 0
    supervisor: int = 0

    def ask(self, *order: object) -> Any:
        """Have the helper do something in its own process."""
        assert self.helper.stdin
        assert self.helper.stdout
        self.helper.stdin.write(json.dumps(order) + "\n")
        self.helper.stdin.flush()
        return json.loads(self.helper.stdout.readline())

    def listen(self, path: str = "/direct/flux", **headers: str) -> Listener:
        """Open a stream."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        return Listener(connection, connection.getresponse())


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Make a served school with a gate, in a folder of its own."""
    return make_school(tmp_path / "school")


def make_school(folder: Path) -> Path:
    """Make a served school with a gate in a folder."""
    command = [sys.executable, str(OTHER), str(folder), "prepare", "0"]
    subprocess.run(command, check=True, timeout=PATIENCE_S)
    return folder


@pytest.fixture
def streams(school) -> Iterator[Streams]:
    """Start the streams' process and a helper."""
    port = free_ports()[0]
    variables = {**os.environ, "PORTIQUE_SCHOOL": str(school), "PORTIQUE_PAGES_PORT": "8600"}
    command = [sys.executable, "-m", "portique.server.config.child", "streams", "127.0.0.1"]
    with (
        subprocess.Popen([*command, str(port)], stdin=PIPE, env=variables) as process,
        subprocess.Popen(
            [sys.executable, str(OTHER), str(school), "obey"], stdin=PIPE, stdout=PIPE, text=True
        ) as helper,
    ):
        assert helper.stdout
        assert helper.stdout.readline()
        wait_for(lambda: health(port) is not None)
        yield Streams(port, helper)
        process.terminate()
        helper.terminate()


@pytest.fixture
def whole(school) -> Iterator[Streams]:
    """Start pages and streams as `server run` does, and a helper."""
    with run_whole(school) as running:
        yield running


@contextmanager
def run_whole(school: Path, *options: str) -> Iterator[Streams]:
    """Run a school's server and a helper until the end of the block."""
    pages, port = free_ports()
    run = [sys.executable, "-m", "portique.cli", "server", "run", "--school", str(school)]
    run += ["--port", str(pages), "--stream-port", str(port), *options]
    helping = [sys.executable, str(OTHER), str(school), "obey"]
    with (
        subprocess.Popen(run) as process,
        subprocess.Popen(helping, stdin=PIPE, stdout=PIPE, text=True) as helper,
    ):
        assert helper.stdout
        assert helper.stdout.readline()
        wait_for(lambda: health(port) and health(pages))
        yield Streams(port, helper, pages, process.pid)
        process.terminate()
        helper.terminate()


def health(port: int) -> Any:
    """Return what a process says of its health, None while it says nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with closing(connection), suppress(OSError, http.client.HTTPException, ValueError):
        connection.request("GET", "/healthz")
        return json.loads(connection.getresponse().read())
    return None


def wait_for(done: Callable[[], object]) -> None:
    """Ask again and again until it is so, or the test's time is over."""
    pause = threading.Event()
    while not done():
        pause.wait(0.1)


@pytest.fixture(scope="session")
def tools() -> Any:
    """Return what tests of processes need besides."""
    return SimpleNamespace(
        free_ports=free_ports, health=health, make_school=make_school, run_whole=run_whole,
        wait_for=wait_for,
    )  # fmt: skip
