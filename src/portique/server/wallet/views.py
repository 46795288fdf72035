"""Pages of phones: the office's, one person's, codes on screen and paper, how to install."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import segno
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from portique.core.values import Kind, PassId
from portique.server.accounts.access import allowed, public, stepped_up
from portique.server.accounts.roles import Role
from portique.server.clock import now
from portique.server.config.reaching import Told, told_address
from portique.server.passes import actions as passes
from portique.server.passes.phones import phones_on
from portique.server.passes.queries import classes
from portique.server.passes.views.answers import Refusals, look_up, who, who_proved
from portique.server.passes.words import KINDS, STANDINGS
from portique.server.people.models import Person
from portique.server.school.models import RulesActKind
from portique.server.school.queries import last_act
from portique.server.wallet import actions, queries
from portique.server.wallet.actions import Lasts
from portique.server.wallet.errors import WalletRefused
from portique.server.wallet.models import CODE_DAYS
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from portique.server.wallet.actions import NewCode

office = allowed(Role.HEAD, Role.SCHOOL_LIFE)
MANY = 250  # codes for one press of a button
CHANGES = {"suspend": passes.suspend, "resume": passes.resume, "revoke": passes.revoke}
DONE = {
    "suspend": words(
        "Le téléphone est suspendu\u00a0: aux portiques dans la minute.",
        "The phone is suspended: at the gates within a minute.",
    ),
    "resume": words("Le téléphone compte de nouveau.", "The phone counts again."),
    "revoke": words(
        "Le laissez-passer du téléphone est annulé pour toujours.",
        "The phone’s pass is revoked for good.",
    ),
}
SWITCHED = {
    True: words("Les téléphones sont permis.", "Phones are allowed."),
    False: words(
        "Les téléphones sont coupés\u00a0: aucun ne compte plus aux portiques, dans la minute.",
        "Phones are off: none counts at the gates any more, within a minute.",
    ),
}
NONE_LEFT = words(
    "Chacun de cette classe a déjà un téléphone.", "Everybody of this class has a phone already."
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code as paper and screens show it: its letters, and the address with it as a picture."""

    new: NewCode
    picture: str


# --- the office ---


@office
@require_GET
def phones(request: HttpRequest) -> HttpResponse:
    """Show whether phones are allowed, how many there are, and print codes class by class."""
    page = {
        "on": phones_on(),
        "counted": queries.counted(now()),
        "switched": last_act(RulesActKind.PHONES),
        "classes": [(row, KINDS[row.kind]) for row in classes(now())],
        "days": CODE_DAYS,
        **_reached(request),
    }
    return render(request, "wallet/phones.html", page)


@allowed(Role.HEAD)
@stepped_up
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Allow phones, or switch them off."""
    on = request.POST.get("phones") == "on"
    actions.switch(who(request).account, on=on)
    messages.success(request, SWITCHED[on])
    return redirect("wallet:phones")


@office
@require_POST
def group(request: HttpRequest) -> HttpResponse:
    """Print a code for each of a class who has no phone yet."""
    kind, label = request.POST.get("kind", ""), request.POST.get("label", "")
    if kind not in set(Kind):
        raise Http404
    people = queries.without_phone(kind, label, now(), MANY)
    if not people:
        messages.info(request, NONE_LEFT)
        return redirect("wallet:phones")
    return _sheet(request, people, reverse("wallet:phones"))


# --- one person ---


@office
@require_GET
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show somebody's phone, and what can be done about it."""
    somebody, at = get_object_or_404(Person, pk=key), now()
    look_up(request, somebody)
    rows = queries.phones_of(somebody, at)
    page = {
        "person": somebody,
        "on": phones_on(),
        "rows": [(row, STANDINGS[row.use][row.standing]) for row in rows],
        "waiting": queries.open_code(somebody, at),
        "days": CODE_DAYS,
    }
    return render(request, "wallet/person.html", page)


@office
@require_POST
def new(request: HttpRequest, key: UUID) -> HttpResponse:
    """Suspend the phone there was, and show a code for the next one."""
    somebody = get_object_or_404(Person, pk=key, left_on=None)
    with Refusals(request), _Off(request):
        made = actions.new_phone(who_proved(request), somebody)
        address = _address(request)
        page = {"drawn": _drawn(made, address), "person": somebody, **_reached(request)}
        page["suspended"] = queries.has_suspended_phone(somebody)
        page["seconds"] = int((made.expires_at - now()).total_seconds())
        return render(request, "wallet/code.html", page)
    return redirect("wallet:person", key)


@office
@require_GET
def state(request: HttpRequest, key: UUID) -> JsonResponse:
    """Say what became of somebody's code, for the page that waits."""
    _ = request
    return JsonResponse({"state": queries.code_state(key, now())})


@office
@require_POST
def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """Print a code for one person; the phone they have goes on."""
    somebody = get_object_or_404(Person, pk=key, left_on=None)
    return _sheet(request, [somebody], reverse("wallet:person", args=[key]))


@office
@require_POST
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Suspend a phone's pass, let it count again, or revoke it."""
    asked, pass_id = request.POST.get("change", ""), PassId(request.POST.get("pass", ""))
    somebody = get_object_or_404(Person, pk=key)
    theirs = queries.unrevoked_phones(somebody)
    if asked not in CHANGES or not theirs.filter(pk=pass_id).exists():
        raise Http404
    with Refusals(request):
        CHANGES[asked](who_proved(request), pass_id)
        messages.success(request, DONE[asked])
    return redirect("wallet:person", key)


# --- whoever holds a phone ---


@public
@require_safe
def install(request: HttpRequest) -> HttpResponse:
    """Say how the app is installed on Android and on an iPhone."""
    return render(request, "wallet/install.html", {"on": phones_on(), "address": _address(request)})


# --- shared ---


class _Off:
    """Say in words that phones are off; the page then goes on."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        """Take what is refused to phones; let anything else pass."""
        _ = kind, trace
        if isinstance(error, WalletRefused):
            messages.error(self._request, spoken(error.refusal.words))
            return True
        return False


def _sheet(request: HttpRequest, people: list[Person], back: str) -> HttpResponse:
    """Show codes once, to print: the answer to a post, kept nowhere."""
    with Refusals(request), _Off(request):
        made = actions.codes_for(who_proved(request), people, Lasts.PAPER)
        address = _address(request)
        drawn = [_drawn(one, address) for one in made]
        page = {"codes": drawn, "back": back, "address": address, **_reached(request)}
        page["pictured"] = told_address(request, reverse("wallet:install")).address
        return render(request, "wallet/sheet.html", page)
    return redirect(back)


def _drawn(made: NewCode, address: Told) -> Drawn:
    code = segno.make_qr(f"{address.address}#code={made.code}", error="m")
    return Drawn(made, code.svg_data_uri(scale=6, border=4))


def _address(request: HttpRequest) -> Told:
    return told_address(request, reverse("wallet-app:page"))


def _reached(request: HttpRequest) -> dict[str, Any]:
    """Say whether phones can come here at all: by a name, and by HTTPS."""
    told = _address(request)
    return {"told": told, "in_clear": told.address.startswith("http:") and not told.only_here}
