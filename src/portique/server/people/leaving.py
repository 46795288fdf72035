"""The passes of those who leave, and of those who come back.

While an import can be undone, the passes of those whom it sent away are suspended: gates take them
no more, and an undo gives them back. Afterwards they are revoked, which is final.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.revocation import Status
from portique.server.passes.models import IssuedPass
from portique.server.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

COUNTING = (Status.VALID.value, Status.VALID_WITHOUT_TEMPLATE.value)


def suspend_passes(holders: Collection[str]) -> dict[str, int]:
    """Suspend the passes of these holders; return each with the status it had."""
    rows = IssuedPass.objects.filter(holder__in=holders, status__in=COUNTING)
    had = dict(rows.values_list("pass_id", "status"))
    rows.update(status=Status.SUSPENDED.value)
    return had


def give_back(had: Mapping[str, int]) -> None:
    """Give suspended passes the status they had, but for those that were revoked since."""
    suspended = IssuedPass.objects.filter(status=Status.SUSPENDED.value)
    for status in set(had.values()):
        numbers = [number for number, was in had.items() if was == status]
        suspended.filter(pass_id__in=numbers).update(status=status)


def revoke(numbers: Iterable[str]) -> None:
    """Revoke passes, whether or not they were revoked already."""
    IssuedPass.objects.filter(pass_id__in=list(numbers)).update(status=Status.REVOKED.value)


def revoke_passes_of(holders: Collection[str]) -> None:
    """Revoke every pass of these holders."""
    IssuedPass.objects.filter(holder__in=holders).update(status=Status.REVOKED.value)


def numbers_of(holders: Iterable[str]) -> set[str]:
    """Return the numbers of these holders' passes."""
    rows = IssuedPass.objects.filter(holder__in=list(holders))
    return set(rows.values_list("pass_id", flat=True))


def holders_with_passes() -> set[str]:
    """Return the holders who have a pass that is not revoked."""
    rows = IssuedPass.objects.exclude(status=Status.REVOKED.value)
    return set(rows.values_list("holder", flat=True))


def holders_of(ids: Iterable[str]) -> set[str]:
    """Return the holder's numbers of persons, by their keys: also those of the year before."""
    people = Person.objects.filter(pk__in=list(ids)).only("holder", "former_holder")
    return {number for person in people for number in person.holders}
