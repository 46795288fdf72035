"""Classes: who has a card, issuing what is missing, printing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portique.core.values import Kind, PassId
from portique.server.accounts.access import allowed
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.passes import actions, queries
from portique.server.passes.models import Use
from portique.server.passes.printing import Sheet, print_passes
from portique.server.passes.views.answers import Refusals, pdf, uuid_or_404, who, who_proved
from portique.server.passes.words import KINDS, LAYOUTS, STANDINGS
from portique.server.words import language, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from portique.server.passes.queries import PersonRow

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
MANY = 250  # cards for one press of a button: a second or two


@office
@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    """Show how each class stands, and what waits for an answer."""
    at = now()
    rows = [(row, KINDS[row.kind]) for row in queries.classes(at)]
    return render(
        request,
        "passes/classes.html",
        {"rows": rows, "alerts": queries.alerts(), "forgotten": queries.forgotten_today(at)},
    )


@office
@require_GET
def group(request: HttpRequest) -> HttpResponse:
    """Show one class: who has which card."""
    kind, label = _which(request.GET)
    rows = queries.people_of(kind, label, now())
    context = {
        "kind": kind,
        "label": label,
        "title": KINDS[Kind(kind)],
        "rows": [(row, row.standing and STANDINGS[Use.CARD][row.standing]) for row in rows],
        "missing": sum(row.missing for row in rows),
        "renew": sum(_renewed(row) for row in rows),
        "valid": sum(not row.missing for row in rows),
        "layouts": LAYOUTS.items(),
    }
    return render(request, "passes/group.html", context)


@office
@require_POST
def issue_missing(request: HttpRequest) -> HttpResponse:
    """Issue a card to everybody of a class who has no valid one."""
    kind, label = _which(request.POST)
    people = [row.person for row in queries.people_of(kind, label, now()) if row.missing]
    with Refusals(request):
        made = actions.issue_missing(who_proved(request), people[:MANY])
        messages.success(
            request,
            words(
                f"{len(made)} laissez-passer délivrés\u00a0: imprimez-les.",
                f"{len(made)} passes issued: print them.",
            ),
        )
        rows = queries.people_of(kind, label, now())
        _say_what_is_left(request, sum(row.missing for row in rows))
    return _back(kind, label)


@office
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Replace every card of a class that shows an old name."""
    kind, label = _which(request.POST)
    rows = [row for row in queries.people_of(kind, label, now()) if _renewed(row)]
    old = [row.card.pass_id for row in rows if row.card is not None]
    with Refusals(request):
        made = actions.replace_many(who_proved(request), old[:MANY])
        messages.success(
            request,
            words(
                f"{len(made)} cartes remplacées\u00a0; les anciennes ne valent plus.",
                f"{len(made)} cards replaced; the old ones no longer count.",
            ),
        )
        _say_what_is_left(request, len(old) - len(made))
    return _back(kind, label)


@office
@require_POST
def print_group(request: HttpRequest) -> HttpResponse:
    """Print the valid cards of a class, all or those that were chosen."""
    kind, label = _which(request.POST)
    chosen = set(map(PassId, request.POST.getlist("card")))
    cards = queries.valid_cards(queries.people_of(kind, label, now()))
    wanted = [card for card in cards if card.pass_id in chosen or not chosen]
    with Refusals(request):
        data = print_passes(who(request), wanted, sheet_from(request.POST))
        return pdf(data, "laissez-passer")
    return _back(kind, label)


@office
@require_POST
def alert(request: HttpRequest) -> HttpResponse:
    """Agree to what was refused to somebody else, or only say that one saw it."""
    key = uuid_or_404(request.POST.get("alert", ""))
    by = who(request).account
    if request.POST.get("answer") == "allow":
        if actions.allow(by, key):
            messages.success(request, words("Accepté pour une heure.", "Agreed to, for an hour."))
        else:
            messages.error(
                request,
                words("Une autre personne doit l’accepter.", "Somebody else must agree to it."),
            )
    else:
        actions.see_alert(key)
    return redirect("passes:classes")


def sheet_from(asked: QueryDict) -> Sheet:
    """Read how to print from a form; what is wrong falls back to the usual."""
    layout, first = asked.get("layout", ""), asked.get("first", "")
    return Sheet(
        layout if layout in LAYOUTS else "sheet",
        int(first) if first.isdecimal() and first.isascii() else 1,
        language(),
        asked.get("back") == "on",
    )


def _which(asked: QueryDict) -> tuple[str, str]:
    kind = asked.get("kind", "")
    if kind not in set(Kind):
        raise Http404
    return kind, asked.get("label", "")


def _say_what_is_left(request: HttpRequest, count: int) -> None:
    """Say how many cards are still to be made: the same button goes on."""
    if count > 0:
        messages.warning(
            request,
            words(
                f"Il en reste {count}\u00a0: appuyez de nouveau pour continuer.",
                f"{count} are left: press again to go on.",
            ),
        )


def _renewed(row: PersonRow) -> bool:
    return not row.missing and row.person.needs_card


def _back(kind: str, label: str) -> HttpResponse:
    return redirect(f"{reverse('passes:group')}?{urlencode({'kind': kind, 'label': label})}")
