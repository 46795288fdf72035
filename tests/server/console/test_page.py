"""The live page: who sees it, what it shows, what is done on it."""

import re
from typing import TYPE_CHECKING

import pytest

from portique.core.entries import Ruling
from portique.core.sentences import DenyReason
from portique.core.values import Kind
from portique.school.issuing import Request, issue
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console.actions import rule
from portique.server.console.lines import Line
from portique.server.console.models import Event, EventKind, Referral
from portique.server.console.names import Shown, names_of
from portique.server.console.roles import CONSOLE
from portique.server.console.telling import Telling, line_html
from portique.server.entropy import entropy
from portique.server.people.actions import Particulars, add_person, set_usual_first_name
from portique.server.people.census import raise_census
from portique.server.people.erasing import erase
from portique.server.people.models import Person

if TYPE_CHECKING:
    from django.test import Client

LIVE, RULE, ADMIT, DISMISS = "/direct/", "/direct/arbitrage", "/direct/admission", "/direct/alerte"
JSON = {"accept": "application/json"}


@pytest.fixture
def issued(served):
    """Issue a pass whose holder's name is sealed in it and nowhere else."""
    request = Request(Kind.PUPIL, "Inès Aubert", label="3B")
    return issue(served, request, at=now(), entropy=entropy)


@pytest.mark.parametrize("role", sorted(set(Role) - set(CONSOLE)))
def test_others_do_not_see_the_page(signed_in, role):
    """Auditor, DPO and technician see no passage and no name."""
    assert signed_in(role).get(LIVE).status_code in {302, 403}


@pytest.mark.parametrize("role", sorted(CONSOLE))
def test_a_plain_page_shows_who_waits(signed_in, filed, decision, role):
    """Without a script: the state at load, with what to do."""
    filed(decision())

    page = signed_in(role).get(LIVE).content.decode()
    assert "En dehors des heures d’ouverture" in page
    assert page.count('name="answer"') == 8


def test_the_name_comes_from_the_pass_when_nobody_is_known(signed_in, filed, decision, issued):
    """It is unsealed to be shown, and kept in no event."""
    filed(decision(pass_id=issued.pass_id))

    assert "Inès Aubert" in signed_in(Role.AGENT).get(LIVE).content.decode()
    assert "Aubert" not in str(Event.objects.values())


@pytest.fixture
def held(served, issued) -> Person:
    """Make that pass somebody's."""
    person = add_person(Kind.PUPIL, Particulars("Inès", "Aubert", label="3B"))
    Person.objects.filter(pk=person.pk).update(holder=issued.holder, census=raise_census())
    return Person.objects.get(pk=person.pk)


def test_the_name_is_the_persons_of_today(signed_in, filed, decision, issued, held):
    """A usual first name that was changed since shows at once."""
    filed(decision(pass_id=issued.pass_id))
    agent = signed_in(Role.AGENT)
    before = agent.get(LIVE).content.decode()
    set_usual_first_name(held, "Noé")

    assert ("Inès Aubert" in before, "Noé" in before) == (True, False)
    assert "Noé Aubert" in agent.get(LIVE).content.decode()


def test_who_was_erased_has_no_name_any_more(issued, held):
    """Though the same process just showed it."""
    assert names_of([issued.pass_id])
    erase([held.pk])

    assert not names_of([issued.pass_id])


def test_who_answered_is_not_told_of_the_showing(referral, account):
    """The line of what was shown stays the gate's; the answer has a line of its own."""
    rule(account(Role.AGENT), referral, Ruling.DENY, DenyReason.SENT)
    shown = Event.objects.filter(kind=EventKind.DECISION)

    assert [line.by for line in Telling(list(shown)).lines()] == [""]


def test_a_line_shows_its_words_and_runs_none_of_them():
    """Names come from files: whatever they hold is text."""
    said = Line(now(), "Entrée <nord>", "refer", "À voir", Shown("<b>Zoé</b>", "2de & 4"))
    said.details, said.by = ["Carte <i>"], "l'agent"
    html = line_html(said)

    assert not re.search(r"<(b|i|nord)>", html)
    told = ("Entrée &lt;nord&gt;", "&lt;b&gt;Zoé", "2de &amp; 4", "Carte &lt;i&gt;", "l&#x27;agent")
    assert all(each in html for each in told)


def test_an_answer_without_a_script_goes_back_to_the_page(signed_in, referral):
    """And says that it was sent."""
    form = {"referral": referral.key, "answer": "admit:known"}
    page = signed_in(Role.AGENT).post(RULE, form, follow=True).content.decode()

    assert "Réponse envoyée au portique." in page


def test_the_second_console_reads_who_was_first(account, signed_in, referral):
    """The first one's name and answer."""
    form = {"referral": referral.key, "answer": "deny:sent"}
    signed_in(Role.SCHOOL_LIFE).post(RULE, form, headers=JSON)

    late = signed_in(Role.AGENT).post(RULE, form, headers=JSON)
    assert late.status_code == 409
    assert "Camille School-Life" in late.json()["said"]


def test_who_was_first_is_named_by_the_page_and_kept_by_no_message(signed_in, referral):
    """Without a script: neither the browser's cookies nor the session hold an agent's name."""
    form = {"referral": referral.key, "answer": "deny:sent"}
    signed_in(Role.SCHOOL_LIFE).post(RULE, form)
    late = signed_in(Role.AGENT)
    late.post(RULE, form)

    assert "messages" not in late.cookies
    assert "Camille" not in late.cookies.output() + str(dict(late.session))
    page = late.get(LIVE).content.decode()
    assert "Quelqu’un a répondu avant vous" in page
    assert "Camille School-Life" in page


@pytest.mark.parametrize(
    "form",
    [
        {"referral": "x", "answer": "admit:known"},
        {"answer": "admit:sent"},
        {"answer": "maybe:known"},
        {"answer": ""},
    ],
)
def test_an_answer_that_is_none_changes_nothing(signed_in, referral, form):
    """An unknown decision, or a reason of the other verdict."""
    answer = signed_in(Role.AGENT).post(RULE, {"referral": referral.key, **form}, headers=JSON)

    assert answer.status_code == 400
    assert Referral.objects.get().verdict == ""


def test_a_manual_admission_counts_people(signed_in, gate):
    """On its lane's tile, at once; it names nobody."""
    form = {"lane": "entry-1", "reason": "group", "people": "12"}
    page = signed_in(Role.RECEPTION).post(ADMIT, form, follow=True).content.decode()

    assert re.search(r"<dt>Entrées</dt><dd>12</dd>", page)


@pytest.mark.parametrize(
    "form", [{"people": "0"}, {"people": "-1"}, {"people": "100"}, {"reason": "x"}, {"lane": "x"}]
)
def test_an_admission_that_is_none_changes_nothing(signed_in, gate, form):
    """No such lane or reason, or nobody at all."""
    form = {"lane": "entry-1", "reason": "group", "people": "1", **form}

    assert signed_in(Role.AGENT).post(ADMIT, form, headers=JSON).status_code == 400
    assert not Event.objects.exists()


def test_an_alert_leaves_every_page_when_it_was_seen(signed_in, filed, decision):
    """Whoever looks after that finds none."""
    filed(decision(2, "status-unlisted"))
    client: Client = signed_in(Role.AGENT)
    alert = re.search(r'data-alert="(\d+)"', client.get(LIVE).content.decode())
    assert alert

    page = client.post(DISMISS, {"alert": alert[1]}, follow=True).content.decode()
    assert "data-alert" not in page


def test_a_gate_that_never_called_is_offline(signed_in, gate):
    """The tile says so, in the reader's language."""
    page = signed_in(Role.AGENT).get(LIVE, headers={"accept-language": "en"}).content.decode()

    assert "Offline: has not called yet" in page
    assert "No gate" in page


def test_the_policy_names_the_streams_port_of_this_host(signed_in, gate, settings):
    """And no other: the page may be asked by several names."""
    settings.PORTIQUE_STREAM = "http://127.0.0.1:8601"
    page = signed_in(Role.AGENT).get(LIVE, headers={"host": "localhost:8600"})

    assert "http://localhost:8601" in page.headers["Content-Security-Policy"]
    assert 'data-stream="http://localhost:8601/direct/flux?lang=fr"' in page.content.decode()
