"""Pages of gates: a gate joins in front of whoever added it; what is wrong is said in words."""

import os
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.server.gates.wired import alarms

from portique.core import wire_enrolment
from portique.core.seal import Purpose, private_key
from portique.core.wire_enrolment import Application
from portique.core.zones import default_site
from portique.school.rules import write_site
from portique.server.accounts.models import AuditEntry, Deed
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.console.models import Event
from portique.server.gates import actions
from portique.server.gates.models import Alarm, AlarmKind, Gate, Invitation
from portique.server.gates.words import ALARM_WORDS, ago

KEEPERS = [Role.HEAD, Role.TECHNICIAN]


def text(response) -> str:
    """Return a page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.mark.parametrize("role", KEEPERS)
def test_a_gate_is_added_by_a_code(signed_in, role: Role):
    """A lane is chosen; the page shows a code, until when, and warns of a local address."""
    client = signed_in(role)
    response = client.post(reverse("gates:add"), {"lane": "entry-1"}, follow=True)

    assert 'src="data:image/svg+xml' in response.content.decode()
    assert "Il sert une seule fois" in text(response)
    assert AuditEntry.objects.get(deed=Deed.GATE_INVITED).detail == "entry-1"


@pytest.mark.parametrize("role", sorted(set(Role) - set(KEEPERS)))
def test_others_can_add_no_gate(signed_in, role: Role):
    """Neither the page nor the act."""
    client = signed_in(role)

    assert client.get(reverse("gates:add")).status_code == 403
    assert client.post(reverse("gates:add"), {"lane": "entry-1"}).status_code == 403
    assert not Invitation.objects.exists()


def test_the_page_shows_the_gate_arriving(signed_in, served):
    """Before, after, and too late: each has its words, and the state that is asked for."""
    client = signed_in(Role.TECHNICIAN)
    made = actions.invite("entry-1")
    page, state = (
        reverse(f"gates:{name}", args=[made.pk]) for name in ("invitation", "invitation-state")
    )
    assert client.get(state).json() == {"state": "open"}
    key = private_key(Purpose.GATE, os.urandom(48))
    application = Application(key.public, os.urandom(16), "0.2.0")
    actions.admit(wire_enrolment.sign_application(application, key, bytes.fromhex(made.secret)))

    assert client.get(state).json() == {"state": "used"}
    assert "Le portique entry-1 a rejoint" in text(client.get(page))


def test_a_code_that_is_out_of_date_is_not_shown(signed_in):
    """The page says so and leads to a new one."""
    client = signed_in(Role.TECHNICIAN)
    made = actions.invite("entry-1")
    Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    response = client.get(reverse("gates:invitation", args=[made.pk]))

    assert "Ce code est périmé" in text(response)
    assert "data:image" not in response.content.decode()


def test_a_code_can_be_taken_back(signed_in):
    """Nobody joins with it any more."""
    client = signed_in(Role.TECHNICIAN)
    made = actions.invite("entry-1")
    client.post(reverse("gates:withdraw", args=[made.pk]))

    assert not Invitation.objects.exists()


def test_gates_are_shown_with_what_they_reported(signed_in, gate):
    """Version, disk, waiting lines, contact."""
    gate.news(unsent=3, knowledge=actions.newest_version(now()))
    told = text(signed_in(Role.SCHOOL_LIFE).get(reverse("gates:gates")))

    assert "tout va bien" in told
    for words in ("entry-1", "9,0 Go", "Lignes en attente 3", "0.2.0", "à l’instant"):
        assert words in told


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"disk_free": 10**8}, "Son disque est presque plein"),
        ({"clock_trusted": False}, "Son horloge n’est pas à l’heure"),
        ({"unsent": 5000}, "Beaucoup de lignes attendent"),
        ({"set_aside": 1}, "mises de côté"),
        ({"knowledge": None}, "Ne connaît pas encore les règles"),
        ({"failing": ("camera", "door")}, "Sa caméra ne donne plus d’image."),
        ({"failing": ("camera", "door")}, "Vérifiez le courant et le câble de la porte."),
        ({"failing": ("turnstile",)}, "une panne que ce serveur ne connaît pas"),
    ],
)
def test_what_troubles_a_gate_is_said_in_words(signed_in, gate, report: dict, words: str):
    """Each with what to do."""
    gate.news(**({"knowledge": actions.newest_version(now())} | report))

    assert words in text(signed_in(Role.HEAD).get(reverse("gates:gates")))


def test_a_gate_whose_lane_is_gone_is_told_with_what_to_do(signed_in, gate, served):
    """It still sends; where the rules can't be read at all, nothing is said of its lane."""
    gate.news(knowledge=actions.newest_version(now()))
    site = default_site()
    write_site(served, replace(site, lanes=site.lanes[1:]))
    head = signed_in(Role.HEAD)
    gone = text(head.get(reverse("gates:gates")))
    served.write_data("zones.json", {})
    unread = text(head.get(reverse("gates:gates")))

    assert "Sa voie n’existe plus" in gone
    assert "invitez-le pour une autre voie" in gone
    assert "Sa voie" not in unread


def test_a_reported_failure_rings_and_its_end_is_told(gate):
    """Each once, from the report on the wire to the console."""
    for failing in ((), ("camera",), ("camera",), ()):
        gate.news(failing=failing)

    assert [
        event.data["works"] for event in Event.objects.filter(kind="failure").order_by("pk")
    ] == [
        False,
        True,
    ]


def test_a_gate_that_fell_silent_is_shown(signed_in, gate):
    """After two minutes."""
    gate.news(knowledge=actions.newest_version(now()))
    Gate.objects.update(contact_at=now() - timedelta(minutes=3))

    told = text(signed_in(Role.HEAD).get(reverse("gates:gates")))
    assert "Ne répond plus" in told
    assert "il y a 3 min" in told


@pytest.mark.parametrize("kind", AlarmKind.values)
def test_every_alarm_has_words_and_is_closed_by_who_saw_to_it(signed_in, gate, kind: str):
    """What it is, what to do; closed, it is on no page any more."""
    actions.raise_alarm(Gate.objects.get(), AlarmKind(kind), 1, 7)
    client = signed_in(Role.TECHNICIAN)
    what, do = ALARM_WORDS[kind]
    assert what.fr in text(client.get(reverse("gates:gates")))
    place = {"gate": "entry-1", "kind": kind, "epoch": 1, "number": 7}
    told = text(client.post(reverse("gates:see-alarm"), place, follow=True))

    assert what.fr not in told
    assert do.en
    assert alarms() == [kind]
    assert Alarm.objects.get().seen_at is not None


def test_a_gate_is_removed_after_a_question(signed_in, gate):
    """The page says what will be lost; the act is recorded."""
    gate.news(unsent=12)
    client, page = signed_in(Role.HEAD), reverse("gates:remove", args=["entry-1"])
    assert "Il lui reste 12 lignes" in text(client.get(page))
    assert Gate.objects.get().removed_at is None
    client.post(page)

    assert Gate.objects.get().removed_at is not None
    act = AuditEntry.objects.get()
    assert (act.deed, act.detail) == (Deed.GATE_REMOVED, "entry-1")


def test_removing_asks_who_is_there_again(signed_in, gate):
    """A page left open an hour ago removes nothing."""
    client = signed_in(Role.HEAD)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1}]
    session.save()
    response = client.post(reverse("gates:remove", args=["entry-1"]))

    assert response.status_code == 302
    assert Gate.objects.get().removed_at is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "à l’instant"), (45, "il y a 45 s"), (150, "il y a 2 min"), (7300, "il y a 2 h"),
     (200_000, "il y a 2 j")],
)  # fmt: skip
def test_times_are_said_as_people_say_them(seconds: int, words: str):
    """In the largest unit that fits."""
    assert ago(seconds).fr == words
