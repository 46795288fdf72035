"""A lane over recorded frames: every frame, their own time, the same answers each run."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from portique.core.entries import DecisionBody
from portique.core.zones import Mode
from portique.gate.capture import Frame
from portique.gate.capture.messages import Looked, ReadCode
from portique.gate.journal import Journal
from portique.gate.judge import Bench
from portique.gate.ports import DoubtfulTime
from portique.gate.replay import FrameClock, Replay
from portique.testing.fakes import MONDAY_0800_MS as NOW
from portique.testing.journals import open_journal
from portique.testing.lanes import PocketSchool

SQUARE = ((10.0, 10.0), (60.0, 10.0), (60.0, 60.0), (10.0, 60.0))
GREY = np.zeros((120, 160), np.uint8)


class Script:
    """A reader that sees in each frame what a test wrote there."""

    def __init__(self, *texts: str | None) -> None:
        self._texts = iter(texts)

    def read(self, _grey: np.ndarray, **_at: int) -> Looked:
        text = next(self._texts)
        codes = () if text is None else (ReadCode(text, SQUARE, sharpened=False),)
        return Looked(0, codes, (), 1)


@pytest.fixture
def journal(tmp_path) -> Iterator[Journal]:
    made = open_journal(tmp_path / "journal.db", now_ms=NOW - 3_600_000)
    yield made
    made.close(at_ms=made.highest_ms)


def frames(count: int, *, from_ms: int = NOW, every_ms: int = 1_000) -> list[Frame]:
    return [Frame(n, from_ms + n * every_ms, GREY) for n in range(count)]


def bench(school: PocketSchool) -> Bench:
    known = school.knowledge()
    return Bench(school.uai, known.site.lane("entry-1"), known)


def run(replay: Replay, shown: list[Frame]):
    return list(replay.run(shown, closing=threading.Event()))


def test_each_showing_is_decided_at_its_frame(school, journal):
    """Time and number are the frame's; the tally adds up."""
    held = school.issue()
    replay = Replay(bench(school), journal, Script(None, held.text, held.text, None))

    [decided] = run(replay, frames(4))

    assert (decided.t_s, decided.frame, decided.judged.granted) == (1.0, 1, True)
    assert (replay.tally.frames, replay.tally.seconds) == (4, 3.0)
    assert (replay.tally.decisions, replay.tally.outcomes) == (1, {"grant": 1})


def test_a_showing_of_a_replay_is_journalled(school, journal):
    """Through the same lane as in service, at the frame's time."""
    held = school.issue()
    run(Replay(bench(school), journal, Script(held.text)), frames(1))

    row = journal.rows()[-1]
    assert isinstance(row.read(), DecisionBody)
    assert row.time_ms == NOW


def test_a_second_replay_over_the_same_journal_remembers(school, journal):
    """A lane stopped and started again: the same holder is a double use."""
    held = school.issue()
    run(Replay(bench(school), journal, Script(held.text)), frames(1))

    again = Replay(bench(school), journal, Script(held.text))
    [decided] = run(again, frames(1, from_ms=NOW + 10_000))

    assert [str(reason) for reason in decided.judged.decision.reasons] == ["double-use"]


def test_frames_before_the_journals_last_entry_are_not_trusted(school, journal):
    """The high-water mark comes from the journal: an older film is a clock that ran back."""
    held = school.issue()
    run(Replay(bench(school), journal, Script(None, held.text)), frames(2))

    late = school.issue()
    replay = Replay(bench(school), journal, Script(late.text))
    [decided] = run(replay, frames(1, from_ms=NOW - 60_000))

    assert "time-untrusted" in [str(reason) for reason in decided.judged.decision.reasons]


def test_a_replay_in_a_mode_that_decides_nothing_yields_nothing(school, journal):
    """Counted, not decided."""
    held = school.issue()
    at = bench(school)
    counting = Bench(at.uai, replace(at.lane, mode=Mode.COUNTING), at.knowledge)

    replay = Replay(counting, journal, Script(held.text))

    assert run(replay, frames(1)) == []
    assert replay.tally.decisions == 0


def test_a_replay_can_be_stopped(school, journal):
    """Nothing is looked at once it is told to close."""
    closing = threading.Event()
    closing.set()
    replay = Replay(bench(school), journal, Script())

    assert list(replay.run(frames(3), closing=closing)) == []
    assert replay.tally.frames == 0


def test_the_frames_clock_is_trusted_from_the_high_water_on():
    """Below it: doubted, by how much, and never told as an earlier time."""
    clock = FrameClock(high_water_ms=1_000)
    clock.at_ms = 400
    below = clock.state
    told_below = clock.now_ms()
    clock.at_ms = 1_000

    assert (below.doubt, below.uncertainty_ms) == (DoubtfulTime.ROLLED_BACK, 600)
    assert told_below == 1_000
    assert clock.state.trusted
    assert (clock.now_ms(), clock.monotonic_ms()) == (1_000, 1_000)
