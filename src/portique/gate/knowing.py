"""What one gate knows: a verified bundle, opened with the gate's own key, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portique.core import knowledge
from portique.core.alarms import Alarm
from portique.core.badges import Badges, read_badges
from portique.core.calendars import Calendar
from portique.core.checks import read_checks
from portique.core.daylists import DayList, read_day_part
from portique.core.dayplans import DayPlan, plan_day
from portique.core.errors import KnowledgeError
from portique.core.exits import ExitRegime, read_regimes
from portique.core.localtime import zone_of
from portique.core.plain import Fields
from portique.core.rights import Rights, read_rights
from portique.core.values import from_ms
from portique.core.zones import Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

    from portique.core.knowledge import Manifest, SchoolKeys, Version
    from portique.core.passes import KeyRing
    from portique.core.revocation import StatusList
    from portique.core.seal import PrivateKey, PublicKey
    from portique.core.values import HolderId, Uai

PLANS_KEPT_MAX = 4  # today, the night's other side, and a replay's turn of the year


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything a bundle says, checked part by part.

    `ring` verifies passes; `rights` are by holder's number: no name is known
    here but those of the day's list, on a lane with an agent. `plans` caches
    the day plans worked out so far.
    """

    manifest: Manifest
    keys: SchoolKeys
    ring: KeyRing
    status: StatusList
    calendar: Calendar
    rights: Mapping[HolderId, Rights]
    site: Site
    alarm: Alarm
    regimes: Mapping[str, ExitRegime]
    school_name: str
    table: str
    badges: Badges | None = None  # None: this gate can't tell one number from another
    today: DayList | None = None
    checks: Mapping[str, int] = field(default_factory=dict)  # thousandths, by lane
    plans: dict[date, DayPlan] = field(default_factory=dict)

    @property
    def version(self) -> Version:
        """Which bundle this is."""
        return self.manifest.version

    def list_at(self, at_ms: int) -> DayList | None:
        """Return the list of the local date of an instant (UTC ms), if this gate has it."""
        today = self.today
        return today if today and today.day == local_day(self.calendar, from_ms(at_ms)) else None

    def is_past(self, listed: DayList, at_ms: int) -> bool:
        """Say whether the day of a list is over at an instant (UTC ms)."""
        return listed.day < local_day(self.calendar, from_ms(at_ms))

    def plan_at(self, at_ms: int) -> DayPlan:
        """Return the plan of the local date of an instant (UTC ms)."""
        day = local_day(self.calendar, from_ms(at_ms))
        if day not in self.plans:
            while len(self.plans) >= PLANS_KEPT_MAX:
                self.plans.pop(next(iter(self.plans)))
            self.plans[day] = plan_day(self.calendar, day)
        return self.plans[day]


def local_day(calendar: Calendar, at: datetime) -> date:
    """Return the school's local date of a UTC instant."""
    return at.astimezone(zone_of(calendar.zone)).date()


def open_bundle(
    data: bytes,
    school_key: PublicKey,
    *,
    uai: Uai,
    mine: PrivateKey | None,
    at_least: Version | None = None,
) -> Knowledge:
    """Verify a bundle and read every part of it.

    Args:
        data: The bundle.
        school_key: The knowledge key this gate pinned.
        uai: This gate's school.
        mine: The gate's private key, to unwrap the name keys; None reads no names.
        at_least: Refuse an older version.

    Raises:
        KnowledgeError: The bundle or one of its parts can't be used; the former stays.
    """
    bundle = knowledge.read_bundle(data, school_key, uai=uai, at_least=at_least)
    missing = set(knowledge.PARTS) - set(bundle.parts)
    if missing:
        raise KnowledgeError(f"the knowledge file lacks {', '.join(sorted(missing))}")
    parts = bundle.parts
    keys = knowledge.read_keys_part(parts["keys"], mine)
    with Fields(parts["settings"], "settings") as settings:
        name = settings.text("name")
        regimes = read_regimes(settings.rows("regimes"))
        table = settings.text("table")
    return Knowledge(
        bundle.manifest,
        keys,
        keys.ring(uai),
        knowledge.status_from(parts["status"], keys, uai=uai),
        Calendar.from_data(parts["calendar"]),
        read_rights(parts["rights"]),
        Site.from_data(parts["zones"]),
        Alarm.from_data(parts["alarms"]),
        regimes,
        name,
        table,
        read_badges(parts.get(knowledge.BADGES), keys.names),
        read_day_part(parts.get(knowledge.TODAY), mine),
        read_checks(parts.get(knowledge.CHECKS)),
    )


def ages(known: Knowledge | None, at: datetime) -> dict[str, timedelta | None]:
    """Return the age of each part at `at`; None for everything nothing is known of."""
    if known is None:
        return dict.fromkeys(knowledge.PARTS)
    issued: dict[str, timedelta | None] = {}
    issued.update(dict.fromkeys(knowledge.PARTS, at - known.manifest.issued_at))
    return issued | {"status": at - known.status.issued_at}
