"""The small values the journal takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from portique.core.entries import OrderBody, from_body
from portique.core.entries_chain import commitment, link
from portique.core.errors import JournalError
from portique.core.values import HolderId, PassId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.entries import Authority, Body, DecisionBody
    from portique.core.values import Direction, Language

ENTRIES_HELD_MAX = 500_000  # reliability.md R7: 30 days offline, six times over
ALARM_AT = 0.8
CHECKPOINT_ROWS = 100  # the window in which truncation goes unseen, reliability.md R4
BALLAST_BYTES = 8 * 2**20
ACKNOWLEDGED_KEPT_MS = 14 * 24 * 3600 * 1000


class Connection(Protocol):
    """What the journal needs of SQLite; `sqlite3.Connection` is one.

    Errors are `sqlite3.Error`, with `sqlite_errorcode` where SQLite gave one.
    """

    @property
    def in_transaction(self) -> bool:
        """Say whether BEGIN was not yet followed by COMMIT or ROLLBACK."""
        ...

    def execute(self, sql: str, parameters: Any = ..., /) -> Any:
        """Run one statement and return an iterable of rows with `fetchone` and `fetchall`."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an entry is on the disk: it was synced before this value was made."""

    epoch: int
    number: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where a journal stands. `number` 0 and the genesis hash before the first entry."""

    epoch: int
    number: int
    chain: bytes


class Row(NamedTuple):
    """One entry as stored. `salt` and `body` are None once erased.

    A tuple rather than a dataclass: hundreds of thousands are made at a verification.
    """

    epoch: int
    number: int
    time_ms: int
    salt: bytes | None
    body: bytes | None
    commitment: bytes
    chain: bytes

    def check(self, previous: bytes) -> None:
        """Check the row against its own commitment and the chain before it.

        Raises:
            JournalError: The row is not what was appended.
        """
        if self.body is not None and (
            self.salt is None or commitment(self.salt, self.body) != self.commitment
        ):
            raise JournalError(f"entry {self.number} of epoch {self.epoch}: the body was changed")
        if link(previous, self.number, self.time_ms, self.commitment) != self.chain:
            raise JournalError(f"entry {self.number} of epoch {self.epoch}: the chain is broken")

    def read(self) -> Body | None:
        """Decode the body; None once erased.

        Raises:
            JournalError: The body is of a kind or form this version does not know.
        """
        return None if self.body is None else from_body(self.body)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the agent or the technician should know: a stable code, a sentence a language."""

    code: str
    sentences: dict[Language, str]


Whose = HolderId | PassId


@dataclass(frozen=True, slots=True)
class Grant:
    """A holder let through on a lane: by the gate, or by an agent's ruling.

    By the pass's own number where the gate could not read whose it is.
    """

    whose: Whose
    lane: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Counted:
    """People through a lane: granted, let in by an agent, or counted; below zero: taken back.

    `lane` is None where the entry names none, `direction` where it is the lane's own.
    """

    lane: str | None
    direction: Direction | None
    people: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A decision that was not granted and that no agent answered."""

    receipt: Receipt
    at_ms: int
    body: DecisionBody


@dataclass(frozen=True, slots=True)
class Recent:
    """What a restarted gate must remember, each part oldest first.

    `grants` holds the last grant for each (whose, lane). `last_showing` is the
    highest number of a showing, 0 if there is none. `admissions` holds the
    consoles' requests that opened the door, and when (UTC ms).
    """

    proofs: frozenset[tuple[PassId, int]] = frozenset()
    grants: tuple[Grant, ...] = ()
    counted: tuple[Counted, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    last_showing: int = 0
    admissions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry the server can't take: kept, shown, and no hindrance to the others."""

    epoch: int
    number: int
    why: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure whose author was checked, ready to be chained and carried out."""

    authority: Authority
    epoch: int
    ranges: tuple[tuple[int, int], ...]
    rule: str | None = None
    order_id: str | None = None
    evidence: bytes | None = None

    def body(self) -> OrderBody:
        """Make the entry that explains the absence of the bodies.

        Raises:
            ValueError: The ranges don't rise, touch, or are too many.
        """
        return OrderBody(
            authority=self.authority,
            epoch=self.epoch,
            ranges=self.ranges,
            rule=self.rule,
            order_id=self.order_id,
            evidence=self.evidence,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing found wrong. `number` is None when no single entry is to blame."""

    epoch: int
    number: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found in one journal file."""

    gate_id: str
    epoch: int
    entries: int
    erased: int
    head: bytes
    key: str  # first 8 bytes of SHA-256 over the gate's COSE_Key, hexadecimal
    fault: Fault | None

    @property
    def whole(self) -> bool:
        """Say whether nothing is wrong."""
        return self.fault is None


def _nowhere(_point: str) -> None:
    """Reach a named point of the work: nothing to do outside crash tests."""


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """The journal's limits, and three seams for tests.

    `connect` opens the file (another SQLite, a faulty disk); `free_bytes` says
    how much room a folder's disk has; `reached` is called at each named point
    of an append, where a crash test may die.
    """

    entries_per_file: int = ENTRIES_HELD_MAX
    held_max: int = ENTRIES_HELD_MAX
    checkpoint_rows: int = CHECKPOINT_ROWS
    ballast_bytes: int = BALLAST_BYTES
    connect: Callable[[Path], Connection] | None = None
    free_bytes: Callable[[Path], int] | None = None
    reached: Callable[[str], None] = field(default=_nowhere)
