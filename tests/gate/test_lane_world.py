"""A lane in the world: alarms, clocks that may be wrong, and what it remembers of holders."""

import threading
from dataclasses import replace
from datetime import date

from tests.gate.conftest import site_with

from portique.core.alarms import CALM, Alarm, Posture
from portique.core.calendars import default_calendar
from portique.core.decide import Reason
from portique.core.entries import Ruling
from portique.core.revocation import Status
from portique.core.rights import Rights
from portique.core.sentences import AdmitReason
from portique.core.timetables import Lesson, Timetable
from portique.core.values import HolderId, Kind
from portique.core.zones import Mode
from portique.gate.board import AlertKind
from portique.gate.ports import DoubtfulTime
from portique.testing.lanes import Told

MINUTE_MS = 60_000


def reasons(judged) -> list[str]:
    return [str(reason) for reason in judged.decision.reasons]


def test_the_same_holder_with_another_medium_is_a_double_use(school, opened):
    """Paper, then phone, within five minutes: referred by the holder's number."""
    paper = school.issue()
    phone = school.issue(phone=True, holder=HolderId(paper.holder))
    working = opened()
    working.show(paper.text)
    working.clock.advance(5 * MINUTE_MS)
    second = working.show(phone.drawn(working.clock.now_ms()))

    assert reasons(second) == ["double-use"]


def test_after_five_minutes_the_same_pass_is_granted_again(school, opened):
    """Whoever went out for a minute and comes back later is nobody's suspect."""
    held = school.issue()
    working = opened()
    working.show(held.text)
    working.clock.advance(5 * MINUTE_MS + 1)

    assert working.show(held.text).granted


def test_after_a_free_opening_directions_are_forgotten(school, opened):
    """Nobody knows who left while the lane was free."""
    held = school.issue()
    working = opened(Told(site=site_with(pairing=True)))
    working.show(held.text)
    working.lane.set_mode(Mode.COUNTING, "cpe")
    working.lane.set_mode(Mode.CONTROL, "cpe")
    working.clock.advance(10 * MINUTE_MS)

    assert working.show(held.text).granted


def test_time_in_doubt_refers(school, opened):
    """A clock that ran back is a reason of its own; nothing is granted by it."""
    held = school.issue()
    working = opened()
    working.clock.doubt(DoubtfulTime.ROLLED_BACK)

    assert reasons(working.show(held.text)) == ["time-untrusted"]


def test_a_clock_that_may_be_off_widens_a_phones_window(school, opened):
    """A code 45 s old is too old for a sure clock, and accepted by one that may be 20 s off."""
    early, late = school.issue(phone=True), school.issue(phone=True)
    working = opened()
    then = working.clock.now_ms() - 45_000
    sure = working.show(early.drawn(then))
    working.clock.uncertain(20_000)
    unsure = working.show(late.drawn(then))

    assert reasons(sure) == ["phone-code-old"]
    assert unsure.granted


def test_an_evacuation_frees_the_way_out(school, opened):
    """Fleeing, a pupil without any right is told to go."""
    held = school.issue(kind=Kind.PUPIL)
    working = opened(Told(alarm=replace(CALM, posture=Posture.EVACUATION)), lane="exit-1")

    assert working.show(held.text).granted


def test_an_alarm_is_followed_at_once_and_until_told_otherwise(school, opened):
    """During an evacuation the entry refers and the exit lets go; afterwards all is as before."""
    first, second = school.issue(), school.issue()
    working = opened()
    working.lane.follow(Alarm(Posture.EVACUATION, drill=False, since_ms=0))
    during = working.show(first.text)
    working.lane.follow(None)
    after = working.show(second.text)

    assert reasons(during) == ["alarm-evacuation"]
    assert working.bodies()[1].posture == "evacuation"
    assert after.granted


def test_following_an_alarm_waits_for_no_lock(opened):
    """While a showing is being journalled, a fire still reaches the decisions."""
    working = opened()
    done = threading.Event()

    def follow() -> None:
        working.lane.follow(Alarm(Posture.EVACUATION, drill=False, since_ms=0))
        done.set()

    with working.lane._lock:
        thread = threading.Thread(target=follow)
        thread.start()
        assert done.wait(20)
    thread.join()


def test_a_decision_says_what_it_was_based_on(school, opened):
    """Each entry names the version of the knowledge, the table, the posture and the medium."""
    held = school.issue()
    working = opened()

    judged = working.show(held.text)

    body = working.bodies()[-1]
    assert dict(body.versions) == {"epoch": 1, "knowledge": 1}
    assert judged.decision.table_hash.startswith(body.table)
    assert (body.posture, body.medium, body.kind) == ("normal", "paper", "staff")


def test_a_refusal_at_a_staffed_lane_alerts_nobody_else(school, opened):
    """The agent who stands there sees the card; the others are left in peace."""
    held = school.issue()
    school.set_status(held, Status.REVOKED)
    working = opened(lane="exit-1")

    working.show(held.text)

    assert working.board.snapshot().alerts == ()


def test_a_journal_that_works_again_is_no_fault_any_more(school, opened):
    """Once the disk has room, the next showing is granted and the fault leaves the screen."""
    first, second = school.issue(), school.issue()
    working = opened()
    working.disk.broken = True
    working.show(first.text)
    working.disk.broken = False

    assert working.show(second.text).granted
    assert working.board.snapshot().faults == ()


def test_a_ruling_counts_as_a_passage(school, opened):
    """Somebody an agent let in, and who comes again at once, is a double use."""
    held = school.issue()
    working = opened()
    working.disk.broken = True
    working.show(held.text)
    working.disk.broken = False
    [card] = working.board.snapshot().waiting
    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")

    assert reasons(working.show(held.text)) == ["double-use"]
    assert working.board.snapshot().counts.entered == 1


def test_a_pupil_who_may_not_leave_is_no_stolen_key(school, opened):
    """An exit not permitted alerts as what it is: a child about to leave."""
    held = school.issue(kind=Kind.PUPIL)
    lesson = Lesson("2nde 4", 1, 8 * 60, 12 * 60)
    timetable = Timetable(date(2026, 9, 1), date(2027, 7, 1), ("2nde 4",), (lesson,))
    calendar = replace(default_calendar(), timetable=timetable)
    rights = {held.holder: Rights(groups=("2nde 4",), regime="red")}
    working = opened(Told(rights=rights, calendar=calendar), lane="exit-1")

    judged = working.show(held.text)

    assert judged.note is not None
    assert Reason.EXIT_NOT_PERMITTED in judged.decision.reasons
    [alert] = working.board.snapshot().alerts
    assert alert.kind is AlertKind.EXIT_REFUSED
