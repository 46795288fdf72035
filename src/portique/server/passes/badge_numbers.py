"""A badge's number as a page is told it, and the digests that are kept in its place."""

from __future__ import annotations

from portique.core import badges
from portique.core.errors import RegisterError
from portique.server.school.house import served_school


class BadgeNumberError(RegisterError):
    """What the reader wrote is no badge's number: present the badge again."""


def read_number(typed: str) -> str:
    """Return a badge's number as it is hashed: capitals and digits without what parts them.

    Raises:
        BadgeNumberError: It can't be one; what was typed is not repeated.
    """
    number = badges.number_of(typed)
    if number is None:
        raise BadgeNumberError("a badge's number is 6 to 20 digits or letters A to F")
    return number


def digests(number: str) -> list[str]:
    """Return what may stand for a number, by the newest name key first, then by older ones."""
    return [badges.digest(number, key).hex() for key in served_school().keys.names]
