"""A person's badges: presented to a reader that types, hashed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portique.core.values import PassId
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.passes import actions
from portique.server.passes.models import Badge
from portique.server.passes.views.answers import Refusals, look_up, who, who_proved
from portique.server.people.models import Person
from portique.server.words import words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@allowed(Role.HEAD, Role.SCHOOL_LIFE)
@sensitive_post_parameters("number")
@require_http_methods(["GET", "POST"])
def badge(request: HttpRequest, key: UUID) -> HttpResponse:
    """Wait for a badge to be presented; list and remove those there are."""
    somebody = get_object_or_404(Person, pk=key, left_on=None)
    look_up(request, somebody)
    if request.method == "POST":
        _answer(request, somebody)
        return redirect("passes:badge", key)
    held = Badge.objects.filter(holder=somebody.holder or "").order_by("at")
    return render(request, "passes/badge.html", {"person": somebody, "badges": held})


def _answer(request: HttpRequest, somebody: Person) -> None:
    with Refusals(request):
        if "remove" in request.POST:
            actions.remove_badge(who(request), PassId(request.POST["remove"]))
            messages.success(request, words("Badge retiré.", "Badge removed."))
        else:
            actions.enrol_badge(who_proved(request), somebody, request.POST.get("number", ""))
            messages.success(request, words("Badge inscrit.", "Badge enrolled."))
