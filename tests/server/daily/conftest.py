"""A Monday of term at half past eight, lessons since eight, pupils, and gates that let in."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.server.conftest import AT

from portique.core.calendars import Calendar
from portique.core.timetables import Lesson, Timetable
from portique.core.values import Kind, to_ms
from portique.school.rules import calendar_of, write_calendar
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.gates.models import Crossing, Entry, Epoch, Gate
from portique.server.people.actions import Particulars, add_person
from portique.server.people.models import Person, Tie

CLASS, LATER = "2de 4", "2de 5"  # lessons from 8 h, and from 10 h
PAGE, DRAFT, LATE = "/vie-scolaire/", "/vie-scolaire/messages/eleve/{}/", "/vie-scolaire/retards/"


class Hands:
    """The hands of the server's clock, which a test moves."""

    def __init__(self) -> None:
        self.at = AT

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture(autouse=True)
def hands(monkeypatch) -> Hands:
    """Make it Monday, 8:30 in Paris, whenever these tests run."""
    held = Hands()

    class Monday(datetime):
        @classmethod
        def now(cls, tz=None):
            return held.at.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Monday)
    return held


@pytest.fixture(autouse=True)
def lessons(served) -> Calendar:
    """Give one class lessons from eight and another from ten, each Monday."""
    held = (Lesson(CLASS, 1, 480, 600), Lesson(LATER, 1, 600, 720))
    timetable = Timetable(date(2026, 9, 1), date(2027, 7, 3), (CLASS, LATER), held)
    calendar = replace(calendar_of(served), timetable=timetable)
    write_calendar(served, calendar)
    return calendar


@pytest.fixture
def pupil(served):
    """Add a pupil."""

    def add(first: str = "Zoé", label: str = CLASS, **more) -> Person:
        return add_person(Kind.PUPIL, Particulars(first, "Vantreuil", label=label, **more))

    return add


@pytest.fixture
def gate(served) -> Gate:
    """Enrol a gate at the entry that called a moment ago."""
    contact = AT - timedelta(seconds=5)
    return Gate.objects.create(
        gate_id="entry-1", lane="entry-1", x=b"x" * 32, y=b"y" * 32, contact_at=contact
    )


@pytest.fixture
def let_in(gate):
    """Have the gate let somebody in, as its filed entries tell."""
    epoch = Epoch.objects.create(gate=gate, number=1, public=b"", chain=b"")
    numbers = itertools.count(1)

    def let(person: Person, *, at: datetime = AT, lane: str = "entry-1") -> Entry:
        entry = Entry.objects.create(
            epoch=epoch, number=next(numbers), time_ms=to_ms(at), body=b"b", commitment=b"",
            chain=b"", received_ms=to_ms(at),
        )  # fmt: skip
        Crossing.objects.create(entry=entry, holder=person.holder or "", lane=lane, at_ms=to_ms(at))
        return entry

    return let


@pytest.fixture
def office(signed_in):
    """Return the browser of somebody of school life."""
    return signed_in(Role.SCHOOL_LIFE)


@pytest.fixture
def guardian(served):
    """Tie a guardian to a pupil."""

    def tie(pupil: Person, first: str = "Camille", role: str = "legal", **more: str) -> Person:
        somebody = Person.objects.create(
            kind=Kind.GUARDIAN, civil_first_name=first, civil_last_name="Vantreuil", **more
        )
        Tie.objects.create(guardian=somebody, pupil=pupil, role=role)
        return somebody

    return tie
