"""Gates enrolled with a served school."""

import os
from collections.abc import Callable, Iterator

import pytest
from tests.server.gates.wired import WiredGate

from portique.core.seal import Purpose, private_key
from portique.school.register import EnrolledGate
from portique.server.gates import receivers
from portique.server.passes.register import DatabaseRegister


@pytest.fixture
def gate_at(served) -> Callable[[str], WiredGate]:
    """Enrol a gate on a lane."""

    def make(lane: str = "entry-1") -> WiredGate:
        key = private_key(Purpose.GATE, os.urandom(48))
        public = key.public
        DatabaseRegister().add_gate(EnrolledGate(lane, lane, public.x, public.y))
        return WiredGate(lane, key, served.keys.orders)

    return make


@pytest.fixture
def gate(gate_at) -> WiredGate:
    """Enrol a gate on the first lane."""
    made: WiredGate = gate_at("entry-1")
    return made


@pytest.fixture(autouse=True)
def told() -> Iterator[list]:
    """Collect what receivers are told; the server's own parts are not."""
    found: list = []

    def receive(parcels):
        for each in parcels:
            found.extend((each.gate.pk, each.epoch.number, *one[:3]) for one in each.filed)

    before = list(receivers.RECEIVERS)
    receivers.RECEIVERS[:] = [receive]
    yield found
    receivers.RECEIVERS[:] = before
