"""A gate's own organs: agents see what fails and what to do, until it works; figures follow."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from portique.core.plain import Words
from portique.core.values import Organ
from portique.core.zones import default_site
from portique.gate.board import Board
from portique.gate.eyes import EyesHealth
from portique.gate.faults import NO_CAMERA, NO_DOOR, NO_READER, NO_READING, TIME_DOUBTED
from portique.gate.metrics import Metrics
from portique.gate.organs import ENDS_MAX, ENDS_WITHIN_MS, Organs
from portique.gate.ports import ClockState, DoorState, DoubtfulTime

SEES = EyesHealth(seeing=True)


@pytest.fixture
def board() -> Board:
    return Board(default_site().lane("entry-1"))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def organs(board, metrics) -> Organs:
    return Organs(board, metrics)


@pytest.fixture
def faults(board) -> Callable[[], dict[Organ, Words]]:
    return lambda: {fault.organ: fault.detail for fault in board.snapshot().faults}


def test_a_door_that_orders_do_not_reach_is_shown_until_one_does(organs, faults):
    """Every other state is none of the agent's worries."""
    organs.tell_of_door(DoorState.UNREACHABLE)
    during = faults()
    organs.tell_of_door(DoorState.RESTING)

    assert (during, faults()) == ({Organ.DOOR: NO_DOOR}, {})


def test_a_reader_that_is_away_is_shown_until_all_work(organs, faults):
    """Agents then go on with the camera, or by hand."""
    organs.tell_of_readers(work=False)
    during = faults()
    organs.tell_of_readers(work=True)

    assert (during, faults()) == ({Organ.READER: NO_READER}, {})


@pytest.mark.parametrize("state", sorted(set(DoorState) - {DoorState.UNREACHABLE}))
def test_a_door_that_works_is_no_fault(organs, faults, state):
    """Released, free or closed: all as ordered."""
    organs.tell_of_door(state)

    assert faults() == {}


def test_a_camera_that_fails_is_shown_until_it_sees(organs, faults):
    """In words for an agent; the technician's own are elsewhere."""
    organs.tell_of_eyes(EyesHealth(notice="no camera"), 0)
    during = faults()
    organs.tell_of_eyes(replace(SEES, notice="no camera"), 2_000)

    assert (during, faults()) == ({Organ.CAMERA: NO_CAMERA}, {})


@pytest.mark.parametrize(("frames", "shown"), [(0, {Organ.CAMERA: NO_CAMERA}), (60, {})])
def test_a_source_that_never_gave_a_picture_is_no_film_that_ended(organs, faults, frames, shown):
    """A wrong path in the configuration must not look like a gate at work."""
    organs.tell_of_eyes(EyesHealth(notice="no such file", ended=True, frames=frames), 0)
    organs.tell_of_eyes(EyesHealth(notice="no such file", ended=True, frames=frames), 2_000)

    assert faults() == shown


def test_a_decoder_that_keeps_dying_is_shown_until_a_minute_is_calm(organs, faults):
    """Although it reads in between; the minute counts from the first of the last deaths."""
    for ends in range(1, ENDS_MAX + 1):
        organs.tell_of_eyes(replace(SEES, decode_ends=ends), 10_000 * ends)
    during = faults()
    organs.tell_of_eyes(replace(SEES, decode_ends=ENDS_MAX), 10_000 + ENDS_WITHIN_MS + 1)

    assert (during, faults()) == ({Organ.DECODER: NO_READING}, {})


def test_pictures_that_nobody_looks_at_are_no_fault_of_the_camera(organs, faults):
    """The decoder does not start, or is not shut in: an agent must not go and check a cable."""
    organs.tell_of_eyes(EyesHealth(notice="the decoder ended", frames=30), 0)

    assert faults() == {Organ.DECODER: NO_READING}


def test_a_camera_that_was_just_pulled_out_is_a_fault_of_the_camera(organs, faults):
    """Although pictures came, and were looked at, since the organs were last told."""
    organs.tell_of_eyes(EyesHealth(notice="unplugged", frames=30, looks=28), 0)

    assert faults() == {Organ.CAMERA: NO_CAMERA}


def test_a_doubtful_time_is_shown_until_it_is_sure(organs, faults):
    """Passes end and hours begin by it."""
    organs.tell_of_clock(ClockState(DoubtfulTime.ROLLED_BACK, 60_000, 0, 0))
    during = faults()
    organs.tell_of_clock(ClockState(None, 0, 0, 0))

    assert (during, faults()) == ({Organ.CLOCK: TIME_DOUBTED}, {})


def test_a_poison_picture_now_and_then_is_no_fault(organs, faults):
    """Each costs one decoder, and the next one reads on."""
    for ends in range(1, 10):
        organs.tell_of_eyes(replace(SEES, decode_ends=ends), ENDS_WITHIN_MS * ends)

    assert faults() == {}


def test_screens_are_bothered_with_changes_only(organs, board):
    """Told every two seconds, drawn when something changed."""
    organs.tell_of_door(DoorState.UNREACHABLE)
    version = board.snapshot().version
    organs.tell_of_door(DoorState.UNREACHABLE)

    assert board.snapshot().version == version


def test_restarts_and_pictures_are_counted_once(organs, metrics):
    """Differences since the last time, not totals again."""
    health = EyesHealth(capture_ends=2, decode_ends=1, looks=40, looks_dropped=3)
    organs.tell_of_eyes(health, 0)
    organs.tell_of_eyes(replace(health, looks=50), 2_000)

    def value(name: str, **labels: str) -> object:
        return metrics.registry.get_sample_value(f"portique_{name}_total", labels)

    assert (value("frames"), value("frames_dropped")) == (50, 3)
    assert [value("restarts", organ=organ) for organ in ("capture", "decode")] == [2, 1]
