"""The record of who acted on accounts, keys and personal data. Other apps write here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.server import clock
from portique.server.accounts.models import AuditEntry

if TYPE_CHECKING:
    from uuid import UUID

    from portique.server.accounts.models import Deed, User


def record(by: User | None, deed: Deed, *, about: UUID | None = None, detail: str = "") -> None:
    """Record an act; call it in the transaction of the act itself.

    Args:
        by: Who acted; None when it was the server.
        deed: What.
        about: The account or person it was done to, by its key.
        detail: What a reader should know besides, such as the reason; it is sealed.
    """
    AuditEntry.objects.create(
        at=clock.now(),
        deed=deed.value,
        by=by.pk if by else None,
        by_name=by.name if by else "",
        about=about,
        detail=detail,
    )
