"""How fast a gate's backlog reaches a real server, and what its decisions pay for it meanwhile."""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from portique.cli.bench_served import served
from portique.cli.measuring import Row, timed_ms
from portique.core.entries_chain import commitment, link
from portique.core.errors import EnvironmentProblem
from portique.core.values import Kind, from_ms
from portique.gate.clock import GateClock
from portique.gate.link.client import Around
from portique.gate.link.opening import open_link
from portique.gate.sections import GateConfig, GateSection, JournalSection, ServerSection
from portique.gate.sync import Source, Trust
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.school.register import EnrolledGate
from portique.testing.fakes import FakeClock
from portique.testing.journals import decision
from portique.testing.lanes import UAI, PocketSchool, open_lane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.core.values import HolderId, PassId
    from portique.gate.link.client import Link
    from portique.testing.lanes import WorkingLane

BACKLOG = 75_000  # thirty days without a server
EVERY_MS = 30_000
IDLE_SHOWN = 200
PAUSE_S = 0.05
PASSES = 40
DRAIN_S = 600.0
GATE = "entry-1"


def link_rows(*, entries: int = BACKLOG) -> Iterator[Row]:
    """Let a backlog drain into `portique server run` while a lane decides."""
    with tempfile.TemporaryDirectory(prefix="portique-bench-") as name, ExitStack() as stack:
        lane, link = _set_up(Path(name), entries, stack)
        texts = [lane.school.issue(f"Personne {n}").text for n in range(PASSES)]
        lane.learn(lane.school.knowledge(2, at_ms=lane.clock.now_ms() - 60_000))
        idle = [_show(lane, texts, n) for n in range(IDLE_SHOWN)]
        link.start()
        seconds, busy = _drain(lane, link, texts, entries)
    yield Row(
        "link", f"backlog of {entries:,}", entries / seconds, "entries/s", 1, target="≥ 1,000"
    )
    for what, times in (("before", idle), ("while it drains", busy)):
        ordered = sorted(times)
        p99 = ordered[int(0.99 * (len(ordered) - 1))]
        yield Row("link", f"decision, {what}", statistics.median(times), "ms", len(times))
        yield Row("link", f"decision, {what}, p99", p99, "ms", len(times), target="≤ 50 ms")


def _set_up(folder: Path, entries: int, stack: ExitStack) -> tuple[WorkingLane, Link]:
    """Make a school with its server, and a gate whose journal is full of what it never filed."""
    clock, pocket = GateClock(), PocketSchool(1)
    at = from_ms(clock.now_ms())
    school = SchoolFolder.create(
        folder / "school", Settings(UAI, "Lycée des Essais"), at=at, entropy=os.urandom
    )
    public = pocket.gate_key.public
    school.register.add_gate(EnrolledGate(GATE, GATE, public.x, public.y))
    issued = issue(school, Request(Kind.STAFF, "Zoé Martin"), at=at, entropy=os.urandom)
    trust = Trust(UAI, school.keys.knowledge.public, pocket.gate_key)
    school.close()
    one = stack.enter_context(served(folder / "school", folder / "server.log"))
    journal = folder / "gate" / "journal.db"
    journal.parent.mkdir()
    open_lane(journal, pocket, clock=FakeClock(clock.now_ms())).close()
    _fill(journal, entries, clock.now_ms(), issued.pass_id, issued.holder)
    lane = open_lane(journal, pocket, clock=FakeClock(clock.now_ms()))
    stack.callback(lane.close)
    link = link_of(lane, trust, f"http://127.0.0.1:{one.port}")
    stack.callback(link.close)
    return lane, link


def link_of(lane: WorkingLane, trust: Trust, address: str) -> Link:
    """Link a lane with the server at an address."""
    file = lane.journal.path
    source = Source(
        trust, file.with_name("none"), file.parent, beside=file.parent / "server.knowledge"
    )
    config = GateConfig(
        GateSection(id=GATE, school=UAI),
        journal=JournalSection(file=file),
        server=ServerSection(address=address),
    )
    around = Around(lane.journal, source, lane.clock, lane.board, lane.metrics, lane.lane)

    def look() -> None:
        source.look()

    return open_link(config, around, trust, look)


def _fill(path: Path, entries: int, now_ms: int, pass_id: PassId, holder: HolderId) -> None:
    """Chain decisions of the last weeks in one transaction: the rows the journal would have."""
    path.with_name(path.name + ".head").unlink(missing_ok=True)
    body = decision(1, pass_id=pass_id, holder=holder).to_body()
    with closing(sqlite3.connect(path)) as connection, connection:
        number, chain = connection.execute("SELECT max(number), chain FROM entry").fetchone()
        for _ in range(entries):
            number += 1
            salt, time_ms = os.urandom(16), now_ms - EVERY_MS * (entries - number)
            commit = commitment(salt, body)
            chain = link(chain, number, time_ms, commit)
            row = (number, time_ms, salt, body, commit, chain)
            connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", row)


def _show(lane: WorkingLane, texts: list[str], number: int) -> float:
    lane.clock.advance(round(PAUSE_S * 1000))
    return timed_ms(lambda: lane.show(texts[number % len(texts)]))


def _drain(
    lane: WorkingLane, link: Link, texts: list[str], entries: int
) -> tuple[float, list[float]]:
    """Decide at a steady pace until the backlog is acknowledged; return how long, and each time."""
    pause, times, began = threading.Event(), list[float](), 0.0
    until = time.perf_counter() + DRAIN_S
    while lane.journal.acknowledged(1) < entries:
        if time.perf_counter() > until:
            raise EnvironmentProblem("the backlog does not drain; is the machine very busy?")
        link.take_up()
        times.append(_show(lane, texts, len(times)))
        began = began or (time.perf_counter() if lane.journal.acknowledged(1) else 0.0)
        pause.wait(PAUSE_S)
    return time.perf_counter() - began, times
