"""Who is expected and was not seen at a gate: worked out for whoever looks, kept by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from portique.school.rules import calendar_of
from portique.server import clock
from portique.server.accounts.access import who
from portique.server.daily import actions, queries
from portique.server.daily.expecting import next_school_day, school_is_on
from portique.server.daily.freshness import entries_at
from portique.server.daily.models import AwayKind
from portique.server.daily.views.answers import office, pupil_or_404, whole_day
from portique.server.daily.words import LEFT_OUT_WORDS, day_said
from portique.server.school.house import served_school
from portique.server.words import words

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from portique.core.plain import Words

NOTED_WORDS = {  # what one click says, for today
    AwayKind.HERE: words("Noté\u00a0: vu aujourd’hui.", "Noted: seen today."),
    AwayKind.JUSTIFIED: words(
        "Noté\u00a0: absence justifiée aujourd’hui.", "Noted: justified absence today."
    ),
}


@office
@require_GET
def unseen(request: HttpRequest) -> HttpResponse:
    """Show the list of this moment, and how far it can be believed."""
    at = clock.now()
    moment, group = queries.moment_of(at), request.GET.get("group", "")
    found, entries = queries.unseen(moment, group), entries_at(at)
    page = {
        "at": at,
        "group": group,
        "groups": queries.groups_known(moment),
        "has_timetable": moment.plan.lessons is not None,
        "rows": found.rows,
        "left_out": [
            (said, found.left_out[why])
            for why, said in LEFT_OUT_WORDS.items()
            if found.left_out[why]
        ],
        "entries": entries,
        "doubtful": not entries or any(entry.doubt for entry in entries),
        "without_code": queries.came_without_code(at),
        "written": {one.pupil_id for one in queries.messages_of(at)},
    }
    return render(request, "daily/unseen.html", page | _school_on(moment.plan.day))


def _school_on(day: date) -> dict[str, Words | bool | None]:
    """Say whether there is school on a date and, if there is none, when the next is."""
    calendar = calendar_of(served_school())
    if school_is_on(calendar, day):
        return {"school_is_on": True}
    following = next_school_day(calendar, day)
    return {"today": day_said(day), "next_day": day_said(following) if following else None}


@office
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Take a pupil off today's list: an adult saw them, or the absence is justified."""
    kind = next((kind for kind in NOTED_WORDS if kind.value in request.POST), None)
    if kind is None:
        raise Http404
    pupil = pupil_or_404(request.POST[kind.value])
    actions.note_away(who(request), pupil, kind, whole_day(clock.now()))
    messages.success(request, NOTED_WORDS[kind])  # no name: a session's row is not sealed
    group = request.POST.get("group", "")
    return redirect(reverse("daily:unseen") + (f"?{urlencode({'group': group})}" if group else ""))
