"""A lane, a server and the link between them, turned by hand: no thread, no waiting."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from portique.core.knowledge import Version
from portique.core.wire import Line
from portique.gate.journal_values import Row
from portique.gate.judge import Bench
from portique.gate.link.client import Around, Link
from portique.gate.link.opening import open_link
from portique.gate.sections import GateConfig, GateSection, JournalSection, ServerSection
from portique.gate.sync import Source
from portique.testing.lanes import PocketSchool, WorkingLane, open_lane
from portique.testing.link_server import LinkServer

GATE = "entry-1"


@dataclass
class Linked:
    """A working lane whose link is turned by `turn`, and the school and server around it."""

    school: PocketSchool
    server: LinkServer
    working: WorkingLane
    source: Source
    link: Link
    folder: Path

    def learn(self) -> None:
        """Take up knowledge that was fetched, as the loop's learning does."""
        self.source.look()
        if self.source.current is not None:
            row = self.source.current.site.lane(GATE)
            self.working.lane.learn(Bench(self.school.uai, row, self.source.current))

    def turn(self, times: int = 1) -> None:
        """Let the link do what is due, and the loop what it asks."""
        for _ in range(times):
            self.link.turn()
            self.link.take_up()

    def news(self) -> None:
        """Let a quarter of a minute pass, so that news are due, and turn."""
        self.working.clock.advance(15_000)
        self.turn()

    def drain(self) -> None:
        """Turn until nothing waits."""
        for _ in range(2_000):
            self.turn()
            if not self.working.journal.pending():
                return
        raise AssertionError("the outbox did not empty")

    def held(self, epoch: int = 1) -> list[Line]:
        """What the server holds of an epoch."""
        return self.server.holding.lines.get((GATE, epoch), [])

    def rows(self) -> list[Row]:
        """All the rows of the journal's present epoch."""
        found: list[Row] = []
        while rows := self.working.journal.rows(found[-1].number if found else 0):
            found += rows
        return found

    def publish(self, number: int, **options) -> None:
        """Offer newer knowledge on the server."""
        self.server.publish(Version(1, number), self.school.bundle(number, **options))


@pytest.fixture
def linking(tmp_path) -> Iterator[Callable[..., Linked]]:
    """Give a way to link a lane with a server; all is taken down at the end."""
    with ExitStack() as stack:

        def put_together(*, known: bool = True, seed: int = 0) -> Linked:
            folder = tmp_path / f"gate-{seed}"
            folder.mkdir()
            linked = link_with_server(PocketSchool(seed), folder, stack, known=known)
            if known:
                linked.turn()
                linked.learn()
            return linked

        yield put_together


def link_with_server(
    school: PocketSchool, folder: Path, stack: ExitStack, *, known: bool = True
) -> Linked:
    """Put a lane to work and link it with a new server; `known`: that server knows the gate."""
    working = open_lane(folder / "journal.db", school)
    stack.callback(working.close)
    clock = working.clock
    server = stack.enter_context(
        LinkServer(school.uai, school.orders_key, school.knowledge_key, clock.now_ms)
    )
    server.streams = False
    if known:
        server.add_gate(GATE, school.gate_key.public)
    server.publish(Version(1, 1), school.bundle(1))
    source = Source(
        school.trust(), folder / "knowledge", folder, beside=folder / "server.knowledge"
    )
    source.start()
    config = GateConfig(
        GateSection(id=GATE, school=school.uai),
        journal=JournalSection(file=folder / "journal.db"),
        server=ServerSection(address=server.address),
    )
    around = Around(working.journal, source, clock, working.board, working.metrics, working.lane)
    look: list[Callable[[], None]] = []

    def look_now() -> None:
        look[0]()

    link = open_link(config, around, school.trust(), look_now, entropy=school.entropy)
    link.listener = None
    stack.callback(link.close)
    linked = Linked(school, server, working, source, link, folder)
    look.append(linked.learn)
    return linked


@pytest.fixture
def linked(linking: Callable[..., Linked]) -> Linked:
    """A link that works, over a lane that knows its school."""
    return linking()
