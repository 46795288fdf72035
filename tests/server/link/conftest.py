"""Gates with real journals, enrolled with a served school."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.server.link.linked import LinkedGate

from portique.core.seal import Purpose
from portique.school.register import EnrolledGate
from portique.server.passes.register import DatabaseRegister
from portique.testing.journals import fictional_key


@pytest.fixture
def link_gate(served) -> Callable[[str, Path], LinkedGate]:
    """Enrol a gate whose journal is in a folder."""

    def make(gate_id: str, folder: Path) -> LinkedGate:
        key = fictional_key(Purpose.GATE, gate_id)
        lane = "exit-1" if gate_id.startswith("exit") else "entry-1"
        DatabaseRegister().add_gate(EnrolledGate(gate_id, lane, key.public.x, key.public.y))
        folder.mkdir(parents=True, exist_ok=True)
        return LinkedGate(gate_id, key, served.keys.orders.public, folder)

    return make


@pytest.fixture
def linked(link_gate, tmp_path) -> LinkedGate:
    """Enrol one gate."""
    made: LinkedGate = link_gate("entry-1", tmp_path / "gate")
    return made
