"""What is known of gates, for pages, the API and the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from portique.core.errors import ConfigError, EnvironmentProblem, KnowledgeError
from portique.core.plain import Words
from portique.core.values import to_ms
from portique.core.wire_enrolment import Invitation as Invited
from portique.core.wire_enrolment import key_hash
from portique.school.rules import site_of
from portique.server.gates.health import lane_troubles, troubles
from portique.server.gates.models import COUNTED, Alarm, Gate, Restore
from portique.server.gates.words import ALARM_WORDS, MODES, NEVER, ago
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from portique.core.zones import Lane
    from portique.school.house import School
    from portique.server.gates.health import Trouble
    from portique.server.gates.models import Invitation

CONNECTED = timedelta(minutes=2)  # a gate asks every thirty seconds at least
GIGABYTE = 10**9
IN_LINK = "$*+-./:"  # of a code's letters, those that stand behind # in an address as they are


@dataclass(frozen=True, slots=True)
class ShownGate:
    """A gate as its page shows it."""

    gate: Gate
    lane: Words
    contact: Words
    mode: Words | None
    disk_gb: float | None
    drift_s: float | None
    troubles: Sequence[Trouble]


@dataclass(frozen=True, slots=True)
class ShownAlarm:
    """An alarm as the page shows it: what, what to do, since when.

    `restored` is set where passes are counted: which copy was put back, and when.
    """

    alarm: Alarm
    what: Words
    do: Words
    last: Words
    restored: Restore | None


def gates(at: datetime) -> list[ShownGate]:
    """Return the gates of the school, those in trouble first."""
    titles = {lane.name: lane.title for lane in lanes()}
    shown = [_shown(gate, titles, at) for gate in Gate.objects.filter(removed_at=None)]
    return sorted(shown, key=lambda one: (not one.troubles, one.gate.pk))


def _shown(gate: Gate, titles: dict[str, Words], at: datetime) -> ShownGate:
    heard, disk, drift = gate.contact_at, gate.disk_free, gate.drift_ms
    return ShownGate(
        gate,
        titles.get(gate.lane, Words(gate.lane, gate.lane)),
        NEVER if heard is None else ago((at - heard).total_seconds()),
        MODES.get(gate.mode),
        None if disk is None else disk / GIGABYTE,
        None if drift is None else drift / 1000,
        troubles_of(gate, titles, at),
    )


def alarms(at: datetime) -> list[ShownAlarm]:
    """Return the alarms that nobody saw to yet, the newest first."""
    rows = Alarm.objects.filter(seen_at=None).select_related("gate").order_by("-last_at")
    restore = Restore.objects.order_by("-at").first()
    return [
        ShownAlarm(
            row,
            *ALARM_WORDS[row.kind],
            ago((at - row.last_at).total_seconds()),
            restore if row.kind in COUNTED else None,
        )
        for row in rows
    ]


def troubles_of(gate: Gate, names: Collection[str], at: datetime) -> list[Trouble]:
    """Return what is wrong with a gate, given the names of the school's lanes."""
    return [*lane_troubles(gate, names), *troubles(gate, at)]


def lanes() -> tuple[Lane, ...]:
    """Return the school's lanes; none where its rules can't be read."""
    try:
        return site_of(served_school()).lanes
    except (ConfigError, EnvironmentProblem, KnowledgeError):
        return ()


def lane_title(name: str) -> Words:
    """Return how people call a lane."""
    titles = {lane.name: lane.title for lane in lanes()}
    return titles.get(name, Words(name, name))


def state_of(invitation: Invitation, at: datetime) -> str:
    """Say what became of an invitation: `open`, `used` or `over`."""
    if invitation.gate is not None:
        return "used"
    return "open" if at < invitation.expires_at else "over"


def scanner_link(school: School, invitation: Invitation, scanner: str) -> str:
    """Return an invitation as what an agent's phone opens; `scanner` is the address of its page."""
    address = scanner.removesuffix(urlsplit(scanner).path)
    return f"{scanner}#{quote(invitation_text(school, invitation, address), safe=IN_LINK)}"


def invitation_text(school: School, invitation: Invitation, address: str) -> str:
    """Return the text of an invitation's code; `address` is where gates reach the server."""
    return Invited(
        school.settings.uai,
        address,
        bytes.fromhex(invitation.secret),
        key_hash(school.keys.knowledge.public),
        to_ms(invitation.expires_at) // 1000,
    ).to_text()
