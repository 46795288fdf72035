"""Passes in no register: a stolen key's, or issued after the copy that was put back."""

import os
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.server.gates.wired import WiredGate, alarms, decision

from portique.core.values import Kind, PassId, to_ms
from portique.school.issuing import Request, issue
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.gates.actions.unknown import look_for_unknown
from portique.server.gates.models import Alarm, AlarmKind, Epoch, Gate, Restore
from portique.server.gates.receivers import Filed, Parcel

HOUR = timedelta(hours=1)
FIRST, SECOND = PassId("ffeeddccbbaa9988"), PassId("ffeeddccbbaa9977")


@pytest.fixture
def restored():
    """A copy made ten hours ago was put back two hours ago."""
    return Restore.objects.create(copied_at=now() - 10 * HOUR, at=now() - 2 * HOUR)


def look(gate: WiredGate, *passes: PassId, ago: timedelta) -> None:
    """Have passes that were shown so long ago looked up."""
    bodies = [decision(pass_id=each) for each in passes]
    lines = gate.write(*bodies, at_ms=to_ms(now() - ago))[-len(bodies) :]
    row = Gate.objects.get(pk=gate.gate_id)
    epoch, _ = Epoch.objects.get_or_create(
        gate=row, number=1, defaults={"public": gate.public, "chain": gate.chain}
    )
    look_for_unknown([parcel(row, epoch, lines, bodies)])


def parcel(gate: Gate, epoch: Epoch, lines, bodies) -> Parcel:
    pairs = zip(lines, bodies, strict=True)
    return Parcel(gate, epoch, [Filed(line.number, line.time_ms, body, 0) for line, body in pairs])


def test_passes_shown_between_copy_and_restore_are_one_notice(gate_at, restored):
    """Each is counted once, whichever gate it was shown at, and however often."""
    look(gate_at("entry-1"), FIRST, SECOND, ago=5 * HOUR)
    look(gate_at("exit-1"), FIRST, ago=3 * HOUR)
    alarm = Alarm.objects.get()

    assert (alarm.kind, alarm.times) == (AlarmKind.ISSUED_AFTER_COPY, 2)


def test_an_unknown_pass_shown_before_the_copy_is_a_stolen_keys(gate, restored):
    """The copy would know it."""
    look(gate, FIRST, ago=11 * HOUR)

    assert alarms() == [AlarmKind.UNKNOWN_PASS]


def test_unknown_passes_shown_since_a_restore_are_counted_in_an_alarm(gate, restored):
    """It says what is likely; those of the notice are not counted again."""
    look(gate, FIRST, ago=5 * HOUR)
    look(gate, FIRST, SECOND, ago=HOUR)
    look(gate, SECOND, ago=HOUR)

    assert alarms() == [AlarmKind.ISSUED_AFTER_COPY, AlarmKind.UNKNOWN_RESTORED]
    assert Alarm.objects.get(kind=AlarmKind.UNKNOWN_RESTORED).times == 1


def test_an_old_restore_explains_nothing(gate):
    """Of the keys of that year no pass is genuine any more."""
    year = timedelta(days=370)
    Restore.objects.create(copied_at=now() - year - HOUR, at=now() - year)
    look(gate, FIRST, ago=HOUR)

    assert alarms() == [AlarmKind.UNKNOWN_PASS]


def test_known_passes_cost_one_question(gate, served, restored, django_assert_num_queries):
    """However many there are: filings of a morning are no slower for a restore."""
    known = [
        issue(served, Request(Kind.PUPIL, name), at=now(), entropy=os.urandom).pass_id
        for name in ("Zoé Lagarde", "Ali Benani")
    ]
    bodies = [decision(pass_id=PassId(each)) for each in known]
    lines = gate.write(*bodies)
    with django_assert_num_queries(1):
        look_for_unknown([parcel(Gate(), Epoch(), lines, bodies)])

    assert alarms() == []


@pytest.mark.parametrize(("role", "issues"), [(Role.SCHOOL_LIFE, True), (Role.TECHNICIAN, False)])
def test_the_page_tells_which_copy_and_how_many_cards(signed_in, gate, restored, role, issues):
    """Who may issue passes is led there."""
    look(gate, FIRST, SECOND, ago=5 * HOUR)
    page = signed_in(role).get(reverse("gates:gates")).content.decode()
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())

    assert "2 cartes" in words.replace("\xa0", " ")
    assert "remise en service le" in words
    assert "journal 0" not in words
    assert (f'<a href="{reverse("passes:classes")}">Délivrer' in page) is issues
