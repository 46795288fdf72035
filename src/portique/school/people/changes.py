"""What a record would change of somebody known, field by field.

A file that says nothing about a field changes nothing: above all, no file without a usual first
name takes away the one a person goes by. A name spelt in other capitals, or merely without its
accents (as SIECLE writes them), is no change either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from portique.school.people.spelling import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portique.school.people.records import PersonRecord

NAMES = ("family_name", "first_name", "usual_family_name", "usual_first_name")
OTHERS = (
    *("birth_date", "ine", "label", "groups", "boarding", "meal_days", "exit_regime"),
    *("ties", "email", "mobile"),
)
SILENT: tuple[object, ...] = (None, "")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a person, named as in `PersonRecord`, before and after."""

    field: str
    old: Any
    new: Any

    @property
    def reverse(self) -> Change:
        """Return the change that undoes this one."""
        return Change(self.field, self.new, self.old)


def changes_between(known: PersonRecord, record: PersonRecord) -> tuple[Change, ...]:
    """List what `record` says otherwise than `known`."""
    return tuple(_changes(known, record))


def applied(known: PersonRecord, changes: Iterable[Change]) -> PersonRecord:
    """Return what is known of a person once these changes are made."""
    values: dict[str, Any] = {change.field: change.new for change in changes}
    return replace(known, **values)


def _changes(known: PersonRecord, record: PersonRecord) -> Iterator[Change]:
    for field in NAMES:
        old, new = getattr(known, field), getattr(record, field)
        if new and not _same_name(old, new):
            yield Change(field, old, new)
    for field in OTHERS:
        old, new = getattr(known, field), getattr(record, field)
        if new not in SILENT and new != old and not (field == "ties" and not new):
            yield Change(field, old, new)


def _same_name(old: str, new: str) -> bool:
    if old.casefold() == new.casefold():
        return True
    return new.isascii() and name_key(old) == name_key(new)
