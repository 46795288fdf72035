"""Late slips: for those who came in late today, or for anybody who is picked. Nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portique.core.values import Kind
from portique.paper import LateSlip, PaperError, render_late_slips
from portique.server import clock
from portique.server.accounts.access import who
from portique.server.accounts.roles import Role
from portique.server.daily import queries
from portique.server.daily.pages import OFFICE
from portique.server.daily.views.answers import NOT_PRINTED, pdf, pupil_or_404, with_slips
from portique.server.passes.queries import find_people, labels
from portique.server.school.house import served_school
from portique.server.words import language, words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.server.people.models import Person

SLIPS_MAX = 200
NOBODY = words("Choisissez au moins un élève.", "Choose at least one pupil.")
TOO_MANY = words("Pas plus de 200 billets à la fois.", "No more than 200 slips at once.")


@with_slips
@sensitive_post_parameters("letters")
@require_http_methods(["GET", "POST"])
def late(request: HttpRequest) -> HttpResponse:
    """List who came late, to the office alone: reception picks by letters and sees no entry."""
    moment, group = queries.moment_of(clock.now()), request.GET.get("group", "")
    letters, label = request.POST.get("letters", ""), request.POST.get("label", "")
    sees = _sees_entries(request)
    page = {
        "asked": request.method == "POST",
        "letters": letters,
        "label": label,
        "labels": labels(),
        "found": find_people(letters, label, {Kind.PUPIL}),
        "sees_entries": sees,
        "group": group,
        "groups": queries.groups_known(moment) if sees else (),
        "rows": queries.late(moment, group) if sees else (),
    }
    return render(request, "daily/late.html", page)


@with_slips
@require_POST
def print_slips(request: HttpRequest) -> HttpResponse:
    """Print a slip for each pupil chosen: with the hour they came in, else that of now."""
    chosen = dict.fromkeys(request.POST.getlist("pupil"))
    if not chosen or len(chosen) > SLIPS_MAX:
        messages.error(request, TOO_MANY if chosen else NOBODY)
        return redirect("daily:late")
    at, came = clock.now(), _came(request)
    slips = [_slip(pupil, came.get(pupil.pk, at)) for pupil in map(pupil_or_404, chosen)]
    try:
        return pdf(render_late_slips(slips, language(), at), "billets-de-retard")
    except PaperError:
        messages.error(request, NOT_PRINTED)
        return redirect("daily:late")


def _came(request: HttpRequest) -> Mapping[UUID, datetime]:
    """Return when those on the list came in; to reception nobody did."""
    if not _sees_entries(request):
        return {}
    rows = queries.late(queries.moment_of(clock.now()))
    return {row.pupil.person: row.came for row in rows}


def _slip(pupil: Person, came: datetime) -> LateSlip:
    settings = served_school().settings
    return LateSlip(settings.name, pupil.shown_name, pupil.label, came.astimezone(settings.zone))


def _sees_entries(request: HttpRequest) -> bool:
    return Role(who(request).role) in OFFICE
