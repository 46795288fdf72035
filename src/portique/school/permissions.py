"""One holder's permissions: dated exceptions to hours and exit regimes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portique.core.errors import KnowledgeError, RegisterError
from portique.core.rights import UNKNOWN, Permission, Rights
from portique.core.values import to_ms
from portique.school.rights_table import rights_of

if TYPE_CHECKING:
    from datetime import datetime

    from portique.core.values import HolderId
    from portique.school.house import School


def permissions_of(school: School, holder: HolderId) -> tuple[Permission, ...]:
    """Return what a holder is permitted, in the order it was given."""
    return rights_of(school).get(holder, UNKNOWN).permissions


def permit(
    school: School, holder: HolderId, permission: Permission, *, at: datetime
) -> tuple[Permission, ...]:
    """Give a holder one permission more; those that have ended by `at` are dropped.

    Returns:
        Those that are left.

    Raises:
        RegisterError: A text is too long, or the holder has too many.
    """
    with school.register.transaction():
        running = (
            one
            for one in permissions_of(school, holder)
            if one.until_ms is None or one.until_ms > to_ms(at)
        )
        return _write(school, holder, (*running, permission))


def withdraw(school: School, holder: HolderId, number: int) -> tuple[Permission, ...]:
    """Take a permission back; `number` is its place from 1.

    Returns:
        Those that are left.

    Raises:
        RegisterError: The holder has none of that number.
    """
    with school.register.transaction():
        held = permissions_of(school, holder)
        if not 1 <= number <= len(held):
            raise RegisterError(f"there is no permission {number}: {len(held)} in all")
        return _write(school, holder, held[: number - 1] + held[number:])


def _write(
    school: School, holder: HolderId, permissions: tuple[Permission, ...]
) -> tuple[Permission, ...]:
    rights = replace(rights_of(school).get(holder, UNKNOWN), permissions=permissions)
    try:
        data = Rights.from_data(rights.to_data()).to_data()
    except KnowledgeError as error:
        raise RegisterError(str(error)) from error
    school.register.set_rights(holder, data)
    return permissions
