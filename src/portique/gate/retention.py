"""How long identified entries live: by default until the end of the next day, local time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from portique.core.localtime import zone_of
from portique.core.values import from_ms, to_ms


def forget_before(now_ms: int, zone: str, days: int) -> int:
    """Return the instant before which identified entries are erased.

    Args:
        now_ms: UTC ms.
        zone: The school's time zone.
        days: Whole days an entry survives the day it was made.

    Returns:
        The local midnight `days` days before today's, in UTC ms.
    """
    today = from_ms(now_ms).astimezone(zone_of(zone)).date()
    midnight = datetime.combine(today - timedelta(days=days), time(), zone_of(zone))
    return to_ms(midnight.astimezone(UTC))
