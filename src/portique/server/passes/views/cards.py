"""One person's passes, and a card that was found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.core.values import PassId
from portique.school.finding import Standing
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.passes import actions, queries
from portique.server.passes.models import ACT_WORDS, ActKind, Use
from portique.server.passes.phones import phones_on
from portique.server.passes.printing import print_passes
from portique.server.passes.views.answers import Refusals, look_up, pdf, who, who_proved
from portique.server.passes.views.groups import sheet_from
from portique.server.passes.words import LAYOUTS, USES, standing_words
from portique.server.people.models import Person
from portique.server.words import words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
DIGITS = re.compile(r"[0-9a-f]{8,16}")
CHANGES = {
    "replace": actions.replace,
    "suspend": actions.suspend,
    "resume": actions.resume,
    "revoke": actions.revoke,
}
DONE = {
    "replace": words(
        "Carte remplacée\u00a0: l’ancienne ne vaut plus. Imprimez la nouvelle.",
        "Card replaced: the old one no longer counts. Print the new one.",
    ),
    "suspend": words("Carte suspendue.", "Card suspended."),
    "resume": words("La carte compte de nouveau.", "The card counts again."),
    "revoke": words("Carte annulée pour toujours.", "Card revoked for good."),
}


@office
@require_GET
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one person's passes and what can be done with each."""
    at, somebody = now(), get_object_or_404(Person, pk=key)
    look_up(request, somebody)
    rows = queries.passes_of(somebody, at)
    head = who(request).account.role == Role.HEAD
    acts = queries.acts_for(somebody) if head else []
    context = {
        "person": somebody,
        "rows": [(row, USES[row.use], standing_words(row)) for row in rows],
        "acts": [(act, ACT_WORDS[ActKind(act.kind)]) for act in acts],
        "permissions": len(queries.permissions_now(somebody, at)),
        "layouts": LAYOUTS.items(),
        "phones": phones_on(),
        "valid": bool(queries.cards_of(somebody.holder, at)),
    }
    return render(request, "passes/person.html", context)


@office
@require_POST
def issue(request: HttpRequest, key: UUID) -> HttpResponse:
    """Issue one card."""
    somebody = get_object_or_404(Person, pk=key, left_on=None)
    with Refusals(request):
        actions.issue_for(who_proved(request), somebody)
        messages.success(
            request, words("Carte délivrée\u00a0: imprimez-la.", "Card issued: print it.")
        )
    return redirect("passes:person", key)


@office
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Replace, suspend, find again or revoke one pass."""
    asked, pass_id = request.POST.get("change", ""), _pass_id(request)
    if asked not in CHANGES:
        raise Http404
    with Refusals(request):
        CHANGES[asked](who_proved(request), pass_id)
        messages.success(request, DONE[asked])
    return _to_person(pass_id)


@office
@require_POST
def print_card(request: HttpRequest) -> HttpResponse:
    """Print one pass that counts."""
    pass_id, at = _pass_id(request), now()
    found = queries.find_card(pass_id, at)
    if found is None or found[0].use != Use.CARD or found[0].standing is not Standing.VALID:
        raise Http404
    with Refusals(request):
        return pdf(
            print_passes(who(request), [found[0].issued], sheet_from(request.POST)), pass_id[:8]
        )
    return _to_person(pass_id)


@office
@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Say whose a found card is, by the digits that stand on it."""
    typed = "".join(request.POST.get("digits", "").lower().split())
    context: dict[str, object] = {"asked": request.method == "POST"}
    match = queries.find_card(typed, now()) if DIGITS.fullmatch(typed) else None
    if match is not None:
        row, somebody = match
        if somebody is not None:
            look_up(request, somebody)
        said = {"use": USES[row.use], "standing": standing_words(row)}
        context |= {"row": row, "person": somebody, **said}
    return render(request, "passes/found.html", context)


def _pass_id(request: HttpRequest) -> PassId:
    return PassId(request.POST.get("pass", ""))


def _to_person(pass_id: PassId) -> HttpResponse:
    match = queries.find_card(pass_id, now()) if DIGITS.fullmatch(pass_id) else None
    if match is None or match[1] is None:
        return redirect("passes:classes")
    return redirect("passes:person", match[1].pk)
