"""A real server with real gates around it, each behind a proxy of its own, to be killed at will."""

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from tests.e2e.conftest import always_open

from portique.core import wire, wire_news
from portique.core.seal import Purpose, private_key
from portique.core.values import Kind, Uai, Window
from portique.core.wire_news import Health
from portique.core.zones import default_site
from portique.gate.config import dump, load
from portique.gate.enrolment import Joined, write_gate
from portique.gate.journal_folder import former_files
from portique.gate.journal_verify import verify_file
from portique.gate.sections import CameraSection, ReaderSection, ServerSection
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.school.register import EnrolledGate
from portique.school.rules import write_calendar
from portique.testing.fault_proxy import Exchange, Fault, FaultProxy

UAI = Uai("0990001N")
MOTHER = Path(__file__).with_name("link_gate_mother.py")
LANES = ("entry-1", "exit-1")
PASSES = 6
PORTS = range(20_000, 30_000, 2)
STEP_S, PATIENCE_S = 0.02, 60.0
Chains = dict[tuple[int, int], bytes]  # by epoch and number


def wait_for(true: Callable[[], object], what: str) -> None:
    """Look until something is true."""
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / STEP_S)):
        if true():
            return
        pause.wait(STEP_S)
    raise AssertionError(f"{what} did not come within {PATIENCE_S:g} s")


def pause(seconds: float) -> None:
    """Let a time of chance pass: what is tested is a kill at any moment."""
    threading.Event().wait(seconds)


def free_port() -> int:
    """Return a port nobody listens on, none that the system gives to those who call.

    A call to a server that is down could be given the server's own port, and reach itself.
    """
    for port in random.sample(PORTS, len(PORTS)):
        with (
            suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + 1)),  # the streams'
        ):
            return port
    raise AssertionError("every port is taken")


def family(root: int) -> list[int]:
    """List a process, its children and theirs, as the kernel knows them."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
    found = [root]
    for parent in found:  # it grows while it is gone through
        found += [child for child, its in parents.items() if its == parent]
    return found


class Server:
    """`portique server run` on one port, killed and started again.

    Its database is the school's own file, or a PostgreSQL's at `url`, which is not killed.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self.school = folder / "school"
        self._url = url
        self.port = free_port()
        self.kills = 0
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "portique.cli", "server", "run"]
        command += ["--school", str(self.school), "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | ({"DATABASE_URL": self._url} if self._url else {}),
            )
        wait_for(self._answers, "an answer of the server")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text("utf-8")[-2000:]
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/gate/v1/news", timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL all its processes at once, as a power cut would."""
        if self._process is None:
            return
        for process in family(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait(30)
        self._process = None
        self.kills += 1

    def held(self) -> dict[str, Chains]:
        """Read what the database of a server that is down holds; each entry is there once."""
        found: dict[str, Chains] = {}
        rows = self._rows(
            "SELECT epoch.gate_id, epoch.number, entry.number, entry.chain"
            " FROM gates_entry entry JOIN gates_epoch epoch ON epoch.id = entry.epoch_id"
        )
        for gate_id, epoch, number, chain in rows:
            chains = found.setdefault(gate_id, {})
            assert (epoch, number) not in chains, f"{gate_id} {epoch}/{number} is there twice"
            chains[epoch, number] = bytes(chain)
        return found

    def disputes(self) -> list[tuple[str, str]]:
        """Read which gates' journals raised an alarm, in a database that is down.

        That a holder was at two lanes at once is true here: gates share the passes shown.
        """
        return self._rows("SELECT gate_id, kind FROM gates_alarm WHERE kind <> 'two-lanes'")

    def _rows(self, query: str) -> list[Any]:
        if self._url:
            with psycopg.connect(self._url) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(self.school / "server.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return database.execute(query).fetchall()


class Mother:
    """Bears gates that know Portique already, and sees them die."""

    def __init__(self, log: Path) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(MOTHER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def bear(self, config: Path) -> int:
        """Start a gate and wait until it is ready; return its process's number."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{config}\n")
        self._process.stdin.flush()
        word, number = self._line().split()
        assert word == "born"
        line = self._line()
        assert line.startswith("{"), f"no gate: {line}{self._log.read_text('utf-8')[-2000:]}"
        assert json.loads(line)
        return int(number)

    def bury(self, gate: int) -> None:
        """Kill a gate and take in its last words."""
        os.kill(gate, signal.SIGKILL)
        line = self._line()
        assert line == "dead -9\n", f"{line}{self._log.read_text('utf-8')[-2000:]}"

    def close(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=60)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@dataclass
class Heard:
    """What the server answered one gate, whether or not it reached the gate."""

    promised: dict[int, int] = field(default_factory=dict)  # by epoch: acknowledged up to there
    reports: list[Health] = field(default_factory=list)
    statuses: set[tuple[str, int]] = field(default_factory=set)

    def hear(self, exchange: Exchange) -> None:
        """Note an answer."""
        self.statuses.add((exchange.line.partition("?")[0], exchange.status))
        if exchange.status != 200:
            return
        if exchange.line == "POST /gate/v1/entries":
            said = wire.read_acknowledgement(exchange.answer)
            self.promised[said.epoch] = max(said.number, self.promised.get(said.epoch, 0))
        elif exchange.line == "POST /gate/v1/news":
            self.reports.append(wire_news.read_report(exchange.body).health)

    @property
    def drained(self) -> bool:
        """Say whether the gate told the server that nothing waits."""
        return any(health.unsent == 0 for health in self.reports)


@dataclass
class RealGate:
    """A whole gate behind its proxy, with a FIFO as its reader."""

    gate_id: str
    config: Path
    feed: int
    proxy: FaultProxy
    heard: Heard

    def show(self, text: str) -> None:
        """Show a text to the reader."""
        os.write(self.feed, text.encode() + b"\n")

    @property
    def journal(self) -> Path:
        return load(self.config).journal.file

    def written(self) -> Chains:
        """Read the journal of a dead gate, which is whole, from a copy."""
        chains: Chains = {}
        copy = self.config.parent / "copy"
        shutil.copytree(self.journal.parent, copy, ignore=lambda _, names: _sockets(names))
        file = copy / self.journal.name
        for path in (file, *(former.path for former in former_files(file))):
            with closing(sqlite3.connect(path)) as connection:
                rows = connection.execute("SELECT number, chain FROM entry").fetchall()
            verdict = verify_file(path)
            assert verdict.whole, verdict.fault
            chains |= {(verdict.epoch, number): chain for number, chain in rows}
        shutil.rmtree(copy)
        return chains


def _sockets(names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".sock")]


@dataclass
class School:
    """A school's server and its gates."""

    server: Server
    gates: list[RealGate]
    texts: list[str]

    def compare(self) -> int:
        """Hold the server's database to the journals and to its promises; return the entries."""
        held, count = self.server.held(), 0
        for gate in self.gates:
            written, there = gate.written(), held.get(gate.gate_id, {})
            assert there == written, f"{gate.gate_id}: {_difference(there, written)}"
            for epoch, number in gate.heard.promised.items():
                assert {(epoch, n) for n in range(1, number + 1)} <= there.keys()
            count += len(there)
        return count


def _difference(there: Chains, written: Chains) -> str:
    missing, more = sorted(written.keys() - there.keys()), sorted(there.keys() - written.keys())
    other = [key for key in written.keys() & there.keys() if written[key] != there[key]]
    return f"missing {missing[:5]}, too many {more[:5]}, changed {other[:5]}"


@contextmanager
def opened_school(
    folder: Path, plans: Sequence[Iterable[Fault | None]], url: str = ""
) -> Iterator[School]:
    """Make a school with a gate for each plan of faults; nothing runs yet."""
    at = datetime.now(UTC)
    server = Server(folder, url)
    settings = Settings(UAI, "Lycée des Essais")
    with ExitStack() as stack:
        made = SchoolFolder.create(server.school, settings, at=at, entropy=os.urandom)
        write_calendar(made, always_open())
        texts = [issue(made, each, at=at, entropy=os.urandom).text for each in _requests(at)]
        gates = [_enrolled(made, server, n, plan, stack) for n, plan in enumerate(plans)]
        made.close()
        stack.callback(server.kill)
        yield School(server, gates, texts)


def _requests(at: datetime) -> list[Request]:
    window = Window(at.replace(microsecond=0) - timedelta(hours=1), at + timedelta(days=30))
    return [Request(Kind.STAFF, f"Personne {n}", window=window) for n in range(PASSES)]


def _enrolled(
    school: SchoolFolder, server: Server, n: int, plan: Iterable[Fault | None], stack: ExitStack
) -> RealGate:
    """Enrol a gate whose only reader is a FIFO, and whose server is behind a proxy."""
    lane = default_site().lane(LANES[n % len(LANES)])
    gate_id, key = f"{lane.name}-{n}", private_key(Purpose.GATE, os.urandom(40))
    school.register.add_gate(EnrolledGate(gate_id, lane.name, key.public.x, key.public.y))
    heard = Heard()
    proxy = stack.enter_context(FaultProxy(server.port, plan, heard.hear))
    out = server.school.parent / gate_id / "gate.toml"
    trusted, place = school.keys.knowledge.public, ServerSection(proxy.address)
    joined = Joined(key, gate_id, lane, UAI, trusted, place)
    write_gate(("loge",), out, joined, entropy=os.urandom)
    fifo = out.with_name("reader")
    os.mkfifo(fifo)
    feed = os.open(fifo, os.O_RDWR)  # what a gate doesn't live to read is for the next
    stack.callback(os.close, feed)
    _configure(out, fifo)
    return RealGate(gate_id, out, feed, proxy, heard)


def _configure(out: Path, fifo: Path) -> None:
    config = load(out)
    config = replace(
        config,
        camera=CameraSection(source="none"),
        readers=(ReaderSection("serial", "fifo", fifo, lines_per_minute=600),),
        screens=replace(config.screens, port=0),
    )
    out.write_text(dump(config, folder=out.parent), encoding="utf-8")
