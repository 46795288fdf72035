"""Who is not looked for at the gate: noted, withdrawn. Gates are told nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.server.daily.models import Away

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from portique.server.accounts.models import User
    from portique.server.daily.models import AwayKind
    from portique.server.people.models import Person


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant to another, `ends_at` excluded."""

    begins_at: datetime
    ends_at: datetime


def note_away(by: User, who: Person | str, kind: AwayKind, span: Span) -> Away:
    """Note that a person or a group is not looked for; the same again changes nothing.

    Args:
        by: Who says so.
        who: The person, or the group's name.
        kind: Why.
        span: From when until when.
    """
    person, group = (None, who) if isinstance(who, str) else (who, "")
    away, _ = Away.objects.get_or_create(
        person=person,
        group=group,
        kind=kind,
        begins_at=span.begins_at,
        ends_at=span.ends_at,
        defaults={"by": by},
    )
    return away


def withdraw(away_id: UUID) -> bool:
    """Look for somebody again; say whether it was still there."""
    deleted, _ = Away.objects.filter(pk=away_id).delete()
    return bool(deleted)
