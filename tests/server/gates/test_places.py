"""Places of entries long erased are let go of; filed again they are neither kept nor disputed."""

import os
from datetime import timedelta

import pytest
from tests.server.gates.wired import WiredGate, alarms, decision

from portique.core.entries import EpochBody, EpochCause
from portique.core.seal import Purpose, private_key
from portique.core.values import to_ms
from portique.server.clock import now
from portique.server.gates.actions.erasing import erase_before, forget_places
from portique.server.gates.models import AlarmKind, Entry, Epoch, Gate

LATER = now() + timedelta(days=16)


@pytest.fixture
def forgotten(gate: WiredGate) -> WiredGate:
    """Return a gate whose ten entries are long erased: of those the first and the last remain."""
    gate.begin().write(*(decision() for _ in range(9)))
    gate.acknowledged()
    erase_before(to_ms(LATER))
    forget_places(LATER)
    return gate


def numbers() -> list[int]:
    return list(Entry.objects.order_by("number").values_list("number", flat=True))


def test_the_epochs_first_entry_and_its_last_place_remain(forgotten):
    """The chain goes on from the last; what says why entries are missing is never erased."""
    assert numbers() == [1, 10]


def test_places_stay_as_long_as_gates_file_again(gate):
    """For two weeks."""
    gate.begin().write(decision(), decision())
    gate.acknowledged()
    erase_before(to_ms(LATER))
    forget_places(LATER - timedelta(days=2))

    assert numbers() == [1, 2, 3]


@pytest.mark.parametrize(("first", "last"), [(1, 10), (2, 5), (3, 10), (5, 5)])
def test_what_is_filed_again_is_acknowledged_and_not_kept(forgotten, first, last):
    """Whole, or from anywhere."""
    assert forgotten.acknowledged(first, last).number == 10
    assert (numbers(), alarms()) == ([1, 10], [])


def test_new_entries_after_forgotten_ones_are_taken(forgotten):
    """In one filing with old ones, from a place that is gone."""
    forgotten.write(decision(), decision())

    assert forgotten.acknowledged(4).number == 12
    assert (numbers(), alarms()) == ([1, 10, 11, 12], [])


def test_another_journal_is_disputed_where_a_place_is_held(forgotten):
    """A fork below is found at the next place that is known."""
    del forgotten.lines[4:]
    forgotten.write(*(decision() for _ in range(8)))

    assert forgotten.file(3).status == 409
    assert alarms() == [AlarmKind.CONFLICT]


def test_another_machines_lines_are_not_taken_for_forgotten_ones(forgotten, gate_at):
    """Its epoch has the same number: acknowledged as the former's, they would be lost."""
    other = WiredGate(
        forgotten.gate_id, private_key(Purpose.GATE, os.urandom(48)), forgotten.orders
    )
    row = Gate.objects.get()
    row.x, row.y = other.key.public.x, other.key.public.y
    row.save()
    other.write(EpochBody(1, EpochCause.FIRST), *(decision() for _ in range(9)))

    assert other.acknowledged(4, 6, head=None).number == 0
    assert Epoch.objects.count() == 1
