"""The description of the interface: what ninja draws from the code, made complete.

Ninja knows operations, parameters and what comes out. Here come what every operation shares:
problems with their media type, the headers of answers, and which scope each asks for.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from portique.core.plain import Words
from portique.server.api.scopes import SCOPE_WORDS
from portique.server.api.v1.calls import Bearer
from portique.server.api.v1.interface import PREFIX, interface
from portique.server.api.v1.problems import CONTENT_TYPE, Problem
from portique.server.api.v1.schemas import ProblemOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portique.server.api.scopes import Scope

DESCRIPTION = """\
What a school's other programs may ask of Portique, each with a token that the head of school made
for it. No answer tells anybody's passages, and none has guardians' contacts.

- `Authorization: Bearer` with the token; cookies and sessions open nothing.
- Every error is `application/problem+json` (RFC 9457), in French, or in English by
  `Accept-Language: en`.
- 600 calls a minute for a token; then 429 with `Retry-After`.
- What is not described is refused: unknown parameters and fields too.
- A `POST` with an `Idempotency-Key` may be sent again for a day: it is done once.
- Lists in pages give `next`; send it as `cursor` for the page after.
- `GET` answers have an `ETag`; send it as `If-None-Match`, and 304 says that nothing changed.
"""
TEXT = {"type": "string"}
HEADERS = {
    401: {"WWW-Authenticate": {"schema": TEXT}},
    403: {"WWW-Authenticate": {"schema": TEXT}},
    405: {"Allow": {"schema": TEXT}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}
ETAG = {"ETag": {"description": "Changes with the content.", "schema": TEXT}}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true`: this is the first call’s answer.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
ALWAYS = (Problem.UNAUTHORISED, Problem.SCOPE, Problem.INVALID, Problem.TOO_MANY, Problem.SERVER)
WITH_BODY = (Problem.MALFORMED, Problem.TOO_LONG, Problem.MEDIA_TYPE)
CHANGES = (Problem.STATE, Problem.QUOTA, Problem.KEY_BUSY, Problem.KEY_REUSED)
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": ['"5f2c0a"']},
    "description": "The `ETag` of what you have.",
}


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    made: dict[str, Any] = interface.get_openapi_schema(path_prefix=PREFIX)
    made["info"] |= {"description": DESCRIPTION, "license": LICENSE}
    made["components"]["securitySchemes"] = {"token": TOKEN}
    made["components"]["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
    made["components"]["schemas"]["ProblemOut"].pop("$defs", None)
    made["components"]["schemas"]["ProblemOut"]["properties"]["errors"] = FAULTS
    made["tags"] = [{"name": name, "description": words.en} for name, words in TAGS.items()]
    scopes = scopes_by_operation()
    for path, method, operation in operations(made):
        _complete(operation, method, path)
        operation["security"] = [{"token": [each for each in [scopes[method, path]] if each]}]
    return made


LICENSE = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "portique_<32 hex digits>_<64 hex digits>",
    "description": "Made by the head of school on the page “Programs”, with the scopes:\n\n"
    + "\n".join(f"- `{scope}`: {words.en}" for scope, words in SCOPE_WORDS.items()),
}
FAULTS = {
    "title": "Errors",
    "description": "Which values don't fit; present only with 404 and 422.",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["where", "code"],
        "properties": {
            "where": {"type": "string", "examples": ["body.day"]},
            "code": {"type": "string", "examples": ["missing"]},
        },
    },
}
TAGS = {
    "people": Words("Personnes", "People, without contacts"),
    "passes": Words("Laissez-passer", "Passes and what is done to them"),
    "gates": Words("Portiques et comptages", "Gates and counts"),
    "rules": Words("Ouvertures et changements du jour", "Openings and today’s changes"),
}


def operations(made: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Go through path, method and operation of a document."""
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def scopes_by_operation() -> dict[tuple[str, str], Scope | None]:
    """Return which scope each operation asks for, by method and path; None: any token."""
    found: dict[tuple[str, str], Scope | None] = {}
    for _, router in interface._routers:  # noqa: SLF001 -- ninja has no other list of them
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    guard = next(g for g in _guards(operation, router) if isinstance(g, Bearer))
                    found[method.lower(), f"/{PREFIX}{path.lstrip('/')}"] = guard.scope
    return found


def _guards(operation: Any, router: Any) -> list[Any]:
    return [operation.auth_param, router.auth]


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    """Add to an operation what all of its kind have."""
    answers, problems = operation["responses"], [*ALWAYS]
    if "{" in path or method == "post":
        problems.append(Problem.NOT_FOUND)
    if method == "post":
        problems += [*WITH_BODY, *CHANGES]
    if method == "delete":
        problems += [Problem.STATE, Problem.TOO_LONG, Problem.MEDIA_TYPE]
    if method == "get":
        problems += [Problem.TOO_LONG, Problem.MEDIA_TYPE]
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        answers["304"] = {"description": "Nothing changed since that `ETag`.", "headers": ETAG}
        answers[200]["headers"] = ETAG
    if method == "post":
        _made(answers)
    for status in sorted({problem.status for problem in problems}):
        answers[str(status)] = _problem([each for each in problems if each.status == status])
    operation["responses"] = {str(status): answer for status, answer in answers.items()}


def _made(answers: dict[Any, Any]) -> None:
    for status in (200, 201):
        if status in answers:
            answers[status]["headers"] = REPLAYED


def _problem(problems: Iterable[Problem]) -> dict[str, Any]:
    known = list(problems)
    examples = {
        each.code: {
            "summary": each.title.en,
            "value": {
                "type": f"/api/#{each.code}",
                "title": each.title.en,
                "status": each.status,
                "detail": each.detail.en,
            },
        }
        for each in known
    }
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    said = {
        "description": " / ".join(each.title.en for each in known),
        "content": {CONTENT_TYPE: {"schema": schema, "examples": examples}},
    }
    headers = HEADERS.get(known[0].status)
    return said | ({"headers": headers} if headers else {})
