"""Floods of codes that are no pass of the school: counted, shown, and no way to fill the disk."""

from collections.abc import Iterator
from typing import Any

import pytest

from portique.core.decide import Outcome
from portique.core.entries import DecisionBody, NoticeBody
from portique.core.errors import JournalError
from portique.gate.board import HolderState
from portique.gate.flood import AT_ONCE_MAX, EACH_MS, QUIET_MS, Flood
from portique.gate.lane import TOO_MANY
from portique.testing.lanes import Held, PocketSchool, WorkingLane, open_lane

BAD_SCANS = 10_000  # reliability.md T7: in a minute, a good pass every five seconds, 1,000 rows
GOOD_EACH = BAD_SCANS // 12


@pytest.fixture
def held(school) -> list[Held]:
    return [school.issue() for _ in range(12)]


@pytest.fixture
def working(school, held, tmp_path) -> Iterator[WorkingLane]:
    assert len(held) == 12
    lane = open_lane(tmp_path / "journal.db", school, known=school.knowledge())
    yield lane
    lane.close()


def cycle(working: WorkingLane, count: int) -> None:
    for number in range(count):
        working.show(f"https://example.org/{number}")


@pytest.mark.slow
def test_ten_thousand_codes_in_a_minute_neither_fill_the_journal_nor_stop_a_pass(working, held):
    """Forged, foreign and made-up codes; each good pass among them is granted at once."""
    strange = PocketSchool(7).issue().text
    forged = held[0].text[:-4] + "0000"
    granted: list[bool] = []
    for number in range(BAD_SCANS):
        working.show((strange, forged, f"PQ1:{number}", f"{number}")[number % 4])
        working.clock.advance(6)
        if number % GOOD_EACH == GOOD_EACH - 1:
            judged: Any = working.show(held[len(granted)].text)
            granted.append(judged.granted)
    working.lane.write_flood()

    bodies = working.bodies()
    assert granted == [True] * 12
    assert len(bodies) <= 1_000
    decided = sum(isinstance(body, DecisionBody) for body in bodies)
    [notice] = [body for body in bodies if isinstance(body, NoticeBody)]
    assert (notice.code, notice.value) == ("unknown-codes", BAD_SCANS + 12 - decided)


def test_whoever_shows_one_code_too_many_is_sent_to_the_agent(working):
    """Amber on the holder's screen and lamp, one notice for the agent, no card and no entry."""
    cycle(working, AT_ONCE_MAX)
    entries, cards = len(working.bodies()), working.board.snapshot().waiting
    working.board.gone(cards[-1].showing)

    assert working.show("one too many") is None
    assert working.show("two too many") is None

    assert len(working.bodies()) == entries
    assert working.board.snapshot().waiting == cards
    assert working.board.holder().state is HolderState.AGENT
    assert working.door.orders[-1] == ("lamp", Outcome.REFUSE)
    assert [alert.detail for alert in working.board.snapshot().alerts] == [TOO_MANY]


def test_a_pass_that_is_refused_is_no_flood(working, school, held):
    """A genuine pass has its entry each time, whatever is decided and whatever else is shown."""
    cycle(working, AT_ONCE_MAX + 1)

    for _ in range(3):
        assert working.show(held[0].text) is not None


def test_a_flood_that_cannot_be_written_is_written_later(working):
    """The disk fails for a minute: the count is not lost."""
    cycle(working, AT_ONCE_MAX + 5)
    working.disk.broken = True
    with pytest.raises(JournalError):
        working.lane.write_flood()
    working.disk.broken = False

    working.lane.write_flood()
    working.lane.write_flood()

    notices = [body.value for body in working.bodies() if isinstance(body, NoticeBody)]
    assert notices == [5]


def test_time_gives_codes_back():
    """One every ten seconds, never more at once than at the start."""
    flood = Flood()
    assert all(flood.takes(0) for _ in range(AT_ONCE_MAX))
    assert not flood.takes(EACH_MS - 1)
    assert flood.takes(EACH_MS)
    assert not flood.takes(EACH_MS)
    day_ms = 86_400_000
    assert all(flood.takes(day_ms) for _ in range(AT_ONCE_MAX))
    assert not flood.takes(day_ms)


def test_a_clock_that_goes_back_gives_nothing():
    """Nor does it take anything away."""
    flood = Flood()
    assert all(flood.takes(1_000_000) for _ in range(AT_ONCE_MAX))

    assert not flood.takes(0)
    assert flood.takes(EACH_MS)


def test_a_flood_begins_once_until_it_was_quiet():
    """Agents are told at its beginning, not at every code."""
    flood = Flood()
    begun = [flood.begins for _ in range(AT_ONCE_MAX + 3) if not flood.takes(0)]
    while flood.takes(QUIET_MS + 1):
        pass

    assert begun == [True, False, False]
    assert (flood.begins, flood.beyond) == (True, 4)
