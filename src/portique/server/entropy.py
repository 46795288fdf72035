"""Where the server's random bytes come from."""

from __future__ import annotations

import os


def entropy(size: int) -> bytes:
    """Return that many random bytes, from the system."""
    return os.urandom(size)
