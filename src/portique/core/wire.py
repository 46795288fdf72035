"""What a gate and its school's server tell each other: filings go up, acknowledgements come down.

Everything here is repeat-safe: entries are known by (gate, epoch, number), and
an acknowledgement says up to where the server holds them without a gap. Bodies travel
under the signed envelopes of `wire_calls`. Source: `docs/formats/wire.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from portique.core import canonical
from portique.core.entries_chain import HASH_BYTES, SALT_BYTES, commitment, link
from portique.core.entries_fields import ENTRY_BYTES_MAX
from portique.core.errors import LinkError, PassError
from portique.core.knowledge import Version
from portique.core.wire_calls import DAMAGED, is_uint

LINES_MAX = 500
FILING_BYTES_MAX = 4 * 1024 * 1024
ACKNOWLEDGEMENT_BYTES_MAX = 64 * 1024
HEAD_BYTES_MAX = 512
ORDER_BYTES_MAX = 2048
ORDERS_MAX = 16
CODE_CHARACTERS_MAX = 100


class Line(NamedTuple):
    """One entry of a journal as it travels; `salt` and `body` are None once erased.

    A tuple rather than a dataclass: a backlog is many thousands of them.
    """

    number: int
    time_ms: int
    salt: bytes | None
    body: bytes | None
    commitment: bytes
    chain: bytes


@dataclass(frozen=True, slots=True)
class Filing:
    """Entries of one epoch, rising without gaps, and the newest signed head of that epoch.

    `genesis` (the chain value before entry 1) is the receiver's to compute:
    it knows the gate's id and key. The lines are what the journal holds,
    verified by `follows`; the body's meaning is read by `core.entries`.
    """

    epoch: int
    lines: tuple[Line, ...]
    head: bytes | None = None

    def to_bytes(self) -> bytes:
        """Encode; the call that carries it signs for it."""
        items: dict[int, Any] = {1: self.epoch, 2: [list(line) for line in self.lines]}
        return canonical.encode(items if self.head is None else items | {3: self.head})

    def follows(self, previous: bytes) -> bool:
        """Say whether the lines continue, each by each, a journal whose last chain is `previous`.

        An entry whose body was erased vouches for its place alone.
        """
        for line in self.lines:
            kept = line.salt is not None and line.body is not None
            if kept and commitment(line.salt or b"", line.body or b"") != line.commitment:
                return False
            if link(previous, line.number, line.time_ms, line.commitment) != line.chain:
                return False
            previous = line.chain
        return True


def read_filing(data: bytes) -> Filing:
    """Read a filing.

    Raises:
        LinkError: Not a filing in its one form, too long, or its numbers leave a gap.
    """
    match _decoded(data, FILING_BYTES_MAX, 7 * LINES_MAX + 16):
        case {1: epoch, 2: [*rows], **rest} if is_uint(epoch) and rest.keys() <= {3}:
            lines = tuple(_line(row) for row in rows)
            if 0 < len(lines) <= LINES_MAX and _rise(lines):
                return Filing(epoch, lines, _head(rest[3]) if 3 in rest else None)
    raise LinkError(DAMAGED)


def _decoded(data: bytes, bytes_max: int, items_max: int) -> Any:
    try:
        return canonical.decode(data, bytes_max=bytes_max, depth_max=3, items_max=items_max)
    except PassError as error:
        raise LinkError(DAMAGED) from error


def _rise(lines: tuple[Line, ...]) -> bool:
    first = lines[0].number
    return [line.number for line in lines] == list(range(first, first + len(lines)))


def _head(item: object) -> bytes:
    if isinstance(item, bytes) and 0 < len(item) <= HEAD_BYTES_MAX:
        return item
    raise LinkError(DAMAGED)


def _line(row: Any) -> Line:
    match row:
        case [number, time_ms, salt, body, bytes(commit), bytes(chain)] if (
            is_uint(number)
            and number > 0
            and is_uint(time_ms)
            and len(commit) == len(chain) == HASH_BYTES
            and ((salt is None and body is None) or _is_kept(salt, body))
        ):
            return Line(number, time_ms, salt, body, commit, chain)
    raise LinkError(DAMAGED)


def _is_kept(salt: object, body: object) -> bool:
    if not isinstance(salt, bytes) or not isinstance(body, bytes):
        return False
    return len(salt) == SALT_BYTES and 0 < len(body) <= ENTRY_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the server holds of an epoch, and what it wants the gate to know.

    `number` is the highest entry with no gap before it. Below what the gate
    thought acknowledged, it asks for all above it again: the server came back
    from a backup. `set_aside` are entries kept but not understood, with a code
    why. `knowledge` is the newest version there is to fetch. `orders` are
    signed erasure orders (`docs/formats/journal.md`) not yet seen carried out.
    """

    epoch: int
    number: int
    set_aside: tuple[tuple[int, str], ...] = ()
    knowledge: Version | None = None
    orders: tuple[bytes, ...] = ()

    def to_bytes(self) -> bytes:
        """Encode; the answer that carries it signs for it."""
        items: dict[int, Any] = {1: self.epoch, 2: self.number}
        if self.set_aside:
            items[3] = dict(self.set_aside)
        if self.knowledge is not None:
            items[4] = [self.knowledge.epoch, self.knowledge.number]
        if self.orders:
            items[5] = list(self.orders)
        return canonical.encode(items)


def read_acknowledgement(data: bytes) -> Acknowledgement:
    """Read an acknowledgement.

    Raises:
        LinkError: Not an acknowledgement in its one form.
    """
    match _decoded(data, ACKNOWLEDGEMENT_BYTES_MAX, 2 * LINES_MAX + 64):
        case {1: epoch, 2: number, **rest} if (
            is_uint(epoch) and is_uint(number) and rest.keys() <= {3, 4, 5}
        ):
            aside = _reasons(rest[3]) if 3 in rest else ()
            knowledge = _version(rest[4]) if 4 in rest else None
            orders = _orders(rest[5]) if 5 in rest else ()
            return Acknowledgement(epoch, number, aside, knowledge, orders)
    raise LinkError(DAMAGED)


def _reasons(items: Any) -> tuple[tuple[int, str], ...]:
    if isinstance(items, dict) and items:
        pairs = tuple(sorted(items.items()))
        if all(is_uint(number) and _is_code(why) for number, why in pairs):
            return pairs
    raise LinkError(DAMAGED)


def _is_code(why: object) -> bool:
    return isinstance(why, str) and 0 < len(why) <= CODE_CHARACTERS_MAX


def _version(items: Any) -> Version:
    match items:
        case [epoch, number] if is_uint(epoch) and is_uint(number):
            return Version(epoch, number)
    raise LinkError(DAMAGED)


def _orders(items: Any) -> tuple[bytes, ...]:
    match items:
        case [*orders] if 0 < len(orders) <= ORDERS_MAX and all(map(_is_order, orders)):
            return tuple(orders)
    raise LinkError(DAMAGED)


def _is_order(order: object) -> bool:
    return isinstance(order, bytes) and 0 < len(order) <= ORDER_BYTES_MAX
