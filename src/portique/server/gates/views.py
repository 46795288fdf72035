"""Pages of gates: how they are, what alarms there are, how one joins and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.core.wire_enrolment import ADDRESS_CHARACTERS_MAX
from portique.server.accounts.access import allowed, stepped_up
from portique.server.clock import now
from portique.server.config.mail import LOOPBACK
from portique.server.config.reaching import told_address
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
LANE = words("Voie à servir", "Lane to serve")
JOINING = words("Ce qui rejoint l’établissement", "What joins the school")
GATE, PHONE = "gate", "phone"
WAYS = [
    (GATE, words("Un portique, avec sa caméra", "A gate, with its camera")),
    (PHONE, words("Le téléphone d’un agent", "An agent’s phone")),
]


class LaneForm(forms.Form):
    """What joins, and which lane it is for."""

    joining = forms.ChoiceField(
        label=JOINING, widget=forms.RadioSelect, choices=WAYS, initial=GATE, required=False
    )
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
        phones = form.cleaned_data["joining"] == PHONE
        return redirect("gates:phone" if phones else "gates:invitation", made.pk)
    return render(request, "gates/add.html", {"form": form})


@dataclass(frozen=True, slots=True)
class Shown:
    """An invitation's code: its text, as a gate's camera reads it or as a phone opens it."""

    address: str
    text: str

    @property
    def picture(self) -> str:
        """Draw it."""
        mode = "byte" if "#" in self.text else "alphanumeric"
        code = segno.make_qr(self.text, error="m", mode=mode)
        return str(code.svg_data_uri(scale=8, border=4))

    @property
    def only_here(self) -> bool:
        """Say whether its address means another machine wherever it is used."""
        return urlsplit(self.address).hostname in LOOPBACK

    @property
    def in_clear(self) -> bool:
        """Say whether whoever joins would refuse to call there."""
        return self.address.startswith("http:") and not self.only_here


@allowed(*KEEPERS)
@require_GET
def invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Show an invitation's code until a gate used it or its time is over."""
    row = get_object_or_404(Invitation, pk=invitation_id)
    address = request.build_absolute_uri("/").rstrip("/")
    text = queries.invitation_text(served_school(), row, address)
    return _invited(request, row, Shown(address, text), "gates/invitation.html")


@allowed(*KEEPERS)
@require_GET
def phone(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Show an invitation as a link, which an agent's phone opens in the scanner."""
    row = get_object_or_404(Invitation, pk=invitation_id)
    scanner = reverse("wallet-app:scanner")
    told = told_address(request, scanner).address
    link = queries.scanner_link(served_school(), row, told)
    return _invited(request, row, Shown(told.removesuffix(scanner), link), "gates/phone.html")


def _invited(request: HttpRequest, row: Invitation, code: Shown, template: str) -> HttpResponse:
    told = {
        "invitation": row,
        "state": queries.state_of(row, now()),
        "lane": queries.lane_title(row.lane),
        "code": code if len(code.address) <= ADDRESS_CHARACTERS_MAX else None,
        "seconds": int((row.expires_at - now()).total_seconds()),
    }
    return render(request, template, told)


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
