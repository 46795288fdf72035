"""Real gates for real tests: a school's folder, an enrolled gate, its process, its door."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

import pytest

from portique.core.calendars import Audience, Calendar, On, Opening, default_calendar
from portique.core.values import Kind, Uai, Window
from portique.core.zones import INSIDE, default_site
from portique.gate.config import dump, load
from portique.gate.enrolment import enrol
from portique.gate.sections import (
    CameraSection,
    DoorSection,
    GateConfig,
    ReaderSection,
    WebhookSection,
)
from portique.school.bundles import make_bundle
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.school.register import EnrolledGate, Issued
from portique.school.rules import write_calendar, write_site

LANE = "entry-1"
Waiter = Callable[..., None]


class Controller:
    """A door's controller on loopback: remembers the orders it was given."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/door"

    @property
    def releases(self) -> int:
        return sum(order.get("order") == "release" for order in self.orders)

    @property
    def lamps(self) -> int:
        return sum(order.get("order") == "lamp" for order in self.orders)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        orders = self.orders

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                orders.append(json.loads(self.rfile.read(length) or b"{}"))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def always_open() -> Calendar:
    """The usual calendar, open at every hour: tests run at night too."""
    always = Opening(
        "toujours", INSIDE, Audience(everybody=True), 0, 24 * 60, (1, 2, 3, 4, 5, 6, 7), On.ALWAYS
    )
    calendar = default_calendar()
    return replace(calendar, openings=(*calendar.openings, always))


@dataclass
class Site:
    """A school and one enrolled gate in a temporary folder."""

    folder: Path
    school: SchoolFolder
    config: Path
    pin: str
    fifo: Path
    passes: list[Issued] = field(default_factory=list)

    def issue(self, count: int, kind: Kind = Kind.STAFF) -> list[Issued]:
        at = datetime.now(UTC)
        window = Window(at.replace(microsecond=0) - timedelta(hours=1), at + timedelta(days=30))
        made = [
            issue(
                self.school,
                Request(kind, f"Personne {n}", "Service", window=window),
                at=at,
                entropy=os.urandom,
            )
            for n in range(count)
        ]
        self.passes += made
        return made

    def export(self) -> None:
        data = make_bundle(self.school, at=datetime.now(UTC), entropy=os.urandom)
        folder = load(self.config).knowledge.path
        folder.mkdir(exist_ok=True)
        (folder / "today.knowledge").write_bytes(data)

    def configure(self, change: Callable[[GateConfig], GateConfig]) -> None:
        changed = change(load(self.config))
        self.config.write_text(dump(changed, folder=self.config.parent), encoding="utf-8")

    @property
    def journal(self) -> Path:
        return load(self.config).journal.file


@contextmanager
def opened_site(folder: Path) -> Iterator[Site]:
    """Make a school with one gate, whose only reader is a FIFO, and whose door is simulated."""
    at = datetime.now(UTC)
    settings = Settings(Uai("0990001N"), "Lycée des Essais")
    school = SchoolFolder.create(folder / "school", settings, at=at, entropy=os.urandom)
    write_site(school, default_site())
    write_calendar(school, always_open())
    config = folder / "gate" / f"{LANE}.toml"
    lane = default_site().lane(LANE)
    public = school.keys.knowledge.public
    mine, pin = enrol(config, lane, settings.uai, public, entropy=os.urandom)
    school.register.add_gate(EnrolledGate(LANE, LANE, mine.public.x, mine.public.y))
    fifo = folder / "reader"
    os.mkfifo(fifo)
    made = Site(folder, school, config, pin, fifo)
    made.configure(
        lambda c: replace(
            c,
            camera=CameraSection(source="none"),
            readers=(ReaderSection("serial", "fifo", fifo, lines_per_minute=600),),
            screens=replace(c.screens, port=0),
        )
    )
    try:
        yield made
    finally:
        school.close()


@contextmanager
def opened_controller() -> Iterator[Controller]:
    made = Controller()
    try:
        yield made
    finally:
        made.close()


def drive(site: Site, controller: Controller) -> None:
    webhook = WebhookSection(url=controller.url)
    site.configure(lambda c: replace(c, door=DoorSection(kind="webhook", webhook=webhook)))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a school with one gate, whose only reader is a FIFO, and whose door is simulated."""
    with opened_site(tmp_path) as made:
        yield made


@pytest.fixture
def controller() -> Iterator[Controller]:
    """Give a door's controller that listens on loopback."""
    with opened_controller() as made:
        yield made


@pytest.fixture
def driven(site: Site, controller: Controller) -> Site:
    """Give a site whose gate drives the controller's door."""
    drive(site, controller)
    return site


@pytest.fixture
def open_driven() -> Callable[[Path], AbstractContextManager[tuple[Site, Controller]]]:
    """Give a way to make driven sites, each in an empty folder, as many as wanted."""

    @contextmanager
    def opened(folder: Path) -> Iterator[tuple[Site, Controller]]:
        with opened_site(folder) as site, opened_controller() as controller:
            drive(site, controller)
            yield site, controller

    return opened


class RunningGate:
    """`portique gate run` as a process of its own."""

    def __init__(self, site: Site) -> None:
        with (site.folder / "gate.log").open("ab") as log:
            self._process = self._begin(site, log)
        self._ended = False
        self.pid = self._process.pid
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            pytest.fail((site.folder / "gate.log").read_text(encoding="utf-8")[-2000:])
        self.urls: dict[str, str] = json.loads(line)
        self._feed = os.open(site.fifo, os.O_WRONLY)

    def _begin(self, site: Site, log: IO[bytes]) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "portique.cli", "gate", "run", str(site.config), "--json"]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )

    def show(self, text: str) -> None:
        """Show a text to the reader."""
        os.write(self._feed, text.encode() + b"\n")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.urls["url"] + path, timeout=10) as answer:
            return str(answer.read().decode())

    def kill(self) -> None:
        """SIGKILL, as a power cut would for the process."""
        self._process.kill()
        self._wait()

    def stop(self) -> int:
        """Ask it to stop in order, and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._wait()

    def end(self) -> None:
        """Kill it if it still runs, and let go of its pipes."""
        if self._ended:
            return
        self._process.kill()
        self._wait()

    def _wait(self) -> int:
        code = self._process.wait(30)
        os.close(self._feed)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._ended = True
        return code


@pytest.fixture
def start() -> Iterator[Callable[[Site], RunningGate]]:
    """Give a way to start gates; what still runs at the end is killed."""
    started: list[RunningGate] = []

    def begin(site: Site) -> RunningGate:
        started.append(RunningGate(site))
        return started[-1]

    yield begin
    for gate in started:
        gate.end()
