"""The school that is served under load: people, cards, gates, a day's history, who calls and looks.

The folder is made here; what needs the server's database, by `python -m …school ORDER FOLDER` in a
process that has its settings.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import astuple, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.core.plain import Words
from portique.core.seal import Purpose, private_key
from portique.core.values import Direction, Kind, from_ms
from portique.core.zones import INSIDE, OUTSIDE, Lane, default_site
from portique.gate.clock import GateClock
from portique.school.folder import SchoolFolder, Settings
from portique.school.issuing import Request, issue
from portique.school.register import EnrolledGate
from portique.school.rules import write_site
from portique.testing.lanes import UAI

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.core.seal import PrivateKey
    from portique.core.values import HolderId, PassId

CLASS_SIZE = 28
HEAD = "direction"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything.

    `late` are gates that were cut off and file what they decided before; `past` the lines of the
    day that consoles have had already.
    """

    people: int = 1_000
    gates: int = 20
    late: int = 4
    consoles: int = 20
    tokens: int = 10
    past: int = 50_000

    def to_texts(self) -> list[str]:
        """Write it for another process."""
        return [str(number) for number in astuple(self)]


@dataclass(frozen=True, slots=True)
class LoadedSchool:
    """A folder, and the keys and cards of what is enrolled in it."""

    folder: Path
    keys: dict[str, PrivateKey]
    cards: list[tuple[PassId, HolderId]]
    labels: list[str]


def make_folder(folder: Path, size: Size) -> LoadedSchool:
    """Make a school with gates `lane-1` …, each at a lane of its name, and a card for everybody."""
    at = from_ms(GateClock().now_ms())
    settings = Settings(UAI, "Lycée des Essais")
    school = SchoolFolder.create(folder, settings, at=at, entropy=os.urandom)
    names = [f"lane-{number}" for number in range(1, size.gates + size.late + 1)]
    site = default_site()
    write_site(school, replace(site, lanes=(*site.lanes, *map(_lane, names))))
    keys = {name: private_key(Purpose.GATE, os.urandom(40)) for name in names}
    labels = [f"2de{1 + number // CLASS_SIZE}" for number in range(size.people)]
    cards = []
    with school.register.transaction():
        for name, key in keys.items():
            school.register.add_gate(EnrolledGate(name, name, key.public.x, key.public.y))
        for number, label in enumerate(labels):
            request = Request(Kind.PUPIL, f"Prénom{number} Nom{number}", label)
            made = issue(school, request, at=at, entropy=os.urandom)
            cards.append((made.pass_id, made.holder))
    school.close()
    return LoadedSchool(folder, keys, cards, sorted(set(labels)))


def _lane(name: str) -> Lane:
    title = Words(name, name)
    entry = int(name.rpartition("-")[2]) % 2
    way = (Direction.ENTRY, OUTSIDE, INSIDE) if entry else (Direction.EXIT, INSIDE, OUTSIDE)
    return Lane(name, *way, title, title)


# --- in a process with the server's settings ------------------------------------------------------


def fill(size: Size) -> dict[str, Any]:
    """Put people, accounts, tokens and the day's history into the database; return who may call."""
    from portique.server.accounts.models import User  # noqa: PLC0415 -- Django is set up now
    from portique.server.accounts.roles import Role  # noqa: PLC0415
    from portique.server.config import starting  # noqa: PLC0415
    from portique.server.school.adoption import adopt  # noqa: PLC0415

    starting.migrate()
    adopt(Path(os.environ["PORTIQUE_SCHOOL"]))
    _put_people()
    _put_history(size.past, size.gates)
    head = User.objects.create_user(HEAD, name=HEAD, role=Role.HEAD, password=None)
    return {
        "tokens": [_token(head, number) for number in range(size.tokens)],
        "cookies": [_cookie(number) for number in range(size.consoles)],
    }


def _put_people() -> None:
    """Make a person of each holder, under the name on the card."""
    from portique.server.passes.models import IssuedPass  # noqa: PLC0415
    from portique.server.people.census import raise_census  # noqa: PLC0415
    from portique.server.people.models import Person  # noqa: PLC0415

    version = raise_census()
    holders = IssuedPass.objects.filter(kind=Kind.PUPIL).order_by("line")
    Person.objects.bulk_create(
        (
            Person(
                kind=Kind.PUPIL.value,
                holder=holder,
                civil_first_name=f"Prénom{number}",
                civil_last_name=f"Nom{number}",
                label=f"2de{1 + number // CLASS_SIZE}",
                census=version,
            )
            for number, holder in enumerate(holders.values_list("holder", flat=True))
        ),
        batch_size=200,
    )


def _put_history(count: int, gates: int) -> None:
    """Write what the console has of a long day, spread over it until now."""
    from portique.server.clock import now  # noqa: PLC0415
    from portique.server.console.models import Event, EventKind  # noqa: PLC0415
    from portique.server.console.tally import midnight  # noqa: PLC0415

    at = now()
    since = midnight(at)
    step = (at - since) / max(1, count)
    Event.objects.bulk_create(
        (
            Event(
                at=since + number * step,
                kind=EventKind.DECISION,
                gate=f"lane-{1 + number % gates}",
                lane=f"lane-{1 + number % gates}",
                data={"epoch": 0, "number": number, "outcome": 0, "reasons": []},
                people=1,
                direction="exit" if number % gates % 2 else "entry",
            )
            for number in range(count)
        ),
        batch_size=500,
    )


def _token(head: Any, number: int) -> str:
    from portique.server.api.actions import Wanted, make_token  # noqa: PLC0415
    from portique.server.api.scopes import Scope  # noqa: PLC0415

    return make_token(head, Wanted(f"programme {number}", tuple(Scope), timedelta(days=1)))[1]


def _cookie(number: int) -> str:
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from portique.server.accounts import sessions  # noqa: PLC0415 -- its clocks begin with it
    from portique.server.accounts.models import User  # noqa: PLC0415
    from portique.server.accounts.roles import Role  # noqa: PLC0415

    name = f"accueil-{number}"
    user = User.objects.create_user(name, name=name, role=Role.RECEPTION, password=None)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert sessions.STARTED in client.session  # noqa: S101 - our own bug
    cookie = settings.SESSION_COOKIE_NAME
    return f"{cookie}={client.cookies[cookie].value}"


def tell() -> dict[str, Any]:
    """Return what the database holds: ids of lines as spans, the newest one, decisions."""
    from portique.core.entries import DecisionBody  # noqa: PLC0415
    from portique.server.console.models import Event  # noqa: PLC0415
    from portique.server.gates.models import Entry  # noqa: PLC0415
    from portique.testing.load.consoles import Heard  # noqa: PLC0415

    every = Heard()
    for number in Event.objects.order_by("pk").values_list("pk", flat=True):
        every.note(number)
    decisions = Entry.objects.filter(kind=DecisionBody.KIND).count()
    return {"spans": every.spans, "newest": every.last, "decisions": decisions}


if __name__ == "__main__":
    from portique.server.config import starting

    order, path, *rest = sys.argv[1:]
    starting.make_ready(Path(path))
    orders: dict[str, Callable[[], object]] = {
        "fill": lambda: fill(Size(*map(int, rest))),
        "tell": tell,
    }
    sys.stdout.write(json.dumps(orders[order]()) + "\n")
