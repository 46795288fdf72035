"""The demonstration's page: one enters as each role, and a real server has no such page."""

import importlib
from urllib.parse import unquote

import pytest
from django.conf import settings as configured
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from portique.core.wire_enrolment import read_invitation
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.gates.models import Invitation
from portique.server.people.models import Person
from portique.server.wallet.actions import switch
from portique.server.wallet.actions.codes import hash_of
from portique.server.wallet.models import PhoneCode
from portique.testing.demo_site.accounts import NAMES, make_accounts, make_holder
from portique.testing.demo_site.people import put
from portique.testing.people import make_people


@pytest.fixture
def demonstration(served):
    """The server as the demonstration runs it."""
    made = importlib.import_module("portique.testing.demo_site.settings")
    with override_settings(ROOT_URLCONF=made.ROOT_URLCONF, INSTALLED_APPS=made.INSTALLED_APPS):
        make_accounts()
        people = make_people(2026)
        put([*people[:10], *people[-10:]])
        make_holder()
        yield served


@pytest.mark.parametrize("role", [*NAMES, Role.HOLDER])
def test_one_enters_as_each_role_and_is_led_on(demonstration, role):
    """Past the second factor too: the colleague has one."""
    client = Client()
    response = client.post("/demo/entrer", {"role": role}, follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == [("/", 302)]
    assert response.context["user"].role == role


def test_the_head_reaches_what_asks_for_a_proof_again(demonstration):
    """Nobody who looks at the demonstration has the colleague's code."""
    client = Client()
    client.post("/demo/entrer", {"role": Role.HEAD})

    assert client.get(reverse("accounts:accounts")).status_code == 200


@pytest.mark.parametrize("role", ["", "nobody"])
def test_one_enters_as_nobody_else(demonstration, role):
    """Only the fictional colleagues and one pupil are there."""
    assert Client().post("/demo/entrer", {"role": role}).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("fr", "Direction"), ("en", "Head of school")])
def test_the_page_tells_each_role_what_it_does(demonstration, monkeypatch, language, word):
    """And leads to the gates' own screens."""
    monkeypatch.setenv("PORTIQUE_DEMO_GATES", "entry-1=http://127.0.0.1:8440")
    page = Client().get("/demo/", headers={"accept-language": language}).content.decode()

    assert word in page
    assert "http://127.0.0.1:8440/agent" in page


def test_a_phone_s_app_opens_with_a_code_at_hand(demonstration):
    """Of the first who has none yet: pressed again, of the next; of a kind that is there."""
    client = Client()
    opened = [
        client.post("/demo/telephone", {"kind": kind})["Location"] for kind in ("pupil", "staff")
    ]

    assert [url.partition("#code=")[0] for url in opened] == ["/wallet/"] * 2
    codes = [url.partition("#code=")[2] for url in opened]
    waiting = [PhoneCode.objects.get(code_hash=hash_of(code)).person.kind for code in codes]
    assert waiting == ["pupil", "staff"]
    assert client.post("/demo/telephone", {"kind": "nobody"}).status_code == 404


def test_a_phone_that_gets_no_code_is_told_why(demonstration):
    """Phones are switched off: back to the page."""
    switch(User.objects.get(role=Role.HEAD), on=False)
    told = Client().post("/demo/telephone", {"kind": "pupil"}, follow=True)

    assert told.redirect_chain == [("/demo/", 302)]
    assert "n’utilise pas les téléphones" in told.content.decode()


def test_a_second_head_is_in_nobody_s_way(demonstration, account):
    """Whoever tries the console may have made one."""
    account(Role.HEAD, "second")
    client = Client()

    assert client.post("/demo/telephone", {"kind": "pupil"})["Location"].startswith("/wallet/")
    assert "/scanner/#" in client.post("/demo/scanner")["Location"]
    assert client.post("/demo/entrer", {"role": Role.AGENT})["Location"] == "/"


def test_an_agent_s_phone_opens_with_an_invitation_to_where_it_is(demonstration):
    """It joins the entry of the server whose page was pressed."""
    url = Client().post("/demo/scanner", headers={"host": "localhost:8442"})["Location"]
    page, _, text = url.partition("#")

    assert page == "http://localhost:8442/scanner/"
    invited = read_invitation(unquote(text))
    made = Invitation.objects.get()
    assert (invited.address, made.lane) == ("http://localhost:8442", "entry-1")
    assert invited.secret.hex() == made.secret


def test_a_real_server_has_no_such_page(served):
    """Its addresses don't know it, and its settings don't name it."""
    for path in ("/demo/entrer", "/demo/telephone", "/demo/scanner"):
        assert Client().post(path, {"role": Role.HEAD, "kind": "pupil"}).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo-enter")
    assert not [app for app in configured.INSTALLED_APPS if "testing" in app]


def test_the_demonstration_answers_on_this_machine_only():
    """Whatever address it was made to listen on."""
    made = importlib.import_module("portique.testing.demo_site.settings")

    assert set(made.ALLOWED_HOSTS) == {"localhost", "127.0.0.1", "[::1]"}


def test_the_synthetic_people_are_put_in_once(served):
    """Under the holder numbers of their passes."""
    people = make_people(2026)[:40]

    assert (put(people), put(people)) == (40, 0)
    first = Person.objects.get(holder=people[0].holder)
    assert (first.shown_name, first.label) == (people[0].name, people[0].label)
