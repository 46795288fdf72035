"""The interface as a whole: its parts, and which problem each error is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from portique.core.errors import RegisterError, TimetableError
from portique.server.api.v1 import gates, passes, people, rules
from portique.server.api.v1.calls import Renderer
from portique.server.api.v1.problems import Problem, ProblemError, refusal, unexpected
from portique.server.passes.quotas import QuotaExceededError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

PREFIX = "api/v1/"
ROUTERS = (people.router, passes.router, gates.router, rules.router)


def _interface() -> NinjaAPI:
    api = NinjaAPI(
        title="Portique",
        version="1",
        urls_namespace="api-v1",
        docs_url=None,
        openapi_url=None,
        renderer=Renderer(),
    )
    for router in ROUTERS:
        api.add_router("", router)
    for error, answer in ANSWERS.items():
        api.add_exception_handler(error, answer)
    return api


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    _ = request
    faults = [(_where(fault["loc"]), fault["type"]) for fault in error.errors]
    return refusal(ProblemError(Problem.INVALID, errors=faults))


def _where(place: Sequence[Any]) -> str:
    """Name a place by the description's own words: what a program made up is not repeated."""
    source, *names = map(str, place)
    return ".".join([source, *(name for name in names if name in NAMES or name.isdigit())])


def _malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    _ = request, error
    return refusal(ProblemError(Problem.MALFORMED))


def _timetable(request: HttpRequest, error: TimetableError) -> HttpResponse:
    _ = request
    return refusal(ProblemError(Problem.STATE, error.words))


def _told(problem: Problem) -> Any:
    return lambda request, error: refusal(ProblemError(problem))  # noqa: ARG005 -- ninja's form


ANSWERS: Mapping[type[Exception], Any] = {
    ProblemError: lambda _, error: refusal(error),
    ValidationError: _invalid,
    HttpError: _malformed,
    QuotaExceededError: _told(Problem.QUOTA),
    RegisterError: _told(Problem.STATE),
    TimetableError: _timetable,
    Exception: unexpected,
}
NAMES = frozenset(
    {
        *("person", "person_id", "pass_id", "change_id", "label", "kind", "standing", "cursor"),
        *("limit", "act", "day", "begins", "ends", "teacher", "by", "groups", "Idempotency-Key"),
    }
)
interface = _interface()
