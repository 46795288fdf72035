"""Everybody the school knows, in the form in which files are compared with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from portique.core.rights import UNKNOWN, Rights
from portique.core.values import HolderId, Kind
from portique.school.people import records
from portique.school.people.matching import KnownPerson
from portique.school.people.records import Boarding, PersonRecord
from portique.school.rights_table import rights_of
from portique.server.people.models import Person, Tie
from portique.server.people.rights import other_groups
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

TEXTS = {  # of a record: the same of `Person`
    "family_name": "civil_last_name",
    "first_name": "civil_first_name",
    "usual_family_name": "usual_last_name",
    "usual_first_name": "usual_first_name",
    "ine": "national_id",
    "email": "email",
    "mobile": "mobile",
}


def known_people() -> list[KnownPerson]:
    """Return everybody, those who left included; opens every identity."""
    book = rights_of(served_school())
    people = {person.pk: person for person in Person.objects.all()}
    read = {
        key: record_of(person, book.get(HolderId(person.holder or ""), UNKNOWN))
        for key, person in people.items()
    }
    ties = _ties(read)
    return [
        KnownPerson(str(key), _tied(read[key], ties.get(key, ())), person.left_on is not None)
        for key, person in people.items()
    ]


def record_of(person: Person, rights: Rights) -> PersonRecord:
    """Return what is known of somebody, without ties."""
    guardian = person.kind == Kind.GUARDIAN
    return PersonRecord(
        Kind(person.kind),
        birth_date=date.fromisoformat(person.birth_date) if person.birth_date else None,
        label=person.label or None,
        groups=None if guardian else other_groups(rights),
        boarding=Boarding(person.boarding) if person.boarding else None,
        meal_days=None if guardian else rights.meal_days,
        exit_regime=rights.regime or None,
        **{name: getattr(person, ours) for name, ours in TEXTS.items()},
    )


def _ties(read: Mapping[UUID, PersonRecord]) -> dict[UUID, tuple[records.Tie, ...]]:
    found: defaultdict[UUID, set[records.Tie]] = defaultdict(set)
    for guardian, pupil, role in Tie.objects.values_list("guardian_id", "pupil_id", "role"):
        found[guardian].add(records.Tie(read[pupil].match, records.Role(role)))
    return {guardian: tuple(sorted(ties)) for guardian, ties in found.items()}


def _tied(record: PersonRecord, ties: tuple[records.Tie, ...]) -> PersonRecord:
    return replace(record, ties=ties) if ties else record
