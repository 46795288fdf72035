"""How many showings an agent checks at random, seen by the office and decided by the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portique.core.localtime import local_day
from portique.core.values import to_ms
from portique.school.checks import shares_of
from portique.school.rules import site_of
from portique.server.accounts.access import allowed, stepped_up
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.school import actions, queries
from portique.server.school.forms_checks import SharesForm
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind
from portique.server.school.views.answers import by
from portique.server.words import words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DECIDED = words(
    "C’est décidé. Portiques et téléphones le suivront à partir de demain.",
    "It is decided. Gates and phones will follow from tomorrow on.",
)


@allowed(Role.HEAD, Role.SCHOOL_LIFE)
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """Show each lane's share."""
    return _shown(request, _form(request))


@allowed(Role.HEAD)
@stepped_up
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Take down what the head decides."""
    form = _form(request)
    if not form.is_valid():
        return _shown(request, form)
    actions.decide_checks(by(request), form.chosen())
    messages.success(request, DECIDED)
    return redirect("school:checks")


def _form(request: HttpRequest) -> SharesForm:
    school = served_school()
    today = local_day(to_ms(now()), school.settings.time_zone)
    posted = request.POST if request.method == "POST" else None
    return SharesForm(posted, site_of(school).lanes, shares_of(school), today)


def _shown(request: HttpRequest, form: SharesForm) -> HttpResponse:
    shown = {
        "form": form,
        "head": by(request).role == Role.HEAD,
        "act": queries.last_act(RulesActKind.CHECKS),
    }
    return render(request, "school/checks.html", shown)
