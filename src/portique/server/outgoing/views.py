"""Where events go: added, tried, switched off and removed by the head or the technician."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portique.server.accounts.access import allowed, stepped_up, who
from portique.server.accounts.roles import Role
from portique.server.outgoing import actions, queries
from portique.server.outgoing.errors import CAUSE_WORDS, SendError
from portique.server.outgoing.forms import DestinationForm
from portique.server.outgoing.models import Destination
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

KEEPERS = (Role.HEAD, Role.TECHNICIAN)
FULL = words("Dix programmes au plus\u00a0: retirez-en un.", "Ten programs at most: remove one.")
ARRIVED = words("L’essai est bien arrivé.", "The test has arrived.")
NOT_ARRIVED = words("L’essai n’est pas arrivé\u00a0: {}.", "The test has not arrived: {}.")


@allowed(*KEEPERS)
@stepped_up
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def destinations(request: HttpRequest) -> HttpResponse:
    """List where events go, and add a destination: its secret is on this answer only."""
    form, secret = DestinationForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        if Destination.objects.count() >= actions.DESTINATIONS_MAX:
            form.add_error(None, FULL)
        else:
            _, secret = actions.add(form.wanted, by=who(request))
            if not secret:
                return redirect("outgoing:destinations")
            form = DestinationForm()
    return _page(request, form, secret)


def _page(request: HttpRequest, form: DestinationForm, secret: str) -> HttpResponse:
    shown = {"form": form, "secret": secret, "rows": queries.destinations()}
    return render(request, "outgoing/destinations.html", shown)


@allowed(*KEEPERS)
@stepped_up
@require_POST
def try_out(request: HttpRequest, destination_id: UUID) -> HttpResponse:
    """Send a test at once, and say what came of it."""
    try:
        actions.try_out(get_object_or_404(Destination, pk=destination_id))
    except SendError as error:
        messages.error(request, str(NOT_ARRIVED).format(spoken(CAUSE_WORDS[error.cause])))
    else:
        messages.success(request, ARRIVED)
    return redirect("outgoing:destinations")


@allowed(*KEEPERS)
@stepped_up
@require_POST
def renew(request: HttpRequest, destination_id: UUID) -> HttpResponse:
    """Make another secret; the one before signs nothing any more."""
    destination = get_object_or_404(Destination, pk=destination_id)
    if not destination.is_webhook:
        raise Http404
    secret = actions.renew_secret(destination, by=who(request))
    return _page(request, DestinationForm(), secret)


@allowed(*KEEPERS)
@stepped_up
@require_POST
def switch(request: HttpRequest, destination_id: UUID) -> HttpResponse:
    """Send there again, or no more for now."""
    destination = get_object_or_404(Destination, pk=destination_id)
    actions.switch(destination, on=request.POST.get("on") == "yes", by=who(request))
    return redirect("outgoing:destinations")


@allowed(*KEEPERS)
@stepped_up
@require_POST
def remove(request: HttpRequest, destination_id: UUID) -> HttpResponse:
    """Forget a destination."""
    actions.remove(get_object_or_404(Destination, pk=destination_id), by=who(request))
    messages.success(request, words("Le programme est retiré.", "The program is removed."))
    return redirect("outgoing:destinations")
