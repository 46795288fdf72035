"""How passwords are hashed, and how many at once: each costs memory, and anybody may ask for it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher

from portique.server.accounts.errors import BUSY, AccountRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 2
PATIENCE_S = 1.0
_room = BoundedSemaphore(AT_ONCE)


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: OWASP's first choice.

    Django's own 100 MiB in eight threads would let a few strangers fill a small server's memory.
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1


@contextmanager
def room_to_check() -> Iterator[None]:
    """Check a stranger's password within: two at once in this process, the next wait a second.

    PINs stay outside: they need a paired device, and agents work on while strangers guess.

    Raises:
        AccountRefused: No place came free in time.
    """
    if not _room.acquire(timeout=PATIENCE_S):
        raise AccountRefused(BUSY)
    try:
        yield
    finally:
        _room.release()
