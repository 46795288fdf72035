"""A pupil with all there can be of somebody: card, badge, permission, guardian, looks, entries."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.server.gates.wired import WiredGate, decision
from tests.server.retention.any_row import row_of

from portique.core.rights import Permission
from portique.core.seal import Purpose
from portique.core.values import Direction, Kind, PassId
from portique.school.register import EnrolledGate
from portique.server.accounts.roles import Role
from portique.server.gates.models import Gate
from portique.server.passes import actions as passes
from portique.server.passes.quotas import By
from portique.server.passes.register import DatabaseRegister
from portique.server.people import actions as people
from portique.server.people.actions import Particulars
from portique.server.people.models import Access, Person, Tie
from portique.testing.journals import fictional_key

ENDED = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Known:
    """A pupil and a guardian of hers alone, what she carries, and a gate that she went through."""

    pupil: Person
    guardian: Person
    card: str
    badge: str
    gate: WiredGate

    @property
    def row(self) -> Gate:
        return Gate.objects.get(pk=self.gate.gate_id)


@pytest.fixture
def by(account) -> By:
    """Somebody of the office."""
    return By(account(Role.SCHOOL_LIFE, "asks"))


@pytest.fixture
def gate(served) -> WiredGate:
    """Enrol a gate, whose journal begins."""
    key = fictional_key(Purpose.GATE, "entry-1")
    DatabaseRegister().add_gate(EnrolledGate("entry-1", "entry-1", key.public.x, key.public.y))
    return WiredGate("entry-1", key, served.keys.orders).begin()


@pytest.fixture
def known(served, by, gate) -> Known:
    """Make her, as the office does, and file that she was let in and referred."""
    pupil = people.add_person(Kind.PUPIL, Particulars("Zoé", "Lebœuf", label="2de 4"))
    guardian = people.add_person(Kind.GUARDIAN, Particulars("Anne", "Lebœuf"))
    Tie.objects.create(guardian=guardian, pupil=pupil, role="legal")
    card = passes.issue_for(by, pupil).pass_id
    badge = passes.enrol_badge(by, pupil, "04A1B2C3D4").issued_id
    running = Permission(Direction.EXIT, 0, None, "Vie scolaire")
    passes.give_permission(by, pupil, running, reason="dialyse")
    row_of(Access, person=pupil, at=ENDED)
    said: dict[str, Any] = {"pass_id": PassId(card)}
    gate.write(
        decision(str(pupil.holder), **said),
        decision(str(pupil.holder), outcome=1, reasons=("late",), **said),
    )
    gate.acknowledged()
    return Known(pupil, guardian, card, badge, gate)
