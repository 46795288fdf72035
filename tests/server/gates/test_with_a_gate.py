"""A real gate's link and the real server, over real sockets, from the code to the removal."""

import os
from contextlib import ExitStack

import pytest
from django.urls import reverse
from tests.server.conftest import AT
from tests.server.school.test_changes_page import make
from tests.server.school.test_timetable_page import agree, upload

from portique.cli.judging import Judgement
from portique.core.decide import Outcome, Reason
from portique.core.entries import NoticeBody, OrderBody, Ruling, RulingBody
from portique.core.sentences import ForgottenReason, ManualReason
from portique.core.values import Kind, Medium, Organ, to_ms
from portique.core.wire_news import ConsoleRuling
from portique.gate.faults import NO_CAMERA
from portique.gate.judge import Bench
from portique.gate.link.client import Around, Link
from portique.gate.link.filing import Refused
from portique.gate.link.joining import join
from portique.gate.link.opening import open_link
from portique.gate.sections import GateConfig, GateSection, JournalSection
from portique.gate.sync import Source
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console import actions as console
from portique.server.console.models import Event, EventKind
from portique.server.gates import actions, queries, receivers
from portique.server.gates.models import Alarm, Entry, ErasureOrder, Gate
from portique.server.passes import actions as passes
from portique.server.passes.quotas import By
from portique.server.people.actions import Particulars, add_person
from portique.server.school.house import ServedSchool
from portique.server.school.models import DayAction
from portique.testing.fakes import FakeClock
from portique.testing.lanes import PocketSchool, WorkingLane, open_lane

pytestmark = pytest.mark.slow  # a real gate

GATE = "entry-1"


BADGE = "04A2B93C7D1E80"


class Joined:
    """A lane at work that joined a served school by an invitation."""

    def __init__(self, served: ServedSchool, address: str, folder, stack: ExitStack) -> None:
        self.clock = FakeClock(to_ms(now()))
        text = queries.invitation_text(served, actions.invite(GATE), address)
        joining = join(text, ca=None, clock=self.clock, entropy=os.urandom)
        school = PocketSchool()
        school.uai, school.gate_key = served.settings.uai, joining.joined.key
        school.knowledge_key = served.keys.knowledge
        (folder / "server.knowledge").write_bytes(joining.bundle or b"")
        self.working: WorkingLane = open_lane(folder / "journal.db", school, clock=self.clock)
        stack.callback(self.working.close)
        self.source = Source(
            school.trust(), folder / "knowledge", folder, beside=folder / "server.knowledge"
        )
        self.source.start()
        config = GateConfig(
            GateSection(id=joining.joined.gate_id, school=school.uai),
            journal=JournalSection(file=folder / "journal.db"),
            server=joining.joined.server,
        )
        lane = self.working
        around = Around(lane.journal, self.source, self.clock, lane.board, lane.metrics, lane.lane)
        self.link: Link = open_link(config, around, school.trust(), self.learn, entropy=os.urandom)
        self.link.listener = None
        stack.callback(self.link.close)
        self.learn()

    def learn(self) -> None:
        """Take up what was fetched."""
        self.source.look()
        known = self.source.current
        assert known is not None
        self.working.lane.learn(Bench(self.working.school.uai, known.site.lane(GATE), known))

    def read(self, line: str):
        """Take a line from a reader, and return what was decided."""
        return self.working.show(line)

    def leaving(self, text: str):
        """Hear the news; return what the exit does of a card at 14:30, Paris time."""
        self.turn()
        known, at = self.source.current, AT.replace(hour=13, minute=30)
        assert known is not None
        bench = Bench(self.working.school.uai, known.site.lane("exit-1"), known)
        return Judgement(bench).judge(text, at).decision.outcome

    def turn(self, times: int = 6) -> None:
        """Let half a minute pass, and do what is due."""
        self.clock.advance(30_000)
        for _ in range(times):
            self.link.turn()
            self.link.take_up()


@pytest.fixture
def joined(transactional_db, live_server, served, monday, tmp_path):
    """Let a gate join over the network."""
    with ExitStack() as stack:
        yield Joined(served, live_server.url.replace("localhost", "127.0.0.1"), tmp_path, stack)


def test_a_gate_joins_files_and_is_told(joined):
    """By its code alone it has an id, keys and rules; what it writes is on the server."""
    for number in range(700):
        joined.working.journal.append(NoticeBody("tried", number), at_ms=joined.clock.now_ms())
    joined.turn()
    joined.turn()
    row, journal = Gate.objects.get(), joined.working.journal

    assert (row.gate_id, row.unsent, row.journal_last) == (GATE, 0, journal.head.number)
    assert Entry.objects.count() == journal.head.number
    assert bytes(Entry.objects.latest("number").chain) == journal.head.chain
    assert row.knowledge_number == actions.newest_version(now()).number
    assert not Alarm.objects.exists()


def test_an_answer_from_a_console_becomes_the_gate_s_entry(joined):
    """Somebody waits at the gate; the console answers; the server has the ruling."""
    joined.working.show("PQ1:NOT A PASS")
    head = joined.working.journal.head
    note = ConsoleRuling(head.epoch, head.number, Ruling.ADMIT, "known", "cpe-1").to_note(0)
    joined.turn()
    actions.send_note(GATE, note.kind, note.payload)
    joined.turn()

    assert Entry.objects.filter(kind=RulingBody.KIND).count() == 1


def test_an_erasure_reaches_the_gate_and_its_entry_comes_back(joined):
    """Ordered here, carried out there, seen here."""
    joined.working.journal.append(NoticeBody("tried", 1), at_ms=joined.clock.now_ms())
    number = joined.working.journal.head.number
    joined.turn()
    actions.order_erasure(Gate.objects.get(), 1, [number])
    joined.working.journal.append(NoticeBody("tried", 2), at_ms=joined.clock.now_ms())
    joined.turn()

    assert ErasureOrder.objects.get().done_at is not None
    assert Entry.objects.filter(kind=OrderBody.KIND).count() == 1
    assert joined.working.journal.rows(number - 1)[0].body is None


@pytest.fixture
def by(account):
    """Somebody of school life."""
    return By(account(Role.SCHOOL_LIFE))


@pytest.fixture
def zoe(joined, monday):
    """Add a pupil after the gate joined."""
    given = Particulars("Zoé", "Martin", label="2de 4", groups=("2de 4",), regime="green")
    return add_person(Kind.PUPIL, given)


def test_a_badge_presented_at_the_office_brings_its_holder_before_the_agent(joined, signed_in, zoe):
    """Nobody's at first; enrolled on the page, known with the next news; its number is nowhere."""
    unknown = joined.read(BADGE)
    signed_in(Role.SCHOOL_LIFE).post(f"/passes/personne/{zoe.pk}/badge/", {"number": BADGE})
    joined.turn()
    judged = joined.read("04:a2:b9:3c:7d:1e:80")
    card = joined.working.board.snapshot().waiting[-1]

    assert [str(reason) for reason in unknown.decision.reasons] == ["not-a-pass"]
    assert [str(reason) for reason in judged.decision.reasons] == ["low-assurance"]
    assert (card.name, card.medium, card.label) == ("Zoé Martin", Medium.BADGE, "2de 4")
    files = joined.working.journal.path.parent.glob("*")
    assert not any(BADGE.encode() in file.read_bytes() for file in files if file.is_file())


def test_a_card_forgotten_at_the_gate_is_let_through_and_filed(joined, by, zoe):
    """Found on the day's list without asking the server, which learns of it afterwards."""
    passes.issue_for(by, zoe)
    joined.turn()
    lane = joined.working.lane
    [found] = lane.find_forgotten("zoe", "2d")
    admitted = lane.admit_forgotten(found.pass_id, ForgottenReason.AT_HOME, "loge")
    joined.turn()
    [ruling] = Entry.objects.filter(kind=RulingBody.KIND)

    assert admitted
    assert b"at-home" in bytes(ruling.body or b"")


def test_a_card_suspended_on_the_page_is_refused_with_the_next_news(joined, by, zoe, signed_in):
    """Granted before; one click and one round of news later, not."""
    card = passes.issue_for(by, zoe)
    joined.turn()
    before = joined.read(card.text).decision.outcome
    form = {"pass": card.pass_id, "change": "suspend"}
    signed_in(Role.HEAD).post("/passes/changer/", form)
    joined.turn()

    assert before is Outcome.GRANT
    assert Reason.SUSPENDED in joined.read(card.text).decision.reasons


def test_a_permission_and_a_change_of_today_reach_the_exit_with_the_next_news(
    joined, by, zoe, signed_in
):
    """At 14:30 the class has a lesson until 16; permitted, or the teacher absent, they leave."""
    office, card = signed_in(Role.HEAD), passes.issue_for(by, zoe)
    lessons = "group;weekday;start;end;teacher\n2de 4;lundi;14:00;16:00;NOIRET\n"
    upload(office, lessons, keep_teachers="on")
    agree(office)
    answers = [joined.leaving(card.text)]
    absent = {"teacher": "NOIRET", "day": f"{AT:%Y-%m-%d}", "begins": "14:00", "ends": "16:00"}
    make(office, "teacher-absent", **absent)
    answers.append(joined.leaving(card.text))
    office.post(f"/regles/changements/{DayAction.objects.get().pk}/annuler/")
    answers.append(joined.leaving(card.text))
    permitted = {"way": "exit", "first": f"{AT:%Y-%m-%d}"}
    office.post(f"/passes/personne/{zoe.pk}/autorisations/", permitted)
    answers.append(joined.leaving(card.text))

    assert answers == [Outcome.REFUSE, Outcome.GRANT, Outcome.REFUSE, Outcome.GRANT]


def test_changed_rules_arrive_and_a_removed_gate_is_refused(joined):
    """The next version is fetched; after the removal every call is a signed 401."""
    actions.knowledge_changed()
    joined.turn()
    joined.turn()
    assert joined.source.current.version == actions.newest_version(now())
    actions.remove(Gate.objects.get())

    with pytest.raises(Refused) as refused:
        joined.turn()
    assert (refused.value.status, refused.value.proved) == (401, True)


def test_a_real_gate_without_its_camera_is_amber_until_it_sees_again(joined, signed_in):
    """From the lane's own fault to the office's pages *Gates* and *Live*."""
    client, told = signed_in(Role.HEAD), []
    for detail in (None, NO_CAMERA, None):
        joined.working.board.set_fault(Organ.CAMERA, detail)
        joined.turn()
        joined.turn()
        gates, live = (client.get(reverse(page)) for page in ("gates:gates", "console:live"))
        told.append(("Sa caméra ne donne plus d’image" in gates.content.decode(),
                     "En ligne, mais en panne" in live.content.decode()))  # fmt: skip

    assert told == [(False, False), (True, True), (False, False)]


def test_a_console_opens_a_real_door(joined, account):
    """Asked on the live page, done at the lane once, and told back with who it was."""
    receivers.register(console.record)  # which these tests leave out
    joined.turn()
    reception = account(Role.RECEPTION)
    console.open_door(reception, GATE, ManualReason.FORGOTTEN)
    joined.turn()
    joined.turn()

    [event] = Event.objects.filter(kind=EventKind.MANUAL)
    assert joined.working.door.releases == 1
    assert (event.people, event.data["user"]) == (1, str(reception.pk))
