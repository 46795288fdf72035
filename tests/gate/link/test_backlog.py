"""A gate that was alone for weeks: what waited goes up in one go, while it goes on deciding."""

import threading

import pytest

from portique.core.decide import Outcome
from portique.core.errors import LinkError
from portique.core.values import Kind
from portique.testing.journals import decision
from portique.testing.link_server import Fault

BACKLOG = 5_000


@pytest.mark.slow
def test_a_backlog_drains_while_the_lane_decides(linked):
    """Every entry arrives once, those made meanwhile included; each showing gets its decision."""
    held = [linked.school.issue(f"Élève {n}", kind=Kind.STAFF) for n in range(40)]
    linked.publish(2)
    linked.news()
    linked.turn()
    for n in range(BACKLOG):
        linked.working.journal.append(decision(n), at_ms=linked.working.clock.now_ms())
    failures = []

    def drain():
        while linked.working.journal.pending():
            try:
                linked.link.turn()
            except LinkError as error:
                failures.append(error)

    thread = threading.Thread(target=drain)
    thread.start()
    outcomes = []
    for number, one in enumerate(held):
        if number % 10 == 5:
            linked.server.faults.append(Fault.LOST_AFTER)
        outcomes.append(linked.working.show(one.text).decision.outcome)
        linked.link.take_up()
    thread.join(60)
    linked.server.faults.clear()
    linked.turn()
    linked.drain()

    assert outcomes == [Outcome.GRANT] * len(held)
    assert linked.server.holding.stored == len(linked.held()) == len(linked.rows())
