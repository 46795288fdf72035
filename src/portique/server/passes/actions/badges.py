"""Badges with a bare number: the number is hashed at once and kept nowhere.

Such a number is easy to copy: gates take the holder at their word and refer by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.errors import RegisterError
from portique.core.revocation import Status
from portique.server.clock import now
from portique.server.passes import quotas
from portique.server.passes.actions.issuing import Wanted, make
from portique.server.passes.actions.recording import record_change
from portique.server.passes.badge_numbers import digests, read_number
from portique.server.passes.models import ActKind, Badge, Use
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from portique.core.values import PassId
    from portique.server.passes.quotas import By
    from portique.server.people.models import Person


class BadgeTakenError(RegisterError):
    """The badge is somebody's already: remove it there first."""


def enrol_badge(by: By, person: Person, typed: str) -> Badge:
    """Make a badge stand for a person; `typed` is what the reader wrote.

    Raises:
        BadgeNumberError: That is no badge's number.
        BadgeTakenError: The badge is somebody's already.
        QuotaExceededError: More than usual.
    """
    at = now()
    known = digests(read_number(typed))
    if Badge.objects.filter(pk__in=known).exists():
        raise BadgeTakenError("this badge is somebody's already; remove it there first")
    with quotas.within(by, [person.holder], at):
        (issued,) = make(by, [person], Wanted(Use.BADGE, kind=ActKind.BADGE), at)
        return Badge.objects.create(
            digest=known[0], holder=issued.holder, issued_id=issued.pass_id, at=at
        )


def remove_badge(by: By, pass_id: PassId) -> None:
    """Let a badge stand for nobody, and revoke the pass it stood for.

    Raises:
        RegisterError: There is no such badge.
    """
    register = served_school().register
    with transaction.atomic():
        deleted, _ = Badge.objects.filter(issued_id=pass_id).delete()
        if not deleted:
            raise RegisterError(f"pass {pass_id} is no badge's")
        issued = register.get(pass_id)
        if issued.status is not Status.REVOKED:
            register.set_status(pass_id, Status.REVOKED)
        record_change(by, ActKind.BADGE_REMOVED, [issued], now())
