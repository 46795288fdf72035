"""Knowledge for gates, made from the school's folder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portique.core import canonical, knowledge, revocation
from portique.core.alarms import CALM
from portique.core.exits import write_regimes
from portique.core.knowledge import Manifest, Version
from portique.core.rules import TABLE_HASH
from portique.core.seal import PublicKey, Purpose
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
    manifest = Manifest(school.settings.uai, version, issued, issued + timedelta(days=days))
    gates = [*school.register.gates(), *extra_gates]
    told = [*_parts(school, manifest, gates, entropy), *rules]
    parts = {name: canonical.encode(part) for name, part in told}
    return knowledge.write_bundle(manifest, parts, school.keys.knowledge)


def _parts(
    school: School,
    manifest: Manifest,
    enrolled: Sequence[EnrolledGate],
    entropy: Callable[[int], bytes],
) -> list[tuple[str, Any]]:
    gates = [PublicKey.from_point(Purpose.GATE, g.x, g.y) for g in enrolled]
    keys = knowledge.keys_part(school.keys.public, gates, entropy=(entropy(52) for _ in gates))
    return [
        ("keys", keys),
        ("status", _status(school, manifest)),
        ("rights", school.register.rights()),
        ("alarms", CALM.to_data()),
    ]


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
