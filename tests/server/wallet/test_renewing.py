"""A phone's pass is made anew, or not: another class or year, a suspended phone, a lost one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.conftest import AT

from portique.core.values import Kind, PassId
from portique.core.wire_wallet import WalletAct
from portique.server import clock
from portique.server.passes import actions as passes
from portique.server.passes.models import IssuedPass
from portique.server.people.erasing import erase
from portique.server.people.models import Person
from portique.server.school.models import Counter
from portique.server.wallet.actions import new_phone

COUNTER, PASS = Counter._meta.db_table, IssuedPass._meta.db_table
pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def at(monkeypatch) -> Callable[[datetime], None]:
    """Let it be another time."""

    def be(when: datetime) -> None:
        class Then(datetime):
            @classmethod
            def now(cls, tz=None):
                return when.astimezone(tz)

        monkeypatch.setattr(clock, "datetime", Then)

    return be


def test_another_class_makes_the_pass_anew_once(by, person, enrolled):
    """The same phone holds it; the former one is revoked, and asking again gives the same."""
    somebody = person(label="2de 4")
    phone = enrolled(somebody)
    before = phone.held["pass_id"]
    Person.objects.filter(pk=somebody.pk).update(label="1re 2")

    assert phone.ask(WalletAct.STATE)[1]["renew"] is True
    (_, first), (_, again) = phone.ask(WalletAct.RENEW), phone.ask(WalletAct.RENEW)
    assert (first["label"], first) == ("1re 2", again)
    state = phone.ask(WalletAct.STATE, before)[1]
    assert (state["status"], state["renew"]) == ("revoked", True)
    assert phone.ask(WalletAct.STATE, first["pass_id"])[1]["status"] == "valid"


def test_nothing_to_renew_gives_the_pass_itself(enrolled):
    """And writes nothing: however often it is asked, gates and indexes go on as they are."""
    phone = enrolled()
    body = phone.sign(WalletAct.RENEW, phone.held["pass_id"])
    with CaptureQueriesContext(connection) as seen:
        said = phone.send(WalletAct.RENEW, body).json()

    assert said["pass"] == phone.held["pass"]
    assert [one["sql"] for one in seen if not one["sql"].startswith("SELECT")] == []


def test_a_new_school_year_reaches_the_phone(by, person, enrolled):
    """The year's new number, keys and end come without going to the office."""
    phone = enrolled(person(1, regime="green"))
    passes.roll(by, AT.year + 1, revoke=False)

    assert phone.ask(WalletAct.STATE)[1]["renew"] is True
    _, said = phone.ask(WalletAct.RENEW)
    assert said["expires"] > phone.held["expires"]


def test_old_passes_revoked_with_the_new_year_are_not_made_anew(by, enrolled, at):
    """Nor one that had ended before the year was begun: phones need new codes."""
    phone = enrolled()
    at(AT + timedelta(days=300))
    passes.roll(by, AT.year + 1, revoke=True)

    assert phone.ask(WalletAct.RENEW)[1]["error"] == "not-counting"


@pytest.mark.parametrize("act", [passes.suspend, passes.revoke])
def test_what_somebody_stopped_is_not_renewed(by, person, enrolled, act):
    """Whoever found a lost phone gets no newer pass either."""
    somebody = person()
    phone = enrolled(somebody)
    act(by, PassId(phone.held["pass_id"]))
    Person.objects.filter(pk=somebody.pk).update(label="1re 2")

    assert phone.ask(WalletAct.RENEW)[1]["error"] == "not-counting"


def test_making_anew_and_suspending_wait_for_each_other(by, person, enrolled):
    """Both write what gates know first, and only then a pass: neither undoes the other."""
    phone = enrolled(somebody := person())
    Person.objects.filter(pk=somebody.pk).update(label="1re 2")
    with CaptureQueriesContext(connection) as renewing:
        _, newer = phone.ask(WalletAct.RENEW)
    with CaptureQueriesContext(connection) as suspending:
        passes.suspend(by, PassId(newer["pass_id"]))

    for seen in (renewing, suspending):
        written = [one["sql"] for one in seen if one["sql"].startswith(("UPDATE", "INSERT"))]
        tables = [table for sql in written for table in (COUNTER, PASS) if table in sql]
        assert tables[0] == COUNTER
        assert PASS in tables


def test_whoever_left_gets_no_newer_pass(person, enrolled):
    """Though nobody revoked the one they have yet."""
    somebody = person()
    phone = enrolled(somebody)
    Person.objects.filter(pk=somebody.pk).update(label="1re 2", left_on=AT.date())

    assert phone.ask(WalletAct.STATE)[1]["renew"] is False


def test_a_pupils_phone_comes_through_the_summer_and_a_visitors_not(person, enrolled, at):
    """An ended pass of somebody who is here is made anew; a visit is over."""
    pupil, visitor = enrolled(person(1)), enrolled(person(2, kind=Kind.VISITOR.value))
    at(AT + timedelta(days=300))  # in September

    answers = [one.ask(WalletAct.STATE)[1] for one in (pupil, visitor)]
    assert [(one["status"], one["renew"]) for one in answers] == [("ended", True), ("ended", False)]
    assert pupil.ask(WalletAct.RENEW)[1]["expires"] > clock.now().timestamp()
    assert visitor.ask(WalletAct.RENEW)[1]["error"] == "not-counting"


def test_a_phone_suspended_as_lost_is_not_made_anew_after_the_summer(by, enrolled, at):
    """Its pass has ended meanwhile, but nobody found it again."""
    phone = enrolled()
    passes.suspend(by, PassId(phone.held["pass_id"]))
    at(AT + timedelta(days=300))

    assert phone.ask(WalletAct.STATE)[1]["renew"] is False
    assert phone.ask(WalletAct.RENEW)[1]["error"] == "not-counting"


def test_the_next_phone_ends_one_whose_pass_had_ended(person, enrolled, at):
    """A phone lost in the summer comes back to nothing: a person has one phone."""
    lost = enrolled(somebody := person())
    at(AT + timedelta(days=300))
    enrolled(somebody)

    assert lost.ask(WalletAct.STATE)[1]["renew"] is False
    assert lost.ask(WalletAct.RENEW)[1]["error"] == "not-counting"


def test_a_phone_said_to_be_lost_after_the_summer_gets_nothing(by, person, enrolled, at):
    """From the moment the office asks for the next code."""
    lost = enrolled(somebody := person())
    at(AT + timedelta(days=300))
    new_phone(by, somebody)

    assert lost.ask(WalletAct.RENEW)[1]["error"] == "not-counting"


def test_the_pass_of_somebody_erased_is_nobodys(person, enrolled):
    """The phone is told so, in words, and not what became of them."""
    somebody = person()
    phone = enrolled(somebody)
    erase([somebody.pk])

    assert phone.ask(WalletAct.STATE)[1]["error"] == "unknown-pass"


def test_a_renewed_pass_is_not_the_way_around_the_next_phone(person, enrolled):
    """Once another phone is enrolled, the former one gets nothing by its old passes."""
    somebody = person()
    before = enrolled(somebody)
    Person.objects.filter(pk=somebody.pk).update(label="1re 2")
    before.ask(WalletAct.RENEW)
    enrolled(Person.objects.get(pk=somebody.pk))

    assert before.ask(WalletAct.RENEW)[1]["error"] == "not-counting"
