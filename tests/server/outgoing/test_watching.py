"""What is told: each thing once, and nothing about anybody."""

import asyncio
from datetime import timedelta

import pytest
from tests.server.parcels import parcel

from portique.core.entries import AlarmBody, DecisionBody
from portique.core.values import HolderId, Kind, Medium, PassId
from portique.server import clock
from portique.server.clock import now
from portique.server.config import telling
from portique.server.console.actions import record
from portique.server.console.models import Event
from portique.server.console.tally import midnight
from portique.server.gates import health
from portique.server.gates.actions import knowledge_changed, newest_version, raise_alarm
from portique.server.gates.models import AlarmKind, Gate
from portique.server.outgoing import watching
from portique.server.outgoing.actions import collect, turn
from portique.server.outgoing.models import Delivery, EventType, Watch
from portique.server.people.models import Import

QUARTER = timedelta(minutes=15)
PASS, HOLDER = PassId("11" * 8), HolderId("ab" * 8)


@pytest.fixture
def gate(served) -> Gate:
    """Return a gate that is well."""
    return Gate.objects.create(
        gate_id="entry-1", lane="entry-1", x=b"x" * 32, y=b"y" * 32, contact_at=now(),
    )  # fmt: skip


@pytest.fixture
def state(gate):
    """Return how things stand: what is told before is told to nobody."""
    begun = watching.begin(now())
    watching.look(begun, now())
    begun["counted"] = (now() + timedelta(days=1)).isoformat()  # no quarter-hour ends meanwhile
    return begun


def told(state, at=None):
    return watching.look(state, at or now())


def test_where_nothing_happens_nothing_is_told(state):
    """However often one looks."""
    assert told(state) == told(state) == []


def test_an_alarm_of_a_gate_is_told_once(state, gate):
    """With its kind and place; neither whose pass nor which entry."""
    raise_alarm(gate, AlarmKind.TWO_LANES, 1, 77)
    [(kind, data)] = told(state)

    assert kind is EventType.GATE_ALARM
    assert data == {"gate": "entry-1", "lane": "entry-1", "kind": "two-lanes"}
    assert told(state) == []


def test_a_posture_is_told_once_however_many_gates_write_it(state, gate):
    """Begun, and over."""
    for number, posture in enumerate(("evacuation", "evacuation", "normal"), 1):
        body = AlarmBody(posture, drill=True, source="line")
        record([parcel("entry-1", [(number, clock.now_ms(), body)])])

    assert [data["posture"] for _, data in told(state)] == ["evacuation", "normal"]


def test_an_import_is_told_in_numbers(state):
    """No name, no class."""
    Import.objects.create(at=now(), source="siecle", counts={"added": 3})

    assert told(state) == [(EventType.IMPORTED, {"source": "siecle", "counts": {"added": 3}})]


def test_another_version_of_the_rules_is_told(state):
    """Epoch and number, as gates are told."""
    knowledge_changed()
    newest = newest_version(now())
    [(kind, data)] = told(state)

    assert kind is EventType.KNOWLEDGE
    assert data == {"epoch": newest.epoch, "version": newest.number}


def test_a_gate_is_told_of_when_its_state_changes(state, gate):
    """Silent, well again, and without its camera."""
    later = now() + timedelta(minutes=3)
    [(kind, silent)] = told(state, later)
    Gate.objects.update(contact_at=later)
    [(_, well)] = told(state, later)
    Gate.objects.update(reported_at=later, knowledge_number=1, failing="camera turnstile")
    [(_, blind)] = told(state, later)

    assert (kind, silent["well"], silent["troubles"]) == (EventType.HEALTH, False, ["silent"])
    assert (well["well"], well["troubles"]) == (True, [])
    assert (blind["well"], blind["troubles"]) == (False, ["camera", "other"])


def test_a_gate_whose_lane_is_gone_is_told_of(state, gate):
    """It learns nothing any more."""
    Gate.objects.update(lane="pulled-down", reported_at=now(), knowledge_number=1)
    [(_, astray)] = told(state)

    assert (astray["well"], astray["troubles"]) == (False, ["no-lane"])


def test_every_trouble_of_a_gate_has_its_code():
    """A new one can't be told otherwise."""
    known = {one for one in vars(health).values() if isinstance(one, health.Trouble)}
    known |= {*health.FAILING.values(), *health.FOR_PHONES.values()}

    assert known == set(watching.TROUBLES)


def test_a_quarter_hour_is_told_when_it_is_over_and_few_are_nobody(state, gate):
    """Five are told, four are null: one pupil who is late is no figure."""
    begins = midnight(now()) + timedelta(hours=12)
    state["counted"] = begins.isoformat()
    for number in range(5):
        body = DecisionBody(
            1, "entry-1", 0, (), (), "00" * 8, "normal", Medium.PAPER, PASS, HOLDER, Kind.PUPIL
        )
        at_ms = int(begins.timestamp() * 1000) + number
        record([parcel("entry-1", [(number + 1, at_ms, body)])])
    found = told(state, begins + QUARTER + watching.LATER)
    [data] = [data for kind, data in found if kind is EventType.COUNTS]

    people = {row["lane"]: row["people"] for row in data["lanes"]}
    assert people == {"entry-1": 5, "exit-1": None}
    assert (PASS in str(data), HOLDER in str(data)) == (False, False)


def test_the_last_quarter_hour_before_midnight_is_told(state, gate):
    """Its end is another day's beginning."""
    begins = midnight(now()) - QUARTER
    state["counted"] = begins.isoformat()
    Event.objects.create(at=begins, kind="count", lane="entry-1", people=6, direction="entry")
    found = told(state, begins + QUARTER + watching.LATER)
    [data] = [data for kind, data in found if kind is EventType.COUNTS]

    assert {row["lane"]: row["people"] for row in data["lanes"]} == {"entry-1": 6, "exit-1": None}


def test_who_is_added_later_is_told_what_happens_from_then_on(gate, destination, program):
    """Nothing was looked at before there was anybody to tell."""
    raise_alarm(gate, AlarmKind.CHAIN, 1, 1)
    turn(now(), "me")
    assert not Watch.objects.exists()

    destination(events=(EventType.GATE_ALARM,))
    collect(now())
    raise_alarm(gate, AlarmKind.CHAIN, 1, 2)
    Import.objects.create(at=now(), source="siecle", counts={})
    collect(now())
    assert [one.kind for one in Delivery.objects.all()] == [EventType.GATE_ALARM]
    turn(now(), "me")
    assert [one["type"] for one in program.told()] == ["gate.alarm"]


def test_the_loop_outlives_what_goes_wrong_in_a_turn(monkeypatch):
    """Looked again a few seconds later; the streams beside it notice nothing."""
    turns: list[str] = []

    def go_wrong(_at, sender, _stopped):
        turns.append(sender)
        if len(turns) == 3:
            raise asyncio.CancelledError
        raise ValueError("a bug")

    monkeypatch.setattr(telling, "turn", go_wrong)
    monkeypatch.setattr(telling, "look_for_unopened", lambda _at: 1 / 0)
    monkeypatch.setattr(telling, "EVERY_S", 0)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(telling.keep_telling())

    assert len(turns) == 3
    assert len(set(turns)) == 1
