"""Texts of codes: prefixes, Base45, and what fits in a QR symbol.

Source: RFC 9285 (Base45); ISO/IEC 18004 tables for the capacities.
"""

from __future__ import annotations

import struct

from portique.core.errors import NotAPass, UnreadablePass

PREFIX_PASS = "PQ1:"  # noqa: S105 - a prefix, not a password
PREFIX_PHONE = "PQ2:"
TEXT_CHARACTERS_MAX = 1200

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_TRIPLE_MAX = 0xFFFF
_PAIR_MAX = 0xFF

# Alphanumeric capacity by version 1..40 for the two levels in use: L on screens, M on paper.
CAPACITY: dict[str, tuple[int, ...]] = {
    "L": (
        25, 47, 77, 114, 154, 195, 224, 279, 335, 395,
        468, 535, 619, 667, 758, 854, 938, 1046, 1153, 1249,
        1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369, 2520,
        2677, 2840, 3009, 3183, 3351, 3537, 3729, 3927, 4087, 4296,
    ),
    "M": (
        20, 38, 61, 90, 122, 154, 178, 221, 262, 311,
        366, 419, 483, 528, 600, 656, 734, 816, 909, 970,
        1035, 1134, 1248, 1326, 1451, 1542, 1637, 1732, 1839, 1994,
        2113, 2238, 2369, 2506, 2632, 2780, 2894, 3054, 3220, 3391,
    ),
}  # fmt: skip


def to_base45(data: bytes) -> str:
    """Write bytes in Base45: two bytes as three characters, a last one as two."""
    pairs = (data[i : i + 2] for i in range(0, len(data), 2))
    return "".join(_group(int.from_bytes(pair, "big"), len(pair) + 1) for pair in pairs)


def _group(number: int, characters: int) -> str:
    digits = []
    for _ in range(characters):
        number, digit = divmod(number, 45)
        digits.append(_ALPHABET[digit])
    return "".join(digits)


def from_base45(text: str) -> bytes:
    """Read Base45 back into bytes.

    Raises:
        UnreadablePass: A character outside the alphabet, a length no encoder
            makes, or a group above its maximum (RFC 9285 §6).
    """
    if len(text) % 3 == 1:
        raise UnreadablePass("a length Base45 never has")
    try:
        values = [_VALUE[character] for character in text]
    except KeyError:
        raise UnreadablePass("a character outside Base45") from None
    whole = len(values) - len(values) % 3
    triples = zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
    numbers = [first + 45 * second + 2025 * third for first, second, third in triples]
    if max(numbers, default=0) > _TRIPLE_MAX:
        raise UnreadablePass("a Base45 group out of range")
    return struct.pack(f">{len(numbers)}H", *numbers) + _last_byte(values[whole:])


def _last_byte(pair: list[int]) -> bytes:
    """Read the two characters that carry a last, odd byte; none carry none."""
    if not pair:
        return b""
    number = pair[0] + 45 * pair[1]
    if number > _PAIR_MAX:
        raise UnreadablePass("a Base45 group out of range")
    return bytes([number])


def split(text: str) -> tuple[str, bytes]:
    """Cut a code's text into its prefix and its bytes.

    One final LF or CR LF is dropped, because readers add it; nothing else is
    trimmed: the Base45 alphabet contains the space.

    Raises:
        NotAPass: No prefix of ours.
        UnreadablePass: Ours, but too long or not Base45.
    """
    text = without_line_end(text)
    prefix = text[:4]
    if prefix not in (PREFIX_PASS, PREFIX_PHONE):
        raise NotAPass("not a code of Portique's")
    if len(text) > TEXT_CHARACTERS_MAX:
        raise UnreadablePass(f"{len(text)} characters, more than {TEXT_CHARACTERS_MAX}")
    return prefix, from_base45(text[4:])


def without_line_end(text: str) -> str:
    """Drop exactly one line end, LF or CR LF, as keyboard and serial readers append."""
    return text.removesuffix("\r\n") if text.endswith("\r\n") else text.removesuffix("\n")


def version_for(text: str, level: str) -> int:
    """Return the smallest QR version (1..40) that carries `text` in alphanumeric mode.

    Raises:
        ValueError: It fits none.
    """
    for version, capacity in enumerate(CAPACITY[level], start=1):
        if len(text) <= capacity:
            return version
    raise ValueError(f"{len(text)} characters fit no QR code at level {level}")
