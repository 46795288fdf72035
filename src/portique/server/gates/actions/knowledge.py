"""The knowledge that gates fetch: counted up at each change, signed when it is asked for."""

from __future__ import annotations

import threading
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
from portique.server.config.waking import NOTES, wake
from portique.server.entropy import entropy
from portique.server.gates.models import Bundle
from portique.server.passes.register import EPOCHS, KNOWLEDGE, DatabaseRegister
from portique.server.school.house import served_school
from portique.server.school.models import Counter

if TYPE_CHECKING:
    from datetime import datetime

    from portique.core.seal import PrivateKey
    from portique.server.vault.purging import Gone

FRESH_FOR = timedelta(hours=12)  # gates believe it for days: two may be missed
TRIES = 5
ROW = 1
_making = threading.Lock()  # gates ask at the same time: one thread signs for all


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
    version = _version()
    held = Bundle.objects.filter(pk=ROW).values_list("epoch", "number", "made_at").first()
    if not version.number:
        knowledge_changed()
    elif held is not None and Version(*held[:2]) == version and _is_old(held[2], at):
        counted = Counter.objects.filter(name=KNOWLEDGE, value=version.number)
        counted.update(value=F("value") + 1)  # whoever comes second finds another value
    else:
        return version
    return _version()


def _is_old(made_at: datetime, at: datetime) -> bool:
    """Say whether knowledge has to be signed anew: it was long ago, or its day's list is past."""
    zone = served_school().settings.time_zone
    days = {local_day(to_ms(instant), zone) for instant in (made_at, at)}
    return at - made_at >= FRESH_FOR or len(days) > 1


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
    rows = Bundle.objects.filter(pk=ROW, epoch=version.epoch, number=version.number)
    data = rows.values_list("data", flat=True).first()
    return None if data is None else bytes(data)


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


def _version() -> Version:
    rows = Counter.objects.filter(name__in=[EPOCHS, KNOWLEDGE]).values_list("name", "value")
    counted = dict(rows)
    return Version(counted.get(EPOCHS) or FIRST_EPOCH, counted.get(KNOWLEDGE, 0))


@transaction.atomic
def _keep(version: Version, data: bytes, at: datetime) -> bool:
    """Keep a signed bundle, unless something changed while it was made."""
    Counter.objects.select_for_update().filter(name=KNOWLEDGE).first()
    if _version() != version:
        return False
    row = {"epoch": version.epoch, "number": version.number, "made_at": at, "data": data}
    Bundle.objects.update_or_create(pk=ROW, defaults=row)
    return True
