"""Key codes to characters, as the reader types them and whatever the machine's own layout is.

A wedge reader is a keyboard: it sends key positions for the layout *it* is set to. The gate reads
positions, so the machine's layout plays no part; `us` or `fr` must match the reader's own setting.
Readers set to "Alt + keypad" send character numbers, which are understood under both.
"""

from __future__ import annotations

SHIFTS = frozenset({42, 54})
ALT, ALT_GR, CAPS_LOCK = 56, 100, 58
ENTERS = frozenset({28, 96})
SILENT = frozenset({29, 97, 69, 125, 126, 70})  # controls, locks, logos: no character
KEYPAD_DIGITS = {71: 7, 72: 8, 73: 9, 75: 4, 76: 5, 77: 6, 79: 1, 80: 2, 81: 3, 82: 0}
_KEYPAD = {code: str(digit) for code, digit in KEYPAD_DIGITS.items()} | {
    55: "*", 74: "-", 78: "+", 83: ".", 98: "/"
}  # fmt: skip
_ROWS = ((2, 12), (16, 12), (30, 12), (43, 11), (57, 1), (86, 1))  # first code, how many

# One character a key, row by row as in _ROWS; NUL where the key gives none (a dead key).
_US = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'`", "\\zxcvbnm,./", " ", "<")
_US_SHIFT = ("!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"~', "|ZXCVBNM<>?", " ", ">")
_FR = ("&é\"'(-è_çà)=", "azertyuiop\0$", "qsdfghjklmù²", "*wxcvbn,;:!", " ", "<")
_FR_SHIFT = ("1234567890°+", "AZERTYUIOP\0£", "QSDFGHJKLM%\0", "µWXCVBN?./§", " ", ">")
_FR_ALT_GR = {3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@",
              12: "]", 13: "}", 18: "€"}  # fmt: skip


def _table(rows: tuple[str, ...]) -> dict[int, str]:
    return {
        first + offset: character
        for (first, count), row in zip(_ROWS, rows, strict=True)
        for offset, character in zip(range(count), row, strict=True)
        if character != "\0"
    }


PLAIN = {"us": _table(_US) | _KEYPAD, "fr": _table(_FR) | _KEYPAD}
SHIFTED = {"us": _table(_US_SHIFT) | _KEYPAD, "fr": _table(_FR_SHIFT) | _KEYPAD}
ALT_GRAPH: dict[str, dict[int, str]] = {"us": {}, "fr": _FR_ALT_GR}


def character(layout: str, code: int, *, shift: bool, caps: bool, alt_gr: bool) -> str | None:
    """Return the character of a key, or None if the layout has none there."""
    if alt_gr:
        return ALT_GRAPH[layout].get(code)
    plain = PLAIN[layout].get(code)
    letter = plain is not None and plain.isascii() and plain.isalpha()
    upper = shift != caps if letter else shift  # caps lock turns letters only
    return SHIFTED[layout].get(code) if upper else plain
