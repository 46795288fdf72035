"""People: classes, who is in one, one person. No contacts, no passages."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from portique.core.values import Kind
from portique.server import clock
from portique.server.api import actions
from portique.server.api.queries import person_known
from portique.server.api.scopes import Scope
from portique.server.api.v1.calls import Bearer, maker_of, token_of
from portique.server.api.v1.pages import LIMIT, Limit, page
from portique.server.api.v1.problems import Problem, ProblemError
from portique.server.api.v1.schemas import ClassOut, Label, Page, PersonOut
from portique.server.people import queries
from portique.server.people.actions import look_up
from portique.server.people.index import Named
from portique.server.people.models import AccessReason

router = Router(tags=["people"], auth=Bearer(Scope.PEOPLE_READ))


@router.get("/classes", response=list[ClassOut], summary="List classes and services")
def list_classes(request: HttpRequest) -> list[ClassOut]:
    """Every class and service of those who are here, guardians and visitors apart."""
    _ = request
    return [ClassOut(label=label, people=people) for label, people in queries.classes()]


@router.get("/people", response=Page[PersonOut], summary="List the people of a class")
def list_people(
    request: HttpRequest,
    label: Annotated[Label, Query(description="Class or service.")],
    kind: Kind | None = None,
    cursor: UUID | None = None,
    limit: Limit = LIMIT,
) -> Page[PersonOut]:
    """Those of one class or service who are here, in an order without meaning."""
    actions.note_names_read(token_of(request), clock.now())
    people = [
        one for one in queries.here() if one.label == label and (kind is None or one.kind == kind)
    ]
    after = sorted(
        (one for one in people if cursor is None or one.person > cursor),
        key=lambda one: one.person,
    )
    return page([_out(one) for one in after[: limit + 1]], limit, lambda one: str(one.id))


@router.get("/people/{person_id}", response=PersonOut, summary="Read one person")
def read_person(request: HttpRequest, person_id: UUID) -> PersonOut:
    """Somebody who is here. They are shown that they were looked up, as on the pages."""
    found = next((one for one in queries.here() if one.person == person_id), None)
    row = person_known(person_id)
    if found is None or row is None:
        raise ProblemError(Problem.NOT_FOUND)
    look_up(maker_of(request), row, AccessReason.OFFICE)
    return _out(found)


def _out(named: Named) -> PersonOut:
    return PersonOut(
        id=named.person,
        kind=named.kind,
        name=named.name,
        last_name=named.last_name,
        label=named.label,
        needs_card=named.needs_card,
    )
