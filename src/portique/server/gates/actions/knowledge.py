"""The knowledge that gates fetch: counted up at each change, signed when it is asked for."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from portique.core.errors import EnvironmentProblem
from portique.core.knowledge import Version
from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.school.bundles import make_bundle
from portique.school.recovery import authorise
from portique.school.register import FIRST_EPOCH
from portique.server.clock import now_ms
from portique.server.config.rows import read
from portique.server.config.waking import NOTES, wake
from portique.server.entropy import entropy
from portique.server.gates.models import Bundle
from portique.server.passes.register import EPOCHS, KNOWLEDGE, SENT_NOTES, DatabaseRegister
from portique.server.school.house import served_school
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portique.core.seal import PrivateKey
    from portique.server.vault.purging import Gone

FRESH_FOR = timedelta(hours=12)  # gates believe it for days: two may be missed
TRIES = 5
ROW = 1
SIGNED_MS = "knowledge-signed-ms"  # a counter: when it was last signed, or was last due to be
_making = threading.Lock()  # gates ask at the same time: one thread signs for all


@dataclass(frozen=True, slots=True)
class Newest:
    """How far things that gates are told go: the knowledge, and the last note to any of them."""

    version: Version
    note: int


def knowledge_changed() -> None:
    """Count the version up: something that gates are told was changed in this transaction."""
    wake(NOTES, DatabaseRegister().next_number(KNOWLEDGE))


def begin_knowledge_epoch(above: int = 0, *, key: PrivateKey | None = None) -> None:
    """Open an epoch of the knowledge that no gate has heard of: the database is an older copy.

    A copy that is put back twice knows nothing of the first time: the next epoch would then be one
    that gates have. So an epoch is at least the time, in seconds since 1970.

    Args:
        above: An epoch that a gate has.
        key: The school's recovery key; without it gates of a school that has one take nothing of
            the epoch.

    Raises:
        ConfigError: The key is not this school's.
    """
    with transaction.atomic():
        known = max(DatabaseRegister().knowledge_epoch(), above)
        epoch = max(known + 1, now_ms() // 1000)
        Counter.objects.update_or_create(name=EPOCHS, defaults={"value": epoch})
        if key is not None:
            authorise(served_school(), epoch, key)
        knowledge_changed()


def forget_bundle(gone: Gone) -> None:
    """Let go of the signed knowledge, which still names persons who are erased; it is made anew."""
    _ = gone
    Bundle.objects.all().delete()


def newest_version(at: datetime) -> Version:
    """Return the version that gates should have; a new one once the last was signed long ago."""
    return newest(at).version


def newest(at: datetime) -> Newest:
    """Return how far things go, by one question to the database unless a new version is due."""
    counted = _counted()
    if _is_old(counted.get(SIGNED_MS, 0), to_ms(at)):
        _renew(counted.get(KNOWLEDGE, 0), at)
        counted = _counted()
    return Newest(_version(counted), counted.get(SENT_NOTES, 0))


@transaction.atomic
def _renew(number: int, at: datetime) -> None:
    """Count the version up for its age, whether or not it was signed here.

    One that was exported, and then carried to all gates, is asked for by none.
    """
    row = Counter.objects.filter(name=KNOWLEDGE, value=number)
    if number and not row.update(value=F("value") + 1):
        return  # somebody was first, and the value another
    if not number:
        knowledge_changed()
    Counter.objects.update_or_create(name=SIGNED_MS, defaults={"value": to_ms(at)})


def _is_old(signed_ms: int, at_ms: int) -> bool:
    """Say whether knowledge has to be signed anew: it was long ago, or its day's list is past.

    Another server's clock may be a little ahead; by a day, it was wrong and is right again.
    """
    if abs(timedelta(milliseconds=at_ms - signed_ms)) >= FRESH_FOR:
        return True
    zone = served_school().settings.time_zone
    return local_day(signed_ms, zone) < local_day(at_ms, zone)


def newest_bundle(at: datetime) -> tuple[Version, bytes]:
    """Return the newest knowledge, signed; sign it if nobody has yet.

    Raises:
        ConfigError: One of the school's rules is damaged.
        EnvironmentProblem: A key is missing, or it changes faster than it can be signed.
    """
    version = newest_version(at)
    held = _held(version)
    return (version, held) if held is not None else _made(at)


def _held(version: Version) -> bytes | None:
    where = "id = %s AND epoch = %s AND number = %s"
    rows = read(Bundle, ("data",), where, ROW, version.epoch, version.number)
    return bytes(rows[0][0]) if rows else None


def _made(at: datetime) -> tuple[Version, bytes]:
    with _making:
        for _ in range(TRIES):
            version = newest_version(at)
            held = _held(version)
            if held is not None:
                return version, held
            data = make_bundle(served_school(), at=at, number=version.number, entropy=entropy)
            if _keep(version, data, at):
                return version, data
    raise EnvironmentProblem("the knowledge changes faster than it can be signed; try again")


def _counted() -> dict[str, int]:
    names = (EPOCHS, KNOWLEDGE, SIGNED_MS, SENT_NOTES)
    rows: list[tuple[str, int]] = read(Counter, ("name", "value"), "name IN %s", names)
    return dict(rows)


def _version(counted: Mapping[str, int]) -> Version:
    return Version(counted.get(EPOCHS) or FIRST_EPOCH, counted.get(KNOWLEDGE, 0))


@transaction.atomic
def _keep(version: Version, data: bytes, at: datetime) -> bool:
    """Keep a signed bundle, unless something changed while it was made."""
    Counter.objects.select_for_update().filter(name=KNOWLEDGE).first()
    if _version(_counted()) != version:
        return False
    row = {"epoch": version.epoch, "number": version.number, "data": data}
    Bundle.objects.update_or_create(pk=ROW, defaults=row)
    Counter.objects.update_or_create(name=SIGNED_MS, defaults={"value": to_ms(at)})
    return True
