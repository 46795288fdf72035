"""What ends the time of the day's rows: see `vault.purging`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.core.values import from_ms
from portique.server.daily.models import WHILE_AWAY, Away, GuardianMessage
from portique.server.vault.purging import after, by, kept_since

if TYPE_CHECKING:
    from datetime import datetime


def forget_who_was_away(at: datetime) -> None:
    """Erase whose last instant is too old: an end at midnight is of the day before."""
    Away.objects.filter(ends_at__lte=from_ms(kept_since(WHILE_AWAY, at))).delete()


PURGES = (
    by(forget_who_was_away, (Away, WHILE_AWAY)),
    after(GuardianMessage, "day", NEXT_SCHOOL_DAY),
)
