"""Badges that only say their number: hashed with a key at once, told to gates sealed.

    number ── HMAC, key derived from a name key ──▶ digest ──▶ the pass the badge stands for

The school keeps digests, never numbers. The part of the knowledge that carries
them is sealed with a name key: a stick shows neither digests nor passes. Byte
by byte: `docs/formats/knowledge.md`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portique.core import canonical, seal
from portique.core.errors import KnowledgeError, SealedIdentityError, UnreadablePass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portique.core.seal import SecretKey

BADGES_MAX = 100_000
DIGEST_BYTES = 32
PASS_CHARACTERS_MAX = 1200  # the format's cap for any code
BYTES_MAX = 16 * 1024 * 1024
INFO = b"portique badge"  # told apart from whatever else a name key makes
AAD = b"portique badges"
_NUMBER = re.compile(r"[0-9A-F]{6,20}")  # 24 to 80 bits, in hexadecimal or decimal
_BETWEEN = str.maketrans("", "", " :-\t\r\n")


def number_of(typed: str) -> str | None:
    """Return a badge's number as it is hashed, from what a reader wrote; None if it can't be one.

    Capitals and digits, without the spaces, colons and hyphens that part them.
    """
    number = typed.upper().translate(_BETWEEN)
    return number if _NUMBER.fullmatch(number) else None


def digest(number: str, key: SecretKey) -> bytes:
    """Return the 32 bytes that stand for a number; whoever lacks the name key can't try numbers."""
    derived = HKDF(SHA256(), DIGEST_BYTES, salt=None, info=INFO).derive(key.secret)
    return hmac.new(derived, number.encode("ascii"), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Badges:
    """What one gate knows of badges: by digest, the text of the pass each stands for."""

    keys: tuple[SecretKey, ...]
    passes: Mapping[bytes, str]

    def stands_for(self, number: str) -> str | None:
        """Return the text of a badge's pass, under the newest name key first; None: unknown."""
        found = (self.passes.get(digest(number, key)) for key in self.keys)
        return next((text for text in found if text is not None), None)

    def __contains__(self, text: str) -> bool:
        """Say whether a text is a badge's pass: printed, it is worth no more than the badge."""
        return text in self.passes.values()


def badges_part(passes: Mapping[bytes, str], key: SecretKey, *, iv: bytes) -> list[Any]:
    """Seal the badges part: texts of passes by digest. `iv` is 12 random bytes."""
    return seal.encrypt(canonical.encode(dict(passes)), key, iv=iv, aad=AAD)


def read_badges(part: object, names: Iterable[SecretKey]) -> Badges | None:
    """Open the badges part with a gate's name keys; without a part no badge is known.

    Returns:
        None when this gate has no name key that opens it: it can't tell one number from another.

    Raises:
        KnowledgeError: Damaged.
    """
    keys = tuple(names)
    if part is None:
        return Badges(keys, {}) if keys else None
    try:
        sealed = seal.encrypted_from(part)
        key = next((each for each in keys if each.kid == sealed.kid), None)
        if key is None:
            return None
        return Badges(keys, _passes(seal.decrypt(sealed, key, aad=AAD)))
    except (SealedIdentityError, UnreadablePass) as error:
        raise KnowledgeError("the badges in the knowledge file are damaged") from error


def _passes(opened: bytes) -> dict[bytes, str]:
    passes = canonical.decode(opened, bytes_max=BYTES_MAX, items_max=2 * BADGES_MAX + 1)
    if not isinstance(passes, dict) or not all(map(_is_badge, passes.items())):
        raise UnreadablePass("not digests and passes")
    return passes


def _is_badge(item: tuple[object, object]) -> bool:
    match item:
        case bytes(held), str(text):
            return len(held) == DIGEST_BYTES and len(text) <= PASS_CHARACTERS_MAX
    return False
