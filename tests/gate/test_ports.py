"""The ports, and the shipped fakes that stand in for them."""

import threading

import pytest

from portique.core.decide import Outcome
from portique.gate.clock import GateClock
from portique.gate.ports import Clock, Door, DoorState, DoubtfulTime, FireInput, Reader
from portique.testing.fakes import FakeClock, FakeDoor, FakeFire, FakeReader


def test_the_fakes_are_ports():
    """The type checker looks at each assignment; at run time they simply exist."""
    clock: Clock = FakeClock()
    real: Clock = GateClock()
    door: Door = FakeDoor()
    reader: Reader = FakeReader(FakeClock())
    fire: FireInput = FakeFire()
    assert all((clock, real, door, reader, fire))


def test_the_fake_clock_moves_only_when_told():
    """Advance moves both clocks; time never runs back."""
    clock = FakeClock(1_000)
    clock.advance(500)
    assert (clock.now_ms(), clock.monotonic_ms()) == (1_500, 500)
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(-1)


def test_the_fake_clock_doubts_on_demand():
    """Trust and uncertainty are set apart; the claim is capped."""
    clock = FakeClock()
    at_first = clock.state
    clock.doubt(DoubtfulTime.ROLLED_BACK)
    clock.uncertain(90_000)
    assert [at_first.trusted, clock.state.trusted] == [True, False]
    assert (clock.state.uncertainty_ms, clock.state.claim_ms) == (90_000, 30_000)


def test_the_fake_door_remembers_every_order():
    """In order, with their values."""
    door = FakeDoor()
    door.release(for_s=5.0)
    door.lamp(Outcome.GRANT)
    door.beat()
    door.free()
    door.release(for_s=1.0)
    freed = door.state
    door.reset()
    door.close()
    door.close()
    assert [name for name, _ in door.orders] == [
        "release", "lamp", "free", "release", "reset", "close"
    ]  # fmt: skip
    assert (door.releases, door.beats) == (2, 1)
    assert (freed, door.state) == (DoorState.FREE, DoorState.CLOSED)


def test_the_fake_reader_yields_what_is_scanned():
    """From any thread, until closed."""
    clock = FakeClock(7)
    reader = FakeReader(clock, source="desk")
    threading.Thread(target=reader.scan, args=("PQ1:A",)).start()
    lines = reader.lines()
    first = next(lines)
    reader.close()
    assert list(lines) == []
    assert (first.text, first.at_ms, first.source) == ("PQ1:A", 7, "desk")


def test_the_fake_fire_tells_whoever_watches():
    """Once a pull, in the puller's thread."""
    fire, calls = FakeFire(), []
    fire.watch(lambda: calls.append(fire.active))
    fire.start()
    fire.stop()
    fire.close()
    fire.start()
    assert calls == [True]
