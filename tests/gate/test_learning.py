"""A working gate learns: live, completely, and saying once what could not be learnt."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portique.core.alarms import Alarm, Posture
from portique.core.errors import JournalError
from portique.core.plain import Words
from portique.core.revocation import Status
from portique.core.zones import Mode, Site, default_site
from portique.gate.following import Followers, Following
from portique.gate.learning import NO_LANE, NO_NAMES, NOT_TAKEN, Learning, Pupils
from portique.gate.sections import GateConfig, GateSection
from portique.gate.sync import Source
from portique.testing.lanes import UAI, Told, WorkingLane, open_lane


class Clock:
    """What learning asks of the gate's clock, beside the time."""

    def __init__(self, working: WorkingLane) -> None:
        self.floor_ms = 0
        self.now_ms = working.clock.now_ms

    def at_least(self, signed_ms: int) -> None:
        self.floor_ms = signed_ms


class Classroom:
    """A lane, a stick, and what was announced."""

    def __init__(self, folder: Path, working: WorkingLane, source: Source) -> None:
        self.folder, self.working, self.source = folder, working, source
        self.said: list[str] = []
        self.clock = Clock(working)
        followers = Followers(working.lane, working.board, working.journal, working.clock)
        self.following = Following(working.door, followers, folder / "posture.json")
        config = GateConfig(GateSection("entry-1", UAI))
        pupils = Pupils(working.lane, self.clock, self.following)
        self.learning = Learning(config, source, pupils, self.said.append)

    def export(self, number: int, told: Told | None = None, **options) -> None:
        data = self.working.school.bundle(number, told=told, **options)
        (self.folder / f"{number}.knowledge").write_bytes(data)

    def look(self) -> None:
        """Look, wait until it is over, and take up what was found."""
        self.learning.look()
        self.learning.close()
        self.learning.take_up()

    @property
    def told(self) -> list:
        return [alert.detail for alert in self.working.board.snapshot().alerts]


@pytest.fixture
def begin(school, tmp_path) -> Iterator[Callable[..., Classroom]]:
    """Give a way to begin with a first bundle; lanes are closed at the end."""
    made: list[WorkingLane] = []

    def start(told: Told | None = None, data: bytes | None = None, **options) -> Classroom:
        folder = tmp_path / "stick"
        folder.mkdir()
        first = school.bundle(1, told=told, **options) if data is None else data
        (folder / "1.knowledge").write_bytes(first)
        source = Source(school.trust(), folder, tmp_path)
        made.append(open_lane(tmp_path / "journal.db", school, known=source.start()))
        room = Classroom(folder, made[-1], source)
        room.learning.begin()
        return room

    yield start
    for lane in made:
        lane.close()


def without_entry() -> Site:
    site = default_site()
    return replace(site, lanes=(site.lane("exit-1"),))


def test_a_revocation_reaches_the_lane(school, begin):
    """Exported and looked for: the next showing is refused; time is no earlier than its issue."""
    held = school.issue()
    room = begin()
    assert room.working.show(held.text).granted
    school.set_status(held, Status.REVOKED)
    room.export(2)

    room.look()

    reasons = room.working.show(held.text).decision.reasons
    assert "revoked" in reasons
    assert room.clock.floor_ms > 0
    assert room.told == []


def test_the_days_to_come_are_planned_before_the_lane_learns_them(begin):
    """Today and tomorrow, beside the loop: a large school's timetable takes a while."""
    room = begin()
    room.export(2)

    room.look()

    learnt = room.working.lane.bench.knowledge
    assert learnt.version.number == 2
    assert [day.isoformat() for day in learnt.plans] == ["2026-11-23", "2026-11-24"]


def test_looking_again_learns_nothing_twice(begin):
    """The same knowledge is taken up once."""
    room = begin()
    room.look()

    assert room.clock.floor_ms == 0


def test_an_alarm_in_the_first_knowledge_is_followed(begin):
    """A gate started during a shelter alarm shows it."""
    room = begin(Told(alarm=Alarm(Posture.SHELTER, drill=False, since_ms=1)))

    assert room.working.board.snapshot().posture is Posture.SHELTER


def test_an_alarm_in_newer_knowledge_is_followed(begin):
    """And its end as well."""
    room = begin()
    room.export(2, Told(alarm=Alarm(Posture.INTRUSION, drill=True, since_ms=1)))
    room.look()
    during = room.working.board.snapshot().posture
    room.export(3)
    room.look()

    assert (during, room.working.board.snapshot().posture) == (Posture.INTRUSION, Posture.NORMAL)


def test_a_damaged_file_is_told_once(begin):
    """On the console with its name; on the agents' screens without, in both languages."""
    room = begin()
    (room.folder / "2.knowledge").write_bytes(b"damaged")
    room.look()
    room.look()

    assert [sentence.startswith("2.knowledge: ") for sentence in room.said] == [True]
    assert room.told == [NOT_TAKEN]


def test_another_complaint_is_told_again(begin):
    """Two bad sticks, two notices."""
    room = begin()
    (room.folder / "2.knowledge").write_bytes(b"damaged")
    room.look()
    (room.folder / "2.knowledge").unlink()
    (room.folder / "3.knowledge").write_bytes(b"damaged")
    room.look()

    assert len(room.said) == 2


def test_a_gate_that_begins_with_nothing_says_why(begin):
    """No knowledge at all, and a file that is none of ours."""
    room = begin(data=b"something else")

    assert room.told == [NOT_TAKEN]
    assert room.source.current is None
    room.look()
    assert room.told == [NOT_TAKEN]


@pytest.mark.parametrize("number", [1, 2])
def test_a_gate_that_reads_no_names_says_so(begin, number):
    """At the start or later: it isn't enrolled, or its key was changed."""
    room = begin(enrolled=number != 1)
    room.export(2, enrolled=False)
    if number == 2:
        room.look()

    assert room.told == [NO_NAMES]
    assert room.said == [NO_NAMES.en]


def test_a_lane_the_school_dropped_still_learns_revocations(school, begin):
    """Its places stay as they were; whoever was revoked is refused all the same."""
    held = school.issue()
    room = begin()
    school.set_status(held, Status.REVOKED)
    room.export(2, Told(site=without_entry()))

    room.look()

    assert room.working.lane.bench.lane.name == "entry-1"
    assert "revoked" in room.working.show(held.text).decision.reasons
    assert room.told == [NO_LANE]
    assert "the school's lanes are exit-1" in room.said[0]


def test_a_lane_the_school_renamed_is_shown_renamed(begin):
    """On the agents' screens, from the next look on."""
    room = begin()
    site = default_site()
    renamed = replace(site.lane("entry-1"), title=Words("Portail sud", "South gate"))
    room.export(2, Told(site=replace(site, lanes=(renamed, site.lane("exit-1")))))

    room.look()

    assert room.working.board.snapshot().lane.title.fr == "Portail sud"


def test_a_mode_that_could_not_be_written_is_taken_up_at_the_next_look(begin):
    """The chore fails, is told by the loop, and tries again."""
    room = begin()
    site = default_site()
    lanes = tuple(replace(lane, mode=Mode.FREE) for lane in site.lanes)
    room.export(2, Told(site=replace(site, lanes=lanes)))
    room.working.disk.broken = True
    with pytest.raises(JournalError):
        room.look()
    room.working.disk.broken = False

    room.look()

    assert room.working.board.snapshot().mode is Mode.FREE


def test_the_lane_goes_on_while_knowledge_is_read(school, begin, monkeypatch):
    """A look that takes long holds up no showing, is not begun twice, and changes nothing yet."""
    held = school.issue()
    room = begin()
    school.set_status(held, Status.REVOKED)
    room.export(2)
    reading, go_on = threading.Event(), threading.Event()
    look = room.source.look

    def slow() -> None:
        reading.set()
        assert go_on.wait(20)
        look()

    monkeypatch.setattr(room.source, "look", slow)
    room.learning.look()
    assert reading.wait(20)
    room.learning.look()
    room.learning.take_up()
    during = room.working.show(held.text)
    go_on.set()
    room.learning.close()
    room.learning.take_up()

    assert during.granted
    assert "revoked" in room.working.show(held.text).decision.reasons


def test_a_look_that_fails_unforeseen_is_told_by_the_loop(begin, monkeypatch):
    """For as long as it fails; the next look may find the trouble gone."""
    room = begin()

    def bug() -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(room.source, "look", bug)
        with pytest.raises(ZeroDivisionError):
            room.look()
        with pytest.raises(ZeroDivisionError):
            room.learning.take_up()

    room.look()


def test_a_gate_stopped_before_its_first_look_waits_for_none(begin):
    """Nothing is being read: closing returns at once, as often as asked."""
    room = begin()

    room.learning.close()
    room.learning.close()

    assert room.source.current is not None
