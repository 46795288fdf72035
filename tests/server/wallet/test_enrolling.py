"""A code becomes a phone's pass, once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.conftest import AT, NAME, UAI
from tests.server.wallet.conftest import Phone

from portique.cli.judging import Judgement, bench_of
from portique.core.decide import Outcome, Reason
from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.core.values import Kind, Language, PassId
from portique.core.wire_wallet import WalletAct
from portique.server.accounts.throttle import address_of, count_failure, guess
from portique.server.passes import actions as passes
from portique.server.passes.models import ACT_WORDS, Act, ActKind, IssuedPass, Use
from portique.server.passes.quotas import ACCOUNT_HOUR_MAX, QuotaExceededError
from portique.server.people.models import Person
from portique.server.wallet.actions import Lasts, codes_for, drop_codes, new_phone
from portique.server.wallet.calls import ENROLMENTS
from portique.server.wallet.models import PhoneCode

MONDAY = AT + timedelta(minutes=30)
pytestmark = pytest.mark.usefixtures("monday")


def judged(served, text: str, at=MONDAY):
    return Judgement(bench_of(served, "entry-1", at)).judge(text, at).decision


def status_of(phone: Phone) -> Status:
    return Status(IssuedPass.objects.get(pk=phone.held["pass_id"]).status)


def test_from_a_code_to_a_gate_that_grants(served, by, person, phone):
    """The phone's drawn code is granted; its pass alone, and the same code a minute later, not."""
    (new,) = codes_for(by, [person(1, regime="green")], Lasts.PAPER)
    status, said = phone.enrol(new.code)
    shown = phone.shown(int(MONDAY.timestamp()))

    assert (status, said["kind"], said["label"]) == (200, "pupil", "2de 4")
    assert said["school"] == {"uai": UAI, "name": NAME}
    assert judged(served, shown).outcome is Outcome.GRANT
    assert judged(served, said["pass"]).outcome is Outcome.REFUSE
    late = judged(served, shown, MONDAY + timedelta(minutes=1))
    assert late.outcome is not Outcome.GRANT


def test_a_code_serves_one_phone(by, person, phone):
    """Whoever copied it comes too late."""
    (new,) = codes_for(by, [person()], Lasts.SCREEN)
    phone.enrol(new.code)

    assert Phone().enrol(new.code)[1]["error"] == "code"
    assert IssuedPass.objects.filter(use=Use.PHONE).count() == 1


def test_a_lost_answer_is_given_again_to_the_same_phone(by, person, phone):
    """The code and the key together give the pass they made, and make no other."""
    (new,) = codes_for(by, [person()], Lasts.SCREEN)
    first = phone.enrol(new.code)
    body = phone.sign(WalletAct.ENROL, new.code.replace("-", ""))
    with CaptureQueriesContext(connection) as seen:
        again = phone.send(WalletAct.ENROL, body)

    assert first == (again.status_code, again.json())
    assert [one["sql"] for one in seen if not one["sql"].startswith("SELECT")] == []


def test_a_phone_suspended_meanwhile_is_not_given_its_pass_again(by, person, phone):
    """The office acted first."""
    (new,) = codes_for(by, [person()], Lasts.SCREEN)
    passes.suspend(by, PassId(phone.enrol(new.code)[1]["pass_id"]))

    assert phone.enrol(new.code)[1]["error"] == "code"


def test_a_person_has_one_phone_at_a_time(served, by, person, enrolled):
    """The next one ends the one before; the card goes on."""
    somebody = person(1, regime="green")
    card = passes.issue_for(by, somebody)
    before, after = enrolled(somebody), enrolled(somebody)

    assert (status_of(before), status_of(after)) == (Status.REVOKED, Status.VALID)
    shown = before.shown(int(MONDAY.timestamp()))
    assert Reason.REVOKED in judged(served, shown).reasons
    assert judged(served, card.text).outcome is Outcome.GRANT


def test_a_new_phone_suspends_the_lost_one_at_once(served, by, person, enrolled):
    """Before anybody enrols the next: whoever found it gets nowhere."""
    lost = enrolled(somebody := person(1, regime="green"))
    new = new_phone(by, somebody)

    assert status_of(lost) is Status.SUSPENDED
    shown = lost.shown(int(MONDAY.timestamp()))
    assert Reason.PHONE_SUSPENDED in judged(served, shown).reasons
    assert Phone().enrol(new.code)[0] == 200
    assert status_of(lost) is Status.REVOKED


def test_a_phones_pass_is_not_replaced_like_a_card(by, enrolled):
    """Its key would be lost with it: the phone gets a code, or renews by itself."""
    phone = enrolled()

    with pytest.raises(RegisterError):
        passes.replace(by, PassId(phone.held["pass_id"]))
    assert status_of(phone) is Status.VALID


def test_a_new_code_ends_the_one_before(by, person, phone):
    """A sheet that was printed twice leaves one code."""
    somebody = person()
    (first,) = codes_for(by, [somebody], Lasts.PAPER)
    codes_for(by, [somebody], Lasts.PAPER)

    assert phone.enrol(first.code)[1]["error"] == "code"


def test_a_code_that_has_ended_is_refused_and_dropped(by, person, phone):
    """Ten minutes on a screen; nothing is left of it after the next purge."""
    (new,) = codes_for(by, [person()], Lasts.SCREEN)
    PhoneCode.objects.update(expires_at=AT)

    assert phone.enrol(new.code)[1]["error"] == "code"
    drop_codes(AT)
    assert not PhoneCode.objects.exists()


def test_whoever_left_gets_no_phone(by, person, phone):
    """Their paper code is in a drawer somewhere."""
    (new,) = codes_for(by, [somebody := person()], Lasts.PAPER)
    Person.objects.filter(pk=somebody.pk).update(left_on=AT.date())

    assert phone.enrol(new.code)[1]["error"] == "code"


def test_guardians_and_staff_have_phones_too(by, person):
    """The pass says what they are; several are several passes."""
    kinds = []
    for kind in (Kind.GUARDIAN, Kind.STAFF, Kind.VISITOR):
        (new,) = codes_for(by, [person(kind=kind.value)], Lasts.SCREEN)
        kinds.append(Phone().enrol(new.code)[1]["kind"])

    assert kinds == ["guardian", "staff", "visitor"]


def test_every_adults_phone_passes_today_and_a_visitors_on_its_day_alone(served, by, person):
    """At the gate as with a card: a visitor's pass ends with that day's last closing."""
    tomorrow, outcomes = MONDAY + timedelta(days=1), {}
    for kind in (Kind.GUARDIAN, Kind.STAFF, Kind.VISITOR):
        (new,) = codes_for(by, [person(kind=kind.value)], Lasts.SCREEN)
        held = Phone()
        held.enrol(new.code)
        shown = [(at, held.shown(int(at.timestamp()))) for at in (MONDAY, tomorrow)]
        outcomes[kind] = [judged(served, text, at).outcome for at, text in shown]

    adult = [Outcome.GRANT, Outcome.GRANT]
    assert outcomes == {
        Kind.GUARDIAN: adult,
        Kind.STAFF: adult,
        Kind.VISITOR: [Outcome.GRANT, Outcome.REFUSE],
    }


def test_the_database_holds_neither_code_nor_name(by, person):
    """Only a keyed hash: from a copy of the database no code can be tried."""
    (new,) = codes_for(by, [person()], Lasts.PAPER)
    row = PhoneCode.objects.get()

    assert new.code not in str(vars(row))
    assert new.code.replace("-", "") not in str(vars(row))


def test_acts_are_recorded_the_offices_and_the_phones(by, person, enrolled):
    """Who gave the code; that a phone was enrolled, by no account."""
    enrolled()
    acts = [(act.kind, act.account_id) for act in Act.objects.order_by("pk")]

    assert acts == [(ActKind.PHONE_CODE, by.account.pk), (ActKind.PHONE, None)]
    assert {ActKind.PHONE_CODE, ActKind.PHONE, ActKind.PHONE_RENEWED} <= set(ACT_WORDS)


def test_too_many_wrong_codes_wait(phone, rf):
    """From one address; the answer says how long, in the phone's language."""
    phone.language = Language.EN
    for _ in range(ENROLMENTS.free):
        count_failure([guess(ENROLMENTS, "phone", address_of(rf.get("/")))])
    status, said = phone.enrol("0000-0000")

    assert (status, said["error"]) == (429, "wait")
    assert 0 < said["wait_s"] <= ENROLMENTS.first_s
    assert "Too many tries" in said["words"]


def test_each_wrong_code_is_a_step_towards_waiting(phone, rf):
    """The last that costs nothing is answered; the next one waits."""
    for _ in range(ENROLMENTS.free - 1):
        count_failure([guess(ENROLMENTS, "phone", address_of(rf.get("/")))])

    assert [phone.enrol("0000-0000")[1]["error"] for _ in range(2)] == ["code", "wait"]


def test_a_code_on_paper_never_waits(by, person, phone, rf):
    """Its sixty bits can't be guessed: nobody keeps a school's phones out by wrong codes."""
    (new,) = codes_for(by, [person()], Lasts.PAPER)
    for _ in range(ENROLMENTS.free):
        count_failure([guess(ENROLMENTS, "phone", address_of(rf.get("/")))])

    assert phone.enrol("0000-0000-0000")[1]["error"] == "code"
    assert phone.enrol(new.code)[0] == 200


def test_a_hundred_codes_more_than_usual_are_refused(by, person):
    """Each code stands for a pass: a stolen session makes no bagful."""
    people = [person(n, label=f"{n}") for n in range(ACCOUNT_HOUR_MAX + 1)]

    with pytest.raises(QuotaExceededError):
        codes_for(by, people, Lasts.PAPER)
    assert not PhoneCode.objects.exists()
