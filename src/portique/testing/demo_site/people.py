"""The synthetic lycée's people in the server's list, under the holder numbers of their passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.values import Kind
from portique.server.people.census import raise_census
from portique.server.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.testing.people import SyntheticPerson


@transaction.atomic
def put(people: Iterable[SyntheticPerson]) -> int:
    """Put in those who are missing; return how many."""
    version = raise_census()
    there = set(Person.objects.values_list("holder", flat=True))
    rows = [_row(one, version) for one in people if one.holder not in there]
    Person.objects.bulk_create(rows, batch_size=200)
    return len(rows)


def _row(one: SyntheticPerson, version: int) -> Person:
    first, _, last = one.name.partition(" ")
    return Person(
        kind=one.kind.value,
        holder=one.holder,
        civil_first_name=first,
        civil_last_name=last or first,
        label=one.label if one.kind is not Kind.VISITOR else "",
        census=version,
    )
