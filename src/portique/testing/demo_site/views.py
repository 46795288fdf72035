"""The demonstration's page: each role, what it does, and a button to enter as it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portique.core.plain import Words
from portique.server.accounts import devices, sessions
from portique.server.accounts.access import public
from portique.server.accounts.models import User
from portique.server.accounts.roles import TITLES, Role
from portique.server.clock import now
from portique.server.gates.actions import invite
from portique.server.gates.queries import scanner_link
from portique.server.passes.quotas import By
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.wallet.actions import Lasts, codes_for
from portique.server.wallet.errors import WalletRefused
from portique.server.wallet.queries import without_phone
from portique.server.words import spoken

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WHAT = {
    Role.HEAD: Words(
        "comptes, imports, portiques, tout ce qui engage l’établissement",
        "accounts, imports, gates, all that commits the school",
    ),
    Role.SCHOOL_LIFE: Words(
        "élèves, laissez-passer, pas vus au portique, changements du jour, direct",
        "pupils, passes, not seen at the gate, today’s changes, live view",
    ),
    Role.RECEPTION: Words("direct, cartes oubliées", "live view, forgotten cards"),
    Role.AGENT: Words("direct, personnes à voir", "live view, people to see"),
    Role.TECHNICIAN: Words("portiques et leur santé", "gates and their health"),
    Role.DPO: Words("ce qui est traité et consulté", "what is processed and looked at"),
    Role.AUDITOR: Words("lecture seule", "reading only"),
    Role.HOLDER: Words("un élève et ce qui est écrit sur lui", "a pupil, and what is kept of them"),
}
CODES, ENTRY = Lasts.SCREEN, "entry-1"
GATES = "PORTIQUE_DEMO_GATES"  # name=address, separated by commas: the gates' own screens


@public
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Tell each role where to go."""
    there = {user.role: user for user in User.objects.select_related("tie__person")}
    tiles = [
        (role, _name(there[role]), TITLES[role], what)
        for role, what in WHAT.items()
        if role in there
    ]
    return render(request, "demo_site/roles.html", {"tiles": tiles, "gates": _gates()})


@public
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Enter as one of the fictional colleagues, in the demonstration only."""
    user = User.objects.filter(role=request.POST.get("role", "")).first()
    if user is None or user.role not in WHAT:
        raise Http404
    login(request, user, backend=BACKEND)
    record_authentication(request, user, "demonstration")  # nobody has the code to prove it again
    response = redirect(reverse("frame:home"))
    if user.role == Role.AGENT:
        _lend_device(request, response)
    return response


@public
@require_POST
def carry(request: HttpRequest) -> HttpResponse:
    """Give this browser the code with which a pupil's or an adult's phone gets its pass."""
    one = (
        Person.objects.filter(kind=request.POST.get("kind", ""), left_on=None)
        .order_by("pk")
        .first()
    )
    if one is None:
        raise Http404
    next_one = without_phone(one.kind, one.label, now(), 1) or [one]
    try:
        (made,) = codes_for(By(_head(), stepped_up=True), next_one, CODES)
    except WalletRefused as refused:
        return _back(request, refused.refusal.words)
    return redirect(f"{reverse('wallet-app:page')}#code={made.code}")


@public
@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """Let this browser join as an agent's phone at the entry."""
    made = invite(ENTRY, _head())
    page = request.build_absolute_uri(reverse("wallet-app:scanner"))
    return redirect(scanner_link(served_school(), made, page))


def _head() -> User:
    """Return the first of the heads: whoever tries the console may have made another."""
    head = User.objects.filter(role=Role.HEAD).order_by("created_at", "pk").first()
    if head is None:
        raise Http404
    return head


def _back(request: HttpRequest, why: Words) -> HttpResponse:
    messages.error(request, spoken(why))
    return redirect("demo")


def _name(user: User) -> str:
    tie = getattr(user, "tie", None)  # a pupil's own account bears no name
    return user.name if tie is None else tie.person.shown_name


def _lend_device(request: HttpRequest, response: HttpResponse) -> None:
    """Make this browser the agents' shared device."""
    device, token = devices.pair(devices.offer("Démonstration", by=_head()))
    devices.remember(response, token)
    request.session[sessions.DEVICE] = str(device.pk)


def _gates() -> list[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in os.environ.get(GATES, "").split(",") if pair)
    return [(name, address) for name, _, address in pairs]
