"""The exit regimes, edited and saved whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portique.core.exits import write_regimes
from portique.school.rules import regimes_of
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.school import actions, queries
from portique.server.school.forms_regimes import regimes_formset
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind
from portique.server.school.views.answers import by, refusals
from portique.server.words import words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)


@office
@require_http_methods(["GET", "POST"])
def regimes(request: HttpRequest) -> HttpResponse:
    """Show the regimes with how many have each, and save them whole."""
    held, in_use = regimes_of(served_school()), queries.regimes_in_use()
    formset = regimes_formset(request.POST or None, held.values(), in_use)
    if request.method == "POST" and formset.is_valid():
        with refusals(request):
            actions.set_regimes(by(request), formset.regimes(), seen=request.POST.get("seen", ""))
            messages.success(
                request,
                words(
                    "Les régimes sont enregistrés, les portiques l’apprennent.",
                    "The regimes are saved, gates are being told.",
                ),
            )
        return redirect("school:regimes")
    rows = [(form, in_use.get(form.initial.get("code", ""), 0)) for form in formset.forms]
    shown = {
        "formset": formset,
        "rows": rows,
        "seen": queries.mark_of(write_regimes(held.values())),
        "unknown": {code: count for code, count in in_use.items() if code and code not in held},
        "act": queries.last_act(RulesActKind.REGIMES),
    }
    return render(request, "school/regimes.html", shown)
