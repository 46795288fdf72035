"""Pages of gates: how they are, what alarms there are, how one joins and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.core.wire_enrolment import ADDRESS_CHARACTERS_MAX
from portique.server.accounts.access import allowed, stepped_up
from portique.server.clock import now
from portique.server.config.environment import LOOPBACK
from portique.server.gates import actions, queries
from portique.server.gates.models import Alarm, Gate, Invitation
from portique.server.gates.pages import KEEPERS, SEERS
from portique.server.passes.pages import OFFICE
from portique.server.school.house import served_school
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

REMOVED = words(
    "Le portique est retiré\xa0: ses appels sont refusés.",
    "The gate is removed: its calls are refused.",
)
SEEN = words("L’alarme est classée.", "The alarm is closed.")
WITHDRAWN = words("Le code ne sert plus.", "The code works no more.")
LANE = words("Voie que le portique servira", "Lane that the gate will serve")


class LaneForm(forms.Form):
    """Which lane a new gate is for."""

    lane = forms.ChoiceField(label=LANE, widget=forms.RadioSelect)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request posts
        choices = [(lane.name, spoken(lane.title)) for lane in queries.lanes()]
        self.fields["lane"].choices = choices  # type: ignore[attr-defined]  # a field of choices


@allowed(*SEERS)
@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """Show all gates and what is wrong with any."""
    at, role = now(), getattr(request.user, "role", None)
    return render(
        request,
        "gates/gates.html",
        {
            "gates": queries.gates(at),
            "alarms": queries.alarms(at),
            "keeper": role in KEEPERS,
            "office": role in OFFICE,
        },
    )


@allowed(*KEEPERS)
@stepped_up
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Choose a lane and make an invitation for it."""
    form = LaneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.invite(form.cleaned_data["lane"], request.user)  # type: ignore[arg-type]
        return redirect("gates:invitation", made.pk)
    return render(request, "gates/add.html", {"form": form})


@allowed(*KEEPERS)
@require_GET
def invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Show an invitation's code until a gate used it or its time is over."""
    row = get_object_or_404(Invitation, pk=invitation_id)
    state = queries.state_of(row, now())
    address = request.build_absolute_uri("/").rstrip("/")
    told = {"invitation": row, "state": state, "lane": queries.lane_title(row.lane)}
    if state == "open" and len(address) <= ADDRESS_CHARACTERS_MAX:
        text = queries.invitation_text(served_school(), row, address)
        code = segno.make_qr(text, error="m", mode="alphanumeric")
        told["code"] = code.svg_data_uri(scale=8, border=4)
        told["seconds"] = int((row.expires_at - now()).total_seconds())
        told["only_here"] = request.get_host().removesuffix(f":{request.get_port()}") in LOOPBACK
        told["in_clear"] = not request.is_secure() and not told["only_here"]
    return render(request, "gates/invitation.html", told | {"address": address})


@allowed(*KEEPERS)
@require_GET
def invitation_state(request: HttpRequest, invitation_id: UUID) -> JsonResponse:
    """Say what became of an invitation, for the page that waits."""
    _ = request
    row = Invitation.objects.filter(pk=invitation_id).first()
    return JsonResponse({"state": queries.state_of(row, now()) if row else "over"})


@allowed(*KEEPERS)
@require_POST
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    actions.withdraw(get_object_or_404(Invitation, pk=invitation_id))
    messages.success(request, WITHDRAWN)
    return redirect("gates:gates")


@allowed(*KEEPERS)
@stepped_up
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, gate_id: str) -> HttpResponse:
    """Ask, then take a gate out."""
    gate = get_object_or_404(Gate, pk=gate_id, removed_at=None)
    if request.method == "POST":
        actions.remove(gate, request.user)  # type: ignore[arg-type]  # signed in
        messages.success(request, REMOVED)
        return redirect("gates:gates")
    return render(request, "gates/remove.html", {"gate": gate})


@allowed(*KEEPERS)
@require_POST
def see_alarm(request: HttpRequest) -> HttpResponse:
    """Close an alarm: somebody saw to it."""
    try:
        place = {name: int(request.POST.get(name, "")) for name in ("epoch", "number")}
    except ValueError as error:
        raise Http404 from error
    names = {name: request.POST.get(name, "") for name in ("gate", "kind")}
    found = Alarm.objects.filter(**names, **place, seen_at=None).first()
    if found is not None:
        actions.see_alarm(found)
    messages.success(request, SEEN)
    return redirect("gates:gates")
