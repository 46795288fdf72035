"""Codes that people copy from paper or a terminal, and the keyed hashes that stand for them."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from portique.server.entropy import entropy
from portique.server.vault.fields import the_key

if TYPE_CHECKING:
    from collections.abc import Callable

# Crockford's alphabet: no I, L, O or U, so that a code read aloud or by hand is not misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u202f": None})
GROUP_CHARS = 4
LONG_GROUPS = 4  # 80 bits: lives for days, or until the first start
SHORT_GROUPS = 2  # 40 bits: lives ten minutes and is throttled
TOKEN_BYTES = 32


def new_code(groups: int, random: Callable[[int], bytes] = entropy) -> str:
    """Make a code of groups of four characters, five random bits each, parted by hyphens."""
    chars = "".join(ALPHABET[byte & 31] for byte in random(groups * GROUP_CHARS))
    return "-".join(chars[at : at + GROUP_CHARS] for at in range(0, len(chars), GROUP_CHARS))


def code_hash(purpose: str, code: str) -> str:
    """Return what stands for a code as somebody typed it, without regard to case and hyphens."""
    return keyed_hash(purpose, code.upper().translate(MISREAD))


def keyed_hash(purpose: str, text: str) -> str:
    """Hash a text with the school's key: from the database alone it can't be guessed."""
    return hmac.new(the_key().secret, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()


def new_token(random: Callable[[int], bytes] = entropy) -> str:
    """Make a token of 256 bits, for a cookie."""
    return random(TOKEN_BYTES).hex()
