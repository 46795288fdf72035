"""Wrong guesses slow the guesser down, and nobody else.

Failures are counted under keys that hold where they come from (an address, a paired device), so
that guesses from elsewhere never make the real person wait. Keys are hashed: no address is kept.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from portique.server import clock
from portique.server.accounts.codes import keyed_hash
from portique.server.accounts.errors import AccountRefused, TooManyTries
from portique.server.accounts.models import Attempts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; then the wait doubles from `first_s` up to `longest_s`.

    Failures are forgotten once there was none for `memory_s`.
    """

    free: int
    first_s: int
    longest_s: int
    memory_s: int

    def wait_s(self, failures: int) -> int:
        """Return the wait after so many failures, in seconds."""
        if failures < self.free:
            return 0
        doublings = min(failures - self.free, 20)
        return min(self.first_s << doublings, self.longest_s)


SIGN_IN = Limit(free=10, first_s=900, longest_s=900, memory_s=900)
"""Ten tries in fifteen minutes for one account from one address, then fifteen minutes' rest."""
CODE = Limit(free=10, first_s=60, longest_s=900, memory_s=3600)
"""Codes on paper, from a terminal or for pairing: from one address."""
PIN = Limit(free=3, first_s=5, longest_s=900, memory_s=3600)
"""One agent's PIN on one paired device."""
DEVICE = Limit(free=12, first_s=5, longest_s=60, memory_s=900)
"""All PINs on one paired device: short at most, since the others there have to work."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One limit and what it is counted under."""

    limit: Limit
    key: str


def guess(limit: Limit, *parts: object) -> Guess:
    """Name what a guess is counted under; the parts are hashed."""
    return Guess(limit, keyed_hash("throttle", "|".join(map(str, parts))))


def hold_back(guesses: Iterable[Guess]) -> None:
    """Refuse to even look at a guess that comes too soon.

    Raises:
        TooManyTries: It does; carries the seconds to wait.
    """
    at = clock.now()
    wait_s = max((_left_s(each, at) for each in guesses), default=0)
    if wait_s > 0:
        raise TooManyTries(wait_s)


@contextmanager
def guessing(guesses: Sequence[Guess]) -> Iterator[None]:
    """Count what is refused within as a wrong guess; one that came too soon counts for nothing.

    Raises:
        TooManyTries: It came too soon, and was not looked at.
    """
    hold_back(guesses)
    try:
        yield
    except AccountRefused:
        count_failure(guesses)
        raise


@transaction.atomic
def count_failure(guesses: Iterable[Guess]) -> None:
    """Remember that a guess was wrong."""
    at = clock.now()
    for each in guesses:
        row, new = Attempts.objects.select_for_update().get_or_create(
            key=each.key, defaults={"failures": 1, "first_at": at, "last_at": at}
        )
        if new:
            continue
        forgotten = (at - row.last_at).total_seconds() >= each.limit.memory_s
        row.failures, row.last_at = (1 if forgotten else row.failures + 1), at
        row.save(update_fields=["failures", "last_at"])


def forget_failures(guesses: Iterable[Guess]) -> None:
    """Begin anew: the guess was right."""
    Attempts.objects.filter(key__in=[each.key for each in guesses]).delete()


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy, what the proxy says."""
    if settings.PORTIQUE_PROXIED:
        told = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        return told or "?"
    return str(request.META.get("REMOTE_ADDR", "?"))


def _left_s(each: Guess, at: datetime) -> int:
    row = Attempts.objects.filter(key=each.key).first()
    if row is None:
        return 0
    since_s = (at - row.last_at).total_seconds()
    return int(each.limit.wait_s(row.failures) - since_s + 0.999)
