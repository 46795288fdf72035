"""Make text from outside harmless to read: what it hides is shown, nothing is obeyed.

A pass's name is signed, but a stolen key or a careless import can put anything
into it. HTML is inert because pages only ever set text; what is left are the
characters that deceive the eye: controls, invisible ones, and those that turn
the direction of writing.
"""

from __future__ import annotations

import unicodedata

TEXT_MAX = 200  # characters shown of one text; a name on a pass is at most 32 bytes
MARKS_MAX = 3  # combining marks kept on one letter; enough for any orthography
_CONTROL_PICTURES = 0x2400
_DELETE, _DELETE_PICTURE = 0x7F, "\u2421"
_KEPT_FORMATS = frozenset("\u200c\u200d\u00ad")  # joiners and soft hyphen: spelling, not deceit
_SHOWN_SPACES = frozenset("\u2028\u2029\u3164\u115f\u1160\u2800")  # breaks, blanks made as letters


def plain(text: str, *, most: int = TEXT_MAX) -> str:
    r"""Return `text` with every control or invisible character made visible, cut at `most`.

    Example:
        >>> plain("Zoé\x1b[31m")
        'Zoé␛[31m'
    """
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(_shown(char) for char in _without_piles(cut))


def _without_piles(text: str) -> str:
    kept: list[str] = []
    pile = 0
    for char in text:
        pile = pile + 1 if unicodedata.combining(char) else 0
        if pile <= MARKS_MAX:
            kept.append(char)
    return "".join(kept)


def _shown(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return _DELETE_PICTURE
    if char in _KEPT_FORMATS:
        return char
    hidden = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}
    return f"⟨U+{code:04X}⟩" if hidden or char in _SHOWN_SPACES else char
