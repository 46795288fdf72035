"""«May this pupil leave at 15:30 on Tuesday?»: what a gate would do, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portique.core.decide import Outcome
from portique.core.values import Kind
from portique.school.rules import calendar_of, regimes_of, site_of
from portique.school.times.simulator import Asked, Rules, asked_at, simulate
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.school import queries
from portique.server.school.forms_regimes import AskForm
from portique.server.school.house import served_school

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portique.core.calendars import Calendar
    from portique.core.zones import Site

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
CLASSES = {Outcome.GRANT: "grant", Outcome.REFER: "refer", Outcome.REFUSE: "refuse"}


@office
@require_http_methods(["GET", "POST"])
def simulator(request: HttpRequest) -> HttpResponse:
    """Ask, and answer as a gate that knows today's rules would. Nothing is recorded."""
    school = served_school()
    calendar, site, regimes = calendar_of(school), site_of(school), regimes_of(school)
    form = AskForm(
        request.POST or None,
        site=site,
        regimes=regimes.values(),
        groups=queries.groups_known(calendar),
        initial=_usual(calendar, site),
    )
    shown: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        answer = simulate(Rules(calendar, regimes), _asked(form, calendar, site))
        shown |= {"answer": answer, "colour": CLASSES[answer.outcome]}
    return render(request, "school/simulator.html", shown)


def _usual(calendar: Calendar, site: Site) -> dict[str, object]:
    exits = [lane.name for lane in site.lanes if lane.direction == "exit"]
    return {"day": queries.today_of(calendar), "lane": exits[0] if exits else ""}


def _asked(form: AskForm, calendar: Calendar, site: Site) -> Asked:
    given = form.cleaned_data
    at_ms = asked_at(calendar.zone, given["day"], form.minute())
    return Asked(Kind(given["kind"]), form.rights(), site.lane(given["lane"]), at_ms)
