"""The turn of the school year: asked twice, by the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portique.server.accounts.access import allowed, stepped_up
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.passes import actions, years
from portique.server.passes.forms import YearForm
from portique.server.passes.views.answers import Refusals, who
from portique.server.words import words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@allowed(Role.HEAD)
@stepped_up
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest) -> HttpResponse:
    """Ask which year, then ask again with the year typed by hand, then begin it."""
    next_year = years.next_year(now())
    form = YearForm(request.POST or None, initial={"year": next_year, "old": "keep"})
    context: dict[str, object] = {"form": form, "rolled": years.rolled_year()}
    if not form.is_valid():
        return render(request, "passes/year.html", context)
    chosen, old = form.cleaned_data["year"], form.cleaned_data["old"]
    if chosen not in {next_year, next_year + 1}:
        form.add_error(
            "year", words("Cette année ne peut pas commencer.", "That year can't begin.")
        )
        return render(request, "passes/year.html", context)
    if request.POST.get("typed") != str(chosen):
        context |= {"chosen": chosen, "old": old, "mistyped": "typed" in request.POST}
        return render(request, "passes/year_again.html", context)
    with Refusals(request):
        renewed = actions.roll(who(request), chosen, revoke=old == "revoke")
        messages.success(
            request,
            words(
                f"L’année {chosen} est commencée\u00a0: {renewed} personnes. Délivrez les cartes.",
                f"The year {chosen} has begun: {renewed} people. Issue the cards.",
            ),
        )
    return redirect("passes:classes")
