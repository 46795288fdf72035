"""What is kept of each act, and how gates learn of it: both in the transaction of the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.server.clock import now
from portique.server.gates.actions import knowledge_changed
from portique.server.passes.models import Act, ActKind, QuotaAlert
from portique.server.passes.quotas import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from portique.school.register import Issued
    from portique.server.accounts.models import User
    from portique.server.passes.quotas import By


def record(by: By | None, kind: ActKind, issued: Iterable[Issued], at: datetime) -> None:
    """Record an act on passes that changes nothing at the gates, such as printing.

    `by` is None for what the holder did with their own phone.
    """
    account = by.account if by else None
    Act.objects.bulk_create(
        Act(at=at, account=account, kind=kind, pass_id=one.pass_id, holder=one.holder)
        for one in issued
    )


def record_change(by: By | None, kind: ActKind, issued: Iterable[Issued], at: datetime) -> None:
    """Record an act on passes, and tell the gates."""
    record(by, kind, issued, at)
    knowledge_changed()


def record_for_holder(by: By, kind: ActKind, holder: str, at: datetime) -> None:
    """Record an act on somebody's rights, or on nobody's by an empty number; tell the gates."""
    Act.objects.create(at=at, account=by.account, kind=kind, holder=holder)
    knowledge_changed()


def see_alert(alert_id: UUID) -> None:
    """Take an alert off the page: the head saw it."""
    QuotaAlert.objects.filter(pk=alert_id, seen_at=None).update(seen_at=now())


def allow(account: User, alert_id: UUID) -> bool:
    """Let whoever was refused go on for an hour; nobody can agree with themselves.

    Returns:
        Whether it was for this account to say.
    """
    at = now()
    with transaction.atomic():
        alerts = QuotaAlert.objects.filter(pk=alert_id, allowed_until=None)
        told = alerts.exclude(account=account).update(
            seen_at=at, allowed_by=account, allowed_until=at + HOUR
        )
        if told:
            Act.objects.create(at=at, account=account, kind=ActKind.ALLOWED)
    return bool(told)
