"""What readers write of a badge, and the keyed hash that is kept in its place."""

from __future__ import annotations

import hashlib
import hmac
import re

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portique.core.errors import RegisterError
from portique.server.school.house import served_school

NUMBER = re.compile(r"[0-9A-F]{6,20}")  # 24 to 80 bits, in hexadecimal or decimal
BETWEEN = str.maketrans("", "", " :-\t\r\n")
INFO = b"portique badge"  # told apart from whatever else the name key makes
KEY_BYTES = 32


class BadgeNumberError(RegisterError):
    """What the reader wrote is no badge's number: present the badge again."""


def read_number(typed: str) -> str:
    """Return a badge's number as it is hashed: capitals and digits without what parts them.

    Raises:
        BadgeNumberError: It can't be one; what was typed is not repeated.
    """
    number = typed.upper().translate(BETWEEN)
    if not NUMBER.fullmatch(number):
        raise BadgeNumberError("a badge's number is 6 to 20 digits or letters A to F")
    return number


def digests(number: str) -> list[str]:
    """Return what may stand for a number, by the newest name key first, then by older ones.

    Gates hold these keys, wrapped: they can find a badge without ever being told its number.
    """
    return [_digest(key.secret, number) for key in served_school().keys.names]


def _digest(secret: bytes, number: str) -> str:
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=INFO).derive(secret)
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()
