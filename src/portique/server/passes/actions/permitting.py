"""Permissions: dated or weekly exceptions, with who gave them and why, which gates never learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.errors import RegisterError
from portique.core.values import HolderId
from portique.school.permissions import permissions_of, permit, withdraw
from portique.server.clock import now
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.actions.issuing import give_holder
from portique.server.passes.actions.recording import record_for_holder
from portique.server.passes.models import ActKind, PermissionNote
from portique.server.passes.queries import mark_of
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from portique.core.rights import Permission
    from portique.server.passes.quotas import By
    from portique.server.people.models import Person


def give_permission(by: By, person: Person, permission: Permission, *, reason: str = "") -> None:
    """Permit somebody to enter or leave; the reason stays sealed in this database.

    Raises:
        RegisterError: They have it already, or have too many.
    """
    at = now()
    with transaction.atomic():
        holder = give_holder(person)
        knowledge_changed()  # its row is then locked: who else writes rights waits, and reads anew
        if permission in permissions_of(served_school(), holder):
            raise RegisterError("this holder has that permission already")
        held = permit(served_school(), holder, permission, at=at)
        _forget_others(holder, held)
        PermissionNote.objects.create(
            holder=holder, mark=mark_of(permission), account=by.account, at=at, reason=reason
        )
        record_for_holder(by, ActKind.PERMITTED, holder, at)


def withdraw_permission(by: By, person: Person, mark: str) -> None:
    """Take a permission back, and forget why it was given.

    Raises:
        RegisterError: The holder has none of that mark.
    """
    with transaction.atomic():
        knowledge_changed()
        holder = HolderId(person.holder or "")
        marks = [mark_of(one) for one in permissions_of(served_school(), holder)]
        if mark not in marks:
            raise RegisterError("this holder has no such permission")
        held = withdraw(served_school(), holder, marks.index(mark) + 1)
        _forget_others(holder, held)
        record_for_holder(by, ActKind.WITHDRAWN, holder, now())


def _forget_others(holder: HolderId, held: tuple[Permission, ...]) -> None:
    marks = [mark_of(one) for one in held]
    PermissionNote.objects.filter(holder=holder).exclude(mark__in=marks).delete()
