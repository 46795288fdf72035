"""News: rulings of consoles, showings elsewhere, knowledge, time and the gate's own report."""

import threading
from dataclasses import replace

import pytest

from portique import __version__
from portique.core import wire_news
from portique.core.decide import Outcome
from portique.core.entries import ManualAdmissionBody, Ruling, RulingBody
from portique.core.errors import LinkError
from portique.core.knowledge import Version
from portique.core.sentences import DenyReason, ManualReason
from portique.core.values import Kind
from portique.core.wire_news import ConsoleAdmission, ConsoleRuling, Elsewhere, Note
from portique.gate.board import FreshnessState, Organ
from portique.gate.faults import NO_CAMERA
from portique.gate.link import client, health
from portique.gate.link.calls import UnprovedAnswer
from portique.gate.link.filing import Refused
from portique.testing.link_server import Fault


def refer(linked):
    """Show a pass that an agent must answer for; return its showing and its entry's number."""
    linked.working.show("PQ1:NOT A PASS")
    [card] = linked.working.board.snapshot().waiting
    return card.showing, linked.working.journal.head.number


def rule(linked, number, ruling=Ruling.ADMIT, reason="known", epoch=1):
    said = ConsoleRuling(epoch, number, ruling, reason, "cpe-1")
    return linked.server.tell("entry-1", said.to_note)


def rulings(linked):
    return [body for body in linked.working.bodies() if isinstance(body, RulingBody)]


def take_up_on_a_broken_disk(linked):
    linked.working.clock.advance(15_000)
    linked.link.turn()
    linked.working.disk.broken = True
    with pytest.raises(Exception, match="disk"):
        linked.link.take_up()


def test_a_console_rules_on_a_card_that_waits(linked):
    """The door opens, the card goes, and the entry tells the server who ruled."""
    _, number = refer(linked)
    rule(linked, number)
    linked.news()
    linked.drain()

    [ruled] = rulings(linked)
    assert (ruled.agent, ruled.number, ruled.ruling) == ("cpe-1", number, Ruling.ADMIT)
    assert linked.working.board.snapshot().waiting == ()
    assert linked.working.door.releases == 1
    assert len(linked.held()) == len(linked.rows())


def test_the_gates_own_agent_wins_when_first(linked):
    """The console's answer comes too late and becomes no entry; its note is not asked for again."""
    showing, number = refer(linked)
    linked.working.lane.rule(showing, Ruling.DENY, DenyReason.SENT, "loge")
    note = rule(linked, number)
    linked.news()

    [ruled] = rulings(linked)
    assert ruled.agent == "loge"
    assert linked.working.door.releases == 0
    linked.news()
    assert linked.server.holding.notes["entry-1"] == []
    assert linked.link._errands.cursor == note.number


@pytest.mark.parametrize("turn", range(20))
def test_two_answers_at_once_make_one_entry(linked, turn):
    """Whichever thread is first at the lane's lock wins, and the other is told."""
    showing, number = refer(linked)
    rule(linked, number)
    linked.working.clock.advance(15_000)
    linked.link.turn()
    ready, late = threading.Barrier(2), []

    def local():
        ready.wait()
        try:
            linked.working.lane.rule(showing, Ruling.DENY, DenyReason.SENT, "loge")
        except Exception as error:  # noqa: BLE001 - whoever lost
            late.append(error)

    thread = threading.Thread(target=local)
    thread.start()
    ready.wait()
    linked.link.take_up()
    thread.join()

    assert len(rulings(linked)) == 1


@pytest.mark.parametrize(
    "note",
    [
        lambda n: Note(n, "weather", {1: "rain"}),
        lambda n: Note(n, "ruling", {1: "of a newer form"}),
        lambda n: ConsoleRuling(1, 999, Ruling.ADMIT, "known", "cpe-1").to_note(n),
        lambda n: ConsoleRuling(1, 2, Ruling.ADMIT, "sent", "cpe-1").to_note(n),
        lambda n: Note(n, "elsewhere", {1: b"short"}),
    ],
    ids=["unknown kind", "newer form", "no such card", "a reason of the other kind", "damaged"],
)
def test_a_note_that_cannot_be_taken_up_is_skipped(linked, note):
    """The next ones are taken up, and the cursor goes on."""
    _, number = refer(linked)
    linked.server.tell("entry-1", note)
    last = rule(linked, number)
    linked.news()

    assert len(rulings(linked)) == 1
    assert linked.link._errands.cursor == last.number


def test_a_ruling_the_disk_refuses_is_told_and_keeps_the_others(linked):
    """Nothing was done: the console sees no entry, and the loop tells agents why."""
    _, number = refer(linked)
    rule(linked, number)
    take_up_on_a_broken_disk(linked)

    assert linked.working.door.releases == 0
    assert len(linked.working.board.snapshot().waiting) == 1


def test_a_holder_seen_at_another_lane_is_remembered(linked):
    """A pass copied for somebody at the other entrance is no longer granted in silence."""
    held = linked.school.issue("Zoé Martin", kind=Kind.STAFF)
    now = linked.working.clock.now_ms()
    seen = Elsewhere(held.holder, now + 3_600_000, "entry-2")
    linked.server.tell("entry-1", seen.to_note)
    linked.news()

    remembered = linked.working.lane.recall._elsewhere
    assert remembered == {held.holder: linked.working.clock.now_ms()}  # never later than now


def test_a_gate_reports_how_it_is(linked):
    """The server learns version, journal, knowledge, clock, mode and disk."""
    linked.drain()
    linked.news()
    told = linked.server.reports["entry-1"]

    assert (told.version, told.epoch, told.last) == (__version__, 1, 1)
    assert (told.unsent, told.knowledge, told.mode) == (0, Version(1, 1), "control")
    assert told.clock_trusted
    assert told.disk_free > 0


def failing(linked):
    return linked.server.reports["entry-1"].failing


def test_a_gate_reports_what_does_not_work_at_its_lane(linked):
    """By the organs' names; its clock has a field of its own, and the server knows of itself."""
    for organ in Organ:
        linked.working.board.set_fault(organ, NO_CAMERA)
    linked.news()

    assert failing(linked) == ("camera", "decoder", "door", "journal", "reader")


def test_a_camera_that_fails_is_reported_at_once(linked):
    """Long before news are due; and once."""
    linked.news()
    before = len(linked.server.asked)
    linked.working.board.set_fault(Organ.CAMERA, NO_CAMERA)
    linked.working.clock.advance(client.NEWS_GAP_MS)
    linked.turn(3)

    assert failing(linked) == ("camera",)
    assert linked.server.asked[before:] == ["POST /gate/v1/news"]


def test_a_camera_that_works_again_is_reported_once_it_has_for_a_while(linked):
    """With the next report then, asked for or not."""
    linked.working.board.set_fault(Organ.CAMERA, NO_CAMERA)
    linked.news()
    linked.working.board.set_fault(Organ.CAMERA, None)
    linked.news()
    during = failing(linked)
    linked.working.clock.advance(health.CALM_MS)
    linked.turn()

    assert (during, failing(linked)) == (("camera",), ())


def test_a_camera_that_comes_and_goes_makes_no_flood_of_reports(linked):
    """It is one failure, told once: the next report is the one that was due."""
    linked.news()
    before = len(linked.server.asked)
    for turn in range(20):
        linked.working.board.set_fault(Organ.CAMERA, None if turn % 2 else NO_CAMERA)
        linked.working.clock.advance(client.NEWS_GAP_MS)
        linked.turn()

    assert linked.server.asked[before:] == ["POST /gate/v1/news"]
    assert failing(linked) == ("camera",)


def test_a_server_from_before_this_field_still_gives_news(linked, monkeypatch):
    """It can't read the report: the gate says the rest, and what the console asks is done."""

    def former(data):
        report = read_report(data)
        if report.health.failing:
            raise LinkError("a key more")
        return report

    read_report = wire_news.read_report
    monkeypatch.setattr(wire_news, "read_report", former)
    linked.working.board.set_fault(Organ.CAMERA, NO_CAMERA)
    ask_to_open(linked)
    linked.news()

    assert failing(linked) == ()
    assert linked.working.door.releases == 1


def test_a_fault_that_did_not_reach_the_server_is_reported_again(linked):
    """Whatever was lost on the way; the link's own pace of failures holds."""
    linked.news()
    linked.working.board.set_fault(Organ.DOOR, NO_CAMERA)
    linked.working.clock.advance(client.NEWS_GAP_MS)
    linked.server.faults.append(Fault.LOST_AFTER)
    with pytest.raises(LinkError):
        linked.turn()
    linked.working.clock.advance(client.NEWS_GAP_MS)
    linked.turn()

    assert linked.link._reported == failing(linked) == ("door",)


def test_newer_knowledge_is_fetched_and_taken_up(linked):
    """The version in the news is enough; the lane then judges by it, and the file is kept."""
    linked.publish(2)
    linked.news()
    linked.turn()

    assert linked.source.current.version == Version(1, 2)
    assert linked.working.lane.bench.knowledge.version == Version(1, 2)


def test_newer_knowledge_is_fetched_at_once_on_a_quiet_lane(linked):
    """Nobody passes, and yet a change does not wait for the next news."""
    linked.publish(2)
    linked.working.clock.advance(15_000)

    assert linked.link.turn() == client.BREATH_S


def test_an_acknowledgement_brings_newer_knowledge_too(linked):
    """Nobody waits for the news of a lane at work."""
    linked.publish(3)
    linked.working.show("PQ1:NOT A PASS")
    linked.turn(2)

    assert linked.source.current.version == Version(1, 3)


def test_knowledge_of_another_school_is_not_written(linked, school):
    """What the server sends is believed by the school's signature alone."""
    linked.server.publish(Version(1, 9), type(school)(77).bundle(9))
    linked.news()
    with pytest.raises(LinkError, match="no use"):
        linked.turn()

    assert linked.source.current.version == Version(1, 1)
    linked.turn()  # and it is not fetched again at once


def test_older_knowledge_is_never_taken(linked):
    """A server that forgot a revocation cannot take it back."""
    linked.publish(5)
    linked.news()
    linked.turn()
    linked.publish(4)
    linked.news()
    linked.turn()

    assert linked.source.current.version == Version(1, 5)


def test_a_clock_that_ran_ahead_is_put_right(linked):
    """Ten years ahead: the server's signed time counts, from the next answer on."""
    true_ms = linked.working.clock.now_ms()
    linked.server.now_ms = lambda: true_ms
    linked.working.clock._now_ms += 10 * 365 * 86_400_000
    linked.news()

    assert linked.working.clock.now_ms() == true_ms


def test_a_removed_gate_says_so_and_goes_on_deciding(linked):
    """Agents read that it is no longer known; the lane decides as before."""
    linked.server.remove_gate("entry-1")
    linked.working.clock.advance(15_000)
    with pytest.raises(UnprovedAnswer) as unproved:
        linked.turn()
    linked.link._failed(unproved.value)
    with pytest.raises(Refused) as refused:
        linked.turn()
    linked.link._failed(refused.value)

    [fault] = linked.working.board.snapshot().faults
    assert fault.organ is Organ.SERVER
    assert linked.working.show("PQ1:NOT A PASS").decision.outcome is Outcome.REFUSE


def test_a_gate_enrolled_again_works_again(linked):
    """The fault goes with the first answer, and not before: a turn that asks nothing is none."""
    linked.drain()
    linked.news()
    linked.link._failed(Refused(401))
    linked.link._due.ask_again_ms = linked.working.clock.monotonic_ms() + 60_000
    linked.turn()
    assert linked.working.board.snapshot().faults
    linked.news()

    assert linked.working.board.snapshot().faults == ()


def test_new_keys_of_orders_are_learnt_from_knowledge(linked):
    """A gate that slept through a change of keys believes the bundle, then the answers."""
    key = linked.school._key(linked.school.orders_key.purpose)
    linked.server._orders = key
    linked.school.orders_key = key
    linked.school._keys = type(linked.school._keys)(
        linked.school._keys.issuers,
        linked.school._keys.status,
        key.public,
        linked.school._keys.names,
    )
    linked.publish(2)
    linked.working.clock.advance(15_000)
    with pytest.raises(UnprovedAnswer) as caught:
        linked.turn()
    linked.link._failed(caught.value)
    linked.turn()
    linked.news()

    assert linked.source.current.version == Version(1, 2)
    assert linked.server.reports["entry-1"].knowledge == Version(1, 2)


def test_a_gate_without_knowledge_fetches_it_first(linking):
    """Nothing else can be believed before; then everything is filed."""
    linked = linking()
    assert linked.source.current.version == Version(1, 1)
    assert linked.server.asked[0] == "GET /gate/v1/knowledge"


def test_a_gate_without_knowledge_asks_again_as_soon_as_it_may_call(linking):
    """A first answer that was lost costs it no minute: without keys it can do nothing else."""
    linked = linking(known=False)
    with pytest.raises(LinkError):
        linked.turn()
    linked.server.add_gate("entry-1", linked.school.gate_key.public)
    linked.turn()
    linked.learn()

    assert linked.source.current.version == Version(1, 1)


def test_a_server_that_lost_notes_gives_new_ones_again(linked):
    """Its numbers begin lower: the gate follows, and asks what entries it has lost."""
    for _ in range(3):
        linked.server.tell("entry-1", lambda n: Note(n, "weather", {}))
    linked.news()
    linked.server.holding.last_note = 0
    linked.news()
    _, number = refer(linked)
    rule(linked, number)
    linked.news()

    assert len(rulings(linked)) == 1


def test_more_notes_than_fit_are_fetched_at_once(linked):
    """The cursor goes on note by note, and none is skipped."""
    for _ in range(150):
        linked.server.tell("entry-1", lambda n: Note(n, "weather", {}))
    linked.news()
    assert linked.link._errands.cursor == 100
    linked.working.clock.advance(client.NEWS_GAP_MS)
    linked.turn()

    assert linked.link._errands.cursor == 150


def test_agents_see_when_the_server_was_last_heard(linked):
    """Fresh while it answers, ageing after two minutes, with what waits; never a fault."""
    linked.drain()
    linked.news()
    assert linked.link.freshness().state is FreshnessState.FRESH
    linked.working.clock.advance(180_000)
    linked.server.faults.append(Fault.LOST_BEFORE)
    with pytest.raises(LinkError):
        linked.turn()
    told = linked.link.freshness()

    assert (told.state, told.age_s) == (FreshnessState.AGEING, 180)
    assert linked.working.board.snapshot().faults == ()


def test_an_event_asks_at_once_but_not_in_a_row(linked):
    """Forged events cost one question each third of a second, at the most."""
    linked.news()
    before = len(linked.server.asked)
    for _ in range(20):
        linked.link.ask_now()
        linked.turn()
    assert len(linked.server.asked) == before
    linked.working.clock.advance(client.NEWS_GAP_MS)
    linked.turn()

    assert linked.server.asked[before:] == ["POST /gate/v1/news"]


def ask_to_open(linked, **changes):
    """Have somebody at a console open the door; return what was asked."""
    at_ms = linked.working.clock.now_ms()
    asked = ConsoleAdmission("8877665544332211", at_ms, "entry-1", "forgotten", "console-0a1b2c3d")
    asked = replace(asked, **changes)
    linked.server.tell("entry-1", asked.to_note)
    return asked


def admissions(linked):
    return [body for body in linked.working.bodies() if isinstance(body, ManualAdmissionBody)]


def test_a_console_opens_the_door_for_somebody_without_a_pass(linked):
    """Written with the request's own number, then opened; agents see who did it and why."""
    asked = ask_to_open(linked)
    linked.news()

    [body] = admissions(linked)
    assert (body.admission, body.agent) == (asked.admission, "console-0a1b2c3d")
    assert linked.working.door.releases == 1
    [card] = linked.working.board.snapshot().recent
    assert (card.ruled.agent, card.ruled.reason) == (body.agent, ManualReason.FORGOTTEN)
    assert card.note is not None


def test_a_door_is_opened_once_whatever_note_brings_it_again(linked):
    """Asked twice in one turn, and again under another number by a restored server."""
    for _ in range(2):
        ask_to_open(linked)
    linked.news()
    ask_to_open(linked)
    linked.news()

    assert linked.working.door.releases == len(admissions(linked)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"at_ms": 0}, {"lane": "exit-1"}, {"reason": "because"}],
    ids=["long ago", "another lane", "a reason that is none"],
)
def test_a_door_is_not_opened_for_what_is_late_or_strange(linked, changes):
    """Nothing is written, nothing opens, and the gate does not ask for the note again."""
    ask_to_open(linked, **changes)
    linked.news()

    assert (linked.working.door.releases, admissions(linked)) == (0, [])
    assert linked.link._errands.cursor == linked.server.holding.last_note


def test_a_door_that_could_not_be_written_down_stays_shut(linked):
    """No entry, no opening: the console sees no answer."""
    ask_to_open(linked)
    take_up_on_a_broken_disk(linked)

    assert linked.working.door.releases == 0
