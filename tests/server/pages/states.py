"""Pages that one only meets on the way: previews, results, what is shown once."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.server.pages.furnishing import TABLE, export
from tests.server.school.conftest import YEAR

from portique.server.accounts import actions, devices
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
PEOPLE = "Nom;Prénom;Classe;Divers\nAubry;Noé;4E03;x\nAubry;Léa;4E03;y\n"
ABSENT = {
    "teacher": "NOIRET", "day": "2026-11-16", "begins": "14:00", "ends": "16:00",
}  # fmt: skip
ASKED = {"day": "2026-11-17", "at": "15:30", "lane": "exit-1", "kind": "pupil", "regime": "green"}


@dataclass(frozen=True, slots=True)
class State:
    """A page somebody meets: how they get there, in one language, and by what one knows it."""

    name: str
    role: Role | str | None
    way: Callable[[Client, dict[str, Any]], Any]
    sign: str = ""


def file(name: str, content: bytes) -> io.BytesIO:
    """Make a file as a browser sends it."""
    chosen = io.BytesIO(content)
    chosen.name = name
    return chosen


def posted(path: str, **fields: Any) -> Callable[[Client, dict[str, Any]], Any]:
    """Send one form and go where it leads."""
    return lambda client, tongue: client.post(path, fields, follow=True, **tongue)


def first_start(client: Client, tongue: dict[str, Any]) -> Any:
    """Nobody has an account yet."""
    User.objects.all().delete()
    return client.get("/", follow=True, **tongue)


def chooses(client: Client, tongue: dict[str, Any]) -> Any:
    """Somebody typed the code from their sheet of paper."""
    agent = User.objects.filter(role=Role.AGENT).first()
    assert agent is not None
    code, _ = actions.print_code(agent, by=User.objects.filter(role=Role.HEAD).first())
    return client.post("/compte/arrivee/", {"code": code}, follow=True, **tongue)


def pin(client: Client, tongue: dict[str, Any]) -> Any:
    """An agent's tile was touched, and a wrong PIN typed."""
    agent = User.objects.filter(role=Role.AGENT).order_by("-pk").first()
    assert agent is not None
    devices.set_pin(agent, "482915")
    return client.post(f"/compte/poste/{agent.pk}/", {"pin": "111112"}, **tongue)


def columns(client: Client, tongue: dict[str, Any]) -> Any:
    """A table whose columns nobody named."""
    sent = {"files": file("eleves.csv", PEOPLE.encode())}
    return client.post("/personnes/importer/", sent, follow=True, **tongue)


def preview(client: Client, tongue: dict[str, Any]) -> Any:
    """An export without the last ones: people leave."""
    sent = {"files": file("export.zip", export(without=20))}
    return client.post("/personnes/importer/", sent, follow=True, **tongue)


def timetable(client: Client, tongue: dict[str, Any]) -> Any:
    """A timetable with a line nobody understands."""
    text = TABLE.format(a="TG1", b="CHORALE") + "4E99;lundi;8:00;9:00;;;;\n"
    sent = YEAR | {"chosen": file("edt.csv", text.encode())}
    return client.post("/regles/emploi-du-temps/", sent, follow=True, **tongue)


def absent(client: Client, tongue: dict[str, Any]) -> Any:
    """A teacher is absent: what it would change."""
    return client.post("/regles/changements/?act=teacher-absent", ABSENT, **tongue)


def changed(client: Client, tongue: dict[str, Any]) -> Any:
    """It was confirmed, and undone, and made again."""
    page = absent(client, tongue).content.decode()
    sent = ABSENT | dict(HIDDEN.findall(page.partition("<main")[2]))
    return client.post("/regles/changements/?act=teacher-absent", sent, follow=True, **tongue)


def phone(client: Client, tongue: dict[str, Any]) -> Any:
    """Somebody stands at the office with a new phone."""
    pupil = Person.objects.filter(kind="pupil", left_on=None).order_by("pk").first()
    assert pupil is not None
    return client.post(f"/telephones/personne/{pupil.pk}/code/", **tongue)


HEAD, OFFICE, AGENT = Role.HEAD, Role.SCHOOL_LIFE, Role.AGENT
STATES = (
    State("first start", None, first_start, 'name="again"'),
    State("choose a PIN", None, chooses, 'name="again"'),
    State("tiles", "device", lambda client, tongue: client.get("/compte/poste/", **tongue),
          "Maximilienne"),
    State("wrong PIN", "device", pin, 'id="said"'),
    State("sheet", HEAD, posted(
        "/compte/comptes/nouveau/", name="Élodie Brun", login="e.brun", role="agent"),
        'class="code"'),
    State("device's code", HEAD, posted("/compte/postes/", name="Grille sud"), 'class="code"'),
    State("recovery codes", HEAD, posted("/compte/second-facteur/codes/"), 'class="codes"'),
    State("token", HEAD, posted(
        "/api/jetons/", name="Cantine", scopes=["people:read"], days="90"), 'class="token"'),
    State("year again", HEAD, posted("/passes/annee/", year="2027", old="revoke"), 'id="typed"'),
    State("columns", OFFICE, columns, 'name="column-0"'),
    State("import's preview", OFFICE, preview, 'name="proof"'),
    State("timetable's preview", OFFICE, timetable, 'id="wrong"'),
    State("change's preview", OFFICE, absent, 'id="agree"'),
    State("changed", OFFICE, changed, "/annuler/"),
    State("people found", OFFICE, posted("/personnes/", letters="ma"), "<table"),
    State("nobody found", OFFICE, posted("/personnes/", letters="xyz"), 'role="status"'),
    State("may they leave", OFFICE, posted("/regles/essai/", **ASKED), "answer-"),
    State("forgotten card", AGENT, posted("/passes/oubli/", letters="mar"), 'name="admit"'),
    State("nobody forgot", AGENT, posted("/passes/oubli/", letters="xyz"), "message error"),
    State("phone's code", OFFICE, phone, "data-arrival"),
    State("phones' codes", OFFICE,
          posted("/telephones/classe/", kind="staff", label="Vie scolaire"), "wallet-codes"),
    State("no such card", OFFICE, posted("/passes/trouvee/", digits="00000000"), "message error"),
)  # fmt: skip
