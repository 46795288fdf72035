"""The lane's loop: looks, lines and chores at its own pace; nothing that fails ends it."""

import io
import json
import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from portique.core.entries import DecisionBody
from portique.core.errors import EnvironmentProblem, JournalError
from portique.gate.capture.messages import Looked, ReadCode
from portique.gate.eyes import Seen
from portique.gate.logs import configure
from portique.gate.loop import LINES_A_TURN, LINES_MAX, Chore, Loop
from portique.gate.ports import Line
from portique.gate.view import View
from portique.testing.lanes import PocketSchool, WorkingLane, open_lane

SQUARE = ((100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0))


class Looks:
    """Eyes that saw what a test says, and then the end of the film."""

    def __init__(self, *seen: Seen | None) -> None:
        self.looks: queue.Queue[Seen | None] = queue.Queue()
        for one in seen:
            self.looks.put(one)


@pytest.fixture
def school() -> PocketSchool:
    return PocketSchool()


@pytest.fixture
def put_to_work(school, tmp_path) -> Iterator[Callable[[], WorkingLane]]:
    made: list[WorkingLane] = []

    def make() -> WorkingLane:
        made.append(open_lane(tmp_path / "journal.db", school, known=school.knowledge()))
        return made[-1]

    yield make
    for lane in made:
        lane.close()


def loop_of(working: WorkingLane, eyes=None, chores=(), **options) -> Loop:
    return Loop(working.lane, View(working.showings), eyes, working.clock, chores, **options)


def seen(text: str, at_ms: int = 0) -> Seen:
    return Seen(0, at_ms, 640, 480, Looked(0, (ReadCode(text, SQUARE, sharpened=False),), (), 1))


def decisions(working: WorkingLane) -> list[DecisionBody]:
    return [body for body in working.bodies() if isinstance(body, DecisionBody)]


def test_a_look_is_decided_by_the_gates_own_time(school, put_to_work):
    """The camera's clock may be anything: the decision's time is the gate's."""
    held = school.issue()
    working = put_to_work()

    loop_of(working, Looks(seen(held.text, at_ms=5), None), ends_with_source=True).run()

    assert [body.pass_id for body in decisions(working)] == [held.pass_id]
    [card] = working.board.snapshot().recent
    assert card.at_ms == working.clock.now_ms()


def test_every_look_before_the_end_is_decided(school, put_to_work):
    """The film's end is taken in after its last frame, however late that was looked at."""
    held = [school.issue() for _ in range(3)]
    working = put_to_work()
    looks = [seen(one.text, at_ms=5_000 * n) for n, one in enumerate(held)]

    loop_of(working, Looks(*looks, None), ends_with_source=True).run()

    assert len(decisions(working)) == 3


def test_a_source_that_ends_does_not_end_a_gate(school, put_to_work):
    """Unless asked to, the gate waits for readers and agents."""
    loop = loop_of(put_to_work(), Looks(None))
    turns: list[int] = []

    def turn() -> None:
        turns.append(1)
        if len(turns) == 4:
            loop.stop.set()

    loop.chores = [Chore("count", 0, turn)]

    loop.run()

    assert len(turns) == 4


def test_a_readers_line_is_decided(school, put_to_work):
    """Without a camera the loop turns all the same."""
    held = school.issue()
    working = put_to_work()
    loop = loop_of(working)
    loop.put_line(Line(held.text, working.clock.now_ms(), "scanner"))

    def stop_once_decided() -> None:
        if decisions(working):
            loop.stop.set()

    loop.chores = [Chore("stop", 0, stop_once_decided)]

    loop.run()

    assert [body.pass_id for body in decisions(working)] == [held.pass_id]


def test_a_flood_of_lines_is_bounded_counted_and_taken_a_few_at_a_time(put_to_work):
    """A broken scanner neither fills the memory nor keeps the door from its sign of life."""
    working = put_to_work()
    loop = loop_of(working)
    for number in range(LINES_MAX + 7):
        loop.put_line(Line(f"junk {number}", working.clock.now_ms(), "scanner"))

    loop._take_lines()

    assert loop.lines_dropped == 7
    assert len(decisions(working)) == LINES_A_TURN


def test_a_chore_runs_at_its_own_interval(put_to_work):
    """At the start, then each time so much uptime has passed."""
    working, ran = put_to_work(), []
    loop = loop_of(working, chores=[Chore("tick", 1_000, lambda: ran.append(1))])
    for _ in range(5):
        loop._do_chores()
        working.clock.advance(500)

    assert len(ran) == 3


def test_a_chore_that_fails_is_told_once_and_tried_again(put_to_work):
    """The log says when it began to fail and when it works again; the loop goes on."""
    working, results = put_to_work(), [JournalError("full"), EnvironmentProblem("no disk"), None]
    log = io.StringIO()
    configure(log, strict=True)

    def chore() -> None:
        result = results.pop(0)
        if result is not None:
            raise result

    loop = loop_of(working, chores=[Chore("checkpoint", 0, chore)])
    for _ in range(3):
        loop._do_chores()

    events = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(e["event"], e["organ"]) for e in events] == [
        ("chore-fails", "checkpoint"),
        ("chore-works-again", "checkpoint"),
    ]
    assert results == []


def test_a_log_that_cannot_be_written_does_not_end_the_loop(put_to_work):
    """The log's disk is as full as the journal's: the lane goes on without it."""

    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    def chore() -> None:
        raise JournalError("full")

    configure(Full())
    loop = loop_of(put_to_work(), chores=[Chore("checkpoint", 0, chore)])

    loop._do_chores()

    assert loop.chores[0].failing


def test_a_bug_in_a_chore_is_not_swallowed(put_to_work):
    """Only our own errors are expected: anything else stops the gate, and the door notices."""
    working = put_to_work()

    def chore() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loop_of(working, chores=[Chore("bug", 0, chore)]).run()


def test_the_loop_ends_when_it_is_told_to(put_to_work):
    """From another thread, within a turn."""
    loop = loop_of(put_to_work(), Looks())
    thread = threading.Thread(target=loop.run)
    thread.start()

    loop.stop.set()
    thread.join(20)

    assert not thread.is_alive()
