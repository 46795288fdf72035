"""A lane: journal, then act; agents' answers; modes; alerts. Real journal, real passes."""

from typing import TYPE_CHECKING, Any

import pytest
from tests.gate.conftest import site_with

from portique.core.alarms import Alarm, Posture
from portique.core.decide import Outcome
from portique.core.entries import (
    CountBody,
    DecisionBody,
    ManualAdmissionBody,
    ModeBody,
    Ruling,
    RulingBody,
)
from portique.core.errors import JournalError, TooLate
from portique.core.plain import Words
from portique.core.revocation import Status
from portique.core.sentences import AdmitReason, DenyReason, ManualReason
from portique.core.values import Direction
from portique.core.zones import Mode
from portique.gate.board import WAITING_MAX, AlertKind, Organ
from portique.gate.journal_values import Receipt
from portique.gate.lane import HOLD_EVERY_MS, HOLD_S
from portique.testing.fakes import FakeDoor
from portique.testing.lanes import Told, WorkingLane, open_lane

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
GRANTED = ("lamp", Outcome.GRANT)
RELEASED = ("release", 5.0)


class Witness(FakeDoor):
    """A door that, at each release, looks at what the journal holds by then."""

    def __init__(self) -> None:
        super().__init__()
        self.look: Callable[[], list] = list
        self.seen: list[list] = []

    def release(self, *, for_s: float) -> None:
        self.seen.append(self.look())
        super().release(for_s=for_s)


def reasons(judged) -> list[str]:
    return [str(reason) for reason in judged.decision.reasons]


def kinds(working: WorkingLane) -> list[AlertKind]:
    return [alert.kind for alert in working.board.snapshot().alerts]


# --- the order of effects ------------------------------------------------------------------------


def test_the_journal_has_the_decision_when_the_door_opens(school, opened):
    """At the moment of the release, the entry that justifies it is already in the journal."""
    held, door = school.issue(), Witness()
    working = opened(door=door)
    door.look = working.bodies

    working.show(held.text)

    [body] = [each for each in door.seen[0] if isinstance(each, DecisionBody)]
    assert (body.pass_id, body.outcome, body.holder) == (held.pass_id, 0, held.holder)
    assert door.orders == [RELEASED, GRANTED]


def test_the_card_is_shown_after_the_door_was_told(school, opened):
    """The screen follows the act: a slow screen keeps nobody waiting."""
    held, door = school.issue(), Witness()
    working = opened(door=door)
    door.look = lambda: list(working.board.snapshot().recent)

    working.show(held.text)

    assert door.seen == [[]]
    [card] = working.board.snapshot().recent
    assert (card.name, card.label, card.outcome) == ("Zoé Martin", "Service", Outcome.GRANT)


def test_a_journal_that_fails_refers_at_an_entry(school, opened):
    """Nothing written: no release, the agent is asked, and the screen says what is wrong."""
    held = school.issue()
    working = opened()
    working.disk.broken = True

    judged = working.show(held.text)

    assert (judged.decision.outcome, reasons(judged)) == (Outcome.REFER, ["journal-unavailable"])
    assert working.door.orders == [("lamp", Outcome.REFER)]
    [fault] = working.board.snapshot().faults
    assert fault.organ is Organ.JOURNAL


def test_a_journal_that_fails_keeps_nobody_inside(school, opened):
    """At an exit the way stays free: granted with a note, and still no order without an entry."""
    held = school.issue()
    working = opened(lane="exit-1")
    working.disk.broken = True

    judged = working.show(held.text)

    assert (judged.decision.outcome, reasons(judged)) == (Outcome.GRANT, ["journal-unavailable"])
    assert working.door.orders == [GRANTED]


def test_a_gate_that_knows_nothing_still_journals(school, tmp_path):
    """Without knowledge nothing can be judged: referred, journalled without versions or holder."""
    held = school.issue()
    working = open_lane(tmp_path / "journal.db", school)

    judged: Any = working.show(held.text)
    body: Any = working.bodies()[-1]
    working.close()
    assert judged.decision.outcome is Outcome.REFER
    assert (body.versions, body.pass_id, body.holder) == ((), None, None)


# --- agents --------------------------------------------------------------------------------------


def test_an_agents_admission_is_journalled_before_the_door_opens(school, opened):
    """A revoked pass, admitted by an agent: the ruling points to the decision, then the release."""
    held, door = school.issue(), Witness()
    school.set_status(held, Status.REVOKED)
    working = opened(door=door)
    door.look = working.bodies
    working.show(held.text)
    [card] = working.board.snapshot().waiting

    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")

    [seen] = door.seen
    ruling = seen[-1]
    assert isinstance(ruling, RulingBody)
    assert (ruling.showing, ruling.ruling, ruling.agent) == (card.showing, Ruling.ADMIT, "loge")
    assert isinstance(seen[ruling.number - 1], DecisionBody)
    assert working.board.ruled_on(card.showing).agent == "loge"


def test_a_denial_opens_nothing(school, opened):
    """Denied: journalled, settled, no order to the door."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = opened()
    working.show(held.text)
    [card] = working.board.snapshot().waiting

    working.lane.rule(card.showing, Ruling.DENY, DenyReason.SENT, "loge")

    assert working.door.releases == 0
    assert working.bodies()[-1].ruling is Ruling.DENY
    assert working.board.snapshot().waiting == ()


def test_who_rules_second_is_too_late(school, opened):
    """Two agents, one card: the second changes nothing and writes nothing."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = opened()
    working.show(held.text)
    [card] = working.board.snapshot().waiting
    working.lane.rule(card.showing, Ruling.DENY, DenyReason.SENT, "loge")
    before = working.bodies()

    with pytest.raises(TooLate):
        working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.KNOWN, "cpe")

    assert working.bodies() == before
    assert working.door.releases == 0


def test_a_stale_page_opens_no_door(school, opened):
    """A card replaced by the same pass shown again can't be ruled by its former number."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = opened()
    working.show(held.text)
    [former] = working.board.snapshot().waiting
    working.clock.advance(MINUTE_MS)
    working.show(held.text)

    with pytest.raises(TooLate):
        working.lane.rule(former.showing, Ruling.ADMIT, AdmitReason.KNOWN, "loge")

    assert working.door.releases == 0


def test_a_ruling_that_cannot_be_written_does_nothing(school, opened):
    """The disk fails under an agent's admission: no release, the card still waits."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = opened()
    working.show(held.text)
    [card] = working.board.snapshot().waiting
    working.disk.broken = True

    with pytest.raises(JournalError):
        working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.KNOWN, "loge")

    assert working.door.releases == 0
    assert working.board.snapshot().waiting == (card,)


def test_a_referral_without_an_entry_can_be_ruled_once_the_disk_is_back(school, opened):
    """The ruling points to entry 0 of epoch 0: there was none."""
    held = school.issue()
    working = opened()
    working.disk.broken = True
    working.show(held.text)
    working.disk.broken = False
    [card] = working.board.snapshot().waiting

    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")

    body = working.bodies()[-1]
    assert (body.epoch, body.number) == (0, 0)
    assert working.door.releases == 1


def test_somebody_without_a_code_is_let_in_by_hand(opened):
    """Journalled with its reason and without anybody's number, then released and listed."""
    door = Witness()
    working = opened(door=door)
    door.look = working.bodies

    working.lane.admit_manually(ManualReason.FORGOTTEN, "loge")

    body = door.seen[0][-1]
    assert isinstance(body, ManualAdmissionBody)
    assert (body.reason, body.agent, body.people) == ("forgotten", "loge", 1)
    [card] = working.board.snapshot().recent
    assert (card.name, card.ruled.agent) == (None, "loge")
    assert working.board.snapshot().counts.entered == 1


def test_a_manual_admission_that_cannot_be_written_does_nothing(opened):
    """No entry, no release."""
    working = opened()
    working.disk.broken = True

    with pytest.raises(JournalError):
        working.lane.admit_manually(ManualReason.FORGOTTEN, "loge")

    assert working.door.orders == []


def test_every_card_that_waits_can_be_ruled(school, opened):
    """A flood of foreign codes pushes cards off the board, but none that stays is out of reach."""
    working = opened()
    for number in range(2 * WAITING_MAX):
        working.show(f"https://example.org/{number}")
    cards = working.board.snapshot().waiting

    assert len(working.lane._cards._waiting) == len(cards) == WAITING_MAX
    for card in cards:
        working.lane.rule(card.showing, Ruling.DENY, DenyReason.SENT, "loge")
    assert working.board.snapshot().waiting == ()


# --- counting and modes --------------------------------------------------------------------------


@pytest.mark.parametrize(("lane", "shown"), [("entry-1", (1, 0)), ("exit-1", (0, 1))])
def test_a_counting_lane_counts_without_looking_at_who(school, opened, lane, shown):
    """In counting mode a code, good or not, is one person: journalled as a count alone."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = opened(Told(site=site_with(mode=Mode.COUNTING)), lane=lane)

    assert working.show(held.text) is None

    counts = working.board.snapshot().counts
    assert (counts.entered, counts.left) == shown
    assert [type(body) for body in working.bodies()[1:]] == [CountBody]


def test_a_counting_lane_lets_through_once_the_count_is_written(school, opened):
    """The door's order finds the count in the journal already."""
    held, door = school.issue(), Witness()
    working = opened(Told(site=site_with(mode=Mode.COUNTING)), door=door)
    door.look = working.bodies

    working.show(held.text)

    assert isinstance(door.seen[0][-1], CountBody)
    assert door.orders == [RELEASED, GRANTED]


def test_a_counting_lane_counts_nobody_twice_in_a_second(opened):
    """A phone that cycles through codes is one person, and can't fill the journal."""
    working = opened(Told(site=site_with(mode=Mode.COUNTING)))
    for number in range(30):
        working.show(f"https://example.org/{number}")
        working.clock.advance(100)

    assert working.board.snapshot().counts.entered == 3
    assert len([body for body in working.bodies() if isinstance(body, CountBody)]) == 3


def test_a_counting_lane_that_cannot_write_sends_to_the_agent(school, opened):
    """No entry, no door: what could not be counted is decided, and the fault shown."""
    held = school.issue()
    working = opened(Told(site=site_with(mode=Mode.COUNTING)))
    working.disk.broken = True

    judged = working.show(held.text)

    assert reasons(judged) == ["journal-unavailable"]
    assert working.door.orders == [("lamp", Outcome.REFER)]
    assert working.board.snapshot().counts.entered == 0
    [fault] = working.board.snapshot().faults
    assert fault.organ is Organ.JOURNAL


@pytest.mark.parametrize(
    ("mode", "direction", "step", "releases"),
    [
        (Mode.COUNTING, Direction.ENTRY, 1, 1),
        (Mode.COUNTING, Direction.ENTRY, -1, 0),
        (Mode.COUNTING, Direction.EXIT, 1, 0),
        (Mode.CONTROL, Direction.ENTRY, 1, 0),
    ],
)
def test_whom_an_agent_counts_in_is_let_through(opened, mode, direction, step, releases):
    """In counting mode alone, and only for somebody more who goes the lane's way."""
    working = opened(Told(site=site_with(mode=mode)))

    working.lane.count(direction, step)

    assert working.door.releases == releases


def test_a_free_lane_neither_decides_nor_counts(school, opened):
    """On an open day nothing at all is written about anybody."""
    held = school.issue()
    working = opened(Told(site=site_with(mode=Mode.FREE)))
    before = working.bodies()

    assert working.show(held.text) is None
    assert working.bodies() == before
    assert working.board.snapshot().counts.entered == 0


def test_a_free_lane_holds_its_door_open_for_as_long_as_the_mode_lasts(opened):
    """Released anew before each release ends; back in control, the last one ends by itself."""
    working = opened()
    working.lane.hold_open()
    working.lane.set_mode(Mode.FREE, "cpe")
    working.lane.hold_open()
    working.lane.hold_open()
    working.lane.set_mode(Mode.CONTROL, "cpe")
    working.lane.hold_open()

    assert working.door.orders == [("release", HOLD_S)] * 2
    assert HOLD_EVERY_MS * 2 < HOLD_S * 1000


def test_a_lane_that_starts_free_opens_once_the_journal_says_so(opened):
    """The school's mode is written before the first release, and not again."""
    door = Witness()
    working = opened(Told(site=site_with(mode=Mode.FREE)), door=door)
    door.look = working.bodies

    working.lane.hold_open()
    working.lane.hold_open()

    modes = [(b.mode, b.agent) for b in door.seen[-1] if isinstance(b, ModeBody)]
    assert modes == [("free", None)]
    assert isinstance(door.seen[0][-1], ModeBody)


def test_a_free_lane_whose_mode_cannot_be_written_stays_shut(opened):
    """No door without an entry, open day or not."""
    working = opened(Told(site=site_with(mode=Mode.FREE)))
    working.disk.broken = True

    with pytest.raises(JournalError):
        working.lane.hold_open()

    assert working.door.orders == []
    assert [fault.organ for fault in working.board.snapshot().faults] == [Organ.JOURNAL]


@pytest.mark.parametrize("mode", [Mode.COUNTING, Mode.FREE])
def test_an_intrusion_ends_an_open_day(school, opened, mode):
    """Whatever the mode, whoever comes is refused while the alarm lasts; then the mode is back."""
    held = school.issue()
    working = opened(Told(site=site_with(mode=mode)))
    working.lane.follow(Alarm(Posture.INTRUSION, drill=False, since_ms=0))

    during = working.show(held.text)
    working.lane.hold_open()
    working.lane.count(Direction.ENTRY, 1)

    assert reasons(during) == ["alarm-intrusion"]
    assert working.door.releases == 0
    working.lane.follow(None)
    assert working.show(held.text) is None


def test_a_count_taken_back_is_journalled_and_never_shown_negative(opened):
    """An agent's slip of the finger is corrected, and the correction is an entry as well."""
    working = opened()
    working.lane.count(Direction.ENTRY, 1)
    working.lane.count(Direction.ENTRY, -1)
    working.lane.count(Direction.ENTRY, -1)

    assert working.board.snapshot().counts.entered == 0
    steps = [body.people for body in working.bodies() if isinstance(body, CountBody)]
    assert steps == [1, -1, -1]


def test_a_change_of_mode_is_journalled_then_shown(school, opened):
    """An agent opens the lane; from then on nothing is decided."""
    held = school.issue()
    working = opened()

    working.lane.set_mode(Mode.FREE, "cpe")

    body = working.bodies()[-1]
    assert isinstance(body, ModeBody)
    assert (body.mode, body.agent) == ("free", "cpe")
    assert working.board.snapshot().mode is Mode.FREE
    assert working.show(held.text) is None


def test_a_mode_that_the_school_changes_is_followed_once(school, opened):
    """New knowledge opens the lane; the same again leaves an agent's later choice alone."""
    working = opened()
    free = Told(site=site_with(mode=Mode.FREE))
    working.learn(school.knowledge(2, told=free))
    working.lane.set_mode(Mode.CONTROL, "cpe")

    working.learn(school.knowledge(3, told=free))

    modes = [(b.mode, b.agent) for b in working.bodies() if isinstance(b, ModeBody)]
    assert modes == [("free", None), ("control", "cpe")]


# --- alerts, alarms, time ------------------------------------------------------------------------


def test_a_notice_stays_until_an_agent_dismisses_it(opened):
    """Told once, gone once; the second agent learns that it is gone."""
    working = opened()
    working.lane.tell(Words("Attention.", "Careful."), working.clock.now_ms())
    [alert] = working.board.snapshot().alerts

    working.lane.dismiss_alert(alert.alert, "loge")

    assert (alert.kind, alert.detail.en) == (AlertKind.NOTICE, "Careful.")
    with pytest.raises(TooLate):
        working.lane.dismiss_alert(alert.alert, "cpe")


def test_an_agents_word_that_a_fire_is_over_is_passed_on(opened):
    """The lane knows nothing of fires; whoever follows them decides whether it may end."""
    lane = opened().lane
    ended: list[str] = []
    lane.end_evacuation("loge")
    lane.end_fires_by(ended.append)

    lane.end_evacuation("cpe")

    assert ended == ["cpe"]


def test_a_console_rules_by_the_entry_of_the_decision(school, opened):
    """The card behind it is answered as if by the gate's own agent; a second answer is too late."""
    working = opened()
    working.show("PQ1:NOT A PASS")
    receipt = Receipt(1, working.journal.head.number)
    working.lane.rule_on(receipt, Ruling.ADMIT, AdmitReason.KNOWN, "cpe-1")

    assert working.bodies()[-1].agent == "cpe-1"
    assert working.door.releases == 1
    with pytest.raises(TooLate):
        working.lane.rule_on(receipt, Ruling.DENY, DenyReason.SENT, "cpe-2")


def test_a_passage_elsewhere_is_never_in_the_future(school, opened):
    """Another lane's clock may run ahead: what it saw happened now at the latest."""
    working, held = opened(), school.issue()
    now = working.clock.now_ms()
    working.lane.note_elsewhere(held.holder, now + 60_000)

    assert working.lane.recall._elsewhere == {held.holder: now}
