"""A group's name as files write it: case, accents, dashes and spaces differ, the group doesn't."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from portique.school.times.words import plain_key

if TYPE_CHECKING:
    from collections.abc import Iterable


def group_key(text: str) -> str:
    """Return what two ways of writing one name have in common, fit to be shown."""
    return " ".join(text.replace("_", " ").split())


class GroupNames:
    """The school's own names, found from other ways of writing them.

    Two of the school's groups that differ by a dash only are both found by
    their exact names, and by nothing else.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_key: dict[str, str | None] = {}
        for name in sorted(self._known):
            key = plain_key(name)
            self._by_key[key] = None if key in self._by_key else name

    def among(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the school's groups among some texts, each once."""
        found = (
            text if text in self._known else self._by_key.get(plain_key(text)) for text in texts
        )
        return tuple(dict.fromkeys(name for name in found if name))

    def of_file(self, name: str) -> tuple[str, ...]:
        """Return the group that a file is named after; to a school that knows none, any is one."""
        stem = group_key(PurePath(name.replace("\\", "/")).name.rsplit(".", 1)[0])
        if self._known:
            return self.among([stem])
        return (stem[:80],) if stem else ()
