"""Notes down: numbered, repeated until taken up; one holder at two lanes at once is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from tests.server.gates.wired import HEALTH, alarms, decision

from portique.core.entries import Ruling, RulingBody
from portique.core.knowledge import Version
from portique.core.wire_news import ADMISSION, ELSEWHERE, Report, elsewhere_of, read_news
from portique.server.clock import now
from portique.server.console.sources import read_newest
from portique.server.gates import actions
from portique.server.gates.models import AlarmKind, Gate, Note
from portique.server.school.models import Counter

HOLDER = "00112233aabbccdd"


def test_notes_come_in_order_until_they_are_taken_up(gate):
    """Asking again with the same cursor gives the same; after a higher one they are let go of."""
    for number in (7, 8):
        actions.send_note("entry-1", "tried", {1: number})
    first, again = gate.news(), gate.news()

    assert [(note.number, note.payload) for note in first.notes] == [(1, {1: 7}), (2, {1: 8})]
    assert again == first
    assert gate.news(first.cursor).notes == ()
    Gate.objects.update(reported_at=now() - timedelta(minutes=1))
    assert gate.news(first.cursor).notes == ()
    assert not Note.objects.exists()


def test_a_report_that_says_nothing_new_waits_for_nobody_s_turn(gate):
    """In a rush gates ask each second: what a row has already is not written again."""
    gate.begin().acknowledged()
    gate.news()
    with CaptureQueriesContext(connection) as asked:
        gate.news()

    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}


@pytest.mark.parametrize(
    "changes", [{"mode": "free"}, {"unsent": 3}, {"failing": ("camera",)}, {"last": 0}]
)
def test_a_report_that_says_something_new_is_written_at_once(gate, changes):
    """However soon it comes after another; so is one of a journal that went back."""
    gate.begin().acknowledged()
    gate.news()
    written_at = Gate.objects.get().reported_at
    gate.news(**changes)
    reported_at = Gate.objects.get().reported_at

    assert written_at is not None
    assert reported_at is not None
    assert reported_at > written_at


def test_a_hundred_notes_come_at_once_and_the_rest_after(gate):
    """The cursor says from where to ask on."""
    actions.send_notes("entry-1", [("tried", {1: number}) for number in range(130)])
    first = gate.news()
    rest = gate.news(first.cursor)

    assert (len(first.notes), first.cursor, len(rest.notes), rest.cursor) == (100, 100, 30, 130)


def test_notes_sent_while_a_report_waits_are_within_its_cursor(gate):
    """The gate would find the news damaged: notes never go beyond it."""
    proved = Gate.objects.get(pk=gate.gate_id)
    actions.send_notes("entry-1", [("tried", {1: number}) for number in range(2)])
    said = actions.take_report(proved, Report(0, HEALTH), fresh=False)

    assert [note.number for note in read_news(said.to_bytes()).notes] == [1, 2]


def test_a_server_that_came_back_from_a_backup_repeats_its_notes(gate):
    """A cursor above all that was ever given loses nothing."""
    actions.send_note("entry-1", "tried", {1: 7})
    news = gate.news(50)

    assert (news.cursor, len(news.notes)) == (1, 1)


def test_news_say_which_knowledge_is_newest(gate):
    """So that a gate fetches what changed."""
    before = gate.news().knowledge
    actions.knowledge_changed()

    assert gate.news().knowledge == Version(before.epoch, before.number + 1)


def test_a_report_says_how_the_gate_is(gate):
    """What pages show."""
    gate.news(unsent=3, disk_free=None, knowledge=Version(1, 4), clock_trusted=False)
    row = Gate.objects.get()

    assert (row.unsent, row.disk_free, row.knowledge_number, row.clock_trusted) == (
        3, None, 4, False,
    )  # fmt: skip


def test_a_holder_let_through_is_told_to_the_other_gates(gate_at):
    """Those that are heard of, and not the one that let them through."""
    first, second = gate_at("entry-1"), gate_at("exit-1")
    for each in (first, second):
        each.news()
    first.begin().write(decision(HOLDER))
    first.acknowledged()
    [note] = second.news().notes

    assert first.news().notes == ()
    assert (note.kind, elsewhere_of(note).holder, elsewhere_of(note).lane) == (
        ELSEWHERE, HOLDER, "entry-1",
    )  # fmt: skip


@pytest.mark.parametrize(("ruling", "notes"), [(Ruling.ADMIT, 1), (Ruling.DENY, 0)])
def test_a_holder_admitted_by_an_agent_is_told_too(gate_at, ruling: Ruling, notes: int):
    """The ruling's entry names the decision, which names the holder."""
    first, second = gate_at("entry-1"), gate_at("exit-1")
    second.news()
    first.begin().write(decision(HOLDER, outcome=1))
    first.acknowledged()
    first.write(RulingBody(1, 1, 2, ruling, "checked", "loge-2"))
    first.acknowledged(3)

    assert len(second.news().notes) == notes


def test_what_is_for_every_gate_is_kept_once_and_not_beyond_its_use(gate_at):
    """Whoever takes it up leaves it for the others; five minutes later another deletes it."""
    gates = [gate_at(lane) for lane in ("entry-1", "entry-2", "exit-1")]
    for each in gates:
        each.news()
    gates[0].begin().write(decision(HOLDER))
    gates[0].acknowledged()
    told = [[note.number for note in each.news().notes] for each in gates]
    kept: list[Any] = list(Note.objects.values_list("gate", "origin"))
    Note.objects.update(at=now() - timedelta(minutes=6))
    Counter.objects.filter(name="notes").update(value=F("value") + 18)
    gates[1].begin().write(decision("8899aabbccddeeff"))
    gates[1].acknowledged()

    assert told == [[], [1], [1]]
    assert kept == [(None, "entry-1")]
    assert list(Note.objects.values_list("origin", flat=True)) == ["entry-2"]


def test_streams_begin_with_the_number_of_the_newest_note(gate):
    """Which is what they say; a gate that is not there is told nothing."""
    before = read_newest()
    actions.send_notes(gate.gate_id, [("tried", {1: number}) for number in range(3)])
    after = read_newest()

    assert (after.of_gate(gate.gate_id), after.note) == ((3, *after.knowledge), 3)
    assert before.of_gate(gate.gate_id) == (0, *before.knowledge)
    assert after.of_gate("exit-1") is None


def test_a_school_of_one_gate_keeps_no_note(gate):
    """Nobody is there to be told who was let through."""
    gate.news()
    gate.begin().write(decision(HOLDER))
    gate.acknowledged()

    assert not Note.objects.exists()


def test_what_was_long_ago_is_told_to_nobody(gate_at):
    """A backlog floods no gate with what is of no use there."""
    first, second = gate_at("entry-1"), gate_at("exit-1")
    second.news()
    first.begin().write(decision(HOLDER), at_ms=first.clock_ms - 3_600_000)
    first.acknowledged()

    assert second.news().notes == ()


def test_a_note_of_somebody_elsewhere_does_not_outlive_its_use(gate):
    """An hour later it is gone, taken up or not."""
    actions.send_note("entry-1", ELSEWHERE, {1: bytes(8), 2: 1, 3: "exit-1"})
    Note.objects.update(at=now() - timedelta(hours=1))

    assert gate.news().notes == ()


@pytest.mark.parametrize(("apart_ms", "told"), [(59_000, [AlarmKind.TWO_LANES]), (61_000, [])])
def test_one_holder_at_two_lanes_at_once_is_flagged_when_they_meet(
    gate_at, apart_ms: int, told: list[str]
):
    """Both lanes were alone and let through: whoever files second raises the alarm."""
    first, second = gate_at("entry-1"), gate_at("entry-2")
    noon = first.clock_ms - 3_600_000
    first.begin().write(decision(HOLDER), at_ms=noon)
    second.begin().write(decision(HOLDER), at_ms=noon + apart_ms)
    first.acknowledged()
    second.acknowledged()

    assert alarms() == told


def test_two_copies_are_flagged_however_late_a_lane_files(gate_at):
    """A lane that was cut off for days: what the other let through is still kept."""
    first, second = gate_at("entry-1"), gate_at("entry-2")
    friday = first.clock_ms - 3 * 24 * 3_600_000
    for gate in (first, second):
        gate.begin().write(decision(HOLDER), at_ms=friday)
        gate.acknowledged()

    assert alarms() == [AlarmKind.TWO_LANES]


def test_a_door_that_was_not_opened_within_a_minute_is_not_asked_for_again(gate):
    """The gate was cut off: whoever stood there was let in by hand."""
    actions.send_note("entry-1", ADMISSION, {1: bytes(8), 2: 1, 3: "entry-1"})
    Note.objects.update(at=now() - timedelta(seconds=61))

    assert gate.news().notes == ()
