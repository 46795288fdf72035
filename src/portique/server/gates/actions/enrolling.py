"""Gates that join and leave: an invitation shown as a code, an application, an admission."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core import wire_enrolment
from portique.core.errors import LinkError
from portique.core.values import to_ms
from portique.core.wire_enrolment import NOT_INVITED, SECRET_BYTES, Admission
from portique.school.register import EnrolledGate
from portique.school.rules import site_of
from portique.server.accounts import audit
from portique.server.accounts.models import Deed
from portique.server.clock import now
from portique.server.entropy import entropy
from portique.server.gates.models import Gate, Invitation, Note
from portique.server.passes.register import DatabaseRegister
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from portique.core.wire_enrolment import Application
    from portique.server.accounts.models import User

VALID_FOR = timedelta(minutes=10)
SHOWN_FOR = timedelta(hours=1)  # the page of a used or late one still says what became of it


def invite(lane: str, by: User | None = None) -> Invitation:
    """Make an invitation for one gate on a lane; whoever asks for it is recorded.

    Raises:
        KnowledgeError: The school has no such lane.
    """
    site_of(served_school()).lane(lane)
    at = now()
    secret = entropy(SECRET_BYTES).hex()
    with transaction.atomic():
        audit.record(by, Deed.GATE_INVITED, detail=lane)
        return Invitation.objects.create(
            lane=lane, secret=secret, made_at=at, expires_at=at + VALID_FOR
        )


def drop_old_invitations(at: datetime) -> None:
    """Delete invitations that ended, once their page need not say any more what became of them."""
    Invitation.objects.filter(expires_at__lt=at - SHOWN_FOR).delete()


def withdraw(invitation: Invitation) -> None:
    """Take an invitation back before a gate used it."""
    Invitation.objects.filter(pk=invitation.pk, gate=None).delete()


def admit(data: bytes) -> bytes:
    """Let a gate join that was invited; return its signed admission. The same again is the same.

    Raises:
        LinkError: Damaged, or of no open invitation.
    """
    rows = Invitation.objects.select_related("gate")
    _invited(data, rows)  # whoever was not makes no gate wait for its turn to write
    with transaction.atomic():
        # Locked: two gates with one code, and one of them is first.
        invitation, application = _invited(data, rows.select_for_update(of=("self",)))
        gate = _gate_for(invitation, application)
    knowledge = served_school().keys.knowledge
    admission = Admission(application.nonce, gate.pk, gate.lane, knowledge.public, to_ms(now()))
    return wire_enrolment.sign_admission(admission, knowledge)


def _invited(data: bytes, rows: QuerySet[Invitation]) -> tuple[Invitation, Application]:
    """Read an application to one of the invitations that are open.

    Raises:
        LinkError: Damaged, or of none of them.
    """
    secrets = {bytes.fromhex(row.secret): row for row in rows.filter(expires_at__gt=now())}
    application, secret = wire_enrolment.read_application(data, tuple(secrets))
    return secrets[secret], application


def _gate_for(invitation: Invitation, application: Application) -> Gate:
    """Return the gate that an invitation is for; make it at the first application.

    Raises:
        LinkError: Another gate used it.
    """
    key = application.key
    if invitation.gate is not None:
        if (bytes(invitation.gate.x), bytes(invitation.gate.y)) != (key.x, key.y):
            raise LinkError(NOT_INVITED)
        return invitation.gate
    gate_id = _free_id(invitation.lane)
    DatabaseRegister().add_gate(EnrolledGate(gate_id, invitation.lane, key.x, key.y))
    gate = Gate.objects.get(pk=gate_id)
    gate.version = application.version
    gate.save(update_fields=["version"])
    invitation.gate = gate
    invitation.save(update_fields=["gate"])
    return gate


def _free_id(lane: str) -> str:
    """Return an id that no gate ever had: the lane's own name, or with a number after it."""
    taken = set(Gate.objects.filter(pk__startswith=lane).values_list("pk", flat=True))
    if lane not in taken:
        return lane
    number = 2
    while f"{lane}-{number}" in taken:
        number += 1
    return f"{lane}-{number}"


def remove(gate: Gate, by: User | None = None) -> None:
    """Take a gate out: its calls are refused, and knowledge holds no more keys for it.

    Raises:
        RegisterError: It was removed before.
    """
    with transaction.atomic():
        DatabaseRegister().remove_gate(gate.pk)
        Note.objects.filter(gate=gate).delete()
        audit.record(by, Deed.GATE_REMOVED, detail=gate.pk)
