"""One answer wins, and everybody is told whose."""

import json
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portique.core.entries import Ruling
from portique.core.errors import TooLate
from portique.core.sentences import AdmitReason, DenyReason
from portique.core.wire_news import RULING
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console import actions, queries
from portique.server.console.actions import alias_of, dismiss, rule
from portique.server.console.models import Referral, ReferralState
from portique.server.gates.models import Note
from portique.testing.postgresql import own_database

RACES, RACES_ON_POSTGRESQL = 1000, 200
RIVALS = Path(__file__).with_name("other_process.py")


def test_an_answer_is_sent_to_the_gate(referral, account):
    """As a note that names the decision's entry, and no person."""
    agent = account(Role.AGENT)
    rule(agent, referral, Ruling.ADMIT, AdmitReason.KNOWN)

    note = Note.objects.get()
    assert note.kind == RULING
    assert bytes(alias_of(agent), "ascii") in bytes(note.payload)
    assert agent.name not in str(bytes(note.payload))


def test_the_second_answer_loses_and_the_first_is_named(referral, account):
    """Whoever is late reads who was first."""
    first, second = account(Role.AGENT), account(Role.HEAD)
    rule(first, Referral.objects.get(), Ruling.DENY, DenyReason.SENT)

    with pytest.raises(TooLate):
        rule(second, referral, Ruling.ADMIT, AdmitReason.KNOWN)

    assert (referral.user, referral.verdict) == (first, "deny")
    assert Note.objects.count() == 1


def test_the_gates_agent_may_have_been_faster(referral, account, filed, ruling):
    """Its journal is the truth: the console's answer did not count."""
    rule(account(Role.AGENT), referral, Ruling.DENY, DenyReason.SENT)
    filed(ruling(referral.number, "loge", Ruling.ADMIT))

    referral.refresh_from_db()
    assert (referral.state, referral.agent, referral.user) == (
        ReferralState.ELSEWHERE,
        "loge",
        None,
    )


def test_a_gate_confirms_a_consoles_answer(referral, account, filed, ruling):
    """Then the card goes, and the answer stays that person's."""
    agent = account(Role.AGENT)
    rule(agent, referral, Ruling.ADMIT, AdmitReason.KNOWN)
    still = len(queries.waiting(now()))
    filed(ruling(referral.number, alias_of(agent)))

    referral.refresh_from_db()
    assert (still, queries.waiting(now())) == (1, [])
    assert (referral.state, referral.user) == (ReferralState.RULED, agent)


def answers(agent, filed, decision):
    filed(decision(1))
    rule(agent, Referral.objects.get(), Ruling.ADMIT, AdmitReason.KNOWN)


def dismisses(agent, filed, decision):
    filed(decision(2, "status-unlisted"))
    dismiss(agent, queries.alerts(now())[0].pk)


@pytest.mark.parametrize("act", [answers, dismisses])
def test_a_console_waits_its_turn_before_it_touches_a_row(
    act, filed, decision, account, monkeypatch
):
    """A lane that files meanwhile never waits for a row of somebody who waits for it."""
    agent = account(Role.AGENT)
    changed: list[int] = []
    with CaptureQueriesContext(connection) as seen:

        def turn() -> None:
            changed.append(sum("UPDATE" in query["sql"] for query in seen))

        monkeypatch.setattr(actions, "one_at_a_time", turn)
        act(agent, filed, decision)

    assert changed[1] == changed[0]  # the first turn is the filing's


def test_an_alert_is_seen_once(filed, decision, account):
    """Two people at once: one of them is told that it was done."""
    filed(decision(2, "status-unlisted"))
    alert = queries.alerts(now())[0].pk
    dismiss(account(Role.AGENT), alert)

    with pytest.raises(TooLate):
        dismiss(account(Role.HEAD), alert)

    assert queries.alerts(now()) == []


@pytest.mark.slow
def test_of_two_consoles_that_answer_at_once_one_wins(tmp_path):
    """Two processes on one real file, a thousand referrals: one answer, note and event each."""
    race_for_referrals(tmp_path / "school", RACES)


@pytest.mark.slow
def test_of_two_consoles_on_postgresql_one_wins(tmp_path, monkeypatch):
    """Where both write at the same time, and only rows keep them apart."""
    with own_database() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        race_for_referrals(tmp_path / "school", RACES_ON_POSTGRESQL)


def race_for_referrals(school: Path, races: int) -> None:
    """Let two processes answer each referral at once; exactly one wins each."""
    command = [sys.executable, str(RIVALS), str(school)]
    subprocess.run([*command, "prepare", str(races)], check=True, timeout=60)
    rivals: list[Any] = [
        subprocess.Popen([*command, "answer", who], stdin=PIPE, stdout=PIPE, text=True, bufsize=1)
        for who in ("one", "two")
    ]
    results = [[rival.stdout.readline() for rival in rivals]]
    for race in range(races):
        for rival in rivals[:: 1 if race % 2 else -1]:  # each is asked first half of the time
            rival.stdin.write("go\n")
        results.append([rival.stdout.readline() for rival in rivals])
    for rival in rivals:
        rival.communicate(timeout=30)

    assert {tuple(sorted(result)) for result in results[1:]} == {('"lost"\n', '"won"\n')}
    assert len({result[0] for result in results[1:]}) == 2  # now one, now the other
    counted = subprocess.run([*command, "count"], check=True, timeout=60, stdout=PIPE)
    assert json.loads(counted.stdout) == [races] * 3
