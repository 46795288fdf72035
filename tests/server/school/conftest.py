"""A served school with groups and pupils; what gates get of it, as a gate reads it."""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.server.conftest import UAI

from portique.core.calendars import Calendar
from portique.core.exits import read_regimes
from portique.core.knowledge import read_bundle
from portique.core.rights import Rights
from portique.core.values import Kind, to_ms
from portique.core.zones import Site
from portique.school.bundles import make_bundle
from portique.school.issuing import Request, issue
from portique.school.times.simulator import Asked, Rules, simulate
from portique.server import clock
from portique.server.accounts.roles import Role

MONDAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=ZoneInfo("Europe/Paris"))
TABLE = """group;weekday;start;end;weeks;from;until;teacher
2DE 04;lundi;8:00;10:00;;;;FONTAINE
2DE 04;lundi;14:00;16:00;;;;NOIRET
2DE 05;lundi;8:00;10:00;;;;NOIRET
2DE 05;lundi;13:00;17:00;;;;ROCHE
"""
YEAR = {"first": "2026-09-01", "last": "2027-07-03", "whole": "groups"}


@pytest.fixture(autouse=True)
def monday(monkeypatch) -> datetime:
    """Make it Monday morning for what asks the server's clock for today."""
    for module in ("queries", "actions.changes", "actions.timetables", "actions.telling"):
        monkeypatch.setattr(f"portique.server.school.{module}.now", lambda: MORNING)
    return MORNING


@pytest.fixture
def office(signed_in):
    """Return the browser of somebody of the school life office."""
    return signed_in(Role.SCHOOL_LIFE)


@pytest.fixture
def enrolled(served):
    """Give somebody a card and rights; return the holder's number."""

    def enrol(*groups: str, kind: Kind = Kind.PUPIL, **more):
        request = Request(kind, "Zoé Marchand")
        issued = issue(served, request, at=MORNING, entropy=os.urandom)
        served.register.set_rights(issued.holder, Rights(tuple(groups), **more).to_data())
        return issued.holder

    return enrol


@pytest.fixture
def pupils(enrolled):
    """Three pupils: two of 2DE 04, one of 2DE 05."""
    return [enrolled(group, regime="green") for group in ("2DE 04", "2DE 04", "2DE 05")]


@pytest.fixture
def told(served):
    """Read back what gates get now."""

    def read():
        data = make_bundle(served, at=clock.now(), entropy=os.urandom)
        return read_bundle(data, served.keys.knowledge.public, uai=UAI)

    return read


@pytest.fixture
def leaving(told):
    """Ask the core what a gate with the newest bundle does for somebody at a local time."""

    def ask(rights: Rights, hour: float, *, day: date = MONDAY, lane="exit-1", kind=Kind.PUPIL):
        parts = told().parts
        calendar = Calendar.from_data(parts["calendar"])
        rules = Rules(calendar, read_regimes(parts["settings"]["regimes"]))
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(calendar.zone))
        at_ms = to_ms(local) + round(hour * 3_600_000)
        lane = Site.from_data(parts["zones"]).lane(lane)
        return simulate(rules, Asked(kind, rights, lane, at_ms)).outcome

    return ask
