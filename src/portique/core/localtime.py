"""Between a school's wall clocks and UTC: the only place where summer time exists.

A wall time happens once, except on two nights a year. In spring an hour of
wall times never happens: they all mean the instant at which the clocks jump.
In autumn an hour happens twice: what opens at such a time opens the first
time, what closes closes the second, so that no door shuts early on anybody.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portique.core.errors import KnowledgeError
from portique.core.plain import DAY_MINUTES
from portique.core.values import from_ms, to_ms


@lru_cache(maxsize=16)
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name.

    Raises:
        KnowledgeError: No such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise KnowledgeError(f"{name!r:.40} is not a time zone; try Europe/Paris") from error


@lru_cache(maxsize=4096)  # a day plan asks for the same few minutes thousands of times
def local_ms(day: date, minute: int, zone: str, *, closing: bool = False) -> int:
    """Turn a local time into UTC ms.

    Args:
        day: The local date.
        minute: Minutes since its midnight by the wall clock; 1440 and more lie on the next days.
        zone: The IANA name.
        closing: Of a time that happens twice, take the second.
    """
    later, minute = divmod(minute, DAY_MINUTES)
    midnight = datetime.combine(day + timedelta(days=later), time(), zone_of(zone))
    wall = (midnight + timedelta(minutes=minute)).replace(fold=int(closing))
    while not _happens(wall):
        wall += timedelta(minutes=1)
    return to_ms(wall.astimezone(UTC))


def _happens(wall: datetime) -> bool:
    back = wall.astimezone(UTC).astimezone(wall.tzinfo)
    return back.replace(tzinfo=None) == wall.replace(tzinfo=None)


def local_day(at_ms: int, zone: str) -> date:
    """Return the school's local date at an instant."""
    return from_ms(at_ms).astimezone(zone_of(zone)).date()


def local_clock(at_ms: int, zone: str) -> tuple[int, int]:
    """Return the wall clock's hour and minute at an instant."""
    wall = from_ms(at_ms).astimezone(zone_of(zone))
    return wall.hour, wall.minute


def read_instant(text: str, zone: str) -> datetime:
    """Read an ISO date or time; without offset it is the school's local time.

    Returns:
        The instant in UTC. A date alone is its local midnight.

    Raises:
        ValueError: Not an ISO date or time.
    """
    wall = datetime.fromisoformat(text)
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    minute = local_ms(wall.date(), wall.hour * 60 + wall.minute, zone)
    return from_ms(minute) + timedelta(seconds=wall.second, microseconds=wall.microsecond)
