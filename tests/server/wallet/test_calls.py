"""What a phone asks once it has its pass: how it stands, what is kept."""

import base64

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.wallet.conftest import Phone

from portique.core.values import Kind, Language, PassId, Uai
from portique.core.wire_wallet import Asked, WalletAct, sign_call
from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.passes import actions as passes
from portique.server.passes.models import IssuedPass
from portique.server.people.actions import look_up
from portique.server.people.models import AccessReason
from portique.server.wallet.actions import switch
from portique.server.wallet.challenges import FRESH_MS, new_challenge

pytestmark = pytest.mark.usefixtures("monday")


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
    number = phone.held["pass_id"][:8]  # as it stands beside the pass itself
    assert any(line["text"].startswith(f"téléphone inscrit {number}") for line in told["done"])
    assert any(line["label"] == f"Téléphone {number}" for line in told["passes"])
    assert any("valable" in line["text"] for line in told["passes"])


def test_each_reason_says_until_when_and_for_whom(enrolled):
    """Several durations are said to be of different data: nobody has to guess which one holds."""
    kept = {line["label"]: line["text"] for line in sections(enrolled())["kept"]}

    assert "Pour laisser passer qui en a le droit, et dire pourquoi non" in kept
    reasons = [text for label, text in kept.items() if label.startswith("Pour ")]
    for text in reasons:
        assert text.startswith(("Gardé\u00a0: ", "Gardé, selon la donnée\u00a0: ")), text
        assert text.endswith(("(RGPD, art. 6(1)(e)).", "(RGPD, art. 6(1)(c))."))
    assert any("selon la donnée" in text and "\u202f; " in text for text in reasons)
    assert any("Reçu par\u00a0: " in text for text in reasons)


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
