"""A door opened from the console, and what is wrong with a gate rung there."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portique.core import canonical
from portique.core.entries import ManualAdmissionBody
from portique.core.wire_news import ADMISSION, admission_of
from portique.core.wire_news import Note as Told
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console import queries, telling
from portique.server.console.actions import dismiss
from portique.server.console.models import Event, EventKind
from portique.server.console.names import Shown
from portique.server.console.openings import CONFIRMED_WITHIN, look_for_unopened
from portique.server.gates.actions import raise_alarm, see_alarm
from portique.server.gates.models import Alarm, AlarmKind, Entry, Epoch, Gate, Note

OPEN = "/direct/ouverture"
JSON = {"accept": "application/json"}
FORM = {"lane": "entry-1", "reason": "forgotten"}


@pytest.fixture
def heard(gate) -> Gate:
    """Return the gate, which has just called."""
    gate.contact_at = now()
    gate.save()
    found: Gate = gate
    return found


def told() -> Told:
    """Return what the gate is told."""
    note = Note.objects.get()
    return Told(note.number, note.kind, canonical.decode(bytes(note.payload), bytes_max=1024))


def test_a_gate_is_asked_to_open(signed_in, heard):
    """By a note with a number of its own and an alias; nobody is counted until it confirms."""
    assert signed_in(Role.RECEPTION).post(OPEN, FORM, headers=JSON).status_code == 200

    asked = admission_of(told())
    event = Event.objects.get()
    assert (told().kind, asked.lane, asked.reason) == (ADMISSION, "entry-1", "forgotten")
    assert (event.kind, event.people) == (EventKind.OPENING, 0)
    assert asked.admission == event.data["admission"]


def test_the_gates_entry_says_that_the_door_opened_and_for_whom_it_was_asked(
    heard, filed, signed_in
):
    """It counts the person; the console names whoever asked, the gate knew an alias."""
    client = signed_in(Role.SCHOOL_LIFE)
    client.post(OPEN, FORM)
    asked = admission_of(told())
    body = ManualAdmissionBody("entry-1", asked.reason, asked.agent, 1, admission=asked.admission)
    filed(body)

    [line, sent] = telling.Telling(queries.recent(now())).lines()
    assert line.by == sent.by == "Camille School-Life"
    assert queries.lanes(now())[0].today.entered == 1
    assert "porte ouverte depuis cette page" in line.details


@pytest.fixture
def asked(signed_in, heard) -> Callable[[timedelta], str]:
    """Have the gate asked to open, so long ago; return the number it is to confirm."""

    def ask(ago: timedelta) -> str:
        signed_in(Role.SCHOOL_LIFE).post(OPEN, FORM)
        Event.objects.update(at=now() - ago)
        return admission_of(told()).admission

    return ask


def test_an_opening_that_no_gate_confirms_rings_once(asked):
    """Who asked believes that the door opened."""
    asked(CONFIRMED_WITHIN)
    look_for_unopened(now())
    look_for_unopened(now())

    [event] = queries.alerts(now())
    line = telling.Telling([event]).line(event)
    assert line.headline == "Le portique n’a pas confirmé l’ouverture"
    assert (line.lane, line.by) == ("Entrée 1", "Camille School-Life")


def test_an_opening_that_is_confirmed_in_time_does_not_ring(asked, filed):
    """The door opened: nobody is to look there."""
    number = asked(CONFIRMED_WITHIN)
    filed(ManualAdmissionBody("entry-1", "forgotten", "console-1", 1, admission=number))
    look_for_unopened(now())

    assert not Event.objects.filter(alert=True).exists()


def test_an_opening_that_is_confirmed_late_is_silenced(asked, filed):
    """However late: a gate that was cut off files when it is back; open pages are told."""
    number = asked(CONFIRMED_WITHIN)
    look_for_unopened(now())
    Event.objects.update(at=now() - timedelta(hours=1))
    filed(ManualAdmissionBody("entry-1", "forgotten", "console-1", 1, admission=number))
    rung = Event.objects.get(alert=True)

    assert rung.dismissed_at is not None
    assert Event.objects.get(kind=EventKind.DISMISSED).data["alert"] == rung.pk


def test_an_opening_is_not_rung_for_before_its_time(asked, django_assert_num_queries):
    """The gate opens within a minute and files; until then looking costs one question."""
    asked(CONFIRMED_WITHIN - timedelta(seconds=10))
    with django_assert_num_queries(1):
        look_for_unopened(now())

    assert queries.alerts(now()) == []


@pytest.mark.parametrize(
    ("silent_s", "form", "status"),
    [
        pytest.param(61, {}, 409, id="a gate that is silent"),
        pytest.param(0, {"lane": "exit-1"}, 409, id="a lane without a gate"),
        pytest.param(0, {"lane": "nowhere"}, 400, id="no such lane"),
        pytest.param(0, {"reason": "x"}, 400, id="no such reason"),
    ],
)
def test_nothing_is_sent_where_nobody_would_open(signed_in, heard, silent_s, form, status):
    """A door must not open when its gate comes back, long after."""
    Gate.objects.update(contact_at=now() - timedelta(seconds=silent_s))

    assert signed_in(Role.AGENT).post(OPEN, FORM | form, headers=JSON).status_code == status
    assert not Event.objects.exists()
    assert not Note.objects.exists()


def wrong(gate, filed_body=None, kind=AlarmKind.TWO_LANES) -> Event:
    """Raise an alarm at an entry of the gate; return the event that rings for it."""
    if filed_body is not None:
        epoch = Epoch.objects.create(gate=gate, number=1, public=b"", chain=b"")
        Entry.objects.create(
            epoch=epoch, number=7, time_ms=1_795_333_333_000, kind=2, body=filed_body.to_body(),
            commitment=b"", chain=b"", received_ms=0,
        )  # fmt: skip
    raise_alarm(gate, kind, 1, 7)
    return Event.objects.get(kind=EventKind.GATE)


@pytest.mark.parametrize("kind", AlarmKind)
def test_an_alarm_of_a_gate_rings_at_every_console(gate, kind):
    """Once, with the next step; while it goes on it is counted."""
    wrong(gate, kind=kind)
    raise_alarm(gate, kind, 1, 7)

    [event] = queries.alerts(now())
    line = telling.Telling([event]).line(event)
    assert line.headline
    assert line.details


def test_an_alarm_says_whose_pass_it_is_as_long_as_that_is_kept(gate, decision, monkeypatch):
    """The name is found when it is shown; erased, the entry tells nothing, nor does the event."""
    body = decision(0)
    event = wrong(gate, body)
    shown = {body.pass_id: Shown("Inès Aubert", "3B")}
    monkeypatch.setattr(telling, "names_of", lambda ids: {i: shown[i] for i in ids if i in shown})
    before = telling.Telling([event]).line(event)
    Entry.objects.update(body=None)
    after = telling.Telling([event]).line(event)

    assert before.who is not None
    assert before.details[-1].startswith("Présenté le 22/11")
    assert (after.who, len(after.details)) == (None, 1)
    assert body.pass_id not in str(event.data)


def test_an_alarm_somebody_saw_to_is_silent(gate, account):
    """On the gates' page: it leaves the consoles. At a console: the gates' page still has it."""
    event = wrong(gate)
    dismiss(account(Role.AGENT), event.pk)
    kept = Alarm.objects.get(seen_at=None)
    see_alarm(kept)
    raise_alarm(gate, AlarmKind.CHAIN, 1, 9)
    see_alarm(Alarm.objects.get(seen_at=None))

    assert queries.alerts(now()) == []
    assert Event.objects.filter(kind=EventKind.DISMISSED).count() == 2


def test_an_alarm_that_cannot_be_shown_is_still_raised(gate, monkeypatch):
    """What fails in another part of the server undoes no alarm and no filing."""
    monkeypatch.setattr("portique.server.console.actions.append", lambda _: 1 / 0)
    raise_alarm(gate, AlarmKind.CHAIN, 1, 7)

    assert Alarm.objects.count() == 1
