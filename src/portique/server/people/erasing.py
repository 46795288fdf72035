"""Taking persons out, with all that is about them, in every table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from portique.core.charter_retention import WHILE_KNOWN
from portique.core.errors import TooLate
from portique.core.values import Kind
from portique.server.accounts import audit
from portique.server.accounts.models import Deed
from portique.server.config.waking import one_at_a_time
from portique.server.gates.actions.knowledge import knowledge_changed
from portique.server.passes.models import IssuedPass
from portique.server.people.census import raise_census
from portique.server.people.closing import close
from portique.server.people.leaving import holders_of
from portique.server.people.models import Import, Person, Tie
from portique.server.people.rights import WITHOUT_RIGHTS
from portique.server.vault import erasures
from portique.server.vault.purging import Gone, over, people_erased

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from portique.server.accounts.models import User

PERSON = "person"  # in the list of erasures


def erase_on_request(person: Person, by: User) -> None:
    """Erase somebody who is not here any more, and record who did it.

    Raises:
        TooLate: They are here again, or hold rights here: note first that they left.
    """
    with transaction.atomic():
        raise_census()  # until the end nobody notes that they are back
        person.refresh_from_db()
        if not may_be_erased(person):
            raise TooLate("this person has not left")
        erase([person.pk])
        audit.record(by, Deed.PERSON_ERASED)


def may_be_erased(person: Person) -> bool:
    """Say whether somebody may be erased before their time: who left, or has no rights here."""
    return person.left_on is not None or Kind(person.kind) in WITHOUT_RIGHTS


def erase(keys: Collection[UUID]) -> None:
    """Erase persons: their passes are revoked first, then nothing leads to them any more.

    Guardians of nobody else go with them. An import that could be undone can be no more: how to
    undo it holds names.
    """
    with transaction.atomic():
        raise_census(erasing=True)  # first, as whoever changes people: none waits for each other
        one_at_a_time()
        knowledge_changed()
        for done in Import.objects.exclude(undo=b""):
            close(done)
        take_out({*keys, *_guardians_left_alone(keys)})


def take_out(keys: Collection[UUID]) -> None:
    """Take persons out, within a transaction in which other writers of people wait."""
    people = Person.objects.filter(pk__in=list(keys))
    persons = frozenset(people.values_list("pk", flat=True))
    holders = frozenset(holders_of(map(str, persons)))
    passes = IssuedPass.objects.filter(holder__in=holders).values_list("pk", flat=True)
    people_erased(Gone(persons, holders, frozenset(passes)))
    erasures.remember(PERSON, sorted(map(str, persons)))
    people.delete()


def erase_those_who_left(at: datetime) -> None:
    """Erase those who left, once their time is over."""
    late = Person.objects.filter(over(Person, "left_on", WHILE_KNOWN, at))
    keys = list(late.values_list("pk", flat=True))
    if keys:
        erase(keys)


def erase_again(keys: Iterable[str]) -> None:
    """Erase once more persons that an older copy of the database brought back."""
    back = Person.objects.filter(pk__in=[UUID(key) for key in keys])
    here = list(back.values_list("pk", flat=True))
    if here:
        erase(here)


def _guardians_left_alone(keys: Collection[UUID]) -> set[UUID]:
    """Return the guardians of these pupils who are nobody else's."""
    theirs = Tie.objects.filter(pupil__in=list(keys))
    others = Tie.objects.exclude(pupil__in=list(keys)).values("guardian")
    return set(theirs.exclude(guardian__in=others).values_list("guardian", flat=True))
