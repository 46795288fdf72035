"""What the loop does for the server, and what becomes of an errand that can't be done."""

import shutil

import pytest

from portique.core.errors import EnvironmentProblem, JournalError, LinkError
from portique.core.knowledge import Version
from portique.core.wire_news import News
from portique.gate.journal_values import Receipt
from portique.gate.link import fetching
from portique.gate.link.errands import ERRANDS_MAX
from portique.gate.link.filing import Refused
from portique.gate.ports import DoubtfulTime
from portique.testing.link_server import Fault


def test_more_errands_than_fit_are_put_off(linked):
    """The server repeats what is not taken up: nothing grows without end."""
    for number in range(2 * ERRANDS_MAX):
        linked.link._errands.take_news(News(number))
    linked.link.take_up()

    assert linked.link._errands.cursor == ERRANDS_MAX - 1


def test_an_order_waits_for_a_disk_that_refuses(linked):
    """It was not carried out, so the next one like it is."""
    from tests.gate.link.test_filing import signed_order_of

    for n in range(3):
        linked.working.show(f"PQ1:NOT A PASS {n}")
    order, errands = signed_order_of(linked, [2, 3]), linked.link._errands
    linked.working.disk.broken = True
    errands.erase(order)
    with pytest.raises(JournalError):
        errands.run()
    linked.working.disk.broken = False
    errands.erase(order)
    errands.run()

    assert linked.rows()[1].body is None


def test_a_gate_that_knows_nothing_carries_out_no_order(linking):
    """There is no key to check it by."""
    linked = linking()
    linked.source._current = None
    linked.link._errands.erase(b"order")
    linked.link.take_up()

    assert linked.link._errands._carried_out == set()


def test_only_the_present_epoch_is_begun_anew_and_once(linked):
    """A server that disputes everything can't fill the disk with files."""
    errands, journal = linked.link._errands, linked.working.journal
    for epoch in (7, 1, 2):
        errands.begin_anew(epoch)
        errands.run()

    assert journal.head.epoch == 2


def test_a_disk_that_cannot_tell_its_room_is_left_out(linked, monkeypatch):
    """The report goes all the same."""

    def refuse(_folder):
        raise OSError("no such disk")

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    linked.news()

    assert linked.server.reports["entry-1"].disk_free is None


def test_knowledge_that_cannot_be_written_is_the_disks_trouble(linked, monkeypatch):
    """One sentence; what the gate knows stays in use."""

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fetching, "write_durably", refuse)
    linked.publish(2)
    linked.news()
    with pytest.raises(EnvironmentProblem, match="disk"):
        linked.turn()

    assert linked.source.current.version == Version(1, 1)


def test_the_first_knowledge_brings_the_time_as_well(linking):
    """A gate whose clock is behind would else take its first knowledge for the future's."""
    linked = linking(known=False)
    linked.server.add_gate("entry-1", linked.school.gate_key.public)
    true_ms = linked.working.clock.now_ms()
    linked.server.now_ms = lambda: true_ms
    linked.working.clock._now_ms -= 86_400_000
    linked.working.clock.doubt(DoubtfulTime.ROLLED_BACK)
    linked.turn()

    assert linked.working.clock.now_ms() == true_ms
    assert linked.source.current is not None


def test_the_first_knowledge_stands_without_an_answer(linking):
    """Signed by the school, it is taken whoever brought it; the time is not."""
    linked = linking(known=False)
    linked.server.add_gate("entry-1", linked.school.gate_key.public)
    linked.server._orders = linked.school._key(linked.school.orders_key.purpose)
    before = linked.working.clock.now_ms()
    linked.turn()

    assert linked.source.current is not None
    assert linked.working.clock.now_ms() == before


def test_a_stranger_is_told_so_by_its_first_fetch(linking):
    """401 to the first question: the gate has nothing yet, and says what is wrong."""
    linked = linking(known=False)
    with pytest.raises(Refused) as caught:
        linked.turn()
    linked.link._failed(caught.value)

    assert linked.working.board.snapshot().faults
    with pytest.raises(LinkError, match="no knowledge"):
        linked.link._post("/gate/v1/news", b"")


def test_a_removed_gate_that_is_told_so_by_the_school_asks_seldom(linked):
    """A signed 401 is nothing that half a minute mends."""
    linked.server._answer = lambda *_: (401, b"")
    linked.working.clock.advance(15_000)
    with pytest.raises(Refused) as caught:
        linked.turn()

    assert linked.link._failed(caught.value) >= 300


def test_a_server_living_before_the_software_moves_no_clock(linked, monkeypatch):
    """Its time is refused, its entries are not."""

    def refuse(_signed_ms, *, within_ms):
        raise EnvironmentProblem(f"earlier than the software, by {within_ms}")

    monkeypatch.setattr(linked.working.clock, "heed", refuse)
    linked.drain()

    assert linked.working.journal.pending() == 0


def test_a_bug_of_ours_does_not_end_the_link(linked):
    """It is logged, and tried again like any failure."""
    assert linked.link._failed(ValueError("a bug")) <= 1.0
    assert linked.link.freshness().part == "server"


def test_news_in_trouble_are_asked_for_again(linked):
    """503 for the news as for entries."""
    linked.drain()
    linked.working.clock.advance(15_000)
    linked.server.faults.append(Fault.UNAVAILABLE)
    with pytest.raises(Refused):
        linked.turn()


def test_receipts_that_cannot_be_kept_are_the_disks_trouble(linked, monkeypatch):
    """Not the server's: what was acknowledged is filed again."""
    from portique.gate import outbox

    def refuse(*_):
        raise OSError(28, "No space left on device")

    linked.working.show("PQ1:NOT A PASS")
    monkeypatch.setattr(outbox, "write_durably", refuse)
    with pytest.raises(JournalError, match="receipts"):
        linked.turn()


def test_a_line_refused_even_without_its_body_leaves_its_epoch_alone(linked):
    """Nothing else can be done about it: the others go on."""
    linked.working.show("PQ1:NOT A PASS")
    linked.drain()
    linked.server.refuses = lambda _line: True
    linked.server._take = lambda *_: (400, b"")
    linked.working.show("PQ1:NOT A PASS AGAIN")
    linked.turn(3)

    assert linked.link._filer.disputes
    assert Receipt(1, 2).epoch in linked.link._filer._left_alone
