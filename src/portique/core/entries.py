"""What the journal holds: the bodies of its entries, and the chain that binds them.

A body is canonical CBOR, a map with integer keys whose key 0 is the kind. It
holds codes, numbers and random ids: never a name, a text of a code, a score
or a picture. Byte by byte: `docs/formats/journal.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from portique.core import canonical
from portique.core.entries_chain import HASH_BYTES
from portique.core.entries_fields import (
    BOOL,
    CODE,
    CODES,
    ENTRY_BYTES_MAX,
    EVIDENCE,
    INT,
    RANGES,
    UINT,
    VERSIONS,
    Fielded,
    at,
    below,
    hexadecimal,
    one_of,
)
from portique.core.errors import JournalError, PassError
from portique.core.values import Direction, HolderId, Kind, Medium, PassId

ENTRY_ITEMS_MAX = 512


class EntryKind(IntEnum):
    """What an entry is about. The number is stored and signed for: never reuse one."""

    BOOT = 1
    DECISION = 2
    RULING = 3
    PASSAGE = 4
    MANUAL_ADMISSION = 5
    MODE = 6
    ORDER = 7
    EPOCH = 8
    CLOCK = 9
    ALARM = 10
    NOTICE = 11
    COUNT = 12


NEVER_ERASED = frozenset({EntryKind.ORDER, EntryKind.EPOCH})
"""The entries that explain the absence of others, and hold nothing about anybody."""


class Ruling(StrEnum):
    """An agent's answer to a referral or a refusal."""

    ADMIT = "admit"
    DENY = "deny"


class Authority(StrEnum):
    """Who asked for an erasure."""

    SERVER = "server"  # a signed order of the school's server
    RETENTION = "retention"  # the rule by which entries live so long and no longer
    REPLAY = "replay"  # an erasure made before, made again after an older file came back


class EpochCause(StrEnum):
    """Why a new epoch began."""

    FIRST = "first"
    ROTATED = "rotated"
    DAMAGED = "damaged"
    OLDER_COPY = "older-copy"
    MISSING = "missing"
    NEW_KEY = "new-key"


@dataclass(frozen=True, slots=True)
class BootBody(Fielded):
    """A gate's process started. `clean`: the run before it ended in order."""

    KIND = EntryKind.BOOT
    lane: str = field(metadata=at(1, CODE))
    version: str = field(metadata=at(2, CODE))
    clean: bool = field(metadata=at(3, BOOL))
    clock_trusted: bool = field(metadata=at(4, BOOL))


@dataclass(frozen=True, slots=True)
class DecisionBody(Fielded):
    """One showing decided.

    `proof_s` is the second (since 1970) of a phone's own signature, kept so
    that used proofs are remembered over a restart. `versions` names each part
    of the knowledge and its version; `table` is the first 8 bytes of the
    decision table's hash, as 16 hexadecimal digits. `outcome` is 0 grant,
    1 refer, 2 refuse.
    """

    KIND = EntryKind.DECISION
    showing: int = field(metadata=at(1, UINT))
    lane: str = field(metadata=at(2, CODE))
    outcome: int = field(metadata=at(3, below(3)))
    reasons: tuple[str, ...] = field(metadata=at(4, CODES))
    versions: tuple[tuple[str, int], ...] = field(metadata=at(5, VERSIONS))
    table: str = field(metadata=at(6, hexadecimal(8)))
    posture: str = field(metadata=at(7, CODE))
    medium: Medium | None = field(default=None, metadata=at(8, one_of(Medium)))
    pass_id: PassId | None = field(default=None, metadata=at(9, hexadecimal(8)))
    holder: HolderId | None = field(default=None, metadata=at(10, hexadecimal(8)))
    kind: Kind | None = field(default=None, metadata=at(11, one_of(Kind)))
    proof_s: int | None = field(default=None, metadata=at(12, UINT))


@dataclass(frozen=True, slots=True)
class RulingBody(Fielded):
    """An agent's answer to the decision (`epoch`, `number`) of a showing."""

    KIND = EntryKind.RULING
    showing: int = field(metadata=at(1, UINT))
    epoch: int = field(metadata=at(2, UINT))
    number: int = field(metadata=at(3, UINT))
    ruling: Ruling = field(metadata=at(4, one_of(Ruling)))
    reason: str = field(metadata=at(5, CODE))
    agent: str = field(metadata=at(6, CODE))  # an alias the gate was given, not somebody's name


@dataclass(frozen=True, slots=True)
class PassageBody(Fielded):
    """Someone crossed. `sensed` says how it is known: sensor, count, assumed."""

    KIND = EntryKind.PASSAGE
    lane: str = field(metadata=at(1, CODE))
    sensed: str = field(metadata=at(2, CODE))
    showing: int | None = field(default=None, metadata=at(3, UINT))
    epoch: int | None = field(default=None, metadata=at(4, UINT))
    number: int | None = field(default=None, metadata=at(5, UINT))


@dataclass(frozen=True, slots=True)
class ManualAdmissionBody(Fielded):
    """Agents let people in without a pass. Nothing says who: no tally of forgotten cards.

    `admission` is the number of a console's request to open, so that it opens once.
    """

    KIND = EntryKind.MANUAL_ADMISSION
    lane: str = field(metadata=at(1, CODE))
    reason: str = field(metadata=at(2, CODE))
    agent: str = field(metadata=at(3, CODE))
    people: int = field(metadata=at(4, below(1000)))
    kind: Kind | None = field(default=None, metadata=at(5, one_of(Kind)))
    admission: str | None = field(default=None, metadata=at(6, hexadecimal(8)))


@dataclass(frozen=True, slots=True)
class ModeBody(Fielded):
    """A lane changed its mode (`core.zones.Mode`); no agent: by the school's knowledge."""

    KIND = EntryKind.MODE
    lane: str = field(metadata=at(1, CODE))
    mode: str = field(metadata=at(2, CODE))
    agent: str | None = field(default=None, metadata=at(3, CODE))


@dataclass(frozen=True, slots=True)
class OrderBody(Fielded):
    """An erasure: the bodies of `ranges` (first, last) of `epoch` are deleted with this entry.

    `evidence` is the server's signed order as received, so that anybody with
    its key can check who asked.
    """

    KIND = EntryKind.ORDER
    authority: Authority = field(metadata=at(1, one_of(Authority)))
    epoch: int = field(metadata=at(2, UINT))
    ranges: tuple[tuple[int, int], ...] = field(metadata=at(3, RANGES))
    rule: str | None = field(default=None, metadata=at(4, CODE))
    order_id: str | None = field(default=None, metadata=at(5, hexadecimal(8)))
    evidence: bytes | None = field(default=None, metadata=at(6, EVIDENCE))

    def __contains__(self, number: int) -> bool:
        """Say whether the order names entry `number` of its epoch."""
        return any(first <= number <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class EpochBody(Fielded):
    """The first entry of every epoch: why it began, and where the one before stood."""

    KIND = EntryKind.EPOCH
    epoch: int = field(metadata=at(1, UINT))
    cause: EpochCause = field(metadata=at(2, one_of(EpochCause)))
    previous_epoch: int | None = field(default=None, metadata=at(3, UINT))
    previous_number: int | None = field(default=None, metadata=at(4, UINT))
    previous_head: str | None = field(default=None, metadata=at(5, hexadecimal(HASH_BYTES)))


@dataclass(frozen=True, slots=True)
class ClockBody(Fielded):
    """Something about time itself: rollback, jump, boot-1970, trusted, untrusted."""

    KIND = EntryKind.CLOCK
    event: str = field(metadata=at(1, CODE))
    seen_ms: int = field(metadata=at(2, UINT))
    high_water_ms: int = field(metadata=at(3, UINT))
    uncertainty_ms: int | None = field(default=None, metadata=at(4, UINT))


@dataclass(frozen=True, slots=True)
class AlarmBody(Fielded):
    """The school's posture changed (normal, evacuation, intrusion, shelter), real or drill."""

    KIND = EntryKind.ALARM
    posture: str = field(metadata=at(1, CODE))
    drill: bool = field(metadata=at(2, BOOL))
    source: str = field(metadata=at(3, CODE))
    agent: str | None = field(default=None, metadata=at(4, CODE))


@dataclass(frozen=True, slots=True)
class NoticeBody(Fielded):
    """Something the technician should know: a code, and a number when there is one."""

    KIND = EntryKind.NOTICE
    code: str = field(metadata=at(1, CODE))
    value: int | None = field(default=None, metadata=at(2, UINT))


@dataclass(frozen=True, slots=True)
class CountBody(Fielded):
    """People counted, not identified, between two instants (UTC ms).

    `people` is added to the count: below zero, an agent takes back what was
    counted too much.
    """

    KIND = EntryKind.COUNT
    lane: str = field(metadata=at(1, CODE))
    direction: Direction = field(metadata=at(2, one_of(Direction)))
    people: int = field(metadata=at(3, INT))
    since_ms: int = field(metadata=at(4, UINT))
    until_ms: int = field(metadata=at(5, UINT))


Body = (
    BootBody
    | DecisionBody
    | RulingBody
    | PassageBody
    | ManualAdmissionBody
    | ModeBody
    | OrderBody
    | EpochBody
    | ClockBody
    | AlarmBody
    | NoticeBody
    | CountBody
)

_BODIES: dict[int, type[Body]] = {int(each.KIND): each for each in Body.__args__}


def from_body(data: bytes) -> Body:
    """Read a body strictly.

    Raises:
        JournalError: Not canonical, of an unknown kind (a newer version's), or with a
            key or value its kind doesn't have.
    """
    try:
        items = canonical.decode(data, bytes_max=ENTRY_BYTES_MAX, items_max=ENTRY_ITEMS_MAX)
    except PassError as error:
        raise JournalError(f"an entry's body is {error.detail}") from error
    # CBOR's false and true would pass for the keys 0 and 1: Python holds them equal.
    if type(items) is not dict or any(type(key) is not int for key in items):
        raise JournalError("an entry's body is not a map with integer keys")
    kind = items.pop(0, None)
    cls = _BODIES.get(kind) if type(kind) is int else None
    if cls is None:
        raise JournalError("an entry of a kind this version does not know")
    try:
        return cls.from_items(items)
    except (ValueError, TypeError) as error:
        raise JournalError(f"an entry's body is wrong: {error}") from error
