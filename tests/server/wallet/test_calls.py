"""What a phone asks once it has its pass: how it stands, a newer one, what is kept."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.conftest import AT
from tests.server.wallet.conftest import Phone

from portique.core.values import Kind, Language, PassId, Uai
from portique.core.wire_wallet import Asked, WalletAct, sign_call
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.passes import actions as passes
from portique.server.passes.models import IssuedPass
from portique.server.people.actions import look_up
from portique.server.people.erasing import erase
from portique.server.people.models import AccessReason, Person
from portique.server.school.models import Counter
from portique.server.wallet.actions import new_phone, switch
from portique.server.wallet.challenges import FRESH_MS, new_challenge

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


def test_the_servers_time_comes_with_what_to_sign(phone):
    """A phone learns how far its own clock is off, and signs none of it."""
    told = phone.challenge()

    assert told["time_ms"] == clock.now_ms()
    assert told["phones"] is True
    assert len(base64.urlsafe_b64decode(told["challenge"])) == 24


@pytest.mark.parametrize("age_ms", [FRESH_MS + 1, -1])
def test_a_challenge_lives_two_minutes(enrolled, age_ms):
    """An older one is asked for again; one from the future was never given."""
    phone = enrolled()
    challenge = new_challenge(clock.now_ms() - age_ms)
    asked = Asked(WalletAct.STATE, challenge, Uai(phone.held["school"]["uai"]), Language.FR)
    body = sign_call(asked, PassId(phone.held["pass_id"]), phone.key)

    assert phone.send(WalletAct.STATE, body).json()["error"] == "challenge"


def test_a_challenge_of_somebody_else_is_none(enrolled):
    """The hash is the server's own."""
    phone = enrolled()
    forged = new_challenge(clock.now_ms())[:-1] + b"\0"
    asked = Asked(WalletAct.STATE, forged, Uai(phone.held["school"]["uai"]), Language.FR)
    body = sign_call(asked, PassId(phone.held["pass_id"]), phone.key)

    assert phone.send(WalletAct.STATE, body).json()["error"] == "challenge"


def test_a_call_counts_for_its_act_alone(enrolled):
    """A question about the state opens no data."""
    phone = enrolled()
    body = phone.sign(WalletAct.STATE, phone.held["pass_id"])

    assert phone.send(WalletAct.DATA, body).json()["error"] == "malformed"


@pytest.mark.parametrize(
    ("body", "status", "error"), [(b"", 400, "malformed"), (bytes(513), 413, "too-long")]
)
def test_what_is_no_call_is_said_to_be_none(phone, body, status, error):
    """In the form every refusal has."""
    answer = phone.send(WalletAct.ENROL, body)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("act", [WalletAct.STATE, WalletAct.RENEW, WalletAct.DATA])
def test_another_phone_learns_nothing_of_a_pass(enrolled, act):
    """Its number is in every code that is shown; the key is not."""
    held = enrolled().held["pass_id"]

    assert Phone().ask(act, held)[1]["error"] == "unknown-pass"


def test_a_card_is_no_phone(by, person, phone):
    """Nobody asks about a card by its number."""
    card = passes.issue_for(by, person())

    assert phone.ask(WalletAct.STATE, card.pass_id)[1]["error"] == "unknown-pass"


def test_the_state_says_what_became_of_the_pass(by, enrolled):
    """Valid, suspended, valid again, revoked; each with a sentence."""
    phone, said = enrolled(), []
    pass_id = PassId(phone.held["pass_id"])
    for act in (None, passes.suspend, passes.resume, passes.revoke):
        if act:
            act(by, pass_id)
        status, answer = phone.ask(WalletAct.STATE)
        said.append((status, answer["status"], answer["renew"], bool(answer["words"])))

    statuses = ("valid", "suspended", "valid", "revoked")
    assert said == [(200, status, False, True) for status in statuses]


def test_asking_leaves_no_trace(enrolled):
    """No row is written: nobody can follow a phone by its questions."""
    phone = enrolled()
    body = phone.sign(WalletAct.STATE, phone.held["pass_id"])
    with CaptureQueriesContext(connection) as seen:
        phone.send(WalletAct.STATE, body)

    assert [one["sql"] for one in seen if not one["sql"].startswith("SELECT")] == []


# --- renewal ---


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


# --- data ---


def sections(phone: Phone) -> dict[str, list[dict[str, str]]]:
    status, said = phone.ask(WalletAct.DATA)
    assert status == 200, said
    return {one["id"]: one["lines"] for one in said["sections"]}


def test_the_holder_reads_what_is_kept_and_who_looked(account, person, enrolled):
    """Their own data, passes, looks with role and reason, purposes and rights."""
    somebody = person(1, regime="green")
    phone = enrolled(somebody)
    look_up(account(Role.AGENT), somebody, AccessReason.FORGOTTEN_CARD)
    told = sections(phone)

    assert list(told) == ["own", "passes", "permissions", "seen", "done", "kept", "rights"]
    assert {"label": "Classe ou service", "text": "2de 4"} in told["own"]
    assert any("carte oubliée" in line["text"] for line in told["seen"])
    assert any(line["text"].startswith("téléphone inscrit") for line in told["done"])
    assert any("valable" in line["text"] for line in told["passes"])


def test_the_data_comes_in_english_too(enrolled):
    """Titles and lines, by the call's own word."""
    phone = enrolled()
    phone.language = Language.EN
    _, said = phone.ask(WalletAct.DATA)

    assert said["sections"][0]["title"] == "What the school knows"
    assert {"label": "Class or service", "text": "2de 4"} in said["sections"][0]["lines"]


def test_a_lost_phone_reads_nothing(by, enrolled):
    """Suspended, it is told how it stands, and no more."""
    phone = enrolled()
    passes.suspend(by, PassId(phone.held["pass_id"]))

    assert phone.ask(WalletAct.DATA)[1]["error"] == "not-counting"


def test_a_guardian_reads_of_themselves_alone(person, enrolled):
    """Names of the children they answer for, nothing of where those are."""
    child, guardian = person(1, regime="green"), person(2, kind=Kind.GUARDIAN.value, label="")
    guardian.pupil_ties.create(pupil=child, role="legal")
    told = sections(enrolled(guardian))

    assert any(child.shown_name in line["text"] for line in told["own"])
    assert not any("portique" in line["label"].lower() for line in told["own"])


# --- the school's switch ---


def test_off_no_phone_is_enrolled_and_none_counts(served, by, person, enrolled, phone):
    """In words; on again, the phones there were count as they did."""
    held = enrolled()
    switch(by.account, on=False)

    assert phone.challenge()["phones"] is False
    assert phone.enrol("0000-0000")[1]["error"] == "phones-off"
    assert held.ask(WalletAct.STATE)[1]["status"] == "off"
    assert held.ask(WalletAct.DATA)[1]["error"] == "not-counting"
    assert held.ask(WalletAct.RENEW)[1]["error"] == "phones-off"
    switch(by.account, on=True)
    assert held.ask(WalletAct.STATE)[1]["status"] == "valid"


def test_off_gates_are_told_and_cards_go_on(served, by, person, enrolled):
    """The status list suspends phones' passes, and no others."""
    somebody = person(1, regime="green")
    card, phone = passes.issue_for(by, somebody), enrolled(somebody)
    switch(by.account, on=False)
    status = served.register.statuses()

    index = IssuedPass.objects.get(pk=phone.held["pass_id"]).status_index
    assert (status[index].name, status[card.status_index].name) == ("SUSPENDED", "VALID")
    switch(by.account, on=True)
    assert served.register.statuses()[index].name == "VALID"
