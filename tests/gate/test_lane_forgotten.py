"""The forgotten card: the agent finds somebody, the usual rules decide, one action answers."""

from datetime import date

import pytest

from portique.core.daylists import DayList
from portique.core.decide import Outcome
from portique.core.entries import DecisionBody, Ruling, RulingBody
from portique.core.errors import TooLate
from portique.core.knowledge import without_today
from portique.core.revocation import Status
from portique.core.sentences import AdmitReason, ForgottenReason
from portique.core.values import Kind
from portique.gate.sync import Source
from portique.testing.lanes import Told, monday_ms

DAY = date(2026, 11, 23)
NEXT_DAY_MS = monday_ms(hours=16)  # 00:00 in Paris and later


@pytest.fixture
def zoe(school):
    return school.issue("Zoé Martin", kind=Kind.PUPIL)


@pytest.fixture
def at_gate(school, opened, zoe):
    """Put a lane to work that has the day's list, with Zoé on it."""

    def start(**options):
        listed = DayList(DAY, (school.listing(zoe),))
        return opened(Told(listed=listed), **options)

    return start


def answers(working) -> tuple[list[DecisionBody], list[RulingBody]]:
    bodies = working.bodies()
    decisions = [body for body in bodies if isinstance(body, DecisionBody)]
    return decisions, [body for body in bodies if isinstance(body, RulingBody)]


def test_three_letters_find_who_forgot_their_card(at_gate, zoe):
    """Without accents, and with the class's beginning."""
    [found] = at_gate().lane.find_forgotten("zoe", "2de")

    assert (found.name, found.pass_id) == ("Zoé Martin", zoe.pass_id)


def test_a_gate_without_a_list_of_today_says_so(at_gate, opened, zoe):
    """Never had one, or its day is over."""
    late = at_gate()
    late.clock.advance(24 * 3_600_000)

    for working in (opened(), late):
        assert working.lane.find_forgotten("zoe", "") is None
        with pytest.raises(TooLate):
            working.lane.admit_forgotten(zoe.pass_id, ForgottenReason.AT_HOME, "loge")
        assert working.door.orders == []


def test_one_action_decides_journals_and_lets_through(at_gate, zoe):
    """A referral with the holder and no medium, then the agent's answer with its preset reason."""
    working = at_gate()
    admitted = working.lane.admit_forgotten(zoe.pass_id, ForgottenReason.PHONE, "loge")
    [decision], [ruling] = answers(working)

    assert admitted
    assert (decision.outcome, decision.reasons) == (Outcome.REFER, ("low-assurance",))
    assert (decision.medium, decision.holder, decision.kind) == (None, zoe.holder, Kind.PUPIL)
    assert (ruling.ruling, ruling.reason, ruling.agent) == (Ruling.ADMIT, "phone", "loge")
    assert ("release", 5.0) in working.door.orders
    assert [card.name for card in working.board.snapshot().recent] == ["Zoé Martin"]


def test_a_card_shown_after_it_was_said_forgotten_is_a_double_use(at_gate, zoe):
    """Somebody came in as Zoé: who shows her card minutes later is looked at."""
    working = at_gate()
    working.lane.admit_forgotten(zoe.pass_id, ForgottenReason.AT_HOME, "loge")
    shown = working.show(zoe.text)

    assert [str(reason) for reason in shown.decision.reasons] == ["double-use"]


def test_what_else_objects_waits_for_an_answer_of_its_own(at_gate, school, zoe):
    """A suspended card: nobody is let through by the same press."""
    school.set_status(zoe, Status.SUSPENDED)
    working = at_gate()
    admitted = working.lane.admit_forgotten(zoe.pass_id, ForgottenReason.LOST, "loge")
    [card] = working.board.snapshot().waiting

    assert not admitted
    assert ("release", 5.0) not in working.door.orders
    assert [str(reason) for reason in card.reasons] == ["suspended", "low-assurance"]

    working.lane.rule(card.showing, Ruling.ADMIT, AdmitReason.KNOWN, "loge")
    assert ("release", 5.0) in working.door.orders


def test_nothing_opens_without_an_entry(at_gate, zoe):
    """A disk that fails: the card waits, the door stays shut."""
    working = at_gate()
    working.disk.broken = True

    assert not working.lane.admit_forgotten(zoe.pass_id, ForgottenReason.AT_HOME, "loge")
    assert ("release", 5.0) not in working.door.orders


def test_a_way_out_asks_the_exit_rules(at_gate, zoe):
    """A pupil without a known timetable: the missing card is not the only reason."""
    working = at_gate(lane="exit-1")

    assert not working.lane.admit_forgotten(zoe.pass_id, ForgottenReason.AT_HOME, "loge")
    assert len(working.board.snapshot().waiting) == 1


def test_the_list_goes_with_its_day_from_memory_and_disk(school, zoe, tmp_path):
    """The copy and the server's file are written anew, still signed; a restart finds no name."""
    beside = tmp_path / "server.knowledge"
    listed = DayList(DAY, (school.listing(zoe),))
    beside.write_bytes(school.bundle(told=Told(listed=listed)))
    source = Source(school.trust(), tmp_path / "none", tmp_path, beside=beside)
    known = source.start()
    source.end_day(monday_ms(hours=1))
    assert listed_by(source)

    source.end_day(NEXT_DAY_MS)
    again = Source(school.trust(), tmp_path / "none", tmp_path, beside=beside)
    restarted = again.start()
    assert known is not None
    assert restarted is not None
    assert restarted.version == known.version
    assert not listed_by(source)
    assert not listed_by(again)
    files = list(tmp_path.glob("*.knowledge"))
    assert [without_today(file.read_bytes()) for file in files] == [None, None]


def test_a_disk_that_refuses_is_asked_again(school, zoe, tmp_path, monkeypatch):
    """Memory lets go at once; the file as soon as it can be written."""
    beside = tmp_path / "server.knowledge"
    listed = DayList(DAY, (school.listing(zoe),))
    beside.write_bytes(school.bundle(told=Told(listed=listed)))
    source = Source(school.trust(), tmp_path / "none", tmp_path, beside=beside)
    source.start()
    size = beside.stat().st_size

    with monkeypatch.context() as broken:
        broken.setattr("portique.gate.knowledge_copy.write_durably", _refuse)
        source.end_day(NEXT_DAY_MS)
    assert (listed_by(source), beside.stat().st_size) == (False, size)

    source.end_day(NEXT_DAY_MS)
    assert beside.stat().st_size < size


def test_a_list_that_the_disk_never_took_goes_with_its_day_too(school, zoe, tmp_path, monkeypatch):
    """Knowledge in use that could not be kept is kept later, without the list."""
    stick = tmp_path / "stick.knowledge"
    stick.write_bytes(school.bundle(told=Told(listed=DayList(DAY, (school.listing(zoe),)))))
    (tmp_path / "gate").mkdir()
    source = Source(school.trust(), stick, tmp_path / "gate")
    with monkeypatch.context() as broken:
        broken.setattr("portique.gate.knowledge_copy.write_durably", _refuse)
        source.start()
        assert listed_by(source)
        source.end_day(NEXT_DAY_MS)

    source.look()
    [kept] = (tmp_path / "gate").glob("*.knowledge")
    assert not listed_by(source)
    assert without_today(kept.read_bytes()) is None


def listed_by(source: Source) -> bool:
    return source.current is not None and source.current.today is not None


def _refuse(*_: object) -> None:
    raise OSError
