"""Who somebody of a file could be, where no key decides: for a person to look at."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from portique.school.people.spelling import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.school.people.matching import KnownPerson
    from portique.school.people.records import PersonRecord


class Near:
    """People known whom no record has named, found by name or by birth date and half a name."""

    def __init__(self, known: Iterable[KnownPerson]) -> None:
        self._by_name: defaultdict[str, list[KnownPerson]] = defaultdict(list)
        self._by_birth: defaultdict[object, list[KnownPerson]] = defaultdict(list)
        for person in known:
            self._by_name[_name(person.record)].append(person)
            self._by_birth[person.record.birth_date].append(person)

    def to(self, record: PersonRecord) -> list[KnownPerson]:
        """List those whom a record could be, in the order of their ids."""
        near = {known.id: known for known in self._by_name[_name(record)]}
        if record.birth_date:
            near |= {
                known.id: known
                for known in self._by_birth[record.birth_date]
                if _half_named(known.record, record)
            }
        fit = (known for known in near.values() if _may_be(known.record, record))
        return sorted(fit, key=lambda known: known.id)


def _name(record: PersonRecord) -> str:
    return f"{record.kind}/{name_key(record.family_name)}/{name_key(record.first_name)}"


def _half_named(known: PersonRecord, record: PersonRecord) -> bool:
    return known.kind is record.kind and (
        name_key(known.family_name) == name_key(record.family_name)
        or name_key(known.first_name) == name_key(record.first_name)
    )


def _may_be(known: PersonRecord, record: PersonRecord) -> bool:
    """Say no where INE or birth date, given on both sides, tell two people apart."""
    other_ine = known.ine and record.ine and known.ine != record.ine
    born, said = known.birth_date, record.birth_date
    return not other_ine and (born == said or born is None or said is None)


def same_place(known: PersonRecord, record: PersonRecord) -> bool:
    """Say whether two have one name and one class."""
    return _name(known) == _name(record) and known.label == record.label
