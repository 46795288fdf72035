"""What a lane writes: durably, at the gate's time, and agents see when it fails."""

from collections.abc import Iterator

import pytest

from portique.core.entries import NoticeBody
from portique.core.errors import JournalError
from portique.gate.board import Organ
from portique.gate.writing import TABLE_HEAD, decision_body
from portique.testing.lanes import WorkingLane, open_lane

TICK = NoticeBody("tick")


@pytest.fixture
def working(school, tmp_path) -> Iterator[WorkingLane]:
    lane = open_lane(tmp_path / "journal.db", school)
    yield lane
    lane.close()


def test_an_entry_is_written_at_the_gates_time(working):
    """Its receipt names it, and its duration is a figure."""
    receipt = working.lane._write(TICK)

    row = working.journal.rows()[-1]
    assert (row.number, row.time_ms) == (receipt.number, working.clock.now_ms())
    count = "portique_journal_append_seconds_count"
    assert working.metrics.registry.get_sample_value(count) == 1


def test_a_disk_that_fails_is_seen_until_it_works_again(working):
    """The caller learns it too, and gives no order to the door."""
    working.disk.broken = True
    with pytest.raises(JournalError):
        working.lane._write(TICK)
    during = [fault.organ for fault in working.board.snapshot().faults]
    working.disk.broken = False
    working.lane._write(TICK)

    assert (during, working.board.snapshot().faults) == ([Organ.JOURNAL], ())


def test_a_decision_is_written_with_what_it_was_based_on(school, tmp_path):
    """Versions, table, posture, whose pass: everything but a name."""
    held = school.issue()
    working = open_lane(tmp_path / "other.db", school, known=school.knowledge())
    judged = working.show(held.text)
    assert judged is not None
    body = decision_body(judged, 7, working.lane.bench)
    working.close()

    assert (body.showing, body.lane, body.holder) == (7, "entry-1", held.holder)
    assert dict(body.versions) == {"epoch": 1, "knowledge": 1}
    assert body.table == judged.decision.table_hash[:TABLE_HEAD]
    assert held.name.encode() not in body.to_body()


def test_a_gate_that_knows_nothing_writes_what_it_decided(working):
    """No versions, no pass and no holder."""
    judged = working.show("no pass")
    assert judged is not None

    body = decision_body(judged, 1, working.lane.bench)

    assert (body.versions, body.pass_id, body.holder, body.reasons) == (
        (),
        None,
        None,
        tuple(str(reason) for reason in judged.decision.reasons),
    )
