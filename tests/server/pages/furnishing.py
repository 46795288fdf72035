"""A school as it looks in November: classes, long names, doubts, troubles, and people at gates."""

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from tests.server.console.conftest import make_decision
from tests.server.parcels import parcel
from tests.server.school.conftest import YEAR
from tests.server.school.test_timetable_page import PAGE as TIMETABLE
from tests.server.school.test_timetable_page import PREVIEW

from portique.core.entries import AlarmBody, Body, ManualAdmissionBody, NoticeBody
from portique.core.rights import Permission
from portique.core.sentences import ForgottenReason
from portique.core.values import Direction, Kind, to_ms
from portique.server import clock
from portique.server.accounts import devices
from portique.server.accounts.actions import Colleague, make_account
from portique.server.accounts.models import User
from portique.server.accounts.roles import Role
from portique.server.api.actions import Wanted, make_token
from portique.server.api.scopes import Scope
from portique.server.console.actions import failed, record
from portique.server.gates.models import Alarm, AlarmKind, Gate, Restore
from portique.server.passes import actions as passes
from portique.server.passes.models import IssuedPass, Use
from portique.server.passes.quotas import By
from portique.server.people.actions import Particulars, add_person
from portique.server.people.models import Person
from portique.testing.siecle import make_school, siecle_zip

LONG_FIRST, LONG_LAST = "Marie-Alexandrine", "Vandenbroucke-Delacroix de Montfaucon"
GROUPS = (
    "TG1",
    "TG1 SPE MATHS",
    "TG1 SPE PHYS",
    "LV2 ESP 3",
    "LATIN TLE",
    "CHORALE",
    "AP 2",
    "EPS 4",
)
TABLE = """group;weekday;start;end;weeks;from;until;teacher
{a};lundi;8:00;10:00;;;;FONTAINE
{a};lundi;14:00;16:00;;;;NOIRET
{b};lundi;8:00;10:00;;;;NOIRET
{b};lundi;13:00;17:00;;;;ROCHE
"""


@dataclass(frozen=True, slots=True)
class Furnished:
    """What addresses of the furnished school carry: the richest object of each kind."""

    known: dict[Role | str | None, Client]
    objects: dict[str, Any]
    queries: dict[str, list[dict[str, str]]]


def furnish(office: Client, head: User) -> Furnished:
    """Fill an empty school through its own pages and actions."""
    import_people(office)
    classes = tuple(
        sorted(set(Person.objects.filter(kind="pupil").values_list("label", flat=True)))
    )
    somebody = add_person(Kind.PUPIL, Particulars(
        LONG_FIRST, LONG_LAST, usual_first_name="Alex", label=classes[0], groups=GROUPS,
        regime="green", meal_days=(1, 2, 4, 5), boarder=True,
    ))  # fmt: skip
    add_person(Kind.STAFF, Particulars("Jean-Baptiste", "Quentin-Lavallière", label="Vie scolaire"))
    by = By(head)
    give_passes(by, somebody, classes[0])
    use_timetable(office, classes)
    place_gates(by, somebody)
    device = make_colleagues(head)
    scopes = (Scope.RULES_WRITE, Scope.GATES_READ)
    make_token(head, Wanted("Emploi du temps", scopes, timedelta(days=90)))
    slip = IssuedPass.objects.get(use=Use.SLIP)
    objects = {
        "person_id": somebody.pk, "key": somebody.pk, "gate_id": "exit-1", "pass_id": slip.pk,
    }  # fmt: skip
    known: dict[Role | str | None, Client] = {Role.SCHOOL_LIFE: office, "device": device}
    return Furnished(known, objects, queries_of(classes[0]))


def queries_of(label: str) -> dict[str, list[dict[str, str]]]:
    """List what addresses are asked with: tabs, a class."""
    acts = ("teacher-absent", "substitute", "moved", "cancelled", "added")
    return {
        "school:changes": [{"act": act} for act in acts],
        "passes:group": [{"kind": "pupil", "label": label}],
        "people:people": [{}, {"class": label}],
    }


def export(without: int = 0) -> bytes:
    """Write a SIECLE file of forty-eight pupils, save the last ones."""
    school = make_school(5, 48, today=clock.now().date(), uai="0990001S")
    return siecle_zip(replace(school, pupils=school.pupils[: len(school.pupils) - without]))


def import_people(office: Client) -> None:
    """Bring in pupils and their guardians."""
    file = io.BytesIO(export())
    file.name = "export.zip"
    office.post("/personnes/importer/", {"files": [file]})
    page = office.get("/personnes/importer/apercu/").content.decode()
    proof = page.partition('name="proof" value="')[2].partition('"')[0]
    office.post("/personnes/importer/apercu/", {"do": "apply", "proof": proof})


def give_passes(by: By, somebody: Person, label: str) -> None:
    """A class with cards; one of them replaced, suspended, with badge and permissions."""
    mates = list(Person.objects.filter(kind="pupil", label=label))
    passes.issue_for_many(by, [one for one in mates if one.pk != somebody.pk][:3])
    card = passes.issue_for(by, somebody)
    card = passes.replace(by, card.pass_id)
    passes.enrol_badge(by, somebody, "04A1B2C3D4E5F6")
    start = to_ms(clock.now() - timedelta(days=3))
    passes.give_permission(
        by, somebody, Permission(Direction.EXIT, start, None, "Vie scolaire", "", (2, 4), 840, 930),
        reason="Séances de rééducation au centre hospitalier intercommunal, avec l’accord écrit",
    )  # fmt: skip
    passes.give_permission(by, somebody, Permission(Direction.ENTRY, start, None, "Direction"))
    passes.admit_today(by, mates[1], next(iter(ForgottenReason)))
    passes.suspend(by, passes.issue_for(by, mates[4]).pass_id)


def use_timetable(office: Client, classes: tuple[str, ...]) -> None:
    """Give two classes their lessons, with teachers, and cancel some of today's."""
    chosen = io.BytesIO(TABLE.format(a=classes[0], b=classes[1]).encode())
    chosen.name = "edt.csv"
    office.post(TIMETABLE, YEAR | {"keep_teachers": "on", "chosen": [chosen]})
    office.post(PREVIEW, {"step": "confirm"}, follow=True)


def place_gates(by: By, somebody: Person) -> None:
    """Two gates, one in trouble; what they filed this morning."""
    at = clock.now()
    fine = {
        "reported_at": at, "contact_at": at, "version": "0.2.0", "disk_free": 9 * 10**9,
        "drift_ms": 40, "clock_trusted": True, "mode": "control", "unsent": 0, "set_aside": 0,
        "journal_epoch": 1, "journal_last": 812,
    }  # fmt: skip
    blind = fine | {"failing": "camera reader"}
    entry = Gate.objects.create(
        gate_id="entry-1", lane="entry-1", x=b"x" * 32, y=b"y" * 32, **blind
    )
    failed(entry, ["camera"], ["door"])
    late = fine | {"contact_at": at - timedelta(hours=5), "disk_free": 10**8, "unsent": 431,
                   "drift_ms": 95_000, "clock_trusted": False, "set_aside": 3}  # fmt: skip
    Gate.objects.create(gate_id="exit-1", lane="exit-1", x=b"u" * 32, y=b"v" * 32, **late)
    Restore.objects.create(copied_at=at - timedelta(hours=9), at=at - timedelta(hours=1))
    for kind in AlarmKind:
        Alarm.objects.create(gate=entry, kind=kind, epoch=1, number=77, first_at=at, last_at=at)
    card = IssuedPass.objects.filter(holder=somebody.holder).values_list("pk", flat=True)[0]
    bodies: list[Body] = [
        make_decision(0), make_decision(0), make_decision(1, "outside-opening", pass_id=card),
        make_decision(2, "revoked"), make_decision(2, "status-unlisted"),
        ManualAdmissionBody("entry-1", "group", "loge", 12), NoticeBody("unknown-codes", 40),
        AlarmBody("evacuation", drill=True, source="line"),
    ]  # fmt: skip
    filed = [(n, to_ms(at) - 1000 * (99 - n), b) for n, b in enumerate(bodies, 1)]
    record([parcel("entry-1", filed)])


def make_colleagues(head: User) -> Client:
    """Agents with a PIN, somebody who never came; return the browser of a shared device."""
    for name in ("Maximilienne-Anne-Sophie de Brie", "Ali Ben Youssef", "Lucie Ferrand"):
        agent = make_account(Colleague(name, Role.AGENT, name.split()[0].lower()), by=head)
        devices.set_pin(agent, "482915")
    make_account(Colleague("Bérengère Castaing", Role.RECEPTION, "accueil"), by=head)
    _, token = devices.pair(devices.offer("Tablette de la loge, entrée principale", by=head))
    client = Client()
    client.cookies[settings.DEVICE_COOKIE_NAME] = token
    return client
