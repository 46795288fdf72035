"""One gate and a server whose network and memory fail as they like: every entry once, none lost."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.gate.link.conftest import link_with_server

from portique.core.entries import Ruling, RulingBody
from portique.core.errors import PortiqueError
from portique.core.sentences import DenyReason
from portique.core.wire_news import ConsoleRuling
from portique.testing.journals import decision
from portique.testing.lanes import PocketSchool
from portique.testing.link_server import Fault, Holding

CASES = max(6, int(os.environ.get("PORTIQUE_CASES", "0")) // 20)
FAULTS = [fault for fault in Fault if fault is not Fault.STALLED]


class LinkModel(RuleBasedStateMachine):
    """A gate's journal fills while its server loses, doubles, refuses and forgets."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.linked = link_with_server(PocketSchool(1), folder, self.stack)
        self.backup: Holding = self.linked.server.copy()
        self.turn()

    def turn(self) -> None:
        """Turn once, and wait as the link's thread would when it fails."""
        try:
            self.linked.turn()
        except PortiqueError as error:
            self.linked.link._failed(error)

    @rule(count=st.integers(1, 30))
    def append(self, count: int) -> None:
        """Decide some showings."""
        for n in range(count):
            self.linked.working.journal.append(
                decision(n), at_ms=self.linked.working.clock.now_ms()
            )

    @rule(times=st.integers(1, 4))
    def call(self, times: int) -> None:
        """Let the link do what is due."""
        for _ in range(times):
            self.turn()

    @rule(ms=st.sampled_from([100, 15_000, 700_000]))
    def wait(self, ms: int) -> None:
        """Let time pass."""
        self.linked.working.clock.advance(ms)

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4))
    def fail(self, faults: list[Fault]) -> None:
        """Let the next requests fail."""
        self.linked.server.faults.extend(faults)

    @precondition(lambda self: self.linked.working.journal.head.epoch < 5)
    @rule()
    def rotate(self) -> None:
        """Begin a new file."""
        self.linked.working.journal.rotate(at_ms=self.linked.working.clock.now_ms())

    @rule()
    def back_up(self) -> None:
        """Keep a copy of the server."""
        self.backup = self.linked.server.copy()

    @rule()
    def restore(self) -> None:
        """Put the server back to its last copy; it was away for a moment."""
        self.linked.server.holding = self.backup
        self.backup = self.linked.server.copy()
        self.linked.server.faults.appendleft(Fault.LOST_BEFORE)
        self.wait(15_000)
        self.turn()

    @rule(number=st.integers(1, 60))
    def poison(self, number: int) -> None:
        """Make the server refuse one number from now on."""
        self.linked.server.refuses = lambda line: line.number == number

    @rule(local_first=st.booleans())
    def refer(self, *, local_first: bool) -> None:
        """Let somebody wait, and both the gate's agent and a console answer."""
        working = self.linked.working
        working.show("PQ1:NOT A PASS")
        card, head = working.board.snapshot().waiting[-1], working.journal.head
        said = ConsoleRuling(head.epoch, head.number, Ruling.ADMIT, "known", "cpe-1")
        self.linked.server.tell("entry-1", said.to_note)
        if local_first:
            working.lane.rule(card.showing, Ruling.DENY, DenyReason.SENT, "loge")

    @invariant()
    def nothing_is_stored_twice(self) -> None:
        """The server has as many lines as it ever stored."""
        held = self.linked.server.holding
        assert held.stored == sum(len(lines) for lines in held.lines.values())

    def teardown(self) -> None:
        """Once all is well again the server has everything, in order, and no answer twice."""
        try:
            self.linked.server.faults.clear()
            self.turn()  # one that finds a closed connection
            self.wait(700_000)
            for _ in range(400):
                self.turn()
                if not self.linked.working.journal.pending():
                    break
            self._compare()
        finally:
            self.stack.close()

    def _compare(self) -> None:
        journal = self.linked.working.journal
        assert journal.pending() == 0
        for row in journal.last_filed():
            assert self.linked.held(row.epoch)[row.number - 1].chain == row.chain
            assert len(self.linked.held(row.epoch)) == row.number
        bodies = [body for body in self.linked.working.bodies() if isinstance(body, RulingBody)]
        answered = [(ruled.epoch, ruled.number) for ruled in bodies]
        assert len(set(answered)) == len(answered)


LinkModel.TestCase.settings = settings(
    max_examples=CASES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLinkModel = LinkModel.TestCase
