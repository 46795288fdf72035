"""Filings: every entry once, whatever the network does; what contradicts is disputed and told."""

import os
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.gates.wired import HEALTH, WiredGate, alarms, decision

from portique.core.entries import (
    Authority,
    EpochBody,
    EpochCause,
    NoticeBody,
    OrderBody,
)
from portique.core.seal import Purpose, private_key
from portique.core.values import PassId
from portique.core.wire_news import Report
from portique.gate.journal_erasing import open_order
from portique.school.register import EnrolledGate
from portique.server.clock import now
from portique.server.gates import actions, receivers
from portique.server.gates.actions import filing
from portique.server.gates.models import (
    Alarm,
    AlarmKind,
    Crossing,
    Entry,
    Epoch,
    Gate,
    Head,
)
from portique.server.passes.register import DatabaseRegister


def test_what_is_filed_is_held_and_acknowledged(gate, told):
    """The acknowledgement says how far, and what to fetch; receivers are told of each entry."""
    said = gate.begin(4).acknowledged()

    assert (said.epoch, said.number, said.set_aside) == (1, 5, ())
    assert said.knowledge == actions.newest_version(now())
    assert Entry.objects.count() == 5
    assert [number for _, _, number, _, _ in told] == [1, 2, 3, 4, 5]


def test_the_same_filing_again_changes_nothing(gate, told):
    """A repeated filing is acknowledged alike and told to nobody again."""
    gate.begin(4)
    first, again = gate.acknowledged(), gate.acknowledged()

    assert first == again
    assert (Entry.objects.count(), len(told), alarms()) == (5, 5, [])


def test_a_filing_that_overlaps_adds_only_what_is_new(gate, told):
    """Lines already held are compared, not stored."""
    gate.begin(9)
    gate.acknowledged(1, 6)

    assert gate.acknowledged(3, 10).number == 10
    assert (Entry.objects.count(), len(told)) == (10, 10)


def test_a_filing_beyond_what_is_held_asks_for_the_rest(gate):
    """Nothing is stored, and the acknowledgement says where to begin."""
    gate.begin(9)
    gate.acknowledged(1, 3)

    assert gate.acknowledged(6, 10).number == 3
    assert Entry.objects.count() == 3


def test_an_epoch_never_heard_of_is_asked_for_from_its_beginning(gate):
    """A server that came back from a backup says zero."""
    assert gate.begin(5).acknowledged(6, 6).number == 0
    assert not Epoch.objects.exists()


def test_another_entry_under_a_known_number_is_disputed(gate):
    """A gate restored from a copy: 409, an alarm, and nothing is changed."""
    gate.begin(4)
    gate.acknowledged()
    held = list(Entry.objects.values_list("chain", flat=True))
    gate.lines = gate.lines[:3]
    gate.write(NoticeBody("other"), NoticeBody("other"), NoticeBody("other"))

    assert gate.file(4, head=None).status == 409
    assert alarms() == [AlarmKind.CONFLICT]
    assert list(Entry.objects.values_list("chain", flat=True)) == held


def test_lines_that_follow_from_nothing_are_disputed(gate):
    """A line whose time was changed breaks the chain."""
    gate.begin(2)
    gate.lines[1] = gate.lines[1]._replace(time_ms=7)

    assert gate.file().status == 409
    assert alarms() == [AlarmKind.CHAIN]
    assert not Entry.objects.exists()


def test_an_alarm_that_goes_on_is_counted(gate):
    """Ten disputes of one entry are one alarm, ten times."""
    gate.begin(2)
    gate.lines[1] = gate.lines[1]._replace(time_ms=7)
    for _ in range(3):
        gate.file()

    assert Alarm.objects.get().times == 3


def test_a_journal_that_is_not_what_the_gate_signed_for_is_disputed(gate):
    """The head came before the entries; other entries in their place are found out."""
    gate.begin(9)
    gate.acknowledged(1, 5)
    gate.lines = gate.lines[:5]
    gate.write(*(NoticeBody("other") for _ in range(5)))

    assert gate.file(6, head=None).status == 409
    assert alarms() == [AlarmKind.HEAD]


def test_a_head_that_contradicts_its_lines_is_disputed(gate):
    """A head over another chain is nobody's word for these lines."""
    gate.begin(3)
    other = replace(gate, lines=[]).begin(3)

    assert gate.file(head=other.head()).status == 409
    assert alarms() == [AlarmKind.HEAD]


def test_a_head_of_another_key_is_disputed(gate):
    """Only the gate signs its heads."""
    stranger = replace(gate, key=private_key(Purpose.GATE, os.urandom(48)))
    gate.begin(3)

    assert gate.file(head=stranger.begin(1).head()).status == 409
    assert alarms() == [AlarmKind.HEAD]


def test_an_older_copy_is_known_by_its_newer_and_shorter_head(gate):
    """The journal went back: signed later, for fewer entries."""
    gate.begin(9)
    gate.acknowledged()
    gate.lines = gate.lines[:4]

    assert gate.file(4, head=gate.head(at_ms=gate.clock_ms + 9)).status == 409
    assert alarms() == [AlarmKind.OLDER_COPY]


def test_an_older_filing_that_comes_late_alarms_nobody(gate):
    """What the network held back has an older head, and changes nothing."""
    gate.begin(4)
    early = gate.head()
    gate.clock_ms += 60_000
    gate.write(NoticeBody("later"))
    gate.acknowledged()

    assert gate.acknowledged(1, 4, head=early).number == 6
    assert alarms() == []


def test_a_shorter_journal_is_known_by_its_report(gate):
    """At the first contact: an alarm, and its filings are disputed until somebody saw to it."""
    gate.begin(9)
    head = gate.head()
    gate.acknowledged(head=head)
    gate.news(last=4)

    assert alarms() == [AlarmKind.OLDER_COPY]
    assert gate.file(4, 4, head=head).status == 409
    actions.see_alarm(Alarm.objects.get())
    assert gate.file(4, 4, head=head).status == 200


def test_an_older_report_that_comes_late_alarms_nobody(gate):
    """Its call was signed before one that was seen."""
    gate.begin(9)
    gate.acknowledged()
    gate.clock_ms -= 5000
    gate.news(last=4)

    assert alarms() == []


def test_a_report_that_a_filing_overtakes_alarms_nobody(gate):
    """It was proved before the filing was taken, and looked into afterwards."""
    gate.begin(9)
    proved = Gate.objects.get()
    proved.called_ms = gate.clock_ms - 5000
    gate.acknowledged()
    actions.take_report(proved, Report(0, replace(HEALTH, last=4)), fresh=True)

    assert alarms() == []


@pytest.mark.parametrize(
    "ask", [WiredGate.file, WiredGate.news, lambda gate: gate.call("GET", "/gate/v1/knowledge")]
)
def test_whatever_a_gate_asks_for_it_is_heard(gate, ask):
    """Its last contact is written with what the call does."""
    ask(gate.begin(1))

    heard = Gate.objects.get()
    assert heard.contact_at is not None
    assert heard.called_ms == gate.clock_ms


def test_an_entry_that_is_not_understood_is_kept_and_set_aside(gate, told):
    """It counts as received, both sides know, and the next ones go on."""
    gate.begin(1).write(b"\xa1\x00\x18\x63", NoticeBody("next"))
    said = gate.acknowledged()

    assert said.number == 4
    assert said.set_aside == ((3, "unknown-kind"),)
    assert bytes(Entry.objects.get(number=3).body or b"") == b"\xa1\x00\x18\x63"
    assert [number for _, _, number, _, _ in told] == [1, 2, 4]


def test_an_entry_that_a_receiver_fails_on_holds_up_no_other(gate, told):
    """It is kept and set aside; the receiver has all others, once each."""
    fine = receivers.RECEIVERS[0]

    def picky(parcels):
        filed = [one for parcel in parcels for one in parcel.filed]
        if any(one.number == 2 for one in filed):
            raise KeyError
        fine(parcels)

    receivers.RECEIVERS[:] = [picky]
    gate.begin(3)

    assert gate.acknowledged().set_aside == ((2, "not-taken-up"),)
    assert [number for _, _, number, _, _ in told] == [1, 3, 4]
    assert alarms() == [AlarmKind.RECEIVER]


def test_an_erased_entry_keeps_its_place(gate):
    """It comes without body and salt, and the chain goes on."""
    gate.begin(3)
    gate.lines[2] = gate.lines[2]._replace(salt=None, body=None)

    assert gate.acknowledged().number == 4
    assert Entry.objects.get(number=3).body is None


def test_what_a_gate_erased_is_erased_here_too(gate):
    """An order's entry empties the rows it names, and what was drawn from them."""
    gate.begin().write(decision(), decision())
    gate.acknowledged()
    assert Crossing.objects.count() == 2
    gate.write(OrderBody(Authority.RETENTION, 1, ((1, 2),), rule="next-school-day"))
    gate.acknowledged(4)

    bodies = dict(Entry.objects.values_list("number", "body"))
    assert [number for number, body in sorted(bodies.items()) if body is None] == [2]
    assert Crossing.objects.count() == 1


def test_an_erasure_is_ordered_until_it_is_seen_carried_out(gate):
    """The server's copy goes at once; the gate is told at each filing until its entry arrives."""
    gate.begin(3)
    gate.acknowledged()
    actions.order_erasure(Gate.objects.get(), 1, [2, 3, 7])
    [order] = gate.acknowledged().orders
    erasure = open_order(order, gate.orders.public, gate_id=gate.gate_id)
    gate.write(erasure.body())

    assert erasure.ranges == ((2, 3), (7, 7))
    assert Entry.objects.filter(body=None).count() == 2
    assert gate.acknowledged(5).orders == ()


def test_an_ordered_entry_that_comes_later_comes_without_its_body(gate):
    """The order holds for what the server did not have yet."""
    gate.begin(3)
    actions.order_erasure(Gate.objects.get(), 1, [3])
    gate.acknowledged()

    assert [entry.body is None for entry in Entry.objects.order_by("number")] == [
        False, False, True, False,
    ]  # fmt: skip


def test_what_is_past_its_retention_is_erased(gate):
    """Older bodies go, those of orders and epochs stay."""
    gate.begin()
    gate.write(decision(), at_ms=gate.clock_ms - 1000)
    gate.acknowledged()
    actions.erase_before(gate.clock_ms + 1)

    assert [entry.body is None for entry in Entry.objects.order_by("number")] == [False, True]


def test_a_pass_that_nobody_issued_is_an_alarm(gate):
    """Genuine by its signature and in no register: somebody has the issuing key."""
    gate.begin().write(decision(pass_id=PassId("ffeeddccbbaa9988")))
    gate.acknowledged()

    assert alarms() == [AlarmKind.UNKNOWN_PASS]


def test_a_new_epoch_says_why_and_where_the_former_stood(gate):
    """A gate that found its journal damaged: an alarm, and the former epoch is closed."""
    gate.begin(3)
    gate.acknowledged()
    chain, gate.lines, gate.epoch = gate.chain.hex(), [], 2
    gate.write(EpochBody(2, EpochCause.DAMAGED, 1, 4, chain))
    gate.acknowledged()
    former = Epoch.objects.get(number=1)

    assert (former.closed_number, former.closed_by) == (4, "damaged")
    assert alarms() == [AlarmKind.NEW_EPOCH]


def test_a_lane_s_new_machine_may_take_an_old_name(gate_at, gate):
    """Epochs are known by the key that began them, so that it may begin at 1 again."""
    gate.begin(3)
    gate.acknowledged()
    another = gate_at("entry-1").begin(5)

    assert another.acknowledged().number == 6
    assert sorted(Epoch.objects.values_list("number", "last")) == [(1, 4), (1, 6)]
    assert alarms() == []


def test_a_machine_that_comes_back_goes_on_where_it_was(gate_at, gate, served):
    """Its epoch is still its own, beside the one that another machine began meanwhile."""
    gate.begin(3)
    gate.acknowledged()
    gate_at("entry-1").begin(5).acknowledged()
    public = gate.key.public
    DatabaseRegister().add_gate(EnrolledGate("entry-1", "entry-1", public.x, public.y))
    gate.write(NoticeBody("next"))

    assert gate.acknowledged(5).number == 5
    assert alarms() == []


def test_a_head_of_another_epoch_is_disputed(gate):
    """It is the gate's, and speaks of another journal."""
    gate.begin(3)
    head = replace(gate, epoch=7, lines=[]).begin(9).head()

    assert gate.file(1, 2, head=head).status == 409
    assert alarms() == [AlarmKind.HEAD]


def test_heads_are_kept_only_as_long_as_they_say_more(gate):
    """The newest, and those that speak of entries yet to come."""
    gate.begin(5)
    for last in (2, 4, 6):
        gate.acknowledged(1, last, head=gate.head(last))

    assert list(Head.objects.values_list("number", flat=True)) == [6]


def test_an_epoch_that_misquotes_the_former_one_is_an_alarm(gate):
    """It says that another chain stood where the server holds one."""
    gate.begin(3)
    gate.acknowledged()
    gate.lines, gate.epoch = [], 2
    gate.write(EpochBody(2, EpochCause.ROTATED, 1, 4, "00" * 32))
    gate.acknowledged()

    assert alarms() == [AlarmKind.HEAD]


def test_a_filing_waits_its_turn_before_it_touches_a_row(gate, monkeypatch):
    """Of two lanes that file at once none holds a row that the other waits for."""
    before: list[str] = []
    gate.begin(1)
    with CaptureQueriesContext(connection) as seen:
        turn = lambda: before.extend(query["sql"] for query in seen)  # noqa: E731
        monkeypatch.setattr(filing, "one_at_a_time", turn)
        assert gate.file().status == 200

    assert before  # the call itself was noted
    assert not [sql for sql in before if "FOR UPDATE" in sql or '"gates_epoch"' in sql]
