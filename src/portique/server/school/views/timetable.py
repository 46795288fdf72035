"""Importing a timetable: files, what is in them, agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portique.core.errors import TimetableError
from portique.core.plain import Words
from portique.school.people.limits import FILE_BYTES_MAX
from portique.school.rules import calendar_of
from portique.school.times.imported import LEFT_OUT_WORDS
from portique.server.accounts.access import allowed
from portique.server.accounts.bodies import takes
from portique.server.accounts.roles import Role
from portique.server.school import actions, queries
from portique.server.school.actions.drafts import choices_of, draft_of, files_of
from portique.server.school.forms_timetable import PlacingForm, ReadingForm, UploadForm
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind
from portique.server.school.reading import read, uploaded, usual_dates
from portique.server.school.views.answers import by, refusals
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portique.core.calendars import Calendar
    from portique.school.times.imported import Imported
    from portique.server.school.models import TimetableDraft

NOT_TICKED = Words(
    "les professeurs\xa0: la case «\u202fGarder qui donne quel cours\u202f» n’est pas cochée",
    "teachers: the box “Keep who gives which lesson” is not ticked",
)
office = allowed(Role.HEAD, Role.SCHOOL_LIFE)


@office
@takes(FILE_BYTES_MAX)
@require_http_methods(["GET", "POST"])
def timetable(request: HttpRequest) -> HttpResponse:
    """Show what gates know of lessons, and take files."""
    calendar = calendar_of(served_school())
    first, last = usual_dates(calendar, queries.today_of(calendar))
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*posted, initial={"first": first, "last": last})
    if request.method == "POST" and form.is_valid():
        try:
            files = uploaded(form.cleaned_data["chosen"])
        except TimetableError as error:
            form.add_error("chosen", spoken(error.words))
        else:
            actions.keep_draft(by(request), files, form.choices())
            return redirect("school:timetable-preview")
    shown = {"form": form, "held": _held(calendar), "act": queries.last_act(RulesActKind.TIMETABLE)}
    return render(request, "school/timetable.html", shown)


def _held(calendar: Calendar) -> dict[str, Any] | None:
    held = calendar.timetable
    if held is None:
        return None
    return {
        "first": held.first,
        "last": held.last,
        "groups": len(held.groups),
        "lessons": len(held.lessons),
        "teachers": len(queries.teaching().lessons),
        "missing": sorted(set(queries.groups_in_use()) - set(held.groups)),
    }


@office
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """Show what files hold; place files, read again, or agree."""
    draft = draft_of(by(request))
    if draft is None:
        messages.error(
            request,
            words("Choisissez les fichiers à nouveau.", "Choose the files again."),
        )
        return redirect("school:timetable")
    if request.method == "POST":
        return _answered(request, draft)
    try:
        imported = read(files_of(draft), calendar_of(served_school()), choices_of(draft))
    except TimetableError as error:
        shown = {"refused": spoken(error.words), "form": _reading(draft)}
        return render(request, "school/timetable_preview.html", shown)
    return render(request, "school/timetable_preview.html", _shown(draft, imported))


def _answered(request: HttpRequest, draft: TimetableDraft) -> HttpResponse:
    match request.POST.get("step"):
        case "confirm":
            return _agreed(request, draft)
        case "place":
            return _placed(request, draft)
        case "read":
            form = ReadingForm(request.POST)
            if not form.is_valid():
                return render(request, "school/timetable_preview.html", {"form": form})
            kept = {"groups": choices_of(draft).get("groups", {})}
            actions.set_choices(draft, form.choices() | kept)
            return redirect("school:timetable-preview")
    actions.drop_draft(by(request))
    return redirect("school:timetable")


def _placed(request: HttpRequest, draft: TimetableDraft) -> HttpResponse:
    choices = choices_of(draft)
    form = PlacingForm(request.POST, names=_names(draft), groups=_groups())
    if form.is_valid():
        placed = choices.get("groups", {}) | form.placed()
        actions.set_choices(draft, choices | {"groups": placed})
    return redirect("school:timetable-preview")


def _agreed(request: HttpRequest, draft: TimetableDraft) -> HttpResponse:
    choices = choices_of(draft)
    with refusals(request):
        imported = read(files_of(draft), calendar_of(served_school()), choices)
        gone = actions.use_timetable(by(request), imported, whole=choices.get("whole") == "all")
        messages.success(
            request,
            words(
                "L’emploi du temps est en place, les portiques l’apprennent.",
                "The timetable is in place, gates are being told.",
            ),
        )
        if gone:
            messages.warning(
                request,
                words(
                    f"{gone} changements du jour ne valent plus\u00a0: leurs groupes n’ont plus "
                    "d’emploi du temps.",
                    f"{gone} changes no longer count: their groups have no timetable any more.",
                ),
            )
    # Refused, the draft is still there; taken, the preview leads back to the first page.
    return redirect("school:timetable-preview" if draft_of(by(request)) else "school:timetable")


def _shown(draft: TimetableDraft, imported: Imported) -> dict[str, Any]:
    names = list(imported.unplaced)
    held = imported.timetable
    return {
        "imported": imported,
        "usable": imported.complete and imported.lessons,
        "left_out": [(LEFT_OUT_WORDS[why], n) for why, n in sorted(imported.left_out.items())],
        "not_kept": [(_field(name), count) for name, count in sorted(imported.fields.items())],
        "groups": held.groups,
        "unknown": sorted(set(queries.groups_in_use()) - set(held.groups)),
        "teachers": len(imported.teaching.lessons),
        "whole": choices_of(draft).get("whole") == "all",
        "placing": PlacingForm(names=_names(draft), groups=_groups()) if names else None,
        "unplaced": names,
        "form": _reading(draft),
    }


def _field(name: str) -> Words:
    """Name what was in a file and is not kept; a teacher's column by what it takes to keep it."""
    return NOT_TICKED if name == "teacher" else Words(name, name)


def _reading(draft: TimetableDraft) -> ReadingForm:
    return ReadingForm(initial=choices_of(draft))


def _names(draft: TimetableDraft) -> list[str]:
    return [file.name for file in files_of(draft)]


def _groups() -> tuple[str, ...]:
    return queries.groups_known(calendar_of(served_school()))
