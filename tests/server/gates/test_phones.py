"""Agents' phones among the gates: how they join, how they are shown, what troubles them."""

import os
import re
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from tests.server.gates.test_pages import text

from portique.core import wire_enrolment
from portique.core.seal import Purpose, private_key
from portique.core.wire_enrolment import Application, read_invitation
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console.queries import gate_of
from portique.server.gates import actions, views
from portique.server.gates.health import FOR_PHONES, troubles
from portique.server.gates.models import Gate, Invitation
from portique.server.outgoing.watching import TROUBLES

VERSION = "scanner 0.2.0"


@pytest.fixture
def phone(gate) -> Gate:
    """An agent's phone that reported a moment ago."""
    gate.news(version=VERSION, disk_free=None, knowledge=actions.newest_version(now()))
    return Gate.objects.get()


def test_a_phone_joins_by_a_link_that_its_camera_opens(signed_in, monkeypatch):
    """The scanner's address, and behind it the invitation, which no server is sent."""
    drawn: list[str] = []
    monkeypatch.setattr(views.Shown, "picture", property(lambda self: drawn.append(self.text)))
    form = {"lane": "entry-1", "joining": "phone"}
    page = signed_in(Role.TECHNICIAN).post(reverse("gates:add"), form, follow=True)
    link = urlsplit(drawn[0])

    assert link.path == "/scanner/"
    assert read_invitation(unquote(link.fragment)).address == f"{link.scheme}://{link.netloc}"
    assert "Safari" in text(page)


def test_the_link_is_drawn_for_cameras(signed_in):
    """As a picture on the page, with the seconds that are left."""
    made = actions.invite("entry-1")
    page = signed_in(Role.HEAD).get(reverse("gates:phone", args=[made.pk])).content.decode()

    assert 'src="data:image/svg+xml' in page
    assert "data-seconds" in page


def test_the_page_shows_how_in_pictures_that_are_there(signed_in):
    """Three for each kind of phone, each beside its words."""
    made = actions.invite("entry-1")
    page = signed_in(Role.HEAD).get(reverse("gates:phone", args=[made.pk])).content.decode()
    drawn = re.findall(r'<img src="/static/(wallet/[\w.-]+)" alt="" [^>]*><p><strong>(\d)', page)

    assert [step for _, step in drawn] == ["1", "2", "3"] * 2
    assert [name for name, _ in drawn if finders.find(name) is None] == []


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        ("fr", "Visez le code avec l’appareil photo et ouvrez le lien.", "Photographiez"),
        ("en", "Point the camera at the code and open the link.", "Take this"),
    ],
)
def test_nobody_is_invited_to_keep_a_picture_of_the_code(signed_in, language, said, never):
    """It is a secret: a camera is pointed at it, no photo is taken."""
    made = actions.invite("entry-1")
    client, path = signed_in(Role.HEAD), reverse("gates:phone", args=[made.pk])
    page = client.get(path, headers={"accept-language": language}).content.decode()

    assert said in page
    assert never not in page


def test_the_page_says_when_the_phone_arrived_and_when_it_is_too_late(signed_in, served):
    """And what the agent does next."""
    client, made = signed_in(Role.TECHNICIAN), actions.invite("entry-1")
    page = reverse("gates:phone", args=[made.pk])
    key = private_key(Purpose.GATE, os.urandom(48))
    application = Application(key.public, os.urandom(16), VERSION)
    actions.admit(wire_enrolment.sign_application(application, key, bytes.fromhex(made.secret)))
    assert "Le téléphone entry-1 a rejoint" in text(client.get(page))
    Invitation.objects.update(gate=None, expires_at=now() - timedelta(seconds=1))

    assert "Ce code est périmé" in text(client.get(page))


def test_phones_are_shown_as_phones(signed_in, phone):
    """In the list, and before one is removed: what it holds goes with it."""
    client = signed_in(Role.HEAD)

    assert "Retirer ce téléphone" in text(client.get(reverse("gates:gates")))
    assert "Le téléphone efface tout" in text(client.get(reverse("gates:remove", args=["entry-1"])))


@pytest.mark.parametrize(
    ("unsent", "said"), [(0, []), (3, ["Ce téléphone tient encore des lignes"])]
)
def test_a_phone_in_a_pocket_is_well_once_it_has_sent_everything(phone, unsent, said):
    """It is silent as soon as it sleeps; lines it still holds are worth a word."""
    phone.unsent = unsent
    later = now() + timedelta(hours=3)

    assert [trouble.what.fr for trouble in troubles(phone, later)] == said


def test_what_is_said_of_a_phone_speaks_of_phones(phone):
    """No cable, no battery to change, no disk."""
    phone.clock_trusted, phone.failing, phone.disk_free = False, "camera journal", 10**7
    told = " ".join(trouble.do.fr for trouble in troubles(phone, now()))

    assert "automatique" in told
    assert not any(word in told for word in ("câble", "pile", "disque"))


def test_programs_are_told_of_a_phone_by_a_gates_codes():
    """What listens to events knows no other names."""
    assert [TROUBLES[theirs] for theirs in FOR_PHONES.values()] == [
        TROUBLES[ours] for ours in FOR_PHONES
    ]


def test_the_console_opens_the_door_at_the_gate_and_not_at_a_phone(phone, gate_at):
    """A phone of the lane may have called later: it has no door."""
    Gate.objects.update(contact_at=now())
    gate_at("entry-2")
    Gate.objects.filter(pk="entry-2").update(
        lane="entry-1", contact_at=now() - timedelta(seconds=20)
    )

    found = gate_of("entry-1", now())
    assert found is not None
    assert found.pk == "entry-2"


def test_the_console_opens_no_door_at_a_phone_while_the_gate_is_silent(phone, gate_at):
    """The real door would stay shut; without a gate the phone is the door."""
    Gate.objects.update(contact_at=now())
    gate_at("entry-2")
    Gate.objects.filter(pk="entry-2").update(
        lane="entry-1", contact_at=now() - timedelta(minutes=5)
    )
    assert gate_of("entry-1", now()) is None

    Gate.objects.filter(pk="entry-2").update(removed_at=now())
    found = gate_of("entry-1", now())
    assert found is not None
    assert found.pk == "entry-1"
