"""The lane's posture: fire > free exit > intrusion > normal; doors first, latched until a reset."""

import itertools
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core.alarms import Posture
from portique.core.decide import Outcome
from portique.core.errors import EnvironmentProblem, LinkError
from portique.core.values import Direction
from portique.gate.doors.keeper import SILENT_MS, Keeper
from portique.gate.doors.orders import Command, Order
from portique.gate.doors.simulated import SimulatedDoor
from portique.gate.doors.worker import DoorSettings, WorkerDoor
from portique.gate.ports import DoorState, FailState
from portique.gate.posture import Conditions, PostureLatch, line_free
from portique.gate.sections import FailSection
from portique.testing.fakes import FakeClock, FakeDoor, FakeFire

STATES = [Conditions(*bits) for bits in itertools.product((False, True), repeat=5)]
FAILS = [
    FailSection(link_lost=link, process_dead=process, power_lost=power)
    for link, process, power in itertools.product(("secured", "free"), repeat=3)
]


@pytest.mark.parametrize("fail", FAILS, ids=str)
@pytest.mark.parametrize("now", STATES, ids=str)
def test_leaving_is_free_in_every_state(now, fail):
    """T17: an exit is open in all 32 states under all fail states; a fire opens every door."""
    assert line_free(Direction.EXIT, fail, now)
    assert line_free(Direction.ENTRY, fail, now) or not now.fire


@pytest.mark.parametrize("now", STATES, ids=str)
def test_an_entry_at_rest_stays_secured_unless_wired_otherwise(now):
    """With every fail state secured, only a fire opens an entry that granted nobody."""
    assert line_free(Direction.ENTRY, FailSection(), now) is now.fire


@pytest.mark.parametrize(
    ("fail", "broken"),
    [("link_lost", "link"), ("process_dead", "process"), ("power_lost", "power")],
)
def test_each_fault_has_its_own_fail_state(fail, broken):
    """A fault opens an entry only if its own setting says so."""
    whole = {"fire": False, "intrusion": True, "link": True, "power": True, "process": True}
    now = Conditions(**{**whole, broken: False})
    assert line_free(Direction.ENTRY, FailSection(**{fail: "free"}), now)
    assert not line_free(Direction.ENTRY, FailSection(), now)


@pytest.mark.parametrize("role", list(Direction))
@pytest.mark.parametrize("dead", list(FailState))
@pytest.mark.parametrize("process", [False, True])
@pytest.mark.parametrize("fire", [False, True])
def test_the_keeper_does_what_the_table_says(role, dead, fire, process):
    """The table is not only words: the relays' keeper stands the same in each of its states."""
    keeper, now_ms = Keeper(role, dead, now_ms=0), SILENT_MS + 1
    if fire:
        keeper.take(Order(Command.FREE), sent_ms=0, now_ms=0)
    if process:
        keeper.take(Order(Command.ALIVE), sent_ms=now_ms, now_ms=now_ms)
    now = Conditions(fire=fire, intrusion=False, link=True, power=True, process=process)
    fail = FailSection(process_dead=dead.value)
    assert keeper.released(now_ms) is line_free(role, fail, now)


class Trace:
    """Writes down the order of effects."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def door(self) -> FakeDoor:
        trace = self.seen

        class Traced(FakeDoor):
            def free(self) -> None:
                trace.append("free")

            def reset(self) -> None:
                trace.append("reset")

        return Traced()

    def told(self, posture: Posture) -> None:
        self.seen.append(posture.value)


@pytest.fixture
def trace():
    return Trace()


def test_every_door_is_freed_before_anybody_is_told(trace):
    """Release comes before the journal and the screens."""
    PostureLatch([trace.door(), trace.door()], on_change=trace.told).fire()
    assert trace.seen == ["free", "free", "evacuation"]


def test_a_journal_that_fails_changes_nothing_for_the_doors(trace):
    """Disk full: the doors are free, the latch holds, the thread of the line lives on."""

    def broken(_posture: Posture) -> None:
        raise OSError("no space left")

    latch = PostureLatch([trace.door()], on_change=broken)
    latch.fire()
    assert trace.seen == ["free"]
    assert latch.posture is Posture.EVACUATION


def test_one_broken_door_does_not_keep_another_shut(trace):
    """Each door is freed whatever the one before raised."""

    class Broken(FakeDoor):
        def free(self) -> None:
            raise RuntimeError("burnt relay")

    PostureLatch([Broken(), trace.door()]).fire()
    assert trace.seen == ["free"]


def test_a_fire_lasts_until_a_person_resets_it(trace):
    """The line's end does not end it; while the panel still asks, a reset is refused."""
    line, latch = FakeFire(), PostureLatch([trace.door()], on_change=trace.told)
    line.watch(latch.fire)
    line.start()
    with pytest.raises(EnvironmentProblem, match="reset the panel first"):
        latch.reset(line)
    line.stop()
    assert latch.burning
    latch.reset(line)
    assert trace.seen == ["free", "evacuation", "reset", "normal"]


def test_a_second_pulse_frees_again_and_tells_nobody_twice(trace):
    """Freeing is repeated, for a door that came back meanwhile; the journal has one entry."""
    latch = PostureLatch([trace.door()], on_change=trace.told)
    latch.fire()
    latch.fire()
    assert trace.seen == ["free", "evacuation", "free"]


def test_a_fire_survives_a_restart(tmp_path, trace):
    """A pulse, then a crash: the next start frees the doors before it does anything else."""
    memory = tmp_path / "posture.json"
    PostureLatch([FakeDoor()], memory=memory).fire()
    again = PostureLatch([trace.door()], memory=memory, on_change=trace.told)
    assert trace.seen == ["free", "evacuation"]
    again.reset(None)
    assert not PostureLatch([trace.door()], memory=memory).burning


class Relapsing(FakeDoor):
    """A door at whose reset, or freeing, something happens."""

    def __init__(self, *, at_reset=lambda: None, at_free=lambda: None) -> None:
        super().__init__()
        self.at_reset, self.at_free = at_reset, at_free

    def free(self) -> None:
        super().free()
        happens, self.at_free = self.at_free, lambda: None
        happens()

    def reset(self) -> None:
        self.at_reset()
        super().reset()


def remembered(memory: Path) -> dict[str, bool]:
    found: dict[str, bool] = json.loads(memory.read_text())
    return found


def test_a_fire_that_begins_while_another_is_ended_leaves_the_door_free(tmp_path, trace):
    """Freed and latched just before the reset's order: the door is freed again, and remembered."""
    memory = tmp_path / "posture.json"
    door = Relapsing()
    latch = PostureLatch([door], memory=memory, on_change=trace.told)
    latch.fire()
    door.at_reset = latch.fire

    with pytest.raises(EnvironmentProblem, match="began while"):
        latch.reset(None)

    assert (door.state, latch.burning) == (DoorState.FREE, True)
    assert trace.seen == ["evacuation", "evacuation"]
    assert remembered(memory) == {"fire": True}


def test_a_line_pulled_while_the_door_is_reset_frees_it_again(trace):
    """The line's own thread has not spoken yet: whoever resets sees the line itself."""
    line = FakeFire()
    door = Relapsing(at_reset=line.start)
    latch = PostureLatch([door], on_change=trace.told)
    latch.fire()

    with pytest.raises(EnvironmentProblem, match="began while"):
        latch.reset(line)

    assert (door.state, latch.burning) == (DoorState.FREE, True)


def test_a_reset_between_the_door_and_the_latch_does_not_shut_the_door():
    """The other order: freed, reset by somebody else, then latched."""
    door = Relapsing()
    latch = PostureLatch([door])
    latch.fire()
    door.at_free = lambda: latch.reset(None)

    latch.fire()

    assert (door.state, latch.burning) == (DoorState.FREE, True)


def test_a_pulse_that_came_while_somebody_looked_at_the_panel_is_not_lost(trace):
    """The panel looked quiet, but a fire was latched meanwhile: nothing is reset."""

    class Pulse(FakeFire):
        @property
        def active(self) -> bool:
            latch.fire()
            return False

    latch = PostureLatch([trace.door()])
    latch.fire()
    with pytest.raises(EnvironmentProblem, match="began while"):
        latch.reset(Pulse())

    assert latch.burning
    assert "reset" not in trace.seen


def test_everybody_is_told_before_a_disk_is_waited_for(tmp_path):
    """Screens show a fire while the memory is not written yet, and its end too."""
    memory, seen = tmp_path / "posture.json", []

    def told(posture: Posture) -> None:
        seen.append((posture, memory.exists() and remembered(memory)["fire"]))

    latch = PostureLatch([FakeDoor()], memory=memory, on_change=told)
    latch.fire()
    latch.reset(None)

    assert seen == [(Posture.EVACUATION, False), (Posture.NORMAL, True)]
    assert remembered(memory) == {"fire": False}


def test_a_fire_during_the_telling_of_its_end_is_what_is_remembered(tmp_path):
    """Of two writers the last one writes what holds."""
    memory = tmp_path / "posture.json"

    def told(posture: Posture) -> None:
        if posture is Posture.NORMAL:
            latch.fire()

    latch = PostureLatch([FakeDoor()], memory=memory, on_change=told)
    latch.fire()
    latch.reset(None)

    assert remembered(memory) == {"fire": True}


def test_the_memory_is_on_the_disk_before_it_takes_its_name(tmp_path, monkeypatch):
    """A power cut leaves the former memory or the new one, whole."""
    steps: list[str] = []

    def noted(step: str, act: Callable[..., object]) -> Callable[..., object]:
        def do(*arguments: object) -> object:
            steps.append(step)
            return act(*arguments)

        return do

    monkeypatch.setattr(os, "fsync", noted("sync", os.fsync))
    monkeypatch.setattr(Path, "replace", noted("rename", Path.replace))

    PostureLatch([FakeDoor()], memory=tmp_path / "posture.json").fire()

    assert steps == ["sync", "rename", "sync"]


@pytest.mark.parametrize("content", ["", "{", "null", '{"fire": 1}', "\xff"])
def test_a_damaged_memory_is_a_fire(tmp_path, trace, content):
    """Doubt frees."""
    (tmp_path / "posture").write_text(content, encoding="utf-8")
    assert PostureLatch([trace.door()], memory=tmp_path / "posture").burning


def test_a_memory_that_cannot_be_written_disturbs_nothing(tmp_path, trace):
    """The folder is gone: the doors are freed all the same."""
    latch = PostureLatch([trace.door()], memory=tmp_path / "gone" / "posture")
    latch.fire()
    assert latch.burning


ACTS = st.lists(st.sampled_from(["fire", "reset", *Posture]), max_size=12)


@given(acts=ACTS)
def test_fire_outranks_the_schools_alarms_in_any_order(acts):
    """While a fire is latched the posture is evacuation; afterwards it is the school's latest."""
    door, burning, school = FakeDoor(), False, Posture.NORMAL
    latch = PostureLatch([door])
    for act in acts:
        if isinstance(act, Posture):
            latch.school_says(act)
            school = act
        elif act == "fire":
            latch.fire()
            burning = True
        else:
            latch.reset(None)
            burning = False
        assert latch.posture is (Posture.EVACUATION if burning else school)
        assert latch.burning is burning
        assert (door.state is DoorState.FREE) is burning


def test_an_alarm_of_the_school_moves_no_door(trace):
    """Intrusion makes decisions refuse at entries; it locks nothing and frees nothing."""
    latch = PostureLatch([trace.door()], on_change=trace.told)
    for posture in (Posture.INTRUSION, Posture.INTRUSION, Posture.SHELTER, Posture.NORMAL):
        latch.school_says(posture)
    assert trace.seen == ["intrusion", "shelter", "normal"]


def test_a_fire_needs_neither_disk_nor_link_nor_loop(tmp_path, wait_until):
    """R12: a journal locked for ever, orders stuck in the network, no beat: still freed."""
    stuck, arrived = threading.Event(), []

    class Wire:
        alive_every_ms = 20

        def send(self, order: Order) -> None:
            if order.command is not Command.FREE:
                stuck.wait(20)
                raise LinkError("timed out")
            arrived.append(order.command)

        def close(self) -> None:
            """Nothing to close."""

    door = WorkerDoor(Wire(), FakeClock(), DoorSettings(Direction.ENTRY))
    locked = threading.Lock()
    locked.acquire()

    def journal(_posture: Posture) -> None:
        locked.acquire()

    latch = PostureLatch([door], on_change=journal)
    door.lamp(Outcome.GRANT)
    line = FakeFire()
    line.watch(latch.fire)
    threading.Thread(target=line.start, daemon=True).start()
    wait_until(lambda: arrived == [Command.FREE], what="the release")
    locked.release()
    stuck.set()
    door.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_disturbs_nothing(tmp_path, trace):
    """A disk gone read-only does not stop an evacuation."""
    tmp_path.chmod(0o500)
    latch = PostureLatch([trace.door()], memory=tmp_path / "posture")
    latch.fire()
    tmp_path.chmod(0o700)
    assert latch.burning


def test_a_simulated_lane_lives_through_a_fire():
    """Granted, fire, pulse over, reset: the states an agent sees."""
    clock = FakeClock()
    door = SimulatedDoor(clock, Direction.ENTRY)
    latch = PostureLatch([door])
    door.release(for_s=1.0)
    latch.fire()
    clock.advance(60_000)
    during = door.state
    latch.reset(None)
    assert (during, door.state) == (DoorState.FREE, DoorState.RESTING)
