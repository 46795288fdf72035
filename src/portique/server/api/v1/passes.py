"""Passes: how they stand, and the few things that are done to them."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from portique.core.values import PassId, from_ms
from portique.school.finding import Standing
from portique.server import clock
from portique.server.api import queries
from portique.server.api.queries import PassFound, PassQuery
from portique.server.api.scopes import Scope
from portique.server.api.v1.calls import Bearer, Key, maker_of, once
from portique.server.api.v1.pages import LIMIT, Limit
from portique.server.api.v1.problems import Problem, ProblemError
from portique.server.api.v1.schemas import Label, Page, PassIn, PassNumber, PassOut
from portique.server.passes import actions
from portique.server.passes.quotas import By

CURSOR_MAX = 2**53
Number = Annotated[PassNumber, Path()]
router = Router(tags=["passes"])
READ, WRITE = Bearer(Scope.PASSES_READ), Bearer(Scope.PASSES_WRITE)


@router.get("/passes", response=Page[PassOut], auth=READ, summary="List passes")
def list_passes(
    request: HttpRequest,
    person: UUID | None = None,
    label: Annotated[Label | None, Query(description="Class or service.")] = None,
    standing: Standing | None = None,
    cursor: Annotated[int, Query(ge=0, le=CURSOR_MAX)] = 0,
    limit: Limit = LIMIT,
) -> Page[PassOut]:
    """Cards and badges in the order they were issued; slips of a day are left out."""
    _ = request
    asked = PassQuery(person, label or "", standing, cursor)
    found = queries.passes(asked, clock.now(), limit + 1)
    following = str(found[limit - 1].line) if len(found) > limit else None
    return Page(items=[_out(one) for one in found[:limit]], next=following)


@router.get("/passes/{pass_id}", response=PassOut, auth=READ, summary="Read one pass")
def read_pass(request: HttpRequest, pass_id: Number) -> PassOut:
    """One pass, by its sixteen digits."""
    _ = request
    return _out(_numbered(pass_id))


@router.post("/passes", response={201: PassOut}, auth=WRITE, summary="Issue a pass")
def issue_pass(request: HttpRequest, wanted: PassIn, key: Key = None) -> HttpResponse:
    """Make a card for somebody. It is printed in Portique."""

    def act() -> PassOut:
        person = queries.person_known(wanted.person)
        if person is None:
            raise ProblemError(Problem.NOT_FOUND, errors=[("body.person", "unknown")])
        return _after(actions.issue_for(By(maker_of(request)), person).pass_id)

    return _made(once(request, key, act, 201))


@router.post(
    "/passes/{pass_id}/replace", response={201: PassOut}, auth=WRITE, summary="Replace a pass"
)
def replace_pass(request: HttpRequest, pass_id: Number, key: Key = None) -> HttpResponse:
    """Make a card in the place of another, void at once; permissions stay."""

    def act() -> PassOut:
        _numbered(pass_id)
        return _after(actions.replace(By(maker_of(request)), PassId(pass_id)).pass_id)

    return _made(once(request, key, act, 201))


@router.post("/passes/{pass_id}/suspend", response=PassOut, auth=WRITE, summary="Suspend a pass")
def suspend_pass(request: HttpRequest, pass_id: Number, key: Key = None) -> HttpResponse:
    """Let a pass count for nothing while it is looked for."""
    return _changed(request, pass_id, key, actions.suspend)


@router.post(
    "/passes/{pass_id}/resume", response=PassOut, auth=WRITE, summary="Resume a suspended pass"
)
def resume_pass(request: HttpRequest, pass_id: Number, key: Key = None) -> HttpResponse:
    """Let a pass that was found again count."""
    return _changed(request, pass_id, key, actions.resume)


@router.post("/passes/{pass_id}/revoke", response=PassOut, auth=WRITE, summary="Revoke a pass")
def revoke_pass(request: HttpRequest, pass_id: Number, key: Key = None) -> HttpResponse:
    """End a pass for good."""
    return _changed(request, pass_id, key, actions.revoke)


def _changed(
    request: HttpRequest, pass_id: str, key: str | None, change: Callable[[By, PassId], None]
) -> HttpResponse:
    def act() -> PassOut:
        _numbered(pass_id)
        change(By(maker_of(request)), PassId(pass_id))
        return _after(pass_id)

    return once(request, key, act)


def _made(response: HttpResponse) -> HttpResponse:
    """Say where what was made is."""
    made = PassOut.model_validate_json(response.content)
    response.headers["Location"] = f"/api/v1/passes/{made.id}"
    return response


def _numbered(pass_id: str) -> PassFound:
    found = queries.pass_numbered(pass_id, clock.now())
    if found is None:
        raise ProblemError(Problem.NOT_FOUND)
    return found


def _after(pass_id: str) -> PassOut:
    return _out(_numbered(pass_id))


def _out(found: PassFound) -> PassOut:
    issued = found.row.issued
    return PassOut(
        id=issued.pass_id,
        person=found.person,
        kind=issued.kind,
        use=found.row.use,
        standing=found.row.standing,
        issued_at=from_ms(issued.issued_ms),
        expires_at=from_ms(issued.expires_ms),
        replaced_by=issued.replaced_by,
    )
