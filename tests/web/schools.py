"""Schools drawn at random, and what may be held up at their lanes, for differential tests."""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.web.drawing import DAY_MS, HOLDERS, INDEXES, REGIMES, ZONES, Drawing

from portique.core import badges, canonical, knowledge, passes, revocation
from portique.core.alarms import Alarm, Posture
from portique.core.calendars import (
    Calendar,
)
from portique.core.daylists import DayList, Listed, day_part
from portique.core.exits import write_regimes
from portique.core.knowledge import Manifest, SchoolKeys, Version
from portique.core.passes import Draft
from portique.core.plain import Words
from portique.core.revocation import Status, StatusList
from portique.core.rights import write_rights
from portique.core.rules import TABLE_HASH
from portique.core.seal import PrivateKey, Purpose, SecretKey
from portique.core.values import (
    Direction,
    HolderId,
    Kind,
    PassId,
    Uai,
    Window,
    from_ms,
    to_ms,
)
from portique.core.zones import INSIDE, OUTSIDE, Lane, Mode, Site, Zone
from portique.gate.knowing import Knowledge, open_bundle

UAI, STRANGE_UAI = Uai("0990001S"), Uai("0990002T")


# A device that every school enrolled.
HANDHELD = Drawing(4).key(Purpose.GATE)


@dataclass(frozen=True, slots=True)
class Case:
    """One showing at one lane, with what the device remembers and its state."""

    text: str
    typed: bool
    lane: str
    at_ms: int
    memory: dict[str, Any]
    better: dict[str, Any]

    def question(self) -> dict[str, Any]:
        """Write it for Node, with JavaScript's names."""
        data = asdict(self)
        inner = {name: camel(data.pop(name)) for name in ("memory", "better")}
        return camel(data) | inner


def camel(names: dict[str, Any]) -> dict[str, Any]:
    """Name values as JavaScript does."""
    return {re.sub(r"_(.)", lambda found: found[1].upper(), name): names[name] for name in names}


@dataclass(frozen=True, slots=True)
class School:
    """A bundle as bytes, its keys, and the showings that it is asked about."""

    bundle: bytes
    school_key: PrivateKey
    device: PrivateKey | None
    cases: tuple[Case, ...]

    def known(self) -> Knowledge:
        """Open the bundle as a gate does."""
        return open_bundle(self.bundle, self.school_key.public, uai=UAI, mine=self.device)

    def question(self) -> dict[str, Any]:
        """Write what Node needs to open the bundle and judge the cases."""
        point = self.school_key.public
        return {
            "bundle": self.bundle.hex(),
            "key": {"x": point.x.hex(), "y": point.y.hex()},
            "uai": UAI,
            "mine": None if self.device is None else device_data(self.device),
            "cases": [case.question() for case in self.cases],
        }


def device_data(key: PrivateKey) -> dict[str, str]:
    """Write a device's key for Node."""
    secret = key.handle.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {"secret": secret.hex(), "point": (key.public.x + key.public.y).hex()}


def lanes(drawing: Drawing) -> Site:
    """Return zones and one lane each way, and two more that are drawn."""
    words = Words("la loge", "the lodge")
    zones = tuple(Zone(name, words) for name in (OUTSIDE, INSIDE, "yard"))
    ways = (
        (Direction.ENTRY, OUTSIDE, INSIDE),
        (Direction.EXIT, INSIDE, OUTSIDE),
        (Direction.ENTRY, OUTSIDE, "yard"),
        (Direction.EXIT, "yard", OUTSIDE),
    )
    return Site(
        zones,
        tuple(
            Lane(
                f"lane-{number}",
                *way,
                words,
                words,
                drawing.one(*Mode),
                drawing.chance(0.5),
                drawing.chance(0.5),
            )
            for number, way in enumerate(ways)
        ),
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """All keys of one school."""

    issuer: PrivateKey
    status: PrivateKey
    orders: PrivateKey
    knowledge: PrivateKey
    names: tuple[SecretKey, ...]
    device: PrivateKey
    phones: tuple[PrivateKey, ...]

    @classmethod
    def drawn(cls, drawing: Drawing) -> "Secrets":
        """Draw them."""
        return cls(
            drawing.key(Purpose.PASS),
            drawing.key(Purpose.STATUS),
            drawing.key(Purpose.ORDERS),
            drawing.key(Purpose.KNOWLEDGE),
            tuple(SecretKey(Purpose.NAME, drawing.bytes(32)) for _ in range(2)),
            drawing.key(Purpose.GATE),
            tuple(drawing.key(Purpose.PHONE) for _ in range(2)),
        )


def school(drawing: Drawing, showings: int) -> School:
    """Draw a school, its passes and what is shown at its lanes."""
    keys = Secrets.drawn(drawing)
    zone = drawing.one(*ZONES)
    day = drawing.day_in(zone)
    noon_ms = to_ms(
        datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    )
    texts = [_text(drawing, keys, noon_ms) for _ in range(max(3, showings // 5))]
    numbers = ["04A2B93C7D1E80", "0012345678"]
    parts = _parts(drawing, keys, drawing.calendar(zone, day), noon_ms)
    if drawing.chance(0.7):
        held = {badges.digest(numbers[0], drawing.one(*keys.names)): drawing.one(*texts)}
        iv = drawing.bytes(12)
        parts["badges"] = canonical.encode(badges.badges_part(held, keys.names[0], iv=iv))
    manifest = Manifest(
        UAI,
        Version(1, drawing.whole(1, 9)),
        from_ms(noon_ms - DAY_MS),
        from_ms(noon_ms + drawing.whole(-8, 40) * 3_600_000),
    )
    bundle = knowledge.write_bundle(manifest, parts, keys.knowledge)
    mine = keys.device if drawing.chance(0.9) else None
    drawn = School(bundle, keys.knowledge, mine, ())
    cases = _cases(
        drawing, drawn.known(), [*texts, *texts, *numbers, "https://example.org/"], showings
    )
    return School(bundle, keys.knowledge, mine, tuple(cases))


def _parts(drawing: Drawing, keys: Secrets, calendar: Calendar, noon_ms: int) -> dict[str, bytes]:
    recovery = drawing.key(Purpose.RECOVERY).public if drawing.chance(0.5) else None
    signing = keys.status.public, keys.orders.public
    told = SchoolKeys((keys.issuer.public,), *signing, keys.names, recovery)
    gates = [keys.device.public, HANDHELD.public]
    entropy = iter(lambda: drawing.bytes(52), None)
    statuses = {
        index: drawing.one(*Status) if drawing.chance(0.2) else Status.VALID
        for index in range(INDEXES)
    }
    span = (
        from_ms(noon_ms - DAY_MS),
        from_ms(noon_ms // 1000 * 1000 + drawing.whole(-8, 40) * 3_600_000),
    )
    listed = StatusList(revocation.pack(statuses, INDEXES), *span, 3600)
    rights = {HolderId(one): drawing.rights(noon_ms) for one in HOLDERS[:-2]}
    settings = {
        "name": "Lycée d’essai",
        "regimes": write_regimes(REGIMES),
        "table": TABLE_HASH if drawing.chance(0.9) else "0" * 64,
    }
    part = {
        "keys": knowledge.keys_part(told, gates, entropy=entropy),
        "status": revocation.issue(listed, keys.status, uai=UAI),
        "calendar": calendar.to_data(),
        "rights": write_rights(rights),
        "zones": lanes(drawing).to_data(),
        "alarms": _alarm(drawing).to_data(),
        "settings": settings,
        "today": day_part(_today(drawing, noon_ms), [keys.device.public], entropy=drawing.bytes),
    }
    return {name: canonical.encode(data) for name, data in part.items()}


def _alarm(drawing: Drawing) -> Alarm:
    posture = drawing.one(*Posture) if drawing.chance(0.4) else Posture.NORMAL
    return Alarm(posture, drawing.chance(0.5), drawing.whole(0, 5))


def _today(drawing: Drawing, noon_ms: int) -> DayList:
    seconds = noon_ms // 1000
    listed = Listed(
        PassId("00000000000000c1"),
        HolderId(HOLDERS[0]),
        drawing.one(*Kind),
        "Zoé Martin",
        "2A",
        drawing.whole(0, INDEXES),
        seconds - 100_000,
        seconds + drawing.whole(-90_000, 90_000),
    )
    return DayList(from_ms(noon_ms).date(), (listed,))


def _text(drawing: Drawing, keys: Secrets, noon_ms: int) -> str:
    """Return a code: genuine, on paper or drawn by a phone, or wrong in one of several ways."""
    phone = drawing.one(*keys.phones) if drawing.chance(0.3) else None
    uai = STRANGE_UAI if drawing.chance(0.05) else UAI
    opens = from_ms(noon_ms // 1000 * 1000 + drawing.whole(-70, 6) * 3_600_000)
    window = Window(opens, opens + timedelta(hours=drawing.whole(1, 400)))
    bound = phone.public if phone else None
    draft = Draft(uai, PassId(drawing.bytes(8).hex()), window, drawing.identity(), bound)
    issuer = drawing.key(Purpose.PASS) if drawing.chance(0.05) else keys.issuer
    names = SecretKey(Purpose.NAME, bytes(32)) if drawing.chance(0.05) else drawing.one(*keys.names)
    issued = passes.issue(draft, issuer, names, iv=drawing.bytes(12))
    if phone is None or drawing.chance(0.1):
        return _spoiled(drawing, passes.text_of(issued))
    proving = drawing.one(*keys.phones, phone, phone, phone)
    seconds = noon_ms // 1000 + drawing.whole(-40, 40)
    told = UAI if drawing.chance(0.9) else STRANGE_UAI
    return _spoiled(drawing, passes.phone_text(issued, proving, uai=told, seconds=seconds))


def _spoiled(drawing: Drawing, text: str) -> str:
    if drawing.chance(0.9):
        return text
    at = drawing.whole(0, len(text) - 1)
    return f"{text[:at]}{drawing.one('0', '7', 'A', '%', '')}{text[at + 1 :]}"


def _cases(drawing: Drawing, known: Knowledge, texts: list[str], number: int) -> list[Case]:
    start = to_ms(known.manifest.issued_at) + DAY_MS
    return [
        Case(
            text=drawing.one(*texts),
            typed=drawing.chance(0.2),
            lane=f"lane-{drawing.whole(0, 3)}",
            at_ms=at_ms,
            memory=_memory(drawing, at_ms),
            better=_better(drawing),
        )
        for at_ms in (_instant(drawing, known, start) for _ in range(number))
    ]


def _instant(drawing: Drawing, known: Knowledge, around_ms: int) -> int:
    """Return an instant, in half the draws one at which something begins or ends, or beside it."""
    at_ms = around_ms + drawing.whole(-DAY_MS, 2 * DAY_MS)
    if drawing.chance(0.3):
        return around_ms + drawing.whole(-60_000, 60_000)
    if drawing.chance(0.1):  # where passes begin and end
        return around_ms + drawing.whole(-30, 40) * 3_600_000 - drawing.whole(0, 1)
    plan = known.plan_at(at_ms)
    edges = [plan.begins_ms, plan.ends_ms, plan.marks.midday_ms, plan.marks.day_ends_ms]
    edges += [opening.hours.opens_ms for opening in plan.openings if opening.hours]
    edges += [opening.hours.closes_ms for opening in plan.openings if opening.hours]
    for lessons in (plan.lessons or {}).values():
        edges += [each for hours in lessons.planned for each in (hours.opens_ms, hours.closes_ms)]
    return drawing.one(*edges) + drawing.one(-1, 0, 1) if drawing.chance(0.6) else at_ms


def _memory(drawing: Drawing, at_ms: int) -> dict[str, Any]:
    since = (0, 59_999, 60_001, 299_999, 300_001, -5)
    return {
        "same_lane_ms": at_ms - drawing.one(*since) if drawing.chance(0.15) else None,
        "other_lane_ms": at_ms - drawing.one(*since) if drawing.chance(0.15) else None,
        "last_direction": drawing.one(None, "entry", "exit"),
        "proof_used": drawing.chance(0.1),
    }


def _better(drawing: Drawing) -> dict[str, Any]:
    return {
        "clock_trusted": drawing.chance(0.95),
        "clock_uncertainty_ms": drawing.one(0, 0, 1000, 40_000),
        "journal_available": drawing.chance(0.95),
        "spot_check": drawing.chance(0.05),
        "face": drawing.one("match", "doubtful") if drawing.chance(0.1) else "not-compared",
    }
