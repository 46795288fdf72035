"""What is asked about people. Nothing here tells anybody's passages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.finding import plain
from portique.core.plain import Words
from portique.core.values import Kind
from portique.school.people.records import Role as TieRole
from portique.school.people.sentences import SENTENCES
from portique.server.accounts.roles import TITLES, Role
from portique.server.people.index import Named, everybody
from portique.server.people.models import Access, AccessReason, Import, Person, Tie

if TYPE_CHECKING:
    from datetime import datetime

KIND_WORDS = {
    Kind.PUPIL: Words("élève", "pupil"),
    Kind.STAFF: Words("personnel", "staff"),
    Kind.GUARDIAN: Words("responsable", "guardian"),
    Kind.TRAINEE: Words("stagiaire de formation continue", "trainee"),
    Kind.CANDIDATE: Words("candidat à un examen", "exam candidate"),
    Kind.RESIDENT: Words("personne logée", "resident"),
    Kind.VISITOR: Words("visiteur", "visitor"),
}
REASON_WORDS = {
    AccessReason.OFFICE: Words("travail de la vie scolaire", "school life office’s work"),
    AccessReason.FORGOTTEN_CARD: Words("carte oubliée", "forgotten card"),
    AccessReason.NOT_READ: Words("carte que le portique ne lit pas", "card the gate can’t read"),
    AccessReason.LATE: Words("retard", "lateness"),
    AccessReason.CALLED_FOR: Words("quelqu’un vient la chercher", "somebody calls for them"),
    AccessReason.SAFETY: Words("sécurité", "safety"),
}


@dataclass(frozen=True, slots=True)
class AccessShown:
    """One look at a person's record, as that person is told."""

    at: datetime
    role: Words
    reason: Words


@dataclass(frozen=True, slots=True)
class Tied:
    """Somebody tied to a person: a guardian of theirs, or a pupil."""

    person: Person
    role: Words


def accesses_of(person: Person) -> list[AccessShown]:
    """Return who looked a person up, newest first: in which role, when, why."""
    rows = Access.objects.filter(person=person).order_by("-at")
    return [
        AccessShown(r.at, TITLES[Role(r.role)], REASON_WORDS[AccessReason(r.reason)]) for r in rows
    ]


def classes() -> list[tuple[str, int]]:
    """Return the classes and services of those who are here, and how many are in each."""
    return sorted(Counter(named.label for named in here() if named.label).items())


def here() -> list[Named]:
    """Return those who are here, guardians and visitors apart, by class and name."""
    apart = {Kind.GUARDIAN, Kind.VISITOR}
    return [named for named in everybody() if not named.left and named.kind not in apart]


def guardians_of(pupil: Person) -> list[Tied]:
    """Return a pupil's guardians, legal ones first."""
    ties = Tie.objects.filter(pupil=pupil).select_related("guardian")
    return _shown([(tie.guardian, tie.role) for tie in ties if tie.guardian.left_on is None])


def pupils_of(guardian: Person) -> list[Tied]:
    """Return whose guardian somebody is."""
    ties = Tie.objects.filter(guardian=guardian).select_related("pupil")
    return _shown([(tie.pupil, tie.role) for tie in ties])


def name_order(person: Person) -> tuple[str, str]:
    """Return what sorts people on every page: by last name, then first name."""
    return plain(person.shown_last_name), plain(person.shown_first_name)


def _shown(tied: list[tuple[Person, str]]) -> list[Tied]:
    order = list(TieRole)
    tied.sort(key=lambda one: (order.index(TieRole(one[1])), *name_order(one[0])))
    return [Tied(person, SENTENCES[TieRole(role)]) for person, role in tied]


def last_imports(count: int = 10) -> list[Import]:
    """Return the latest imports, newest first."""
    return list(Import.objects.select_related("by").order_by("-at")[:count])
