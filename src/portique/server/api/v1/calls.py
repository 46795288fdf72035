"""What every call goes through: token, scope, limit, strict input; repeats; what came out.

A token is the only proof: no session, cookie or password opens anything here.
"""

from __future__ import annotations

import hashlib
from functools import cache, wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import Header
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer
from pydantic_core import to_json

from portique.core.errors import PortiqueError
from portique.server import clock
from portique.server.accounts.codes import keyed_hash
from portique.server.api import actions, queries
from portique.server.api.v1 import limits
from portique.server.api.v1.problems import Problem, ProblemError, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from pydantic import BaseModel

    from portique.server.accounts.models import User
    from portique.server.api.models import Answer, Token
    from portique.server.api.scopes import Scope

View = TypeVar("View", bound="Callable[..., Any]")
BODY_BYTES_MAX = 64 * 1024
JSON = "application/json"
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=80,
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="Your own mark of this call. Sent again within a day with the same mark, it is "
        "not done twice: you get the first answer, with `Idempotency-Replayed: true`.",
    ),
]


class Bearer(HttpBearer):
    """Let in the calls of tokens that have a scope; None: any token."""

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Token:
        """Return the token that a call is made with.

        Raises:
            ProblemError: No token, not for this, too many calls, or not well-formed.
        """
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, text.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """Return the token of this text; see `__call__`."""
        at = clock.now()
        found = queries.token_of(token, at)
        if found is None:
            challenge = {"WWW-Authenticate": 'Bearer realm="Portique"'}
            raise ProblemError(Problem.UNAUTHORISED, headers=challenge)
        wait_s = limits.wait_s(found.pk, at)
        if wait_s:
            raise ProblemError(Problem.TOO_MANY, headers={"Retry-After": str(wait_s)})
        actions.note_use(found, at)
        if self.scope is not None and self.scope not in found.scopes:
            wanted = f'Bearer error="insufficient_scope", scope="{self.scope}"'
            raise ProblemError(Problem.SCOPE, headers={"WWW-Authenticate": wanted})
        _check_form(request)
        return found


def token_of(request: HttpRequest) -> Token:
    """Return the token of a call that was let in."""
    return cast("Token", request.auth)  # type: ignore[attr-defined]  # ninja puts it there


def maker_of(request: HttpRequest) -> User:
    """Return in whose name a call is made: the head who made its token."""
    return token_of(request).made_by


def _check_form(request: HttpRequest) -> None:
    known, given = query_names(_route(request), request.method or ""), request.GET
    wrong = [("query", "unknown")] if set(given) - known else []
    wrong += [(f"query.{name}", "repeated") for name in known if len(given.getlist(name)) > 1]
    if wrong:
        raise ProblemError(Problem.INVALID, errors=wrong)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdigit() or int(length) > BODY_BYTES_MAX:
        raise ProblemError(Problem.TOO_LONG)
    if length != "0" and request.content_type != JSON:
        raise ProblemError(Problem.MEDIA_TYPE)


def _route(request: HttpRequest) -> str:
    route = request.resolver_match.route if request.resolver_match else ""
    return "/" + route.replace("<", "{").replace(">", "}")


@cache
def query_names(route: str, method: str) -> frozenset[str]:
    """Return the query's names that the description gives an operation."""
    from portique.server.api.v1.document import document  # noqa: PLC0415 -- it describes this

    operation = document()["paths"].get(route, {}).get(method.lower(), {})
    names = (each for each in operation.get("parameters", ()) if each["in"] == "query")
    return frozenset(each["name"] for each in names)


# --- calls that may be sent again ---


def once(
    request: HttpRequest, key: str | None, act: Callable[[], BaseModel], status: int = 200
) -> HttpResponse:
    """Do what a call asks; under a key that was used already, answer as the first time.

    Raises:
        ProblemError: The key is another call's, or that call is not finished.
    """
    if key is None:
        return written(json_of(act()), status)
    asked = keyed_hash("asked", hashlib.sha256(_asked(request)).hexdigest())
    answer, is_new = actions.begin_answer(token_of(request), key, asked)
    if not is_new:
        return _again(answer, asked)
    try:
        body = json_of(act())
    except PortiqueError:
        actions.drop_answers([answer])  # nothing was changed: the key is free again
        raise
    actions.finish_answer(answer, status, body)
    return written(body, status)


def _asked(request: HttpRequest) -> bytes:
    return f"{request.method} {request.path}\n".encode() + request.body


def _again(answer: Answer, asked: str) -> HttpResponse:
    if answer.asked != asked:
        raise ProblemError(Problem.KEY_REUSED)
    if answer.status is None:
        raise ProblemError(Problem.KEY_BUSY)
    response = written(answer.body, answer.status)
    response.headers["Idempotency-Replayed"] = "true"
    return response


class Renderer(BaseRenderer):
    """Writes what ninja is returned by views as `json_of` does."""

    media_type = JSON

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Write an answer's body; Python's own encoder took a tenth of a call."""
        _ = request, response_status
        return to_json(data)


def json_of(made: BaseModel) -> str:
    """Write an answer's body."""
    return to_json(made).decode()


def written(body: str, status: int = 200) -> HttpResponse:
    """Return an answer whose body was written already."""
    return HttpResponse(body, JSON, status)


# --- what came out ---


def finished(view: View) -> View:
    """Put on every answer what all have: a mark of its content; and a word on wrong methods."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code == Problem.METHOD.status:
            allow = {"Allow": response.headers["Allow"]}
            return refusal(ProblemError(Problem.METHOD, headers=allow))
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        if request.method != "GET" or response.status_code != 200:
            return response
        response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        return (
            get_conditional_response(request, response.headers["ETag"], None, response) or response
        )

    return answered  # type: ignore[return-value]  # the view as it was
