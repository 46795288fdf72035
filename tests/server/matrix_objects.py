"""What the access matrix puts into addresses: extend it when an address of yours has arguments.

Each entry makes its object in the test's database and returns what the address carries. It is
looked for by the address's name and argument (`people:person.person_id`), then by the argument.
"""

import uuid
from collections.abc import Callable
from typing import Any

from portique.core.values import Kind
from portique.school.register import EnrolledGate
from portique.server import clock
from portique.server.accounts.codes import keyed_hash
from portique.server.accounts.devices import TOKEN
from portique.server.accounts.models import Device, User
from portique.server.accounts.roles import Role
from portique.server.api.models import Token
from portique.server.gates.actions import invite
from portique.server.gates.models import Gate
from portique.server.outgoing.models import Destination, Reach
from portique.server.passes.register import DatabaseRegister
from portique.server.people.actions import Particulars, add_person
from portique.server.people.models import Import


def an_account() -> Any:
    """Somebody's account."""
    login = f"matrix {User.objects.count()}"
    user = User.objects.create_user(login, name="Noa Petit", role=Role.AUDITOR, password=None)
    return user.pk


def a_device() -> Any:
    """A shared device."""
    token = keyed_hash(TOKEN, f"matrix {Device.objects.count()}")
    device = Device.objects.create(name="grille", token_hash=token, paired_at=clock.now())
    return device.pk


def a_person() -> Any:
    """A pupil."""
    return add_person(Kind.PUPIL, Particulars("Zoé", "Lebœuf", label="6E01")).pk


def an_import() -> Any:
    """A file that was applied."""
    return Import.objects.create(at=clock.now(), source="siecle").pk


def a_token() -> Any:
    """A program's token."""
    head = User.objects.get(pk=an_account())
    at = clock.now()
    token = Token.objects.create(
        name="cantine", token_hash="", scopes=[], made_by=head, made_at=at, expires_at=at
    )
    return token.pk


def an_invitation() -> Any:
    """A code that lets a gate join."""
    return invite("entry-1").pk


def a_gate() -> Any:
    """A gate of the exit's."""
    gate_id = f"exit-{Gate.objects.count() + 1}"
    DatabaseRegister().add_gate(EnrolledGate(gate_id, "exit-1", b"x" * 32, b"y" * 32))
    return gate_id


def a_destination() -> Any:
    """A program that is told of events."""
    nobody = {"address": "http://127.0.0.1:9/", "reach": Reach.MACHINE}
    return Destination.objects.create(name="chauffage", **nobody).pk


OBJECTS: dict[str, Callable[[], Any]] = {
    "account_id": an_account,
    "device_id": a_device,
    "person_id": a_person,
    "key": a_person,
    "number": uuid.uuid4,
    "pass_id": lambda: "00c0ffee00c0ffee",
    "invitation_id": an_invitation,
    "gate_id": a_gate,
    "import_id": an_import,
    "mfa_remove_webauthn.pk": lambda: 1,
    "token_id": a_token,
    "destination_id": a_destination,
    "away_id": uuid.uuid4,
    "message_id": uuid.uuid4,
    "api:undo_change.change_id": uuid.uuid4,
    "api:nothing.rest": lambda: "nowhere",
    "wallet-app:file.path": lambda: "wallet/index.html",
    "wallet-app:scanner-file.path": lambda: "core/passes.js",
}

FOR_EVERYBODY = frozenset(
    {"wallet-app:page", "wallet-app:scanner", "wallet-app:file", "wallet-app:scanner-file"}
)
"""Addresses that answer the same to everybody: a browser may keep that, and asks if it changed."""

TRACES = frozenset({"django_session", "people_access"})
"""Tables whose rows say that somebody is there, or looked at a person: looking adds to them."""

READS_CODES = frozenset({"wallet-app:scanner", "wallet-app:scanner-file"})
"""Addresses that may compile the reader of codes, which is WebAssembly."""
