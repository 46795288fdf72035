"""One's own sign-in matters: an agent's PIN on the shared device, sessions left open elsewhere."""

from django.test import Client
from tests.server.accounts.conftest import PIN, fill
from tests.server.conftest import sign_in

from portique.server.accounts import devices
from portique.server.accounts.models import AuditEntry, Deed, Device
from portique.server.accounts.roles import Role

OWN_PIN, NEW = "/compte/poste/mon-code/", "739216"


def change(client, former=PIN, new=NEW, again=NEW):
    return fill(client, OWN_PIN, former=former, password=new, again=again)


def at_work(agent_on_device):
    client, agent = agent_on_device()
    fill(client, f"/compte/poste/{agent.pk}/", pin=PIN)
    return client, agent


def test_an_agent_chooses_another_pin_and_goes_on(agent_on_device):
    """The new one signs in from then on, the former no more; it is recorded."""
    client, agent = at_work(agent_on_device)
    assert "Votre code PIN est changé" in change(client).content.decode()

    device = Device.objects.get()
    assert devices.agent_by_pin(device, agent.pk, NEW) == agent
    assert AuditEntry.objects.filter(deed=Deed.PIN_CHANGED, by=agent.pk).exists()


def test_whoever_finds_a_device_open_guesses_no_pin_there(agent_on_device):
    """Wrong ones wait as at the sign-in, for the same agent, and change nothing."""
    client, agent = at_work(agent_on_device)
    for _ in range(3):
        assert change(client, former="111222").status_code == 403
    page = change(client)

    agent.refresh_from_db()
    assert "Trop d’essais" in page.content.decode()
    assert not AuditEntry.objects.filter(deed=Deed.PIN_CHANGED).exists()


def test_a_pin_that_anybody_would_try_is_refused(agent_on_device):
    """As when it is chosen first; two that differ are too."""
    client, _ = at_work(agent_on_device)

    assert "trop facile" in change(client, new="123456", again="123456").content.decode()
    assert "pas pareils" in change(client, again="739217").content.decode()


def test_a_pin_is_changed_by_its_agent_alone(signed_in):
    """Others have passwords, and no business here."""
    assert signed_in(Role.RECEPTION).get(OWN_PIN).status_code == 403


def test_sessions_left_open_elsewhere_end_and_this_one_goes_on(account):
    """From one's own account; it says who one is there."""
    user = account(Role.RECEPTION)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, user)
    page = fill(here, "/compte/sessions/fermer/").content.decode()

    assert "Vos autres sessions sont fermées" in page
    assert user.login in page
    assert elsewhere.get("/")["Location"].startswith("/compte/connexion/")
