"""How long identified entries live: by default until the end of the next school day, local time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from portique.core.charter_retention import SCHOOL_DAY_END_DAYS_MAX, keeps_school
from portique.core.localtime import zone_of
from portique.core.values import from_ms, to_ms

if TYPE_CHECKING:
    from portique.core.calendars import Calendar


def forget_before(now_ms: int, calendar: Calendar, school_days: int) -> int:
    """Return the instant before which identified entries are erased.

    An entry survives the day it was made and `school_days` school days that
    are over; never longer than 14 days, however long the holidays.

    Args:
        now_ms: UTC ms.
        calendar: The school's, for its days and its time zone.
        school_days: How many whole school days an entry outlives its own.

    Returns:
        A local midnight, in UTC ms.
    """
    today = from_ms(now_ms).astimezone(zone_of(calendar.zone)).date()
    day, left = today, school_days
    for _ in range(SCHOOL_DAY_END_DAYS_MAX):
        if left == 0:
            break
        day -= timedelta(days=1)
        left -= keeps_school(calendar, day)
    midnight = datetime.combine(day, time(), zone_of(calendar.zone))
    return to_ms(midnight.astimezone(UTC))
