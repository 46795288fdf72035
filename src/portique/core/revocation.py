"""Which passes still count: the IETF Token Status List, two bits a pass.

An index never handed out reads REVOKED: whoever stole the issuing key must
also guess an index in use. Source: draft-ietf-oauth-status-list (bit order,
claims, zlib), `docs/formats/status.md`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from portique.core import canonical, seal
from portique.core.errors import KnowledgeError, PassError
from portique.core.passes import is_second
from portique.core.seal import PrivateKey, PublicKey, Purpose
from portique.core.values import from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BITS = 2
PER_BYTE = 8 // BITS
TYP = "application/statuslist+cwt"
INFLATED_BYTES_MAX = 256 * 1024
TOKEN_BYTES_MAX = 300 * 1024
SUB, EXP, IAT, TTL, LIST = 2, 4, 6, 65534, 65533


class Status(IntEnum):
    """What the list says of one pass; values 0 to 2 are the standard's, 3 is ours."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    VALID_WITHOUT_TEMPLATE = 3


@dataclass(frozen=True, slots=True)
class StatusList:
    """A verified list: packed statuses and the span during which they may be believed."""

    packed: bytes
    issued_at: datetime
    expires_at: datetime
    ttl_s: int

    def of(self, index: int) -> Status | None:
        """Return the status at `index`, or None when the list doesn't reach that far."""
        place, shift = divmod(index, PER_BYTE)
        if not 0 <= place < len(self.packed):
            return None
        return Status(self.packed[place] >> (shift * BITS) & 0b11)

    @property
    def length(self) -> int:
        """How many indexes the list covers."""
        return len(self.packed) * PER_BYTE


def pack(statuses: Mapping[int, Status], length: int) -> bytes:
    """Pack statuses, least significant bits first; indexes not named read REVOKED.

    Raises:
        ValueError: An index outside `length`.
    """
    packed = bytearray(b"\x55" * -(-length // PER_BYTE))  # 0b01 four times
    for index, status in statuses.items():
        if not 0 <= index < length:
            raise ValueError(f"index {index} outside a list of {length}")
        place, shift = divmod(index, PER_BYTE)
        packed[place] &= ~(0b11 << (shift * BITS)) & 0xFF
        packed[place] |= status << (shift * BITS)
    return bytes(packed)


def issue(listed: StatusList, key: PrivateKey, *, uai: str) -> bytes:
    """Sign a status list as a CWT."""
    claims: dict[int, Any] = {
        SUB: uai,
        IAT: to_ms(listed.issued_at) // 1000,
        EXP: to_ms(listed.expires_at) // 1000,
        TTL: listed.ttl_s,
        LIST: {"bits": BITS, "lst": zlib.compress(listed.packed, 9)},
    }
    return seal.sign(canonical.encode(claims), key, typ=TYP).to_bytes()


def read(token: bytes, key: PublicKey, *, uai: str) -> StatusList:
    """Verify a status list and unpack it.

    Raises:
        KnowledgeError: Not signed by this status key, for another school,
            malformed, or larger than 256 KiB once inflated.
    """
    if key.purpose is not Purpose.STATUS:
        raise KnowledgeError("the status list needs the school's status key")
    try:
        signed = seal.parse_signed(token, bytes_max=TOKEN_BYTES_MAX)
        header = signed.header()
        payload = seal.verify(signed, key)
        claims = canonical.decode(payload, bytes_max=TOKEN_BYTES_MAX)
    except PassError as error:
        raise KnowledgeError("the status list is not signed by the school's status key") from error
    expected = {seal.ALG: seal.ES256, seal.KID: key.kid, seal.TYP: TYP}
    match claims:
        case {2: sub, 4: int(exp), 6: int(iat), 65534: int(ttl),
              65533: {"bits": 2, "lst": bytes(lst)}} if (
            header == expected and sub == uai and len(claims) == 5
            and all(map(is_second, (iat, exp, ttl))) and iat < exp
        ):  # fmt: skip
            return StatusList(_inflate(lst), from_ms(iat * 1000), from_ms(exp * 1000), ttl)
    raise KnowledgeError("the status list is not one of this school's")


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        packed = inflater.decompress(data, INFLATED_BYTES_MAX)
    except zlib.error as error:
        raise KnowledgeError("the status list does not inflate") from error
    if not inflater.eof or inflater.unused_data:
        raise KnowledgeError("the status list is cut short or too large")
    return packed
