"""How many calls a token may make of this process: counted in memory, a write for each costs more.

With several processes of pages it has so many in each (docs/limits.md).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

CALLS_MAX = 600
WINDOW_S = 60

_lock = threading.Lock()
_minutes: dict[UUID, tuple[int, int]] = {}


def wait_s(token: UUID, at: datetime) -> int:
    """Count a call; return 0, or how many seconds a token over its limit has to wait."""
    second = int(at.timestamp())
    window = second // WINDOW_S
    with _lock:
        began, calls = _minutes.get(token, (window, 0))
        calls = calls + 1 if began == window else 1
        _minutes[token] = window, calls
    return 0 if calls <= CALLS_MAX else WINDOW_S - second % WINDOW_S


def forget_calls() -> None:
    """Begin to count anew."""
    with _lock:
        _minutes.clear()
