"""What the pages of passes answer alike: who asks, PDF files, refusals in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpResponse

from portique.core.errors import RegisterError
from portique.paper import PaperError
from portique.server.passes import quotas
from portique.server.passes.actions.badges import BadgeTakenError
from portique.server.passes.badge_numbers import BadgeNumberError
from portique.server.passes.quotas import By, QuotaExceededError
from portique.server.people import actions as people
from portique.server.people.models import AccessReason
from portique.server.words import words

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    from portique.server.accounts.models import User
    from portique.server.people.models import Person

PDF = "application/pdf"


def who(request: HttpRequest) -> By:
    """Return who asks for this page."""
    return By(cast("User", request.user))


def who_proved(request: HttpRequest) -> By:
    """Return who asks, and whether they gave password or factor again within minutes."""
    asked = get_adapter().is_reauthentication_required(app="portique")
    return By(cast("User", request.user), stepped_up=not asked)


def look_up(request: HttpRequest, person: Person) -> None:
    """Record that the office looks at somebody, who can see it."""
    people.look_up(who(request).account, person, AccessReason.OFFICE)


def uuid_or_404(text: str) -> UUID:
    """Read a row's key from a form."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def pdf(data: bytes, name: str) -> HttpResponse:
    """Answer with a file to download; no browser or proxy keeps it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(data, content_type=PDF, headers=headers)


class Refusals:
    """Say in plain words why something inside was refused; the page then goes on."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        """Take what is a refusal; let anything else pass."""
        _ = kind, trace
        if not isinstance(error, RegisterError | PaperError):
            return False
        messages.error(self._request, _said(error))
        return True


def _said(error: RegisterError | PaperError) -> _StrPromise:
    match error:
        case QuotaExceededError(cause=quotas.PERSON):
            return words(
                "Trop de laissez-passer pour une même personne : rien n’a été délivré. "
                "Une autre personne de la direction ou de la vie scolaire peut l’accepter, page "
                "Laissez-passer.",
                "Too many passes for one person: nothing was issued. "
                "Another head or school-life account can agree to it, on the page Passes.",
            )
        case QuotaExceededError():
            return words(
                "Plus de laissez-passer que d’habitude en une heure : rien n’a été délivré. "
                "Une autre personne de la direction ou de la vie scolaire peut l’accepter, page "
                "Laissez-passer.",
                "More passes than usual within an hour: nothing was issued. "
                "Another head or school-life account can agree to it, on the page Passes.",
            )
        case BadgeNumberError():
            return words(
                "Le lecteur n’a pas envoyé de numéro de badge : présentez le badge de nouveau.",
                "The reader sent no badge number: present the badge again.",
            )
        case BadgeTakenError():
            return words(
                "Ce badge est déjà inscrit : retirez-le d’abord à qui l’avait.",
                "This badge is enrolled already: remove it from its holder first.",
            )
        case PaperError():
            return words(
                "L’impression n’a pas abouti : choisissez un autre format, ou vérifiez les noms.",
                "It could not be printed: choose another layout, or check the names.",
            )
        case _:
            return words(
                "Cela n’est plus possible : le laissez-passer a peut-être changé. Relisez la page.",
                "This is no longer possible: the pass may have changed. Read the page again.",
            )
