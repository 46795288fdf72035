"""What becomes of passes, badges and rights whose time is over, or whose holder is erased."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from portique.core.charter_retention import WHILE_PERMITTED, WHILE_VALID
from portique.core.revocation import Status
from portique.core.rights import read_rights
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.models import Act, Badge, HolderRights, IssuedPass, PermissionNote
from portique.server.passes.queries import mark_of
from portique.server.passes.register import DatabaseRegister
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.vault.purging import kept_since, over

if TYPE_CHECKING:
    from datetime import datetime

    from portique.core.rights import Permission, Rights
    from portique.core.values import HolderId
    from portique.server.vault.purging import Gone


def forget_badges(at: datetime) -> None:
    """Let a badge stand for nobody once its pass is revoked, or ended long ago."""
    ended = Q(status=Status.REVOKED.value) | over(IssuedPass, "expires_ms", WHILE_VALID, at)
    badges = Badge.objects.filter(issued__in=IssuedPass.objects.filter(ended))
    if badges.exists():
        with transaction.atomic():
            knowledge_changed()
            badges.delete()


def forget_passes(at: datetime) -> None:
    """Delete passes that ended long ago: gates refuse them by their date.

    Then nothing links a holder's number to the year before's any more.
    """
    ended = IssuedPass.objects.filter(over(IssuedPass, "expires_ms", WHILE_VALID, at))
    with transaction.atomic():
        forget_badges(at)
        if ended.exists():
            DatabaseRegister().keep_list_length()
            ended.delete()
            borne = IssuedPass.objects.values("holder")
            former = Person.objects.exclude(former_holder="").exclude(former_holder__in=borne)
            former.update(former_holder="")


def forget_permissions(at: datetime) -> None:
    """Drop permissions that ended a month ago, and what is known of those that nobody has."""
    since_ms = kept_since(WHILE_PERMITTED, at)
    if any(_kept(one, since_ms) != one.permissions for one in _book().values()):
        with transaction.atomic():
            knowledge_changed()  # first: who else writes rights waits, and all are read anew
            for holder, rights in _book().items():
                kept = _kept(rights, since_ms)
                if kept != rights.permissions:
                    data = replace(rights, permissions=kept).to_data()
                    served_school().register.set_rights(holder, data)
    notes = dict(PermissionNote.objects.values_list("pk", "mark"))  # before the rights they go with
    marks = {mark_of(one) for rights in _book().values() for one in rights.permissions}
    gone = [key for key, mark in notes.items() if mark not in marks]
    PermissionNote.objects.filter(pk__in=gone).delete()


def _book() -> dict[HolderId, Rights]:
    return read_rights(served_school().register.rights())


def _kept(rights: Rights, since_ms: int) -> tuple[Permission, ...]:
    return tuple(
        one for one in rights.permissions if one.until_ms is None or one.until_ms >= since_ms
    )


def forget_rights(at: datetime) -> None:
    """Delete the rights of numbers that are no person's and on no pass."""
    _ = at
    persons = Person.objects.exclude(holder=None).values("holder")
    passes = IssuedPass.objects.values("holder")
    nobodys = HolderRights.objects.exclude(holder__in=persons).exclude(holder__in=passes)
    if nobodys.exists():
        with transaction.atomic():
            knowledge_changed()
            nobodys.all().delete()


def forget_holders(gone: Gone) -> None:
    """Revoke the passes of persons who are erased, and make them nobody's; delete what is theirs.

    A pass's number and index stay until it ends, since gates may still report it; who did something
    with it stays recorded, without whose it was.
    """
    holders = gone.holders
    passes = IssuedPass.objects.filter(holder__in=holders)
    Badge.objects.filter(holder__in=holders).delete()
    passes.update(status=Status.REVOKED.value, holder="", text="")
    PermissionNote.objects.filter(holder__in=holders).delete()
    HolderRights.objects.filter(holder__in=holders).delete()
    Act.objects.filter(holder__in=holders).update(holder="")
