"""The forgotten card: letters and class, a name, an answer. Nothing is kept of who it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portique.core.sentences import ForgottenReason
from portique.core.values import from_ms
from portique.school.printing import printable
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.passes import actions, queries
from portique.server.passes.printing import Sheet, code_on_screen, print_passes
from portique.server.passes.views.answers import Refusals, pdf, uuid_or_404, who
from portique.server.passes.words import FORGOTTEN
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.words import language

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.school.register import Issued

at_the_gate = allowed(Role.AGENT, Role.RECEPTION, Role.SCHOOL_LIFE)


@at_the_gate
@sensitive_post_parameters("letters")
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for letters and class; show up to eight names. What is typed stays out of addresses."""
    letters, label = request.POST.get("letters", ""), request.POST.get("label", "")
    people = queries.find_people(letters, label)
    context = {
        "asked": request.method == "POST",
        "letters": letters,
        "label": label,
        "people": people,
    }
    return render(request, "passes/forgotten.html", _form() | context)


def _form() -> dict[str, Any]:
    """Return what the page asks with."""
    return {
        "reasons": FORGOTTEN.items(),
        "usual": ForgottenReason.AT_HOME,
        "labels": queries.labels(),
    }


@at_the_gate
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Make a slip for today, or send to school life."""
    somebody = get_object_or_404(Person, pk=_key(request), left_on=None)
    reason = _reason(request)
    if "refer" in request.POST:
        actions.refer_today(who(request), somebody, reason)
        # Shown at once: a message kept for the next page names nobody.
        return render(request, "passes/forgotten.html", _form() | {"referred": somebody.shown_name})
    with Refusals(request):
        made = actions.admit_today(who(request), somebody, reason)
        return redirect("passes:slip", made.pass_id)
    return redirect("passes:forgotten")


@at_the_gate
@require_GET
def slip(request: HttpRequest, pass_id: str) -> HttpResponse:
    """Show a slip's code on the screen, to be scanned at once or printed."""
    made = _slip(pass_id)
    _, identity = printable(served_school(), made)
    context = {
        "slip": made,
        "name": identity.name,
        "label": identity.label,
        "until": from_ms(made.expires_ms),
        "code": mark_safe(code_on_screen(made)),  # noqa: S308 -- our own drawing
    }
    return render(request, "passes/slip.html", context)


@at_the_gate
@require_POST
def print_slip(request: HttpRequest, pass_id: str) -> HttpResponse:
    """Print a slip."""
    with Refusals(request):
        sheet = Sheet("slip", language=language())
        return pdf(print_passes(who(request), [_slip(pass_id)], sheet), "billet")
    return redirect("passes:slip", pass_id)


def _slip(pass_id: str) -> Issued:
    made = queries.slip(pass_id, now())
    if made is None:
        raise Http404
    return made


def _key(request: HttpRequest) -> UUID:
    return uuid_or_404(request.POST.get("admit") or request.POST.get("refer", ""))


def _reason(request: HttpRequest) -> ForgottenReason:
    try:
        return ForgottenReason(request.POST.get("reason", ForgottenReason.AT_HOME))
    except ValueError as error:
        raise Http404 from error
