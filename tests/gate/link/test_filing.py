"""Entries reach the server once each, whatever goes wrong on the way, and nothing blocks them."""

import pytest

from portique.core.entries import EpochBody, NoticeBody
from portique.core.errors import LinkError
from portique.core.wire import Acknowledgement
from portique.gate.board import Organ
from portique.gate.link.filing import Refused
from portique.testing.journals import decision, signed_order
from portique.testing.link_server import Fault


def add(linked, count=5):
    for n in range(count):
        linked.working.journal.append(decision(n), at_ms=linked.working.clock.now_ms())


def test_what_is_filed_is_what_the_journal_holds(linked):
    """Every entry arrives as it was written, with the newest signed head."""
    add(linked)
    linked.working.journal.checkpoint(at_ms=linked.working.clock.now_ms())
    linked.drain()

    assert [tuple(line) for line in linked.held()] == [tuple(row[1:]) for row in linked.rows()]
    assert ("entry-1", 1) in linked.server.holding.heads


def test_nothing_leaves_the_outbox_before_its_receipt(linked):
    """The answer was lost: everything is filed again, and stored once."""
    add(linked)
    linked.server.faults.append(Fault.LOST_AFTER)
    before = linked.working.journal.pending()
    with pytest.raises(LinkError):
        linked.turn()

    assert linked.working.journal.pending() == before
    linked.drain()
    assert linked.server.holding.stored == len(linked.rows())


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.STALLED])
def test_one_fault_of_each_kind_loses_nothing(linked, fault):
    """The next try brings everything, once."""
    add(linked)
    linked.server.faults.append(fault)
    try:
        linked.turn()
    except LinkError:
        linked.turn()
    linked.drain()

    assert linked.server.holding.stored == len(linked.held()) == len(linked.rows())


def test_several_epochs_are_filed_in_order(linked):
    """Former files first; each epoch begins at one."""
    add(linked)
    linked.working.journal.rotate(at_ms=linked.working.clock.now_ms())
    add(linked)
    linked.drain()

    assert len(linked.held(1)) >= 6
    assert [line.number for line in linked.held(2)] == [row.number for row in linked.rows()]


def test_an_entry_the_server_does_not_understand_is_shown_at_the_gate(linked, monkeypatch):
    """It counts as received, and the others follow."""
    monkeypatch.setattr(NoticeBody, "KIND", 99)
    linked.working.journal.append(NoticeBody("from-tomorrow", 1), at_ms=1)
    monkeypatch.undo()
    add(linked)
    linked.drain()

    [aside] = linked.working.journal.entries_set_aside()
    assert aside.why == "unknown-kind"
    linked.news()
    assert linked.server.reports["entry-1"].set_aside == 1


def test_an_entry_the_server_refuses_blocks_nothing(linked):
    """It is found by halves, set aside and kept; its place in the chain is filed without it."""
    add(linked, 20)
    poison = linked.rows()[11].number
    linked.server.refuses = lambda line: line.number == poison
    linked.drain()

    [aside] = linked.working.journal.entries_set_aside()
    assert (aside.number, aside.why) == (poison, "server-400")
    assert linked.held()[poison - 1].body is None
    assert linked.rows()[poison - 1].body is not None
    assert len(linked.held()) == len(linked.rows())


def test_a_server_back_from_a_backup_is_filled_again(linked):
    """Even of an epoch to which nothing is added any more, and though nothing new happens."""
    add(linked)
    linked.drain()
    backup = linked.server.copy()
    add(linked)
    linked.working.journal.rotate(at_ms=linked.working.clock.now_ms())
    add(linked)
    linked.drain()
    linked.server.holding = backup
    linked.server.faults.append(Fault.LOST_BEFORE)  # it was away for a moment
    linked.working.clock.advance(15_000)
    with pytest.raises(LinkError) as caught:
        linked.turn()
    linked.link._failed(caught.value)
    linked.turn()
    linked.drain()

    assert len(linked.held(1)) == 11
    assert len(linked.held(2)) == len(linked.rows())


def test_an_erased_entry_is_filed_without_its_body(linked):
    """Its place is still proved, and the chain goes on."""
    add(linked)
    linked.server.holding.orders["entry-1"] = [signed_order_of(linked, [3, 4])]
    linked.drain()
    linked.turn(3)
    linked.server.holding.lines.clear()
    linked.link._due.ask_again_ms = 0
    linked.turn(2)
    linked.drain()

    assert [line.body is None for line in linked.held()[2:4]] == [True, True]


def signed_order_of(linked, ends):
    from portique.core import canonical, seal

    payload = canonical.encode({1: "entry-1", 2: 1, 3: ends, 4: bytes(8)})
    return seal.sign(payload, linked.school.orders_key, typ="portique-erasure").to_bytes()


def test_an_order_is_carried_out_once_however_often_it_comes(linked):
    """The server repeats it until its entry arrives; a second entry would say nothing new."""
    add(linked)
    linked.server.holding.orders["entry-1"] = [signed_order_of(linked, [2, 3])]
    linked.drain()
    add(linked)
    linked.drain()
    linked.turn(3)

    orders = [row.read() for row in linked.rows() if row.body and row.read().KIND == 7]
    assert [order.ranges for order in orders] == [((2, 3),)]
    assert linked.rows()[1].body is None


def test_an_order_of_somebody_else_erases_nothing(linked):
    """It is refused once, and the loop is told."""
    add(linked)
    linked.server.holding.orders["entry-1"] = [signed_order(1, [2, 3], gate_id="entry-1")]
    linked.link.turn()
    with pytest.raises(Exception, match="refused"):
        linked.link.take_up()
    linked.turn(3)

    assert all(row.body is not None for row in linked.rows())


def test_a_disputed_epoch_is_left_and_a_new_one_begun(linked):
    """The server has other entries under these numbers: agents are told, the rest is filed."""
    add(linked)
    linked.drain()
    linked.server.holding.lines["entry-1", 1].append(
        linked.held()[-1]._replace(number=len(linked.held()) + 1, chain=bytes(32))
    )
    add(linked)
    linked.turn(4)

    assert linked.working.journal.head.epoch == 2
    assert isinstance(linked.rows()[0].read(), EpochBody)
    assert len(linked.held(2)) == len(linked.rows())
    [fault] = linked.working.board.snapshot().faults
    assert fault.organ is Organ.SERVER


def test_a_busy_server_is_asked_again_later(linked):
    """503 is signed, and means: not now."""
    add(linked)
    linked.server.faults.append(Fault.UNAVAILABLE)
    with pytest.raises(Refused) as caught:
        linked.turn()

    assert caught.value.status == 503
    linked.drain()


@pytest.mark.parametrize(
    "said",
    [Acknowledgement(7, 1), Acknowledgement(1, 10_000)],
    ids=["of another epoch", "of entries never made"],
)
def test_an_acknowledgement_of_something_else_changes_nothing(linked, said, monkeypatch):
    """The server speaks of another journal: an error, and everything waits as before."""
    add(linked)
    pending = linked.working.journal.pending()
    monkeypatch.setattr(type(linked.server.holding), "acknowledgement", lambda *_: said)
    with pytest.raises(LinkError):
        linked.turn()

    assert linked.working.journal.pending() == pending
