"""Fire and alarms: the door first, then decisions and screens, and the journal when it can."""

import threading
from collections.abc import Callable, Iterator

import pytest

from portique.core.alarms import CALM, Alarm, Posture
from portique.core.entries import AlarmBody
from portique.core.errors import EnvironmentProblem, JournalError
from portique.gate.following import Followers, Following
from portique.testing.fakes import FakeDoor, FakeFire
from portique.testing.lanes import PocketSchool, WorkingLane, open_lane

INTRUSION = Alarm(Posture.INTRUSION, drill=True, since_ms=1)


class Watchful(FakeDoor):
    """A door that remembers what the screens showed at the moment it was freed."""

    def __init__(self) -> None:
        super().__init__()
        self.look: Callable[[], Posture | None] = lambda: None
        self.seen: list[Posture | None] = []

    def free(self) -> None:
        self.seen.append(self.look())
        super().free()


@pytest.fixture
def working(tmp_path) -> Iterator[WorkingLane]:
    school = PocketSchool()
    made = open_lane(tmp_path / "journal.db", school, known=school.knowledge(), door=Watchful())
    yield made
    made.close()


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "posture.json"


def follow(working: WorkingLane, memory) -> Following:
    followers = Followers(working.lane, working.board, working.journal, working.clock)
    return Following(working.door, followers, memory)


def posture(working: WorkingLane) -> Posture:
    return working.board.snapshot().posture


def alarms(working: WorkingLane) -> list[tuple[str, str, str | None]]:
    bodies = [body for body in working.bodies() if isinstance(body, AlarmBody)]
    return [(body.posture, body.source, body.agent) for body in bodies]


def test_a_fire_frees_the_door_before_anything_else(working, memory):
    """The screens still show calm when the door is freed; the journal comes last."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    working.door.look = lambda: posture(working)

    fire.start()

    assert working.door.seen[0] is Posture.NORMAL
    assert posture(working) is Posture.EVACUATION
    assert alarms(working) == []
    following.write()
    assert alarms(working) == [("evacuation", "fire-line", None)]


def test_a_fire_reaches_decisions_while_the_lane_is_stuck(working, memory):
    """The loop hangs in the journal; doors, decisions and screens know of the fire all the same."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    done = threading.Event()

    def pull() -> None:
        fire.start()
        done.set()

    with working.lane._lock:
        thread = threading.Thread(target=pull)
        thread.start()
        assert done.wait(20)
    thread.join()

    assert working.door.orders == [("free", None)]
    assert posture(working) is Posture.EVACUATION


def test_a_line_already_pulled_counts_at_the_start(working, memory):
    """A gate started in a fire frees its door at once."""
    fire = FakeFire()
    fire.start()

    follow(working, memory).watch(fire)

    assert working.door.orders == [("free", None)]


def test_a_fire_survives_a_restart(working, memory):
    """Remembered in a small file: the next run frees the door before it decides anything."""
    first, fire = follow(working, memory), FakeFire()
    first.watch(fire)
    fire.start()
    working.door.orders.clear()

    second = follow(working, memory)

    assert second.burning
    assert working.door.orders == [("free", None)]
    assert posture(working) is Posture.EVACUATION


def test_a_fire_is_journalled_as_soon_as_the_disk_takes_it(working, memory):
    """Refused now, it waits and loses nothing."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    working.disk.broken = True
    fire.start()
    with pytest.raises(JournalError):
        following.write()
    working.disk.broken = False

    following.write()

    assert alarms(working) == [("evacuation", "fire-line", None)]


@pytest.mark.parametrize("broken", [False, True])
def test_a_gate_stopped_in_a_fire_still_journals_it(working, memory, broken):
    """Whatever waits is written before the journal closes; a disk that fails stops nothing."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    fire.start()
    working.disk.broken = broken

    following.close()

    working.disk.broken = False
    assert (alarms(working) == [("evacuation", "fire-line", None)]) is not broken


def test_the_schools_alarm_is_followed_with_its_drill(working, memory):
    """A drill looks like the real thing and says that it is one."""
    following = follow(working, memory)

    following.school_says(INTRUSION)
    following.write()

    snapshot = working.board.snapshot()
    assert (snapshot.posture, snapshot.drill) == (Posture.INTRUSION, True)
    assert alarms(working) == [("intrusion", "school", None)]
    assert working.door.orders == []


def test_the_schools_calm_does_not_end_a_fire(working, memory):
    """New knowledge during a fire changes nothing on the screens."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    fire.start()

    following.school_says(INTRUSION)
    following.school_says(CALM)

    assert posture(working) is Posture.EVACUATION
    assert working.lane._alarm.posture is Posture.EVACUATION


def test_a_person_ends_a_fire_once_the_panel_is_quiet(working, memory):
    """Journalled with the agent's alias, then the door is reset; what the school says holds."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    fire.start()
    following.school_says(INTRUSION)
    fire.stop()

    following.end_fire("loge")
    following.write()

    assert alarms(working)[1:] == [("intrusion", "agent", "loge")]
    assert working.door.orders[-1] == ("reset", None)
    assert (posture(working), following.burning) == (Posture.INTRUSION, False)
    assert working.lane._alarm is None


def test_while_the_panel_asks_for_evacuation_nobody_ends_it(working, memory):
    """The sentence says what to do first; nothing changes."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    fire.start()

    with pytest.raises(EnvironmentProblem, match="reset the panel first"):
        following.end_fire("loge")

    assert following.burning
    assert ("reset", None) not in working.door.orders


def test_an_end_that_cannot_be_journalled_does_not_happen(working, memory):
    """Journal, then act."""
    following, fire = follow(working, memory), FakeFire()
    following.watch(fire)
    fire.start()
    fire.stop()
    working.disk.broken = True

    with pytest.raises(JournalError):
        following.end_fire("loge")

    assert following.burning
    assert ("reset", None) not in working.door.orders


def test_ending_a_fire_that_is_over_does_nothing(working, memory):
    """Two agents press at once: the second finds calm."""
    following = follow(working, memory)

    following.end_fire("loge")

    assert (alarms(working), working.door.orders) == ([], [])
