"""Dates and times as people write them, in the school's local time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# A pass lives in an ordinary time: beyond these years, sums of dates overflow.
FIRST_YEAR, LAST_YEAR = 1971, 9990


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read an ISO date and time into UTC; without offset it is local.

    Of a local time that comes twice, in autumn, the first is meant.

    Raises:
        ValueError: Not ISO, too far away, or a local time that the change to summer time skips;
            says which, without repeating what was written.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date and time is written like 2026-09-01T08:00") from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise ValueError(f"a year is from {FIRST_YEAR} to {LAST_YEAR}")
    if read.tzinfo is None:
        local = read.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != read:
            raise ValueError("that time does not exist: the clocks go forward over it")
        read = local
    return read.astimezone(UTC)
