"""R6: four gates and a server, whatever network, gates and database do: exactly once."""

import logging
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import OperationalError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.server.link.linked import LinkedGate, try_to

from portique.core.entries import EntryKind
from portique.server.console.models import Event, EventKind
from portique.server.gates import receivers
from portique.server.gates.actions import begin_knowledge_epoch
from portique.server.gates.models import Alarm, Entry, Epoch
from portique.testing.fault_proxy import Fault

HISTORIES = int(os.environ.get("PORTIQUE_LINK_MODELS", "30"))
STEPS = 50
GATES = ("entry-1", "entry-2", "exit-1", "exit-2")
EPOCHS_MAX = 6
gates = st.integers(0, len(GATES) - 1)


class LinkModel(RuleBasedStateMachine):
    """Journals fill, files begin anew, gates restart, calls fail; the server dies and goes back."""

    enrol: Callable[[str, Path], LinkedGate]  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.before = transaction.savepoint()
        self.stack.callback(transaction.savepoint_rollback, self.before)
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.gates = [type(self).enrol(each, folder / each) for each in GATES]
        self.copy = transaction.savepoint()
        self.dying = False
        receivers.RECEIVERS.append(self.die)
        self.stack.callback(receivers.RECEIVERS.remove, self.die)

    def die(self, parcels: object) -> None:  # noqa: ARG002 - as told
        """Die in the middle of a transaction, if it is time."""
        if self.dying:
            self.dying = False
            raise OperationalError("killed")

    @initialize(counts=st.lists(st.integers(0, 5), min_size=4, max_size=4))
    def begin(self, counts: list[int]) -> None:
        """Begin with some entries."""
        for gate, count in zip(self.gates, counts, strict=True):
            gate.decide(count)

    @rule(gate=gates, count=st.integers(1, 6))
    def decide(self, gate: int, count: int) -> None:
        """Decide some showings."""
        self.gates[gate].decide(count)

    @rule(gate=gates, faults=st.lists(st.sampled_from(Fault), max_size=3))
    def file(self, gate: int, faults: list[Fault]) -> None:
        """File over a network that fails so."""
        self.gates[gate].faults.extend(faults)
        for _ in range(1 + len(faults)):
            try_to(self.gates[gate].file_once)

    @rule(gate=gates)
    def report(self, gate: int) -> None:
        """Report."""
        try_to(self.gates[gate].report)

    @rule(gate=gates)
    def ask_again(self, gate: int) -> None:
        """Ask how far everything is held."""
        try_to(self.gates[gate].ask_again)

    @rule(gate=gates)
    def rotate(self, gate: int) -> None:
        """Begin a new file."""
        each = self.gates[gate]
        if each.journal.head.epoch < EPOCHS_MAX:
            each.journal.rotate(at_ms=each.clock.now_ms())

    @rule(gate=gates)
    def restart(self, gate: int) -> None:
        """Stop and start a gate."""
        self.gates[gate].restart()

    @rule(gate=gates)
    def sign(self, gate: int) -> None:
        """Sign the head of a journal, which the next filing brings along."""
        each = self.gates[gate]
        each.journal.checkpoint(at_ms=each.clock.now_ms())

    @rule(gate=gates)
    def kill_server(self, gate: int) -> None:
        """Kill the server before it commits the next filing."""
        self.dying = True
        try_to(self.gates[gate].file_once)

    @rule()
    def back_up(self) -> None:
        """Copy the server's database."""
        self.copy = transaction.savepoint()

    @rule()
    def restore(self) -> None:
        """Put the server's database back to its last copy, as `backup.after.restored` does."""
        transaction.savepoint_rollback(self.copy)
        begin_knowledge_epoch()

    @invariant()
    def no_epoch_has_a_gap(self) -> None:
        """Each epoch is held from 1 to its last number."""
        for epoch in Epoch.objects.all():
            assert Entry.objects.filter(epoch=epoch).count() == epoch.last

    def teardown(self) -> None:
        """Once all is well the server has everything, once, and showed each decision once."""
        try:
            self.dying = False
            for gate in self.gates:
                gate.drain()
            written = {gate.gate_id: gate.written() for gate in self.gates}
            assert {gate.gate_id: gate.held() for gate in self.gates} == written
            assert not Alarm.objects.exists(), list(Alarm.objects.values_list("gate_id", "kind"))
            shown = Event.objects.filter(kind=EventKind.DECISION).count()
            assert shown == Entry.objects.filter(kind=EntryKind.DECISION).count()
        finally:
            self.stack.close()


@pytest.mark.slow
@pytest.mark.timeout(300 + 5 * HISTORIES)
def test_four_gates_and_a_server_lose_nothing(link_gate, caplog):
    """Fifty steps of faults, deaths and restores, and then every entry is there once."""
    caplog.set_level(logging.CRITICAL)  # thousands of refusals, each of them wanted
    LinkModel.enrol = staticmethod(link_gate)
    run_state_machine_as_test(
        LinkModel,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
