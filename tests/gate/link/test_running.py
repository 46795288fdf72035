"""Whole gates with a server: threads, a stream and the loop, on loopback."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from portique.core.entries import ManualAdmissionBody, Ruling, RulingBody
from portique.core.knowledge import Version
from portique.core.sentences import ManualReason
from portique.core.wire_news import ConsoleRuling
from portique.core.zones import default_site
from portique.gate.clock import GateClock
from portique.gate.config import load
from portique.gate.enrolment import Joined, write_gate
from portique.gate.link import calls, pace
from portique.gate.main import Gate
from portique.gate.ports import Line
from portique.gate.sections import CameraSection, GateConfig, ServerSection
from portique.testing.lanes import UAI, PocketSchool
from portique.testing.link_server import Fault, LinkServer

pytestmark = pytest.mark.slow  # whole gates, started and taken down

HOUR_MS = 3_600_000


@pytest.fixture
def server(school: PocketSchool) -> Iterator[LinkServer]:
    """A server that knows the gate and has knowledge for it."""
    clock = GateClock()
    with LinkServer(school.uai, school.orders_key, school.knowledge_key, clock.now_ms) as answering:
        answering.add_gate("entry-1", school.gate_key.public)
        answering.publish(Version(1, 1), school.bundle(1, at_ms=clock.now_ms() - HOUR_MS))
        yield answering


@pytest.fixture
def config(school: PocketSchool, server: LinkServer, tmp_path: Path) -> GateConfig:
    """A lane without a camera, on any free port, with a server."""
    out = tmp_path / "gate" / "entry-1.toml"
    joined = Joined(
        school.gate_key,
        "entry-1",
        default_site().lane("entry-1"),
        UAI,
        school.knowledge_key.public,
        ServerSection(server.address),
    )
    write_gate(("loge",), out, joined, entropy=os.urandom)
    loaded = load(out)
    return replace(
        loaded,
        camera=CameraSection(source="none"),
        screens=replace(loaded.screens, port=0),
        knowledge=replace(loaded.knowledge, poll_s=0.5),
    )


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[GateConfig], Gate]]:
    """Give a way to start gates, whose links do not wait long; all are taken down at the end."""
    monkeypatch.setattr(pace, "FIRST_S", 0.05)
    monkeypatch.setattr(pace, "LONGEST_S", 0.2)
    with ExitStack() as stack:

        def start(config: GateConfig) -> Gate:
            gate = stack.enter_context(Gate(config, announce=print))
            thread = threading.Thread(target=gate.run)
            thread.start()
            stack.callback(thread.join, 20)
            stack.callback(gate.stop.set)
            return gate

        yield start


def until(gate: Gate, true: Callable[[], object], *, s: float = 20.0) -> None:
    """Wait, on the gate's own stop signal, until something is true."""
    for _ in range(int(s * 50)):
        if true():
            return
        gate.stop.wait(0.02)
    raise AssertionError("it did not come true in time")


def held(server: LinkServer) -> int:
    return len(server.holding.lines.get(("entry-1", 1), []))


def test_a_gate_that_was_just_enrolled_learns_and_files(config, server, enter):
    """It fetches its knowledge, files its boot, and reports; agents see the server's part."""
    gate = enter(config)
    until(gate, lambda: gate.source.current is not None and held(server) >= 2)
    until(gate, lambda: "entry-1" in server.reports)
    until(gate, lambda: "server" in {p.part for p in gate.board.snapshot().freshness})

    assert gate.lane.bench.knowledge.version == Version(1, 1)


def test_a_console_rules_through_the_stream_at_once(config, server, enter):
    """The poll is ten seconds away: the event asks now, and the entry tells who ruled."""
    gate = enter(config)
    until(gate, lambda: gate.link.listener.open)
    gate.loop.put_line(Line("PQ1:NOT A PASS", gate.clock.now_ms(), "test"))
    until(gate, lambda: gate.board.snapshot().waiting)
    said = ConsoleRuling(1, gate.journal.head.number, Ruling.ADMIT, "known", "cpe-1")
    server.tell("entry-1", said.to_note)
    until(gate, lambda: not gate.board.snapshot().waiting, s=5.0)
    until(gate, lambda: held(server) == gate.journal.head.number)

    bodies = [row.read() for row in gate.journal.rows()]
    assert [body.agent for body in bodies if isinstance(body, RulingBody)] == ["cpe-1"]


def test_a_link_that_flaps_opens_no_door_and_stops_no_decision(config, server, enter):
    """Whatever the network does, each admission is decided here and arrives there once."""
    gate = enter(config)
    until(gate, lambda: gate.source.current is not None)
    flaps = [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.BROKEN, Fault.CUT, Fault.TWICE]
    for _ in range(20):
        server.faults.extend(flaps)
        gate.lane.admit_manually(ManualReason.FORGOTTEN, "loge")
    server.faults.clear()
    until(gate, lambda: gate.journal.pending() == 0)

    bodies = [row.read() for row in gate.journal.rows()]
    assert sum(isinstance(body, ManualAdmissionBody) for body in bodies) == 20
    assert server.holding.stored == held(server) == len(bodies)


def test_a_server_that_hangs_holds_nothing_up(config, server, enter, monkeypatch):
    """The loop goes on, and the gate stops when asked, though a call is out."""
    monkeypatch.setattr(calls, "READ_S", 30.0)
    server.faults.append(Fault.STALLED)
    gate = enter(config)
    until(gate, lambda: not server.faults)
    gate.loop.put_line(Line("PQ1:NOT A PASS", gate.clock.now_ms(), "test"))
    until(gate, lambda: gate.board.snapshot().waiting, s=5.0)

    assert gate.board.snapshot().waiting


def test_a_gate_with_a_server_still_takes_files(config, server, school, enter):
    """A stick with newer knowledge counts, whatever the server has."""
    gate = enter(config)
    until(gate, lambda: gate.source.current is not None)
    folder = config.knowledge.path
    folder.mkdir(exist_ok=True)
    (folder / "stick.knowledge").write_bytes(
        school.bundle(7, at_ms=gate.clock.now_ms() - HOUR_MS // 2)
    )
    until(gate, lambda: gate.source.current.version == Version(1, 7))


def test_a_stream_that_breaks_is_opened_again(config, server, enter):
    """Meanwhile the gate polls."""
    gate = enter(config)
    until(gate, lambda: gate.link.listener.open)
    gate.link.listener._response.shutdown()
    until(gate, lambda: not gate.link.listener.open)
    until(gate, lambda: gate.link.listener.open)
