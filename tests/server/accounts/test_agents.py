"""Agents: a shared device, their own PIN, and nobody who can lock them out."""

import pytest
from django.test import Client
from tests.server.accounts.conftest import PIN, fill

from portique.server.accounts import devices
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.models import AuditEntry, Deed, Device
from portique.server.accounts.roles import Role


def pin_page(agent) -> str:
    return f"/compte/poste/{agent.pk}/"


def test_a_pin_opens_the_agents_pages(agent_on_device):
    """A name, six digits, and one is there."""
    client, agent = agent_on_device()
    assert agent.name in client.get("/compte/poste/").content.decode()

    response = fill(client, pin_page(agent), pin=PIN)
    assert response.redirect_chain[-1][0] == "/"
    assert "Changer d’agent" in response.content.decode()


def test_names_are_shown_on_shared_devices_alone(agent_on_device):
    """Elsewhere the page asks for the device's code."""
    _, agent = agent_on_device()
    elsewhere = Client()

    assert agent.name not in elsewhere.get("/compte/poste/").content.decode()
    assert agent.name not in elsewhere.get(pin_page(agent), follow=True).content.decode()


def test_a_pin_opens_nothing_elsewhere(agent_on_device):
    """Neither on the PIN's page nor as a password."""
    _, agent = agent_on_device()
    elsewhere = Client()
    fill(elsewhere, pin_page(agent), pin=PIN)
    fill(elsewhere, "/compte/connexion/", login="agent", password=PIN)

    assert "_auth_user_id" not in elsewhere.session


def test_guesses_on_one_device_wait_longer_and_longer(agent_on_device, moved):
    """Three are free, then five seconds, ten, twenty."""
    client, agent = agent_on_device()
    for _ in range(3):
        fill(client, pin_page(agent), pin="111222")
    assert "5 s" in fill(client, pin_page(agent), pin=PIN).content.decode()

    moved.move(seconds=6)
    fill(client, pin_page(agent), pin="111222")
    assert "10 s" in fill(client, pin_page(agent), pin=PIN).content.decode()
    moved.move(seconds=11)
    assert fill(client, pin_page(agent), pin=PIN).redirect_chain


def test_guesses_on_one_device_never_make_the_agent_wait_on_another(agent_on_device, account):
    """Whoever plays with the tablet of the south gate locks out nobody at the lodge."""
    client, agent = agent_on_device()
    other = Client()
    head = account(Role.HEAD)
    fill(other, "/compte/poste/", code=devices.offer("south gate", by=head))
    for _ in range(20):
        fill(other, pin_page(agent), pin="111222")

    assert "Trop d’essais" in fill(other, pin_page(agent), pin=PIN).content.decode()
    assert fill(client, pin_page(agent), pin=PIN).redirect_chain


def test_a_shift_changes_hands_without_the_one_before(agent_on_device, account):
    """The next agent's PIN replaces the session, and nothing of it stays."""
    client, first = agent_on_device()
    second = account(Role.AGENT, "second")
    devices.set_pin(second, "739216")
    fill(client, pin_page(first), pin=PIN)
    client.session["draft"] = "of the first"

    fill(client, pin_page(second), pin="739216")
    assert client.session["_auth_user_id"] == str(second.pk)
    assert "draft" not in client.session


def test_a_device_that_is_removed_loses_its_agents_at_once(agent_on_device, signed_in):
    """At the next request; and its page shows no name any more."""
    client, agent = agent_on_device()
    fill(client, pin_page(agent), pin=PIN)
    head = signed_in(Role.HEAD)
    head.post(f"/compte/postes/{Device.objects.get().pk}/retirer/")

    assert client.get("/").status_code == 302
    assert agent.name not in client.get("/compte/poste/").content.decode()
    assert AuditEntry.objects.filter(deed=Deed.DEVICE_REMOVED).exists()


def test_an_agents_session_moved_to_another_browser_ends(agent_on_device):
    """A stolen session cookie is nothing without the device's own."""
    client, agent = agent_on_device()
    fill(client, pin_page(agent), pin=PIN)
    thief = Client()
    thief.cookies["portique"] = client.cookies["portique"].value

    assert thief.get("/")["Location"].startswith("/compte/connexion/")


def test_a_pairing_code_is_used_once(served, account):
    """A second browser is refused."""
    code = devices.offer("loge", by=account(Role.HEAD))
    fill(Client(), "/compte/poste/", code=code)
    fill(Client(), "/compte/poste/", code=code)

    assert Device.objects.count() == 1


def test_a_pairing_code_dies_after_ten_minutes(served, account, moved):
    """What was left on a screen pairs nothing."""
    code = devices.offer("loge", by=account(Role.HEAD))
    moved.move(minutes=10)
    fill(Client(), "/compte/poste/", code=code)

    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "pin", ["000000", "123456", "987654", "121212", "482482", "12345", "12345a"]
)
def test_pins_that_anybody_would_try_are_refused(account, pin):
    """Sequences, repetitions, and what is not six digits."""
    with pytest.raises(AccountRefused):
        devices.set_pin(account(Role.AGENT), pin)


def test_a_device_where_everybody_is_guessed_rests_a_minute_at_most(
    agent_on_device, account, moved
):
    """Whoever tries names one after the other is slowed; the others there wait little."""
    client, own = agent_on_device()
    agents = [account(Role.AGENT, f"agent {number}") for number in range(10)]
    for agent in agents:
        devices.set_pin(agent, "739216")
        for _ in range(3):
            fill(client, pin_page(agent), pin="111222")
            moved.move(minutes=1)

    fill(client, pin_page(agents[0]), pin="111222")
    assert "Trop d’essais" in fill(client, pin_page(own), pin=PIN).content.decode()
    moved.move(minutes=1)
    assert fill(client, pin_page(own), pin=PIN).redirect_chain
