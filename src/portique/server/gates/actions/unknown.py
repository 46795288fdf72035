"""Passes that are genuine by their signature and in no register.

Somebody has the issuing key: a decision names a pass only once its signature was verified. Or the
database is an older copy, which lacks the passes that were issued after it was made. When a pass
was issued no entry tells; when it was shown, each does. So around a restore:

- shown before the copy was made: it was issued earlier still, and the copy would know it. An alarm;
- shown between the copy and the restore: the school's own, as likely as not. One notice counts such
  passes, and tells people to issue them anew and to compare their number;
- shown since the restore: an alarm that says so, and counts passes too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portique.core.decide import Reason
from portique.core.entries import DecisionBody
from portique.core.values import PassId, to_ms
from portique.server.clock import now
from portique.server.config.rows import read
from portique.server.gates.actions.alarms import raise_alarm
from portique.server.gates.models import Alarm, AlarmKind, Restore, UnknownPass
from portique.server.passes.models import IssuedPass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portique.server.gates.models import Gate
    from portique.server.gates.receivers import Filed, Parcel

KEYS_LIVE = timedelta(days=366)  # a school year: no pass issued around an older restore is genuine


def note_restore(copied_at: datetime) -> None:
    """Remember that a copy was put back; call it in the transaction that does."""
    Restore.objects.create(copied_at=copied_at)


def look_for_unknown(parcels: Sequence[Parcel]) -> None:
    """Tell people of passes that nobody issued, as far as the database knows.

    One that says itself that it ended may be of former years, and erased since: a thief chooses
    others.
    """
    shown: dict[PassId, list[tuple[Parcel, Filed]]] = {}
    for parcel in parcels:
        for pass_id, one in _shown(parcel).items():
            shown.setdefault(pass_id, []).append((parcel, one))
    if not shown:
        return
    issued = read(IssuedPass, ("pass_id",), "pass_id IN %s", (*shown,))
    unknown = shown.keys() - {PassId(pass_id) for (pass_id,) in issued}
    restores = list(Restore.objects.filter(at__gt=now() - KEYS_LIVE)) if unknown else []
    for pass_id in unknown:
        for parcel, one in shown[pass_id]:
            kind = _kind(one.time_ms, restores)
            if kind is AlarmKind.UNKNOWN_PASS:
                raise_alarm(parcel.gate, kind, parcel.epoch.number, one.number)
            else:
                _count(parcel.gate, kind, pass_id)


def _shown(parcel: Parcel) -> dict[PassId, Filed]:
    """Return the first showing of each pass that was genuine then."""
    shown: dict[PassId, Filed] = {}
    for one in parcel.filed:
        body = one.body
        if isinstance(body, DecisionBody) and body.pass_id and Reason.EXPIRED not in body.reasons:
            shown.setdefault(body.pass_id, one)
    return shown


def _kind(shown_ms: int, restores: Iterable[Restore]) -> AlarmKind:
    kind = AlarmKind.UNKNOWN_PASS
    for restore in restores:
        if to_ms(restore.at) <= shown_ms:
            kind = AlarmKind.UNKNOWN_RESTORED
        elif to_ms(restore.copied_at) <= shown_ms:
            return AlarmKind.ISSUED_AFTER_COPY
    return kind


def _count(gate: Gate, kind: AlarmKind, pass_id: PassId) -> None:
    """Count a pass once, in the one alarm of its kind that is open."""
    _, new = UnknownPass.objects.get_or_create(pass_id=pass_id)
    if new:
        is_open = Alarm.objects.filter(kind=kind, seen_at=None).select_related("gate").first()
        raise_alarm(is_open.gate if is_open else gate, kind, 0, 0)
