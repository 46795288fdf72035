"""A school in memory and a lane at work in it: real keys, passes, knowledge and journal.

Only time, the door and (on demand) the disk are fakes. Everything follows from a seed, so that two
runs issue the same passes.
"""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portique.core import canonical, knowledge, passes, revocation, seal
from portique.core.alarms import CALM
from portique.core.badges import badges_part, digest
from portique.core.calendars import default_calendar
from portique.core.checks import checks_part
from portique.core.daylists import Listed, day_part
from portique.core.exits import BUILT_IN, write_regimes
from portique.core.knowledge import Manifest, SchoolKeys, Version
from portique.core.passes import Draft, Identity
from portique.core.revocation import Status, StatusList
from portique.core.rules import TABLE_HASH
from portique.core.seal import Purpose, SecretKey
from portique.core.values import HolderId, Kind, PassId, Uai, Window, from_ms, hex_id, to_ms
from portique.core.zones import default_site
from portique.gate.board import Board
from portique.gate.flood import Flood
from portique.gate.journal import Journal
from portique.gate.journal_schema import connect_stock
from portique.gate.journal_values import JournalSettings
from portique.gate.judge import Bench
from portique.gate.knowing import Knowledge, open_bundle
from portique.gate.lane import Lane, Ports
from portique.gate.metrics import Metrics
from portique.gate.recall import RESTORED_MS, first_showing
from portique.gate.showing import Showings
from portique.gate.spot_checks import never
from portique.gate.sync import Trust
from portique.testing.fakes import MONDAY_0800_MS, FakeClock, FakeDoor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.alarms import Alarm
    from portique.core.calendars import Calendar
    from portique.core.daylists import DayList
    from portique.core.entries import Body
    from portique.core.rights import Rights
    from portique.core.seal import PrivateKey, PublicKey, Signed
    from portique.core.zones import Site
    from portique.gate.judge import Judged

UAI = Uai("0990001N")
STATUSES = 4096
OPEN_S = 5.0


@dataclass(frozen=True, slots=True)
class Held:
    """An issued pass in somebody's hand; `phone` is the key that a phone's pass is bound to."""

    pass_id: PassId
    holder: HolderId
    name: str
    signed: Signed
    phone: PrivateKey | None = None

    @property
    def text(self) -> str:
        """Return the text of the printed code."""
        return passes.text_of(self.signed)

    def drawn(self, at_ms: int, *, uai: Uai = UAI) -> str:
        """Return the text that the phone draws at an instant (UTC ms)."""
        assert self.phone is not None, "a pass bound to a phone"  # noqa: S101 - our own bug
        return passes.phone_text(self.signed, self.phone, uai=uai, seconds=at_ms // 1000)


@dataclass(frozen=True, slots=True)
class Told:
    """What a bundle says beside keys and statuses."""

    alarm: Alarm = CALM
    site: Site = field(default_factory=default_site)
    rights: dict[HolderId, Rights] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=default_calendar)
    table: str = TABLE_HASH
    badges: dict[str, str] = field(default_factory=dict)  # number → text of a pass
    listed: DayList | None = None
    checks: dict[str, int] | None = None  # lane → thousandths; None: from before there were any


class PocketSchool:
    """Keys, passes and knowledge of a school that exists only in memory."""

    def __init__(self, seed: int = 0, *, uai: Uai = UAI) -> None:
        self._draw = random.Random(seed)
        self.uai = uai
        self.issuer = self._key(Purpose.PASS)
        self.status_key = self._key(Purpose.STATUS)
        self.knowledge_key = self._key(Purpose.KNOWLEDGE)
        self.gate_key = self._key(Purpose.GATE)
        self.name_key = SecretKey(Purpose.NAME, self.entropy(32))
        self.statuses: dict[int, Status] = {}
        self._issued = 0
        self.orders_key = self._key(Purpose.ORDERS)
        orders = self.orders_key.public
        keys = (self.issuer.public,), self.status_key.public, orders, (self.name_key,)
        self._keys = SchoolKeys(*keys)

    def entropy(self, size: int) -> bytes:
        """Draw the next bytes."""
        return self._draw.randbytes(size)

    def _key(self, purpose: Purpose) -> PrivateKey:
        return seal.private_key(purpose, self.entropy(40))

    def trust(self) -> Trust:
        """Return what this school's gate was enrolled with."""
        return Trust(self.uai, self.knowledge_key.public, self.gate_key)

    def issue(
        self,
        name: str = "Zoé Martin",
        *,
        kind: Kind = Kind.STAFF,
        phone: bool = False,
        holder: HolderId | None = None,
        issuer: PrivateKey | None = None,
    ) -> Held:
        """Issue a pass good for a month around the fakes' Monday, and list it as valid."""
        self._issued += 1
        self.statuses[self._issued] = Status.VALID
        who = holder or HolderId(hex_id(self.entropy(8)))
        identity = Identity(who, kind, name, "Service", "green", self._issued)
        monday = from_ms(MONDAY_0800_MS)
        window = Window(monday - timedelta(days=15), monday + timedelta(days=15))
        key = self._key(Purpose.PHONE) if phone else None
        pass_id = PassId(hex_id(self.entropy(8)))
        draft = Draft(self.uai, pass_id, window, identity, key.public if key else None)
        signed = passes.issue(draft, issuer or self.issuer, self.name_key, iv=self.entropy(12))
        return Held(pass_id, who, name, signed, key)

    def set_status(self, held: Held, status: Status | None) -> None:
        """Set a pass's status; None: as if its index had never been issued."""
        index = self._index_of(held)
        if status is None:
            self.statuses.pop(index)
        else:
            self.statuses[index] = status

    def _index_of(self, held: Held) -> int:
        ring = self._keys.ring(self.uai)
        identity = passes.open_pass(passes.parse(held.text).sealed, ring).identity
        assert identity is not None, "our own pass"  # noqa: S101 - our own bug
        return identity.status_index

    def bundle(
        self,
        number: int = 1,
        *,
        at_ms: int = MONDAY_0800_MS - 60_000,
        days: int = 7,
        told: Told | None = None,
        enrolled: bool = True,
    ) -> bytes:
        """Sign knowledge issued at an instant; `enrolled`: the gate can unwrap the name keys."""
        told, issued = told or Told(), from_ms(at_ms)
        manifest = Manifest(self.uai, Version(1, number), issued, issued + timedelta(days=days))
        gates = [self.gate_key.public] if enrolled else []
        parts = {
            "keys": knowledge.keys_part(self._keys, gates, entropy=[self.entropy(52)]),
            "status": self._status(manifest),
            "calendar": told.calendar.to_data(),
            "rights": {holder: rights.to_data() for holder, rights in told.rights.items()},
            "zones": told.site.to_data(),
            "alarms": told.alarm.to_data(),
            "settings": {
                "name": "Lycée des Essais",
                "regimes": write_regimes(BUILT_IN),
                "table": told.table,
            },
        }
        parts |= self._sealed(told, gates)
        encoded = {name: canonical.encode(part) for name, part in parts.items()}
        return knowledge.write_bundle(manifest, encoded, self.knowledge_key)

    def _sealed(self, told: Told, gates: list[PublicKey]) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        if told.badges:
            known = {digest(number, self.name_key): text for number, text in told.badges.items()}
            parts["badges"] = badges_part(known, self.name_key, iv=self.entropy(12))
        if told.checks is not None:
            parts["checks"] = checks_part(told.checks)
        if told.listed is not None:
            parts["today"] = day_part(told.listed, gates, entropy=self.entropy)
        return parts

    def listing(self, held: Held, label: str = "2de 4", kind: Kind = Kind.PUPIL) -> Listed:
        """List somebody who holds a pass of this school."""
        ends_s = MONDAY_0800_MS // 1000 + 15 * 86_400
        index = self._index_of(held)
        return Listed(held.pass_id, held.holder, kind, held.name, label, index, 0, ends_s)

    def _status(self, manifest: Manifest) -> bytes:
        packed = revocation.pack(self.statuses, STATUSES)
        listed = StatusList(packed, manifest.issued_at, manifest.expires_at, 3600)
        return revocation.issue(listed, self.status_key, uai=self.uai)

    def knowledge(self, number: int = 1, **options: Any) -> Knowledge:
        """Open a bundle as this school's gate does; options are those of `bundle`."""
        data = self.bundle(number, **options)
        key = self.knowledge_key.public
        return open_bundle(data, key, uai=self.uai, mine=self.gate_key)


class BreakableDisk:
    """A disk whose writes fail while `broken`, as a full one's do."""

    def __init__(self) -> None:
        self.broken = False

    def connect(self, path: Path) -> _Breakable:
        """Open a database on it, for `JournalSettings.connect`."""
        return _Breakable(self, connect_stock(path))


class _Breakable:
    def __init__(self, disk: BreakableDisk, connection: Any) -> None:
        self._disk = disk
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        if self._disk.broken and not sql.lstrip().upper().startswith(("SELECT", "ROLLBACK")):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return self._connection.execute(sql, parameters)

    def close(self) -> None:
        self._connection.close()


@dataclass(slots=True)
class WorkingLane:
    """A lane, everything around it, and a hand that shows passes. `close` it."""

    school: PocketSchool
    clock: FakeClock
    door: FakeDoor
    board: Board
    journal: Journal
    lane: Lane
    metrics: Metrics
    disk: BreakableDisk
    showings: Showings

    def show(self, text: str) -> Judged | None:
        """Show a text to the lane's reader, now."""
        return self.lane.serve(self.showings.line(text, self.clock.now_ms()))

    def learn(self, known: Knowledge | None) -> None:
        """Judge by other knowledge."""
        row = known.site.lane(self.lane.bench.lane.name) if known else self.lane.bench.lane
        self.lane.learn(Bench(self.school.uai, row, known))

    def bodies(self) -> list[Body]:
        """Read the journal's entries of this epoch, oldest first."""
        found: list[Body] = []
        after = 0
        while rows := self.journal.rows(after):
            found += [body for row in rows if (body := row.read()) is not None]
            after = rows[-1].number
        return found

    def close(self) -> None:
        """Give the journal back, in order unless the disk is broken."""
        self.disk.broken = False
        self.journal.close(at_ms=self.clock.now_ms())


def open_lane(
    path: Path,
    school: PocketSchool,
    *,
    lane: str = "entry-1",
    known: Knowledge | None = None,
    clock: FakeClock | None = None,
    door: FakeDoor | None = None,
    draws_check: Callable[[int | None], bool] = never,
) -> WorkingLane:
    """Put a lane to work over the journal at `path`, remembering what that holds.

    `known`: what the gate knows; without it, a lane of the usual site that knows nothing.
    """
    clock, door, disk = clock or FakeClock(), door or FakeDoor(), BreakableDisk()
    settings = JournalSettings(ballast_bytes=0, connect=disk.connect)
    journal = Journal.open(
        path,
        gate_id=lane,
        key=school.gate_key,
        now_ms=clock.now_ms(),
        entropy=school.entropy,
        settings=settings,
    )
    row = (known.site if known else default_site()).lane(lane)
    board, metrics = Board(row), Metrics()
    recent = journal.recent(max(0, clock.now_ms() - RESTORED_MS))
    showings = Showings(first_number=first_showing(journal.head, recent))
    ports = Ports(journal, door, clock, board, metrics, OPEN_S, Flood(), draws_check)
    working = Lane(Bench(school.uai, row, known), ports, take_number=showings.take_number)
    working.restore(recent, clock.now_ms())
    return WorkingLane(school, clock, door, board, journal, working, metrics, disk, showings)


def monday_ms(**later: float) -> int:
    """Return an instant (UTC ms) so much after the fakes' Monday, 08:00 UTC, as timedelta says."""
    return to_ms(from_ms(MONDAY_0800_MS) + timedelta(**later))
