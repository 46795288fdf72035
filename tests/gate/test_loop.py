"""The lane's loop: looks, lines and chores at its own pace; nothing that fails ends it."""

import io
import json
import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from portique.core.decide import Outcome
from portique.core.entries import DecisionBody, Ruling
from portique.core.errors import EnvironmentProblem, JournalError
from portique.core.sentences import AdmitReason
from portique.gate.board import HolderState
from portique.gate.capture.messages import Looked, ReadCode
from portique.gate.eyes import Seen
from portique.gate.lane import NOT_SERVED
from portique.gate.logs import configure
from portique.gate.loop import AGAIN_MS, LATE_MS, LINES_A_TURN, LINES_MAX, UNFORESEEN, Chore, Loop
from portique.gate.ports import Line
from portique.gate.view import View
from portique.testing.lanes import WorkingLane, open_lane

SQUARE = ((100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0))


class Looks:
    """Eyes that saw what a test says, and then the end of the film."""

    def __init__(self, *seen: Seen | None) -> None:
        self.looks: queue.Queue[Seen | None] = queue.Queue()
        for one in seen:
            self.looks.put(one)


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


def test_a_line_is_judged_by_the_time_it_is_served(school, put_to_work):
    """The same clock as for a code seen by the camera, and later than the line's own end."""
    held = school.issue()
    working = put_to_work()
    loop = loop_of(working)
    loop.put_line(Line(held.text, working.clock.now_ms(), "scanner"))
    working.clock.advance(LATE_MS)

    loop._take_lines()

    [card] = working.board.snapshot().recent
    assert card.at_ms == working.clock.now_ms()


def test_a_line_that_waited_too_long_opens_nothing(school, put_to_work):
    """Its holder has gone in by hand; the next one in the queue must not find the door open."""
    held = school.issue()
    working = put_to_work()
    loop = loop_of(working)
    loop.put_line(Line(held.text, working.clock.now_ms(), "scanner"))
    working.clock.advance(LATE_MS + 1)

    loop._take_lines()

    assert (decisions(working), working.door.releases, loop.lines_dropped) == ([], 0, 1)


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

    assert "checkpoint" in loop._failing


def test_a_bug_in_a_chore_ends_no_lane_and_is_seen(put_to_work):
    """The next chore runs, the log has the error's type alone, agents get a notice."""
    working, ran = put_to_work(), []
    log = io.StringIO()
    configure(log, strict=True)

    def bug() -> None:
        raise ZeroDivisionError("Zoé Martin")

    chores = [Chore("bug", 0, bug), Chore("next", 0, lambda: ran.append(1))]
    loop_of(working, chores=chores)._do_chores()

    [event] = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (event["organ"], event["error"], ran) == ("bug", "ZeroDivisionError", [1])
    assert [alert.detail for alert in working.board.snapshot().alerts] == [UNFORESEEN]


def test_a_bug_that_goes_on_is_told_again_from_time_to_time(put_to_work):
    """An agent who dismissed the notice learns that it still fails; not at every turn."""
    working = put_to_work()

    def bug() -> None:
        raise ZeroDivisionError

    loop = loop_of(working, chores=[Chore("bug", 0, bug)])
    for passed_ms in (0, AGAIN_MS - 1, 1):
        working.clock.advance(passed_ms)
        loop._do_chores()

    assert len(working.board.snapshot().alerts) == 2


def test_a_showing_that_cannot_be_served_goes_to_the_agent(school, put_to_work, monkeypatch):
    """Doubt is a referral: amber, a card to answer, no order to the door; the next one passes."""
    held, next_held = school.issue(), school.issue()
    working = put_to_work()
    loop = loop_of(working)

    def bug(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("portique.gate.lane.judge", bug)
        loop._serve(working.showings.line(held.text, working.clock.now_ms()))
    [card] = working.board.snapshot().waiting
    assert (card.outcome, card.note, working.door.releases) == (Outcome.REFER, NOT_SERVED, 0)
    assert working.board.holder().state is HolderState.AGENT

    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")
    loop._serve(working.showings.line(next_held.text, working.clock.now_ms()))
    assert working.door.releases == 2


def test_a_board_that_fails_as_well_ends_no_lane(put_to_work, monkeypatch):
    """Nothing that could tell is left: the loop still turns."""
    working = put_to_work()

    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(working.lane, "tell", bug)
    loop = loop_of(working, chores=[Chore("bug", 0, bug)])

    loop._do_chores()

    assert loop._failing == {"bug"}


def test_a_broken_queue_of_looks_stops_no_chore(put_to_work, monkeypatch):
    """Whatever the camera's side raises, signs of life go on."""
    turns: list[int] = []
    eyes = Looks()
    loop = loop_of(put_to_work(), eyes)

    def bug(**_: object) -> None:
        raise OSError

    def turn() -> None:
        turns.append(1)
        if len(turns) == 3:
            loop.stop.set()

    monkeypatch.setattr(eyes.looks, "get", bug)
    loop.chores = [Chore("beat", 0, turn)]
    loop.run()

    assert len(turns) == 3


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_being_told_to_end_is_no_bug(put_to_work, end):
    """Ctrl-C and an orderly exit pass through everything."""

    def chore() -> None:
        raise end

    with pytest.raises(end):
        loop_of(put_to_work(), chores=[Chore("end", 0, chore)]).run()


def test_the_loop_ends_when_it_is_told_to(put_to_work):
    """From another thread, within a turn."""
    loop = loop_of(put_to_work(), Looks())
    thread = threading.Thread(target=loop.run)
    thread.start()

    loop.stop.set()
    thread.join(20)

    assert not thread.is_alive()
