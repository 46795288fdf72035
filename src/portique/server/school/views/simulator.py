"""«May this pupil leave at 15:30 on Tuesday?»: what a gate would do, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from portique.core.decide import Outcome
from portique.core.localtime import zone_of
from portique.core.values import HolderId, Kind
from portique.school.rules import calendar_of, regimes_of, site_of
from portique.school.times.simulator import Asked, Rules, asked_at, simulate
from portique.server import clock
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.people.actions import look_up
from portique.server.people.index import search
from portique.server.people.models import AccessReason, Person
from portique.server.people.rights import rights_of_person
from portique.server.school import queries
from portique.server.school.forms_regimes import AskForm, DescribedForm
from portique.server.school.house import served_school
from portique.server.school.views.answers import by

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.core.calendars import Calendar
    from portique.core.rights import Rights
    from portique.core.zones import Site

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
COLOURS = {Outcome.GRANT: "grant", Outcome.REFER: "refer", Outcome.REFUSE: "refuse"}
FOUND_MAX = 20


@office
@require_http_methods(["GET", "POST"])
def simulator(request: HttpRequest) -> HttpResponse:
    """Ask about somebody who is described, or find somebody by name. Nothing is recorded."""
    school = served_school()
    calendar, site = calendar_of(school), site_of(school)
    name = request.POST.get("name")
    form = DescribedForm(
        request.POST if request.method == "POST" and name is None else None,
        site=site,
        regimes=regimes_of(school).values(),
        groups=queries.groups_known(calendar),
        initial=_usual(calendar, site),
    )
    shown: dict[str, object] = {"form": form, "searched": name is not None}
    if name and name.strip():
        shown["found"] = search(name, limit=FOUND_MAX)
    if form.is_bound and form.is_valid():
        shown |= _answer(form, Kind(form.cleaned_data["kind"]), form.rights())
    return render(request, "school/simulator.html", shown)


@office
@require_http_methods(["GET", "POST"])
def of_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask about one person; that somebody did is recorded, and shown to that person."""
    person = get_object_or_404(Person, pk=key)
    if not person.holder:
        raise Http404
    school = served_school()
    calendar, site = calendar_of(school), site_of(school)
    form = AskForm(request.POST or None, site=site, initial=_usual(calendar, site))
    shown: dict[str, object] = {"form": form, "person": person}
    if request.method == "POST" and form.is_valid():
        look_up(by(request), person, AccessReason.OFFICE)
        rights = rights_of_person(person)
        shown |= _answer(form, Kind(person.kind), rights, HolderId(person.holder))
    return render(request, "school/simulator.html", shown)


def _usual(calendar: Calendar, site: Site) -> dict[str, object]:
    exits = [lane.name for lane in site.lanes if lane.direction == "exit"]
    at = clock.now().astimezone(zone_of(calendar.zone))
    return {
        "day": queries.today_of(calendar),
        "at": f"{at:%H:%M}",
        "lane": exits[0] if exits else "",
    }


def _answer(
    form: AskForm, kind: Kind, rights: Rights, holder: HolderId | None = None
) -> dict[str, object]:
    """Return what a gate that knows today's rules would do."""
    school = served_school()
    calendar, lane = calendar_of(school), site_of(school).lane(form.cleaned_data["lane"])
    at_ms = asked_at(calendar.zone, form.cleaned_data["day"], form.minute())
    asked = Asked(kind, rights, lane, at_ms)
    if holder:
        asked = replace(asked, holder=holder)
    answer = simulate(Rules(calendar, regimes_of(school)), asked)
    return {"answer": answer, "colour": COLOURS[answer.outcome]}
