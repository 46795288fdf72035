"""Who is not expected: internships, outings, justified absences, for a person or a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portique.core.values import Kind
from portique.server import clock
from portique.server.accounts.access import who
from portique.server.daily import actions, queries
from portique.server.daily.forms import AwayForm, AwayGroupForm
from portique.server.daily.views.answers import local_date, office
from portique.server.daily.words import away_words
from portique.server.people.index import search
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.words import words

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.core.plain import Words
    from portique.server.daily.models import Away

FOUND_MAX = 20
NOTED = words("C’est noté.", "Noted.")


@office
@sensitive_post_parameters("letters")
@require_http_methods(["GET", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    """List who is not expected; note a group; look for a pupil. Letters are posted, not linked."""
    at, letters = clock.now(), request.POST.get("letters")
    form = AwayGroupForm(
        request.POST if request.method == "POST" and letters is None else None,
        groups=queries.groups_known(queries.moment_of(at)),
        initial=_initial(),
    )
    if form.is_bound and form.is_valid():
        actions.note_away(who(request), form.cleaned_data["group"], form.chosen, form.span)
        messages.success(request, NOTED)
        return redirect("daily:away")
    page = {
        "form": form,
        "letters": letters or "",
        "searched": bool(letters and letters.strip()),
        "found": search(letters, kinds={Kind.PUPIL}, limit=FOUND_MAX) if letters else (),
        "rows": [_shown(row) for row in queries.away_from(at)],
    }
    return render(request, "daily/away.html", page)


def _shown(row: Away) -> tuple[Away, Words, Words]:
    """Return a row with why, and from when until when."""
    return row, *away_words(row, served_school().settings.zone)


@office
@require_http_methods(["GET", "POST"])
def of_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note that one pupil is not expected."""
    pupil = get_object_or_404(Person, pk=key, kind=Kind.PUPIL)
    form = AwayForm(request.POST or None, initial=_initial())
    if form.is_bound and form.is_valid():
        actions.note_away(who(request), pupil, form.chosen, form.span)
        messages.success(request, NOTED)
        return redirect("daily:away")
    return render(request, "daily/away_person.html", {"form": form, "pupil": pupil})


@office
@require_POST
def withdraw(request: HttpRequest, away_id: UUID) -> HttpResponse:
    """Expect somebody again."""
    if actions.withdraw(away_id):
        messages.success(request, words("C’est retiré.", "Taken off."))
    else:
        messages.error(request, words("Cela n’y était plus.", "It was no longer there."))
    return redirect("daily:away")


def _initial() -> dict[str, Any]:
    today = local_date(clock.now())
    return {"first": today, "last": today}
