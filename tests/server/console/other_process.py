"""What tests of real processes run beside them, on the same real file.

python other_process.py FOLDER prepare COUNT | answer LOGIN | count | obey
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.server.config import starting

if TYPE_CHECKING:
    from collections.abc import Callable


ROOT = Path(__file__).parents[3]


def main(folder: Path, part: str, *rest: str) -> None:
    sys.path.insert(0, str(ROOT))  # `conftest` needs what tests share
    if part == "prepare":
        make_school(folder)
    starting.make_ready(folder)
    parts: dict[str, Callable[..., None]] = {
        "prepare": prepare,
        "answer": answer,
        "count": count,
        "obey": obey,
    }
    parts[part](*rest)


def make_school(folder: Path) -> None:
    from portique.core.values import Uai
    from portique.school.folder import SchoolFolder, Settings
    from portique.server.clock import now

    settings = Settings(Uai("0990001S"), "Lycée des Tilleuls")
    SchoolFolder.create(folder, settings, at=now(), entropy=os.urandom).close()


def prepare(number: str) -> None:
    from conftest import GATE  # type: ignore[import-not-found]
    from portique.server.accounts.models import User
    from portique.server.accounts.roles import Role
    from portique.server.console.actions import record
    from portique.server.gates.models import Gate
    from portique.server.school.adoption import adopt

    starting.migrate()
    adopt(Path(os.environ["PORTIQUE_SCHOOL"]))
    for login in ("one", "two"):
        User.objects.create_user(login, name=login, role=Role.AGENT, password=None)
    Gate.objects.create(gate_id=GATE, lane="entry-1", x=b"x" * 32, y=b"y" * 32)
    record([parcel_of(0, int(number), 1)])


def parcel_of(before: int, count: int, outcome: int) -> Any:
    """Return that many decisions as they are filed, numbered on."""
    from conftest import GATE, make_decision
    from portique.server.clock import now_ms
    from portique.server.gates.models import Epoch, Gate
    from portique.server.gates.receivers import Filed, Parcel

    numbers = range(before + 1, before + count + 1)
    filed = [Filed(n, now_ms(), make_decision(outcome), 0) for n in numbers]
    return Parcel(Gate.objects.get(pk=GATE), Epoch(number=1), filed)


def answer(login: str) -> None:
    from portique.core.entries import Ruling
    from portique.core.errors import TooLate
    from portique.core.sentences import AdmitReason
    from portique.server.accounts.models import User, login_key
    from portique.server.console.actions import rule
    from portique.server.console.models import Referral

    user = User.objects.get(login_key=login_key(login))
    referrals = list(Referral.objects.order_by("number"))
    say("ready")
    for referral in referrals:
        sys.stdin.readline()
        try:
            rule(user, referral, Ruling.ADMIT, AdmitReason.KNOWN)
            say("won")
        except TooLate:
            say("lost" if referral.user not in {None, user} else "wrong")


def count() -> None:
    from portique.server.console.models import Event, Referral
    from portique.server.gates.models import Note

    ruled = Referral.objects.filter(state="ruled").count()
    say([ruled, Note.objects.count(), Event.objects.filter(kind="asked").count()])


def obey() -> None:
    """Do what each line asks, one JSON list of a name and arguments, and say what came of it."""
    orders: dict[str, Callable[..., object]] = {
        "file": file,
        "sign_in": sign_in,
        "disable": disable,
        "sign_out": sign_out,
        "add_gate": add_gate,
    }
    say("ready")
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        say(orders[name](*arguments))


def file(count: int, outcome: int = 0) -> list[int]:
    """File decisions; return the ids of their events."""
    from portique.server.console.actions import record
    from portique.server.console.models import Event
    from portique.server.console.tally import newest

    before = newest()
    record([parcel_of(before, count, outcome)])
    return list(Event.objects.filter(pk__gt=before).values_list("pk", flat=True))


def sign_in(login: str) -> str:
    """Sign a new receptionist in; return the session's cookie."""
    from django.conf import settings
    from django.test import Client

    from portique.server.accounts import sessions  # its clocks begin with the session
    from portique.server.accounts.models import User
    from portique.server.accounts.roles import Role

    assert sessions.STARTED
    user = User.objects.create_user(login, name=login, role=Role.RECEPTION, password="x" * 14)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def add_gate(gate_id: str, public: str) -> str:
    """Take a gate in with a public key; return the key that signs for the server."""
    from portique.school.register import EnrolledGate
    from portique.server.passes.register import DatabaseRegister
    from portique.server.school.house import served_school

    key = bytes.fromhex(public)
    DatabaseRegister().add_gate(EnrolledGate(gate_id, "exit-1", key[:32], key[32:]))
    orders = served_school().keys.orders.public
    return (orders.x + orders.y).hex()


def disable(login: str) -> int:
    from portique.server.accounts.models import User, login_key

    return User.objects.filter(login_key=login_key(login)).update(is_active=False)


def sign_out(cookie: str) -> int:
    from django.contrib.sessions.models import Session

    return Session.objects.filter(session_key=cookie.partition("=")[2]).delete()[0]


def say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
