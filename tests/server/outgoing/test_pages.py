"""Where events go is chosen by the head or the technician, who prove again that it is them."""

import re

import pytest
from django.db import connection

from portique.server.accounts.models import AuditEntry, Deed
from portique.server.accounts.roles import Role
from portique.server.outgoing.actions import DESTINATIONS_MAX
from portique.server.outgoing.models import Destination, EventType

PAGE = "/evenements/"
GOOD = {
    "name": "chauffage", "address": "https://programme.exemple/portique", "reach": "internet",
    "events": ["gate.health"],
}  # fmt: skip


@pytest.fixture
def technician(signed_in):
    """Return a technician's browser."""
    return signed_in(Role.TECHNICIAN)


def test_a_webhooks_secret_is_shown_once(technician):
    """On the answer to its making, and sealed from then on; it is recorded who made it."""
    page = technician.post(PAGE, GOOD).content.decode()
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", page)

    assert secret
    assert secret[0] not in technician.get(PAGE).content.decode()
    assert Destination.objects.get().secret == secret[0]
    assert AuditEntry.objects.filter(deed=Deed.DESTINATION_CHANGED).count() == 1


def test_what_follows_an_addresss_host_is_sealed_and_not_shown(technician):
    """Many programs are reached by a token in the path."""
    technician.post(PAGE, GOOD | {"address": "https://programme.exemple:8443/in?token=s3same"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM outgoing_destination")
        [(stored,)] = cursor.fetchall()
    page = technician.get(PAGE).content.decode()

    assert "https://programme.exemple:8443/…" in page
    assert "s3same" not in page
    assert b"exemple" not in bytes(stored)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "ftp://programme.exemple"},
        {"address": "https://moi:secret@programme.exemple"},
        {"address": "https://"},
        {"address": "https://programme.exemple:99999"},
        {"address": "https://programme.exemple/#x"},
        {"address": "http://programme.exemple"},
        {"address": "mqtts://courtier.exemple"},
        {"address": "mqtts://courtier.exemple", "topic": "lycee/#"},
        {"reach": "anywhere"},
        {"events": ["people.names"]},
        {"events": []},
    ],
)
def test_what_leads_nowhere_or_in_clear_is_refused(technician, wrong):
    """In clear over the internet, a password in the address, a wildcard, an unknown event."""
    technician.post(PAGE, GOOD | wrong)

    assert not Destination.objects.exists()


def test_a_destination_is_tried_switched_and_removed(technician, destination, program):
    """The test says at once whether it arrived."""
    made = destination()
    path = f"{PAGE}{made.pk}/"
    assert "bien arrivé" in technician.post(f"{path}essai/", follow=True).content.decode()
    program.statuses = [500]
    assert "a refusé" in technician.post(f"{path}essai/", follow=True).content.decode()
    assert program.told()[0]["type"] == EventType.TEST

    technician.post(f"{path}marche/", {"on": "no"})
    assert not Destination.objects.get().enabled
    technician.post(f"{path}marche/", {"on": "yes"})
    assert Destination.objects.get().enabled
    technician.post(f"{path}retirer/")
    assert not Destination.objects.exists()


def test_another_secret_takes_the_place_of_the_first(technician, destination):
    """Shown once; a broker has none to renew."""
    made, broker = destination(), destination("mqtt://127.0.0.1:1", topic="t", password="geheim")
    before = made.secret
    page = technician.post(f"{PAGE}{made.pk}/secret/").content.decode()

    assert before not in page
    assert Destination.objects.get(pk=made.pk).secret in page
    assert technician.post(f"{PAGE}{broker.pk}/secret/").status_code == 404


def test_ten_programs_are_enough(technician):
    """What is sent to many is a feed, not a webhook."""
    for number in range(DESTINATIONS_MAX):
        Destination.objects.create(name=str(number), address="https://exemple.fr")

    assert "Dix programmes" in technician.post(PAGE, GOOD).content.decode()


@pytest.mark.parametrize("role", [Role.SCHOOL_LIFE, Role.DPO, Role.AGENT, Role.HOLDER])
def test_others_choose_nothing(signed_in, role):
    """Nor see where events go."""
    assert signed_in(role).get(PAGE).status_code == 403
