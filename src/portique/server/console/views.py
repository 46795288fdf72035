"""The live page, and what is done on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portique.core.entries import Ruling
from portique.core.errors import KnowledgeError, TooLate
from portique.core.sentences import AdmitReason, DenyReason, ManualReason
from portique.server.accounts.access import allowed
from portique.server.accounts.models import User
from portique.server.clock import now
from portique.server.console import actions, queries, tally, telling
from portique.server.console.lines import label
from portique.server.console.roles import CONSOLE
from portique.server.words import language, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from portique.server.console.models import Referral

PEOPLE_MAX = 99
SENT = words("Réponse envoyée au portique.", "Answer sent to the gate.")
WRITTEN = words("Admission notée.", "Admission written down.")
OPENING = words(
    "Ouverture demandée. « Admission manuelle » s’affiche quand la porte s’est ouverte.",
    "Asked to open. “Manual admission” appears once the door has opened.",
)
SILENT = words(
    "Ce portique ne répond pas : ouvrez sur place, puis notez l’admission.",
    "This gate does not answer: open there, then write the admission down.",
)
SEEN = words("Alerte retirée de tous les écrans.", "Alert taken off every screen.")
SEEN_BEFORE = words("Quelqu’un s’en est déjà occupé.", "Somebody has seen to it already.")
UNKNOWN = words(
    "Cette demande n’a pas été comprise : rechargez la page.",
    "This request was not understood: reload the page.",
)
ANSWERED = words(
    "Quelqu’un a répondu avant vous\u00a0: voyez les dernières lignes.",
    "Somebody answered before you: see the last lines.",
)
GONE = words("Cette personne n’attend plus.", "This person no longer waits.")


@allowed(*CONSOLE)
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Show all gates: what waits, what alerts, lanes, the last lines. Then the stream goes on."""
    at, cursor = now(), tally.newest()  # first: what happens meanwhile is told twice, not missed
    events, alerts, waiting = queries.recent(at), queries.alerts(at), queries.waiting(at)
    told = telling.Telling([*events, *alerts], waiting)
    tiles = [telling.tile(state) for state in queries.lanes(at)]
    stream = stream_origin(request)
    response = render(request, "console/live.html", {
        "now": at,
        "cursor": cursor,
        "stream": f"{stream}/direct/flux?lang={language()}",
        "tiles": tiles,
        "lines": [telling.line_html(told.line(event)) for event in events],
        "alerts": [(event.pk, told.line(event)) for event in alerts],
        "cards": [told.card(referral) for referral in waiting],
        "answers": telling.answers(),
        "lanes": [(tile.state.lane.name, tile.title) for tile in tiles],
        "manual": [(str(each), label(each)) for each in ManualReason],
    })  # fmt: skip
    if stream:
        response._csp_update = {"connect-src": [stream]}  # type: ignore[attr-defined]  # noqa: SLF001 -- django-csp's own way
    return response


def stream_origin(request: HttpRequest) -> str:
    """Return where the streams' process is, under the name this page was asked by; empty: here."""
    if not settings.PORTIQUE_STREAM:
        return ""
    place = urlsplit(settings.PORTIQUE_STREAM)
    host = request.get_host().rpartition("]")[0] + "]" if request.get_host()[0] == "[" else ""
    return f"{place.scheme}://{host or request.get_host().partition(':')[0]}:{place.port}"


@allowed(*CONSOLE)
@require_POST
def rule(request: HttpRequest) -> HttpResponse:
    """Answer a referral with a preset reason."""
    verdict, _, reason = request.POST.get("answer", "").partition(":")
    presets: Any = {Ruling.ADMIT: AdmitReason, Ruling.DENY: DenyReason}.get(verdict)  # type: ignore[call-overload]
    referral = queries.referral_named(request.POST.get("referral", ""))
    if referral is None or presets is None or reason not in set(presets):
        return _answer(request, UNKNOWN, 400)
    try:
        actions.rule(_who(request), referral, Ruling(verdict), presets(reason))
    except TooLate:
        return _answer(request, _taken(request, referral), 409)
    return _answer(request, SENT)


def _taken(request: HttpRequest, referral: Referral) -> str | _StrPromise:
    """Say who answered first, and what; a message that is kept for the next page names nobody."""
    card = telling.Telling([], [referral]).card(referral)
    if not card.answer:
        return GONE
    return f"{card.by} · {card.answer}" if _is_live(request) else ANSWERED


def _is_live(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@allowed(*CONSOLE)
@require_POST
def admit(request: HttpRequest) -> HttpResponse:
    """Write down that somebody was let in without a pass."""
    reason, people = request.POST.get("reason", ""), request.POST.get("people", "1")
    known = reason in set(ManualReason) and people.isascii() and people.isdigit()
    if not known or not 0 < int(people) <= PEOPLE_MAX:
        return _answer(request, UNKNOWN, 400)
    try:
        lane = request.POST.get("lane", "")
        actions.admit(_who(request), lane, ManualReason(reason), int(people))
    except KnowledgeError:
        return _answer(request, UNKNOWN, 400)
    return _answer(request, WRITTEN)


@allowed(*CONSOLE)
@require_POST
def open_door(request: HttpRequest) -> HttpResponse:
    """Have a lane's gate open for one person without a pass."""
    reason, lane = request.POST.get("reason", ""), request.POST.get("lane", "")
    if reason not in set(ManualReason):
        return _answer(request, UNKNOWN, 400)
    try:
        actions.open_door(_who(request), lane, ManualReason(reason))
    except KnowledgeError:
        return _answer(request, UNKNOWN, 400)
    except TooLate:
        return _answer(request, SILENT, 409)
    return _answer(request, OPENING)


@allowed(*CONSOLE)
@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    """Take an alert off every console."""
    alert = request.POST.get("alert", "")
    if not (alert.isascii() and alert.isdigit() and len(alert) < 19):
        return _answer(request, UNKNOWN, 400)
    try:
        actions.dismiss(_who(request), int(alert))
    except TooLate:
        return _answer(request, SEEN_BEFORE, 409)
    return _answer(request, SEEN)


def _who(request: HttpRequest) -> User:
    """Return who is signed in; the page's mark let nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _answer(request: HttpRequest, said: str | _StrPromise, status: int = 200) -> HttpResponse:
    """Tell a live page in JSON, a plain one by going back to it with the message."""
    if _is_live(request):
        return JsonResponse({"said": str(said)}, status=status)
    tell = messages.success if status == 200 else messages.warning
    tell(request, said)
    return redirect("console:live")
