"""The school's year: official dates or a file, terms, days without school; what is doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portique.core.calendars import Days
from portique.core.errors import TimetableError
from portique.school.doubts import doubts
from portique.school.rights_table import rights_of
from portique.school.rules import calendar_of, site_of
from portique.school.times.public_holidays import public_holidays
from portique.school.times.school_calendar import (
    FILE_BYTES_MAX,
    for_school,
    official,
    read_holidays_ics,
    read_holidays_table,
    year_of,
)
from portique.server.accounts.access import allowed
from portique.server.accounts.bodies import takes
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.school import actions, queries
from portique.server.school.forms_calendar import DaysForm, OfficialForm, YearFileForm
from portique.server.school.house import served_school
from portique.server.school.models import RulesActKind
from portique.server.school.reading import CALENDAR_START
from portique.server.school.views.answers import by, refusals
from portique.server.school.views.openings import opening_rows
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from portique.core.calendars import SchoolDays

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
SAVED = words("C’est enregistré, les portiques l’apprennent.", "Saved, gates are being told.")


@office
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the year, the openings, and what fits together badly."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    school = served_school()
    held = calendar_of(school)
    context = {
        "terms": [
            (one, queries.mark_of(["term", one.to_data()])) for one in held.school_days.terms
        ],
        "holidays": [(one, queries.mark_of(one.to_data())) for one in held.school_days.holidays],
        "days_off": _days_off(held.school_days),
        "openings": opening_rows(held, site_of(school)),
        "doubts": doubts(school, rights_of(school).values(), now()),
        "official": OfficialForm(auto_id="official_%s"),
        "file": YearFileForm(auto_id="file_%s"),
        "days": DaysForm(auto_id="days_%s"),
        "act": queries.last_act(RulesActKind.YEAR, RulesActKind.OPENINGS),
    }
    return render(request, "school/calendar.html", context | forms, status=status)


def _days_off(held: SchoolDays) -> list[tuple[date, str, str]]:
    """Return each day off, its name when it is a public holiday, and its mark."""
    names: dict[date, str] = {}
    for year in {day.year for day in held.days_off}:
        names |= public_holidays(year, alsace_moselle=True)
    marks = ((day, queries.mark_of(day.isoformat())) for day in sorted(held.days_off))
    return [(day, names.get(day, ""), mark) for day, mark in marks]


@office
@require_POST
def official_year(request: HttpRequest) -> HttpResponse:
    """Put the official year of a zone in place of what was there."""
    form = OfficialForm(request.POST, auto_id="official_%s")
    if not form.is_valid():
        return _page(request, official=form)
    with refusals(request):
        actions.set_school_days(by(request), official(form.wanted()))
        messages.success(request, SAVED)
    return redirect("school:calendar")


@office
@takes(FILE_BYTES_MAX)
@require_POST
def year_file(request: HttpRequest) -> HttpResponse:
    """Put a file's year in place of what was there."""
    form = YearFileForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid():
        try:
            days = _read_year(form.cleaned_data)
        except TimetableError as error:
            form.add_error("file", spoken(error.words).capitalize())
        else:
            actions.set_school_days(by(request), days)
            messages.success(request, SAVED)
            return redirect("school:calendar")
    return _page(request, file=form)


def _read_year(given: dict[str, Any]) -> SchoolDays:
    raw, zone = given["file"].read(), calendar_of(served_school()).zone
    ics = CALENDAR_START in raw[:4096].upper()
    found = read_holidays_ics(raw, zone) if ics else read_holidays_table(raw, zone)
    first, last = given["first"], given["last"]
    term = Days(f"{first.year}-{last.year}", first, last)
    holidays = for_school(found, zone=given["place"], term=term)
    return year_of(term, holidays, alsace_moselle=given["alsace_moselle"])


@office
@require_POST
def add_days(request: HttpRequest) -> HttpResponse:
    """Add a term or days without school."""
    form = DaysForm(request.POST, auto_id="days_%s")
    if not form.is_valid():
        return _page(request, days=form)
    actions.add_days(by(request), form.days(), term=form.cleaned_data["kind"] == "term")
    messages.success(request, SAVED)
    return redirect("school:calendar")


@office
@require_POST
def remove_days(request: HttpRequest) -> HttpResponse:
    """Take a term, a holiday or a day off out."""
    with refusals(request):
        actions.remove_days(by(request), request.POST.get("mark", ""))
        messages.success(request, SAVED)
    return redirect("school:calendar")
