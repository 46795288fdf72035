"""The passes of those who leave, and of those who come back.

While an import can be undone, the passes of those whom it sent away are suspended: gates take them
no more, and an undo gives them back. Afterwards they are revoked, which is final.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.revocation import Status
from portique.core.values import PassId
from portique.server.passes.models import IssuedPass
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

COUNTING = (Status.VALID.value, Status.VALID_WITHOUT_TEMPLATE.value)


def suspend_passes(holders: Collection[str]) -> dict[str, int]:
    """Suspend the passes of these holders; return each with the status it had."""
    rows = IssuedPass.objects.filter(holder__in=holders, status__in=COUNTING)
    had = dict(rows.values_list("pass_id", "status"))
    _set(had, Status.SUSPENDED)
    return had


def give_back(had: Mapping[str, int]) -> None:
    """Give suspended passes the status they had, but for those that were revoked since."""
    rows = IssuedPass.objects.filter(pass_id__in=had, status=Status.SUSPENDED.value)
    for number in rows.values_list("pass_id", flat=True):
        served_school().register.set_status(PassId(number), Status(had[number]))


def revoke(numbers: Iterable[str]) -> None:
    """Revoke passes, those revoked already left as they are."""
    rows = IssuedPass.objects.filter(pass_id__in=list(numbers))
    _set(
        rows.exclude(status=Status.REVOKED.value).values_list("pass_id", flat=True),
        Status.REVOKED,
    )


def revoke_passes_of(holders: Collection[str]) -> None:
    """Revoke every pass of these holders."""
    revoke(IssuedPass.objects.filter(holder__in=holders).values_list("pass_id", flat=True))


def numbers_of(holders: Iterable[str]) -> set[str]:
    """Return the numbers of these holders' passes."""
    rows = IssuedPass.objects.filter(holder__in=list(holders))
    return set(rows.values_list("pass_id", flat=True))


def holders_with_passes() -> set[str]:
    """Return the holders who have a pass that is not revoked."""
    rows = IssuedPass.objects.exclude(status=Status.REVOKED.value)
    return set(rows.values_list("holder", flat=True))


def _set(numbers: Iterable[str], status: Status) -> None:
    register = served_school().register
    for number in numbers:
        register.set_status(PassId(number), status)
