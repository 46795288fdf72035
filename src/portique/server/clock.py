"""The server's clock: the one place where it is read."""

from __future__ import annotations

from datetime import UTC, datetime

from portique.core.values import to_ms


def now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the clock


def now_ms() -> int:
    """Return the time in milliseconds since 1970, UTC."""
    return to_ms(now())
