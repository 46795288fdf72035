"""Pages about the interface: what it offers, for anybody; its tokens, for the head."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.server import clock
from portique.server.accounts.access import allowed, by_proof, public, stepped_up
from portique.server.accounts.roles import Role
from portique.server.api import actions, queries
from portique.server.api.forms import TokenForm
from portique.server.api.scopes import SCOPE_WORDS, Scope
from portique.server.api.v1.document import document, operations, scopes_by_operation
from portique.server.api.v1.problems import Problem, ProblemError, refusal
from portique.server.words import words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.core.plain import Words
    from portique.server.accounts.models import User
    from portique.server.api.models import Token


@allowed(Role.HEAD)
@stepped_up
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List the programs that have a token, and make one: its text is on this answer only."""
    form, text = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _, text = actions.make_token(cast("User", request.user), form.wanted)
        form = TokenForm()
    at = clock.now()
    rows = [(token, _may(token), queries.is_in_force(token, at)) for token in queries.tokens()]
    return render(request, "api/tokens.html", {"form": form, "text": text, "rows": rows})


@allowed(Role.HEAD)
@stepped_up
@require_POST
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token."""
    actions.revoke_token(cast("User", request.user), token_id)
    messages.success(
        request,
        words(
            "C’est fait : ce programme n’a plus accès.",
            "Done: this program has no access any more.",
        ),
    )
    return redirect("api:tokens")


def _may(token: Token) -> list[Words]:
    return [SCOPE_WORDS[Scope(value)] for value in token.scopes if value in set(Scope)]


@public
@require_GET
def description(request: HttpRequest) -> JsonResponse:
    """Give the OpenAPI document of version 1; it is the same for every school."""
    _ = request
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@public
@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Say to people what programs can ask: a plain page made from the same document."""
    made = document()
    scopes = scopes_by_operation()
    calls = [
        (method.upper(), path, operation, scopes[method, path])
        for path, method, operation in operations(made)
    ]
    shown = {"calls": calls, "problems": list(Problem), "scopes": SCOPE_WORDS.items()}
    return render(request, "api/reference.html", shown)


@by_proof
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Say that no operation has this address, as every other problem is said."""
    _ = request, rest
    return refusal(ProblemError(Problem.NOT_FOUND))
