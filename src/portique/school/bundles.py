"""Knowledge for gates, made from the school's folder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portique.core import canonical, knowledge, revocation
from portique.core.alarms import CALM
from portique.core.badges import badges_part
from portique.core.checks import checks_part
from portique.core.daylists import DayList, day_part
from portique.core.exits import write_regimes
from portique.core.knowledge import Manifest, Version
from portique.core.localtime import local_day
from portique.core.rules import TABLE_HASH
from portique.core.seal import IV_BYTES, PublicKey, Purpose
from portique.core.values import to_ms
from portique.school import recovery
from portique.school.checks import shares_of, shares_on
from portique.school.issuing import to_second
from portique.school.rules import calendar_of, regimes_of, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portique.school.house import School
    from portique.school.register import EnrolledGate

DAYS_DEFAULT = 7
DAYS_MAX = 31
STATUS_TTL_S = 24 * 3600


def make_bundle(
    school: School,
    *,
    at: datetime,
    days: int = DAYS_DEFAULT,
    number: int | None = None,
    extra_gates: Sequence[EnrolledGate] = (),
    entropy: Callable[[int], bytes],
) -> bytes:
    """Sign all that gates need, believed from `at` for `days` days.

    Args:
        school: The folder.
        at: When it is issued, UTC.
        days: 1 to 31; afterwards gates refer instead of granting.
        number: The version; None counts one up, durably.
        extra_gates: Wrap the name keys for these as well as for the enrolled gates.
        entropy: Where random bytes come from.

    Raises:
        ConfigError: One of the school's files is damaged.
        EnvironmentProblem: One is missing.
    """
    if not 1 <= days <= DAYS_MAX:
        raise ValueError(f"knowledge is believed for 1 to {DAYS_MAX} days")
    rules = _rules(school)  # before a number is drawn: one that is missing writes nothing
    issued = to_second(at)
    version = Version(
        school.register.knowledge_epoch(), number or school.register.next_number("knowledge")
    )
    expires, word = issued + timedelta(days=days), recovery.authorisation_of(school, version.epoch)
    manifest = Manifest(school.settings.uai, version, issued, expires, word)
    gates = [*school.register.gates(), *extra_gates]
    told = [
        *_parts(school, manifest, gates, entropy),
        *_holders(school, at, gates, entropy),
        *_checks(school, at),
        *rules,
    ]
    parts = {name: canonical.encode(part) for name, part in told}
    return knowledge.write_bundle(manifest, parts, school.keys.knowledge)


def _parts(
    school: School,
    manifest: Manifest,
    enrolled: Sequence[EnrolledGate],
    entropy: Callable[[int], bytes],
) -> list[tuple[str, Any]]:
    gates = [_key(gate) for gate in enrolled]
    keys = knowledge.keys_part(school.keys.public, gates, entropy=(entropy(52) for _ in gates))
    return [
        ("keys", keys),
        ("status", _status(school, manifest)),
        ("rights", school.register.rights()),
        ("alarms", CALM.to_data()),
    ]


def _holders(
    school: School, at: datetime, enrolled: Sequence[EnrolledGate], entropy: Callable[[int], bytes]
) -> list[tuple[str, Any]]:
    """Return the parts that name people, sealed; those with nothing to say are left out."""
    parts: list[tuple[str, Any]] = []
    if badges := school.register.badges():
        sealed = badges_part(badges, school.keys.names[0], iv=entropy(IV_BYTES))
        parts.append((knowledge.BADGES, sealed))
    staffed = {lane.name for lane in site_of(school).lanes if lane.staffed}
    gates = [_key(gate) for gate in enrolled if gate.lane in staffed]
    if gates and (listed := school.register.listed_on(at)):
        day = local_day(to_ms(at), school.settings.time_zone)
        listing = DayList(day, tuple(listed))
        parts.append((knowledge.TODAY, day_part(listing, gates, entropy=entropy)))
    return parts


def _checks(school: School, at: datetime) -> list[tuple[str, Any]]:
    """Return the shares of random checks that count that day, if any lane has one."""
    day = local_day(to_ms(at), school.settings.time_zone)
    told = shares_on(shares_of(school), day)
    return [(knowledge.CHECKS, checks_part(told))] if told else []


def _key(gate: EnrolledGate) -> PublicKey:
    return PublicKey.from_point(Purpose.GATE, gate.x, gate.y)


def _rules(school: School) -> list[tuple[str, Any]]:
    """Return the parts that come from the files a person edits."""
    settings = {
        "name": school.settings.name,
        "regimes": write_regimes(regimes_of(school).values()),
        "table": TABLE_HASH,
    }
    return [
        ("calendar", calendar_of(school).to_data()),
        ("zones", site_of(school).to_data()),
        ("settings", settings),
    ]


def _status(school: School, manifest: Manifest) -> bytes:
    packed = revocation.pack(school.register.statuses(), school.register.list_length)
    listed = revocation.StatusList(packed, manifest.issued_at, manifest.expires_at, STATUS_TTL_S)
    return revocation.issue(listed, school.keys.status, uai=school.settings.uai)
