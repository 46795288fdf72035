"""The small values every layer speaks: ids, kinds, media, windows of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType

PassId = NewType("PassId", str)
"""A pass, 16 lowercase hexadecimal digits of 8 random bytes (claim `cti`)."""

HolderId = NewType("HolderId", str)
"""The person a pass is for, 16 lowercase hexadecimal digits; new each school year."""

Uai = NewType("Uai", str)
"""A French school's identifier: seven digits and a control letter."""

ID_BYTES = 8
_HEX_ID = re.compile(r"[0-9a-f]{16}")
_UAI = re.compile(r"[0-9]{7}[A-Z]")
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # I, O and Q are left out; position = number modulo 23
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What somebody is to the school."""

    PUPIL = "pupil"
    STAFF = "staff"
    GUARDIAN = "guardian"
    TRAINEE = "trainee"
    CANDIDATE = "candidate"
    RESIDENT = "resident"
    VISITOR = "visitor"


class Medium(StrEnum):
    """What carries a pass."""

    PAPER = "paper"
    PHONE = "phone"
    BADGE = "badge"


class Direction(StrEnum):
    """The one direction of passage a lane serves."""

    ENTRY = "entry"
    EXIT = "exit"


class Organ(StrEnum):
    """A working part of a gate whose failure people must see. Sent: never reuse one."""

    CAMERA = "camera"
    DECODER = "decoder"
    READER = "reader"
    JOURNAL = "journal"
    DOOR = "door"
    CLOCK = "clock"
    SERVER = "server"


class Language(StrEnum):
    """The languages every text of Portique exists in."""

    FR = "fr"
    EN = "en"


def hex_id(raw: bytes) -> str:
    """Write 8 bytes as the 16 lowercase digits used for pass and holder ids.

    Raises:
        ValueError: `raw` is not 8 bytes.
    """
    if len(raw) != ID_BYTES:
        raise ValueError(f"an id is {ID_BYTES} bytes, not {len(raw)}")
    return raw.hex()


def parse_hex_id(text: str) -> bytes:
    """Read 16 lowercase hexadecimal digits back into 8 bytes.

    Raises:
        ValueError: The text is anything else.
    """
    if not _HEX_ID.fullmatch(text):
        raise ValueError("an id is 16 lowercase hexadecimal digits")
    return bytes.fromhex(text)


def is_uai(text: str) -> bool:
    """Say whether `text` has the form of a UAI: seven digits, one capital letter."""
    return bool(_UAI.fullmatch(text))


def uai_letter(digits: str) -> str:
    """Return the control letter of a UAI's seven digits (INSEE's modulo 23)."""
    return _UAI_LETTERS[int(digits) % len(_UAI_LETTERS)]


def to_ms(instant: datetime) -> int:
    """Turn an aware instant into UTC milliseconds since 1970, rounding down."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Turn UTC milliseconds since 1970 into an aware instant."""
    return EPOCH + timedelta(milliseconds=ms)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time: `opens <= instant < closes`, both in UTC.

    The end is excluded, so that two windows that touch never share an instant.
    Local hours belong to `calendars`.
    """

    opens: datetime
    closes: datetime

    def __post_init__(self) -> None:
        """Refuse local times (they are ambiguous one night a year) and empty spans."""
        if self.opens.tzinfo is not UTC or self.closes.tzinfo is not UTC:
            raise ValueError("a window is in UTC")
        if not self.opens < self.closes:
            raise ValueError("a window closes after it opens")

    def __contains__(self, instant: datetime) -> bool:
        """Say whether `instant` lies in the window."""
        return self.opens <= instant < self.closes
