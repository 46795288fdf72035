"""The day's list: who may stand at the gate today without their card, and which card it is.

Sealed with a key of its own, drawn anew for each list and wrapped only to the
gates of lanes that have an agent. No other gate and no stick shows a name of
it. A gate lets it go when its day is over. Byte by byte: `docs/formats/knowledge.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portique.core import canonical, finding, seal
from portique.core.errors import KnowledgeError, SealedIdentityError, UnreadablePass
from portique.core.passes import SECONDS_MAX, STATUS_INDEX_MAX, Identity, Pass
from portique.core.plain import TEXT_CHARS_MAX, Fields
from portique.core.seal import Purpose, SecretKey
from portique.core.values import (
    ID_BYTES,
    HolderId,
    Kind,
    PassId,
    Uai,
    Window,
    from_ms,
    hex_id,
    parse_hex_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from portique.core.seal import Encrypted, PrivateKey, PublicKey

LISTED_MAX = 20_000
FIELDS = 8
BYTES_MAX = 8 * 1024 * 1024
WRAP_BYTES = 52
DAMAGED = "the day's list in the knowledge file is damaged"


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of the list and their card: issued at `from_s`, ended at `until_s` (UTC seconds)."""

    pass_id: PassId
    holder: HolderId
    kind: Kind
    name: str
    label: str
    status_index: int
    from_s: int
    until_s: int

    def card(self, uai: Uai) -> Pass:
        """Return the card as if it had been shown: the same rules then decide."""
        identity = Identity(
            self.holder, self.kind, self.name, self.label, "", self.status_index
        )  # no regime: today's rights have it
        window = Window(from_ms(self.from_s * 1000), from_ms(self.until_s * 1000))
        return Pass(self.pass_id, uai, window, b"", None, identity)

    def to_row(self) -> list[Any]:
        """Write as plain data."""
        ids = [parse_hex_id(self.pass_id), parse_hex_id(self.holder)]
        named = [str(self.kind), self.name, self.label]
        return [*ids, *named, self.status_index, self.from_s, self.until_s]


@dataclass(frozen=True, slots=True)
class DayList:
    """The people of one local day, in the order candidates are shown."""

    day: date
    listed: tuple[Listed, ...]

    def find(self, letters: str, label: str) -> list[Listed]:
        """Return up to eight people by the first letters of a name and of their class."""
        asked = finding.Asked.typed(letters, label)
        if asked is None:
            return []
        fitting = (one for one in self.listed if asked.fits(finding.words_of(one.name), one.label))
        return [one for one, _ in zip(fitting, range(finding.NAMES_MAX), strict=False)]

    def get(self, pass_id: str) -> Listed | None:
        """Return whose card it is; None if nobody's of the list."""
        return next((one for one in self.listed if one.pass_id == pass_id), None)


def day_part(
    listed: DayList, gates: Iterable[PublicKey], *, entropy: Callable[[int], bytes]
) -> dict[str, Any]:
    """Seal a list for some gates; `entropy` gives random bytes."""
    key, iv = SecretKey(Purpose.DAY, entropy(seal.SYMMETRIC_KEY_BYTES)), entropy(seal.IV_BYTES)
    rows = canonical.encode([one.to_row() for one in listed.listed])
    day = listed.day.isoformat()
    keys = {gate.kid: seal.wrap(key.secret, gate, entropy=entropy(WRAP_BYTES)) for gate in gates}
    return {"day": day, "keys": keys, "list": seal.encrypt(rows, key, iv=iv, aad=_aad(day))}


def read_day_part(part: object, mine: PrivateKey | None) -> DayList | None:
    """Open the day's list; None if there is none, or it is not for this gate.

    Raises:
        KnowledgeError: Damaged.
    """
    if part is None:
        return None
    with Fields(part, "today") as fields:
        day, keys = fields.day("day"), fields.map("keys")
        packed = fields.rows("list", 3)
    if mine is None or mine.public.kid not in keys:
        return None
    try:
        sealed = seal.encrypted_from(packed)
        key = SecretKey(Purpose.DAY, seal.unwrap(keys[mine.public.kid], mine))
        return DayList(day, _listed(sealed, key, day))
    except (SealedIdentityError, UnreadablePass, ValueError) as error:
        raise KnowledgeError(DAMAGED) from error


def _listed(sealed: Encrypted, key: SecretKey, day: date) -> tuple[Listed, ...]:
    opened = seal.decrypt(sealed, key, aad=_aad(day.isoformat()))
    items = (FIELDS + 1) * LISTED_MAX + 1
    rows = canonical.decode(opened, bytes_max=BYTES_MAX, items_max=items)
    if not isinstance(rows, list):
        raise UnreadablePass("not a list")
    return tuple(_read(row) for row in rows)


def _read(row: object) -> Listed:
    match row:
        case [bytes(cti), bytes(holder), str(kind), str(name), str(label),
              int(index), int(since), int(until)] if (
            len(cti) == len(holder) == ID_BYTES and max(len(name), len(label)) <= TEXT_CHARS_MAX
            and 0 <= index <= STATUS_INDEX_MAX and 0 <= since < until <= SECONDS_MAX
            and bool not in map(type, (index, since, until))
        ):  # fmt: skip
            ids = PassId(hex_id(cti)), HolderId(hex_id(holder))
            return Listed(*ids, Kind(kind), name, label, index, since, until)
    raise UnreadablePass("a row that no list has")


def _aad(day: str) -> bytes:
    return f"portique today {day}".encode("ascii")
