"""The journal against a model of it: append, erase, receive, rotate, restart in any order."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portique.core.entries import Authority
from portique.gate.journal_values import Erasure
from portique.gate.journal_verify import verify_file
from portique.testing.journals import START_MS, decision, open_journal

pytestmark = pytest.mark.slow  # histories of journals on a disk

HISTORIES = 25
STEPS = 20


class JournalMachine(RuleBasedStateMachine):
    """What was acknowledged is a plain list here; the journal must say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="journal-model-"))
        self.path = self.folder / "journal.db"
        self.journal = open_journal(self.path, entries_per_file=12, checkpoint_rows=5)
        self.bodies: dict[tuple[int, int], int | None] = {}  # showing; None once erased
        self.received: dict[int, int] = {}
        self.aside: set[tuple[int, int]] = set()
        self.showings = 0

    @rule(count=st.integers(1, 6))
    def append(self, count: int) -> None:
        for _ in range(count):
            self.showings += 1
            receipt = self.journal.append(decision(self.showings), at_ms=START_MS + self.showings)
            self.bodies[(receipt.epoch, receipt.number)] = self.showings

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        epoch, number = data.draw(st.sampled_from(sorted(self.bodies)))
        last = min(number + 2, self.last_of(epoch))
        erasure = Erasure(Authority.RETENTION, epoch, ((number, last),), rule="drawn")
        self.journal.erase(erasure, at_ms=START_MS)
        for each in range(number, last + 1):
            if (epoch, each) in self.bodies:
                self.bodies[(epoch, each)] = None

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        epoch, number = data.draw(st.sampled_from(sorted(self.bodies)))
        self.journal.acknowledge(epoch, number)
        self.received[epoch] = max(number, self.received.get(epoch, 0))

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def set_aside(self, data: st.DataObject) -> None:
        epoch, number = data.draw(st.sampled_from(sorted(self.bodies)))
        self.journal.set_aside(epoch, number, why="drawn", at_ms=START_MS)
        self.aside.add((epoch, number))

    @rule()
    def rotate(self) -> None:
        self.journal.rotate(at_ms=START_MS)

    @rule(orderly=st.booleans())
    def restart(self, *, orderly: bool) -> None:
        if orderly:
            self.journal.close(at_ms=START_MS)
        else:
            self.journal._keeper._drop()
        self.journal = open_journal(self.path, entries_per_file=12, checkpoint_rows=5)
        assert self.journal.was_clean is orderly
        assert self.journal.notices == ()

    @invariant()
    def the_journal_holds_what_the_model_holds(self) -> None:
        epoch = self.journal.head.epoch
        held = {row.number: row.read() for row in self.journal.rows()}
        for (of, number), showing in self.bodies.items():
            if of == epoch:
                assert held[number] == (None if showing is None else decision(showing))

    @rule()
    def drain(self) -> None:
        """Send everything that waits, as when the link comes back."""
        found: set[tuple[int, int]] = set()
        while rows := self.journal.unacknowledged(limit=4):
            found |= {(row.epoch, row.number) for row in rows}
            self.journal.acknowledge(rows[-1].epoch, rows[-1].number)
        for epoch, number in self.bodies:
            owed = number > self.received.get(epoch, 0) and (epoch, number) not in self.aside
            assert ((epoch, number) in found) is owed
        for epoch, number in found:
            self.received[epoch] = max(number, self.received.get(epoch, 0))

    def last_of(self, epoch: int) -> int:
        return max(number for of, number in self.bodies if of == epoch)

    def teardown(self) -> None:
        verdict = self.journal.verify()
        self.journal.close(at_ms=START_MS)
        assert verdict.whole, verdict.fault
        for former in self.folder.glob("journal.db.epoch-*"):
            older = verify_file(former)
            assert older.whole, older.fault
        shutil.rmtree(self.folder)


TestJournalModel = JournalMachine.TestCase
TestJournalModel.settings = settings(max_examples=HISTORIES, stateful_step_count=STEPS)
