"""Openings: the list, one to add or change, patterns for the usual ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portique.core.calendars import On
from portique.core.plain import Words
from portique.core.values import Kind
from portique.school.rules import calendar_of, site_of
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.school import actions, queries
from portique.server.school.forms_calendar import OpeningForm, typed
from portique.server.school.house import served_school
from portique.server.school.views.answers import by, refusals
from portique.server.school.words import audience_words, when_words, zone_words
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from portique.core.calendars import Calendar, Opening
    from portique.core.zones import Site

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
FULL_WEEK = ["1", "2", "3", "4", "5", "6"]
PATTERNS: Mapping[str, tuple[Words, dict[str, Any]]] = {
    "ordinary": (
        Words("horaires ordinaires", "ordinary hours"),
        {"audience": "everybody", "opens": "07:00", "closes": "19:00", "weekdays": FULL_WEEK},
    ),
    "boarders": (
        Words("retour des internes", "boarders’ return"),
        {
            "audience": "some", "kinds": [Kind.STAFF.value], "opens": "18:00", "closes": "22:00",
            "weekdays": ["7"], "on": On.EVES.value,
        },
    ),
    "parents": (
        Words("réunion de parents", "parents’ evening"),
        {
            "audience": "some", "kinds": [Kind.GUARDIAN.value, Kind.STAFF.value],
            "opens": "17:30", "closes": "20:30",
        },
    ),
    "exam": (
        Words("examen", "exam"),
        {
            "audience": "some", "kinds": [Kind.CANDIDATE.value, Kind.STAFF.value],
            "opens": "07:30", "closes": "18:30",
        },
    ),
    "open-day": (
        Words("portes ouvertes", "open day"),
        {"audience": "everybody", "opens": "09:00", "closes": "13:00"},
    ),
}  # fmt: skip


def opening_rows(
    held: Calendar, site: Site
) -> list[tuple[Opening, Words, Words, list[Words], str]]:
    """Return each opening with where, whom and when in words, and its mark."""
    return [
        (
            one,
            zone_words(site, one.zone),
            audience_words(one.audience),
            when_words(one),
            queries.mark_of(one.to_data()),
        )
        for one in held.openings
    ]


@office
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest) -> HttpResponse:
    """Add an opening, from a pattern or from nothing, or change one."""
    school = served_school()
    held, site = calendar_of(school), site_of(school)
    mark = request.GET.get("change", "")
    changed = next((one for one in held.openings if queries.mark_of(one.to_data()) == mark), None)
    form = OpeningForm(
        request.POST or None,
        site=site,
        groups=queries.groups_known(held),
        initial=typed(changed) if changed else _pattern(request.GET.get("pattern", "")),
    )
    if request.method == "POST" and form.is_valid():
        return _saved(request, form.opening(), mark)
    patterns = [(code, title) for code, (title, _) in PATTERNS.items()]
    shown = {"form": form, "changed": changed, "patterns": patterns}
    return render(request, "school/opening.html", shown)


def _saved(request: HttpRequest, given: Opening, mark: str) -> HttpResponse:
    with refusals(request):
        if mark:
            actions.replace_opening(by(request), mark, given)
        else:
            actions.add_opening(by(request), given)
        messages.success(request, words("L’ouverture est enregistrée.", "The opening is saved."))
    return redirect("school:calendar")


@office
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take an opening out."""
    with refusals(request):
        actions.remove_opening(by(request), request.POST.get("mark", ""))
        messages.success(request, words("L’ouverture est retirée.", "The opening is removed."))
    return redirect("school:calendar")


def _pattern(code: str) -> dict[str, Any]:
    if code not in PATTERNS:
        return {"audience": "some"}
    title, initial = PATTERNS[code]
    return {"title": spoken(title), **initial}
