"""Doors: never late, never locked, free in a fire; a link that flaps opens nothing (R19, T17)."""

import contextlib
import inspect
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.decide import Outcome
from portique.core.errors import LinkError
from portique.core.values import Direction
from portique.gate import ports
from portique.gate.doors.keeper import LATE_MS as KEEPER_LATE_MS
from portique.gate.doors.keeper import SILENT_MS, Keeper, order_line, read_order
from portique.gate.doors.lamp import sign_of
from portique.gate.doors.orders import Command, Order, Sign
from portique.gate.doors.simulated import NoDoor, SimulatedDoor
from portique.gate.doors.worker import LATE_MS, DoorSettings, WorkerDoor
from portique.gate.ports import BEAT_MAX_MS, DoorState, FailState
from portique.testing.fakes import FakeClock, FakeDoor

ENTRY, EXIT = Direction.ENTRY, Direction.EXIT
DOOR_METHODS = {"release", "free", "reset", "lamp", "beat", "close"}


FLAPS = int(os.environ.get("PORTIQUE_FLAPS", "1000"))


@dataclass
class Wire:
    """An actuator that writes down what arrives; cut, or blocked, at will."""

    alive_every_ms: int = 20
    arrived: list[Order] = field(default_factory=list)
    tried: int = 0
    cut: bool = False
    bug: bool = False
    closed: bool = False

    def __post_init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.moved = threading.Condition()

    def send(self, order: Order) -> None:
        try:
            self._carry(order)
        finally:
            with self.moved:
                self.moved.notify_all()

    def after(self, fact: Callable[[], bool]) -> None:
        """Wait, without looking again and again, until an order made ``fact`` true."""
        with self.moved:
            assert self.moved.wait_for(fact, 20)

    def _carry(self, order: Order) -> None:
        self.tried += 1
        if order.command is not Command.FREE:
            self.open.wait(20)
        if self.bug:
            raise ZeroDivisionError
        if self.cut:
            raise LinkError("cut")
        self.arrived.append(order)

    def close(self) -> None:
        self.closed = True

    def commands(self) -> list[Command]:
        return [order.command for order in self.arrived if order.command is not Command.ALIVE]


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def door_of(clock, wire):
    """Make a door over the wire; close it at the end."""
    with contextlib.ExitStack() as stack:

        def make(role=ENTRY, again_s=60.0):
            door = WorkerDoor(wire, clock, DoorSettings(role, again_s=again_s))
            stack.callback(wire.open.set)
            stack.callback(door.close)
            return door

        yield make
        wire.open.set()


def test_the_port_has_no_way_to_lock():
    """Release, free, reset, lamp, beat, close: on no lane is there an order to lock."""
    methods = {name for name, _ in inspect.getmembers(ports.Door, inspect.isfunction)}
    assert {name for name in methods if not name.startswith("_")} == DOOR_METHODS
    assert {command.value for command in Command} == {"release", "free", "reset", "lamp", "alive"}


def test_a_release_reaches_the_door_with_its_own_end(door_of, wire, clock, wait_until):
    """The order says for how long, and the state follows the clock."""
    door = door_of()
    door.release(for_s=5.0)
    wait_until(lambda: door.state is DoorState.RELEASED)
    assert wire.arrived == [Order(Command.RELEASE, 5.0)]
    clock.advance(5_000)
    assert door.state is DoorState.RESTING


@pytest.mark.parametrize("for_s", [0.0, -1.0, 30.5, float("nan"), float("inf")])
def test_a_release_without_an_end_is_refused(door_of, for_s):
    """Zero to thirty seconds; a NaN is no time."""
    with pytest.raises(ValueError, match="0 to"):
        door_of().release(for_s=for_s)


def test_a_slow_medium_never_holds_the_lane(door_of, wire, wait_until):
    """Orders return at once; the oldest ones are dropped when the queue is full."""
    door = door_of()
    wire.open.clear()
    door.release(for_s=1.0)
    wait_until(lambda: wire.tried == 1)
    for _ in range(100):
        door.lamp(Outcome.GRANT)
    wire.open.set()
    wait_until(lambda: wire.commands().count(Command.LAMP) == 8)


def test_an_order_that_waited_too_long_is_dropped(door_of, wire, clock, wait_until):
    """Nobody stands there any more when a stuck network lets go."""
    door = door_of()
    wire.open.clear()
    door.lamp(Outcome.REFER)
    wait_until(lambda: wire.tried == 1)
    door.release(for_s=5.0)
    clock.advance(LATE_MS + 1)
    wire.open.set()
    door.lamp(Outcome.GRANT)
    wait_until(lambda: len(wire.commands()) == 2)
    assert Command.RELEASE not in wire.commands()


def test_a_fire_overtakes_a_release_stuck_in_the_network(door_of, wire, wait_until):
    """Freeing has a thread of its own: the door is free while the release still hangs."""
    door = door_of()
    wire.open.clear()
    door.release(for_s=5.0)
    wait_until(lambda: wire.tried == 1)
    door.free()
    wait_until(lambda: wire.commands() == [Command.FREE])
    assert door.state is DoorState.FREE


def test_freeing_is_tried_until_it_arrives(door_of, wire, wait_until):
    """The only order that a returning link delivers is the one a fire asked for."""
    wire.cut = True
    door = door_of()
    door.free()
    wait_until(lambda: wire.tried >= 2)
    assert door.state is DoorState.UNREACHABLE
    wire.cut = False
    wait_until(lambda: wire.commands() == [Command.FREE])


def test_freeing_is_said_again_while_the_fire_lasts(door_of, wire):
    """A controller that was switched off and on in a fire is told once more, marked as such."""
    door = door_of(again_s=0.02)
    door.free()
    wire.after(lambda: wire.commands()[3:])

    assert wire.arrived[0] == Order(Command.FREE)
    assert set(wire.arrived[1:3]) == {Order(Command.FREE, again=True)}


def test_after_the_reset_freeing_is_not_said_again(door_of, wire):
    """The reset is the last word, and nothing is repeated after it."""
    door = door_of(again_s=0.02)
    door.free()
    wire.after(lambda: Command.FREE in wire.commands())
    door.reset()
    wire.after(lambda: Command.RESET in wire.commands())
    door.lamp(Outcome.GRANT)
    wire.after(lambda: Command.LAMP in wire.commands())

    threading.Event().wait(0.1)  # five times as long as it would take

    after = wire.commands()[wire.commands().index(Command.RESET) :]
    assert Command.FREE not in after


def test_an_exit_repeats_a_fire_until_its_end(door_of, wire):
    """A controller that wants to know of the fire hears of it; it is never told to shut."""
    door = door_of(EXIT, again_s=0.02)
    door.free()
    wire.after(lambda: len(wire.commands()) > 2)
    door.reset()
    door.lamp(Outcome.GRANT)
    wire.after(lambda: Command.LAMP in wire.commands())

    assert set(wire.commands()) == {Command.FREE, Command.LAMP}


def test_a_bug_in_a_driver_does_not_end_what_frees_the_door(door_of, wire, wait_until):
    """Any error is a lost order: the door counts as unreachable, and is tried again."""
    wire.bug = True
    door = door_of()
    door.lamp(Outcome.GRANT)
    door.free()
    wait_until(lambda: wire.tried >= 3)
    assert door.state is DoorState.UNREACHABLE
    wire.bug = False

    wait_until(lambda: wire.commands() == [Command.FREE])

    door.lamp(Outcome.GRANT)
    wait_until(lambda: Command.LAMP in wire.commands())


def test_a_free_door_takes_no_release(door_of, wire, wait_until):
    """A release would end, and a controller might take its end for the fire's."""
    door = door_of()
    door.free()
    wait_until(lambda: wire.commands() == [Command.FREE])
    door.release(for_s=1.0)
    door.lamp(Outcome.GRANT)
    wait_until(lambda: Command.LAMP in wire.commands())
    assert Command.RELEASE not in wire.commands()


def test_a_reset_without_a_fire_sends_nothing(door_of, wire, wait_until):
    """Only what was freed can be reset."""
    door = door_of()
    door.reset()
    door.lamp(Outcome.GRANT)
    wait_until(lambda: wire.commands() == [Command.LAMP])


def test_signs_of_life_stop_with_the_loop(door_of, wire, clock, wait_until):
    """A lane that hangs is a dead lane, although its threads live on."""
    door = door_of()
    door.beat()
    wait_until(lambda: Order(Command.ALIVE) in wire.arrived)
    clock.advance(BEAT_MAX_MS + 1)
    seen = len(wire.arrived)
    door.lamp(Outcome.GRANT)
    wait_until(lambda: Command.LAMP in wire.commands())
    assert len(wire.arrived) <= seen + 2  # the lamp, and one that was on its way


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_lamp_has_two_signs(outcome):
    """Refer and refuse look the same to the queue."""
    assert sign_of(outcome) is (Sign.GO if outcome is Outcome.GRANT else Sign.AGENT)


ACTS = st.lists(
    st.sampled_from(["release", "free", "reset", "lamp", "beat", "cut", "mend", "later"]),
    max_size=25,
)


@given(acts=ACTS)
def test_whatever_happens_an_exit_lane_hears_no_order_that_could_shut_it(acts):
    """On an exit only lamps, signs of life and `free` are ever sent."""
    clock, wire = FakeClock(), Wire()
    door = WorkerDoor(wire, clock, DoorSettings(EXIT))
    for act in acts:
        perform(act, door, wire, clock)
    assert door.state in {DoorState.FREE, DoorState.UNREACHABLE}
    door.close()
    assert wire.commands().count(Command.RELEASE) == wire.commands().count(Command.RESET) == 0


def perform(act: str, door: WorkerDoor, wire: Wire, clock: FakeClock) -> None:
    """Do one thing to a door."""
    acts: dict[str, Callable[[], object]] = {
        "release": lambda: door.release(for_s=1.0),
        "free": door.free,
        "reset": door.reset,
        "lamp": lambda: door.lamp(Outcome.REFUSE),
        "beat": door.beat,
        "cut": lambda: setattr(wire, "cut", True),
        "mend": lambda: setattr(wire, "cut", False),
        "later": lambda: clock.advance(700),
    }
    acts[act]()


def flap(times: int) -> Wire:
    """Cut and mend a link while a lane lives and releases are asked for during each cut."""
    clock, wire = FakeClock(), Wire(alive_every_ms=1)
    door = WorkerDoor(wire, clock, DoorSettings(ENTRY))
    for _ in range(times):
        wire.cut = True
        tried = wire.tried
        door.beat()
        door.release(for_s=1.0)
        wire.after(lambda tried=tried: wire.tried > tried + 2)  # type: ignore[misc]  # its own turn's
        wire.cut = False
        door.beat()
        alive = len(wire.arrived)
        wire.after(lambda alive=alive: len(wire.arrived) > alive)  # type: ignore[misc]
    door.close()
    return wire


def test_a_flapping_link_opens_nothing():
    """R19: 100 losses and returns, a release asked for in each loss: no door moved."""
    assert flap(100).commands() == []


@pytest.mark.slow
def test_flaps_by_the_thousand_open_nothing():
    """R19: ten thousand at a release."""
    assert flap(FLAPS).commands() == []


def test_closing_drops_what_waits(door_of, wire, wait_until):
    """After close nothing is sent, and the actuator goes to its fail state."""
    door = door_of()
    door.close()
    door.release(for_s=1.0)
    door.close()
    assert (door.state, wire.commands(), wire.closed) == (DoorState.CLOSED, [], True)


# --- the keeper's own mind ----------------------------------------------------------------------


def keeper_of(role: Direction = ENTRY, dead: FailState = FailState.SECURED) -> Keeper:
    """Make a keeper that began at 0 ms."""
    return Keeper(role, dead, now_ms=0)


def test_a_kept_door_opens_for_its_time_and_rests():
    """The end is exclusive."""
    keeper = keeper_of()
    keeper.take(Order(Command.RELEASE, 0.5), sent_ms=0, now_ms=10)
    assert [keeper.released(ms) for ms in (10, 509, 510)] == [True, True, False]


def test_an_order_that_sat_in_the_pipe_is_no_order():
    """One side was stopped for a while: the release of then opens nothing now."""
    keeper = keeper_of()
    keeper.take(Order(Command.RELEASE, 5.0), sent_ms=0, now_ms=KEEPER_LATE_MS + 1)
    assert not keeper.released(KEEPER_LATE_MS + 2)


@pytest.mark.parametrize("dead", list(FailState))
def test_a_silent_gate_means_the_fail_state(dead):
    """Silence longer than the limit: the configured state, lamps out; a sign of life ends it."""
    keeper = keeper_of(dead=dead)
    keeper.take(Order(Command.RELEASE, 30.0), sent_ms=0, now_ms=0)
    keeper.take(Order(Command.LAMP, 30.0, Sign.GO), sent_ms=0, now_ms=0)
    assert keeper.released(SILENT_MS + 1) is (dead is FailState.FREE)
    assert keeper.sign(SILENT_MS + 1) is None
    keeper.take(Order(Command.ALIVE), sent_ms=5_000, now_ms=5_000)
    assert keeper.sign(5_001) is Sign.GO


def test_a_fire_outlives_the_gate_that_told_of_it():
    """Freed, then silence, then the pipe closed: the door stays open until a reset."""
    keeper = keeper_of()
    keeper.take(Order(Command.FREE), sent_ms=0, now_ms=10 * KEEPER_LATE_MS)
    assert keeper.released(10**9)
    assert keeper.forsaken()
    keeper.take(Order(Command.RESET), sent_ms=0, now_ms=10**9)
    assert not keeper.released(10**9)


ORDERS = st.builds(
    Order,
    st.sampled_from(Command),
    st.sampled_from([0.0, 0.5, 5.0, 30.0]),
    st.none() | st.sampled_from(Sign),
)


@given(orders=st.lists(st.tuples(ORDERS, st.integers(0, 3_000), st.integers(0, 3_000))))
def test_no_sequence_of_orders_shuts_an_exit_or_ends_a_fire(orders):
    """An exit is released at every instant; an entry is from `free` to `reset`."""
    way_out, way_in, now, burning = keeper_of(EXIT), keeper_of(), 0, False
    for order, later, age in orders:
        now += later
        for keeper in (way_out, way_in):
            keeper.take(order, sent_ms=now - age, now_ms=now)
        burning = {Command.FREE: True, Command.RESET: False}.get(order.command, burning)
        assert way_out.released(now)
        assert way_out.forsaken()
        assert way_in.released(now) or not burning


@given(order=ORDERS, sent_ms=st.integers(0, 2**50))
def test_orders_survive_the_pipe(order, sent_ms):
    """What the gate writes is what the keeper reads."""
    assert read_order(order_line(order, sent_ms)) == (order, sent_ms)


# --- doors without a wire ----------------------------------------------------------------------


def test_the_simulated_door_stands_as_a_real_one_would(clock):
    """Released for a time, free until reset, closed at the end."""
    door = SimulatedDoor(clock, ENTRY)
    states = [door.state]
    door.release(for_s=2.0)
    states.append(door.state)
    clock.advance(2_000)
    door.lamp(Outcome.REFER)
    states.append(door.state)
    for act in (door.free, door.reset, door.beat, door.close):
        act()
        states.append(door.state)
    resting, released = DoorState.RESTING, DoorState.RELEASED
    assert states[:4] == [resting, released, resting, DoorState.FREE]
    assert states[4:] == [resting, resting, DoorState.CLOSED]
    assert door.sign is Sign.AGENT


def test_a_simulated_exit_is_always_free(clock):
    """Whatever it is told."""
    door = SimulatedDoor(clock, EXIT)
    for act in (door.free, door.reset, lambda: door.release(for_s=1.0)):
        act()
        assert door.state is DoorState.FREE


def test_every_door_follows_the_port(clock, wire):
    """The fake, the simulated, none and the worker have the port's methods, names and all."""
    signatures = []
    for kind in (ports.Door, FakeDoor, SimulatedDoor, NoDoor, WorkerDoor):
        members = ((name, inspect.signature(getattr(kind, name))) for name in DOOR_METHODS)
        signatures.append({name: list(told.parameters) for name, told in members})
    assert all(one == other for one, other in pairwise(signatures))


def test_no_door_is_always_free():
    """People pass by; the agent watches."""
    door = NoDoor()
    for act in (door.free, door.reset, door.beat, door.close, lambda: door.release(for_s=1.0)):
        act()
    door.lamp(Outcome.GRANT)
    assert door.state is DoorState.FREE
