"""What a lane remembers of holders: proofs once, grants for a day, nothing of forgeries."""

from datetime import timedelta
from typing import Any

import pytest
from tests.gate.conftest import site_with

from portique.core.decide import Reason
from portique.core.entries import CountBody, Ruling
from portique.core.errors import TooLate
from portique.core.facts import PassState, Presented
from portique.core.passes import KeyRing
from portique.core.sentences import AdmitReason, ManualReason
from portique.core.values import Direction, HolderId, PassId
from portique.core.wire_news import ConsoleAdmission
from portique.core.zones import default_site
from portique.gate.board import Counts
from portique.gate.journal_values import Grant, Recent
from portique.gate.judge import Bench
from portique.gate.recall import Recall
from portique.testing.fakes import MONDAY_0800_MS as NOW
from portique.testing.lanes import Held, Told, WorkingLane, open_lane

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


@pytest.fixture
def recall() -> Recall:
    return Recall("entry-1", Direction.ENTRY)


def presented(school, held, text=None) -> Presented:
    bench = Bench(school.uai, default_site().lane("entry-1"), school.knowledge())
    return bench.present(text or held.text)


def reasons(judged) -> list[str]:
    return [str(reason) for reason in judged.decision.reasons]


def always(_at_ms: int) -> bool:
    return True


def test_of_a_forgery_nothing_is_remembered(recall):
    """What isn't genuine has no holder and no past."""
    forged = Presented(PassState.BAD_SEAL)
    recall.note_proof(forged, NOW)

    assert recall.of(forged).proof_used is False


def test_a_grant_is_remembered_with_its_direction(recall, school):
    """The next showing of the same holder knows when and which way."""
    held = school.issue()
    recall.note_grant(held.holder, NOW)

    memory = recall.of(presented(school, held))

    assert (memory.same_lane_ms, memory.last_direction) == (NOW, Direction.ENTRY)


def test_a_drawing_of_a_phone_is_used_once(recall, school):
    """The same second of the same pass again is a replay; the next drawing is not."""
    held = school.issue(phone=True)
    first = presented(school, held, held.drawn(NOW))
    recall.note_proof(first, NOW)

    assert recall.of(first).proof_used
    assert not recall.of(presented(school, held, held.drawn(NOW + 15_000))).proof_used


def test_another_holders_drawing_of_the_same_second_is_not_used(recall, school):
    """Proofs are known by pass and second, never by second alone."""
    first, second = school.issue(phone=True), school.issue(phone=True)
    recall.note_proof(presented(school, first, first.drawn(NOW)), NOW)

    assert not recall.of(presented(school, second, second.drawn(NOW))).proof_used


def test_a_pass_whose_name_is_sealed_still_uses_its_proof(recall, school):
    """Without the name key there is no holder, but a replay stays a replay."""
    held = school.issue(phone=True)
    sealed = school.knowledge(enrolled=False)
    bench = Bench(school.uai, default_site().lane("entry-1"), sealed)
    shown = bench.present(held.drawn(NOW))
    recall.note_proof(shown, NOW)

    memory = recall.of(shown)

    assert (memory.proof_used, memory.same_lane_ms) == (True, None)


def test_somebody_whose_name_is_sealed_is_remembered_by_the_pass(school, tmp_path):
    """Let in by an agent and back at once: a double use, before and after a restart."""
    held = school.issue()
    sealed = school.knowledge(enrolled=False)
    first = open_lane(tmp_path / "journal.db", school, known=sealed)
    first.show(held.text)
    [card] = first.board.snapshot().waiting
    first.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")
    before: Any = first.show(held.text)
    first.close()

    second = open_lane(tmp_path / "journal.db", school, known=sealed, clock=first.clock)
    after: Any = second.show(held.text)
    second.close()

    assert Reason.DOUBLE_USE in before.decision.reasons
    assert Reason.DOUBLE_USE in after.decision.reasons


def test_what_the_server_tells_of_other_lanes_is_kept_apart(recall, school):
    """A passage elsewhere is no passage here."""
    held = school.issue()
    recall.note_elsewhere(held.holder, NOW)

    memory = recall.of(presented(school, held))

    assert (memory.same_lane_ms, memory.other_lane_ms) == (None, NOW)


def test_a_restart_brings_back_proofs_and_grants(recall, school):
    """From the journal: proofs, grants here, and grants of another lane of the same file."""
    here, there = school.issue(), school.issue(phone=True)
    drawn = presented(school, there, there.drawn(NOW))
    proof = (PassId(there.pass_id), NOW // 1000)
    grants = (Grant(here.holder, "entry-1", NOW - 1), Grant(there.holder, "exit-1", NOW - 2))

    recall.restore(Recent(frozenset({proof}), grants), NOW, always)

    assert recall.of(presented(school, here)).same_lane_ms == NOW - 1
    assert recall.of(drawn).other_lane_ms == NOW - 2
    assert recall.of(drawn).proof_used


def test_directions_are_forgotten_and_times_are_not(recall, school):
    """Midnight takes the direction; five minutes of double use go on over it."""
    held = school.issue()
    recall.note_grant(held.holder, NOW)
    recall.forget_directions()

    memory = recall.of(presented(school, held))

    assert (memory.same_lane_ms, memory.last_direction) == (NOW, None)


@pytest.mark.parametrize(("age_ms", "kept"), [(DAY_MS - 1, True), (DAY_MS, False)])
def test_grants_live_for_a_day(recall, school, age_ms, kept):
    """No memory of anybody's passage outlives a day."""
    held, other = school.issue(), HolderId("0f" * 8)
    recall.note_grant(held.holder, NOW - age_ms)
    recall.note_elsewhere(other, NOW - age_ms)

    recall.forget(NOW)

    assert (recall.of(presented(school, held)).same_lane_ms is not None) is kept
    assert (other in recall._elsewhere) is kept


@pytest.mark.parametrize(("age_ms", "kept"), [(10 * MINUTE_MS - 1, True), (10 * MINUTE_MS, False)])
def test_proofs_live_longer_than_anything_accepts_them(recall, school, age_ms, kept):
    """A drawing is refused as old after 30 s, or 60 with an unsure clock; ten minutes is enough."""
    held = school.issue(phone=True)
    shown = presented(school, held, held.drawn(NOW))
    recall.note_proof(shown, NOW - age_ms)

    recall.forget(NOW)

    assert recall.of(shown).proof_used is kept


def test_a_replay_is_seen_across_a_restart(school, tmp_path):
    """A drawing shown before a power cut is refused after it, by the journal's memory."""
    held = school.issue(phone=True)
    known = school.knowledge()
    first = open_lane(tmp_path / "journal.db", school, known=known)
    text = held.drawn(first.clock.now_ms())
    granted: Any = first.show(text)
    first.close()

    second = open_lane(tmp_path / "journal.db", school, known=known, clock=first.clock)
    again: Any = second.show(text)
    second.close()

    assert granted.granted
    assert "replayed" in [str(reason) for reason in again.decision.reasons]


def test_an_empty_ring_knows_nobody(school):
    """Without knowledge no code is genuine, so nothing is remembered of anybody."""
    bench = Bench(school.uai, default_site().lane("entry-1"), None)

    assert bench.ring == KeyRing(school.uai, {})
    assert bench.present(school.issue().text).held is None


# --- over midnight and over a restart ------------------------------------------------------------


def test_at_midnight_directions_are_forgotten(school, opened):
    """Where entries and exits are paired, a new day begins with a clean slate."""
    held = school.issue()
    told = Told(site=site_with(pairing=True))
    working = opened(told)
    working.show(held.text)
    working.clock.advance(10 * MINUTE_MS)
    same_day = working.show(held.text)
    working.clock.advance(DAY_MS)
    next_day = working.show(held.text)

    assert reasons(same_day) == ["in-out-mismatch"]
    assert next_day.granted


def test_a_lane_lets_go_what_is_older_than_a_day(school, opened):
    """Told to forget, it keeps nothing of yesterday's."""
    held = school.issue()
    working = opened()
    working.show(held.text)
    working.clock.advance(DAY_MS)

    working.lane.forget(working.clock.now_ms())

    assert working.lane.recall.of(working.lane.bench.present(held.text)).same_lane_ms is None


def test_a_restarted_lane_remembers_today_and_not_which_way_yesterday(school, opened, tmp_path):
    """After a restart past midnight, last evening's passage is known and its direction is not."""
    held = school.issue()
    told = Told(site=site_with(pairing=True))
    known = school.knowledge(told=told)
    first = open_lane(tmp_path / "journal.db", school, known=known)
    first.show(held.text)
    first.close()
    first.clock.advance(int(timedelta(hours=23).total_seconds() * 1000))

    second = open_lane(tmp_path / "journal.db", school, known=known, clock=first.clock)
    memory = second.lane.recall.of(second.lane.bench.present(held.text))
    second.close()

    assert memory.same_lane_ms is not None
    assert memory.last_direction is None


def through(working: WorkingLane, granted: Held, referred: Held) -> None:
    """Let five people through: granted, ruled on, by hand, and two counted; one goes out."""
    working.show(granted.text)
    working.disk.broken = True
    working.show(referred.text)
    working.disk.broken = False
    [card] = working.board.snapshot().waiting
    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.CHECKED, "loge")
    working.lane.admit_manually(ManualReason.FORGOTTEN, "loge")
    for step in (1, 1, 1, -1):
        working.lane.count(Direction.ENTRY, step)
    working.lane.count(Direction.EXIT, 1)


def test_todays_counts_outlive_a_restart(school, opened, tmp_path):
    """Grants, rulings, manual admissions and counts, from the journal; another lane's are not."""
    held = school.issue(), school.issue()
    known = school.knowledge()
    first = opened(known=known)
    through(first, *held)
    elsewhere = CountBody("exit-1", Direction.EXIT, 9, 0, 0)
    first.journal.append(elsewhere, at_ms=first.clock.now_ms())
    before = first.board.snapshot().counts
    first.close()

    path = tmp_path / "journal-0.db"
    again = open_lane(path, school, known=known, clock=first.clock)
    after = again.board.snapshot().counts
    again.close()

    assert (after, before) == (before, Counts(5, 1))


def test_counts_start_from_nought_each_day(school, opened, tmp_path):
    """At the school's midnight, in a quiet night as well, and after a restart in the morning."""
    held = school.issue(), school.issue()
    known = school.knowledge()
    first = opened(known=known)
    through(first, *held)
    first.clock.advance(DAY_MS)
    first.lane.keep_day(first.clock.now_ms())
    live = first.board.snapshot().counts
    first.close()

    again = open_lane(tmp_path / "journal-0.db", school, known=known, clock=first.clock)
    restarted = again.board.snapshot().counts
    again.close()

    assert live == restarted == Counts(0, 0)


def test_a_restarted_gate_opens_no_door_a_second_time(school, opened, tmp_path):
    """A gate that starts asks for its notes from the first: its journal knows what it did."""
    known = school.knowledge()
    first = opened(known=known)
    asked = ConsoleAdmission(
        "00" * 8, first.clock.now_ms(), first.lane.bench.lane.name, "forgotten", "console-1"
    )
    first.lane.open_for(asked)
    first.close()

    again = open_lane(tmp_path / "journal-0.db", school, known=known, clock=first.clock)
    with pytest.raises(TooLate):
        again.lane.open_for(asked)
    again.lane.forget(first.clock.now_ms() + DAY_MS)
    remembered = again.lane.recall.has_admitted(asked.admission)
    again.close()

    assert (again.door.releases, remembered) == (0, False)


def test_an_older_word_of_elsewhere_takes_nothing_back(recall):
    """Notes may come twice and out of order: the last passage counts."""
    other = HolderId("00112233aabbccdd")
    recall.note_elsewhere(other, NOW)
    recall.note_elsewhere(other, NOW - 60_000)

    assert recall._elsewhere == {other: NOW}
