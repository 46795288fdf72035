"""Filings in any order, cut, doubled, of one gate or another: every entry once, heads as signed."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.gates.wired import WiredGate

from portique.core.entries import EpochBody, EpochCause
from portique.server.gates.models import Alarm, Entry, Epoch

CASES = max(5, int(os.environ.get("PORTIQUE_CASES", "0")) // 20)
GATES, ENTRIES = 2, 40

# Which gate files, from where, how many lines, and what becomes of it on the way.
STEPS = st.lists(
    st.tuples(
        st.integers(0, GATES - 1),
        st.integers(1, ENTRIES),
        st.integers(1, ENTRIES),
        st.sampled_from(["once", "twice", "cut", "answer lost", "late"]),
    ),
    max_size=15,
)


def send(gate: WiredGate, first: int, count: int, fate: str, late: list) -> None:
    """File as the network lets it."""
    last = min(first + count - 1, len(gate.lines))
    if fate == "late":
        late.append((first, last))
    elif fate == "cut":
        assert gate.call("POST", "/gate/v1/entries", os.urandom(20)).status == 400
    else:
        for _ in range(2 if fate == "twice" else 1):
            assert gate.acknowledged(first, last).number <= len(gate.lines)
        if fate == "answer lost" and late:
            gate.acknowledged(*late.pop())


@pytest.fixture
def two_gates(gate_at) -> list[WiredGate]:
    """Enrol two gates."""
    return [gate_at("entry-1"), gate_at("exit-1")]


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_whatever_the_network_does_every_entry_is_held_once(two_gates, told, steps):
    """In the end the server holds both journals, and every receiver was told each entry once."""
    told.clear()
    late: list[tuple[int, int]] = []
    for gate in two_gates:  # an epoch of its own for each case
        gate.epoch, gate.lines = gate.epoch + 1, []
        gate.write(EpochBody(gate.epoch, EpochCause.ROTATED))
        gate.begin(ENTRIES - 2)
    for which, first, count, fate in steps:
        send(two_gates[which], first, count, fate, late)
    for gate in two_gates:
        while (held := gate.acknowledged(len(gate.lines)).number) < len(gate.lines):
            gate.acknowledged(held + 1)

    for gate in two_gates:
        rows = Entry.objects.filter(epoch__gate=gate.gate_id, epoch__number=gate.epoch)
        assert [bytes(row.chain) for row in rows.order_by("number")] == [
            line.chain for line in gate.lines
        ]
        numbers = [number for who, _, number, _, _ in told if who == gate.gate_id]
        assert numbers == list(range(1, len(gate.lines) + 1))
    assert not Alarm.objects.exists()


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(1, 29), st.sampled_from(["body", "salt", "time_ms", "chain", "drop", "swap"]))
def test_no_change_of_a_journal_is_taken(gate, at: int, how: str):
    """Edited, reordered, cut out: 409 or 400, an alarm or none, and not one false line."""
    gate.epoch, gate.lines = gate.epoch + 1, []
    gate.begin(30)
    true, head = {line.chain for line in gate.lines}, gate.head()
    changed = list(gate.lines)
    if how == "drop":
        del changed[at]
    elif how == "swap":
        changed[at], changed[at + 1] = changed[at + 1], changed[at]
    else:
        value = (
            changed[at].time_ms + 1 if how == "time_ms" else bytes(len(getattr(changed[at], how)))
        )
        changed[at] = changed[at]._replace(**{how: value})
    gate.lines = changed

    assert gate.file(head=head).status in {400, 409}
    rows = Entry.objects.filter(epoch__number=gate.epoch)
    assert {bytes(row.chain) for row in rows} <= true
    assert rows.count() == sum(
        Epoch.objects.filter(number=gate.epoch).values_list("last", flat=True)
    )
