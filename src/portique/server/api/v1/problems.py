"""What went wrong with a call, as RFC 9457 has it, in the language that was asked for.

No problem repeats what was sent: a name in it would end up in somebody's log.
"""

from __future__ import annotations

import json
import logging
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from portique.core.errors import PortiqueError
from portique.core.plain import Words
from portique.server.words import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

LOG = logging.getLogger("portique.server.api")
CONTENT_TYPE = "application/problem+json"


class Problem(Enum):
    """Everything that can be wrong: status, what, and what to do about it."""

    MALFORMED = (
        400,
        Words("Ce n’est pas du JSON", "This is not JSON"),
        Words("Envoyez un seul objet JSON, en UTF-8.", "Send one JSON object, in UTF-8."),
    )
    UNAUTHORISED = (
        401,
        Words("Jeton absent ou sans effet", "No token, or a void one"),
        Words(
            "Envoyez l’en-tête « Authorization: Bearer » avec un jeton en vigueur.",
            "Send the header “Authorization: Bearer” with a token in force.",
        ),
    )
    SCOPE = (
        403,
        Words("Le jeton ne permet pas cela", "The token does not allow this"),
        Words(
            "Demandez à la direction un jeton qui le permet.",
            "Ask the head of school for a token that does.",
        ),
    )
    NOT_FOUND = (
        404,
        Words("Il n’y a rien de tel", "There is no such thing"),
        Words("Vérifiez l’adresse et les identifiants.", "Check the address and the ids."),
    )
    METHOD = (
        405,
        Words("Méthode impossible ici", "Method not possible here"),
        Words("L’en-tête « Allow » dit lesquelles le sont.", "The header “Allow” says which are."),
    )
    STATE = (
        409,
        Words("Impossible dans cet état", "Impossible as things stand"),
        Words(
            "Relisez l’état avant de recommencer : il a peut-être changé.",
            "Read how it stands before trying again: it may have changed.",
        ),
    )
    QUOTA = (
        409,
        Words("Plus de laissez-passer que d’habitude", "More passes than usual"),
        Words(
            "Rien n’a été délivré. Une autre personne de la direction ou de la vie scolaire peut "
            "l’accepter dans Portique.",
            "Nothing was issued. Another head or school-life account can agree to it in Portique.",
        ),
    )
    KEY_BUSY = (
        409,
        Words("Cette clé est en cours d’emploi", "This key is being used"),
        Words(
            "L’appel est en cours, ou son issue est inconnue : relisez l’état, puis prenez une "
            "autre clé.",
            "The call is being worked on, or nobody knows how it ended: read how things stand, "
            "then take another key.",
        ),
    )
    TOO_LONG = (
        413,
        Words("Trop long", "Too long"),
        Words("Un appel a 64 Kio au plus.", "A call has 64 KiB at most."),
    )
    MEDIA_TYPE = (
        415,
        Words("Autre chose que du JSON", "Something other than JSON"),
        Words(
            "Envoyez l’en-tête « Content-Type: application/json ».",
            "Send the header “Content-Type: application/json”.",
        ),
    )
    INVALID = (
        422,
        Words("Des valeurs ne conviennent pas", "Some values do not fit"),
        Words("« errors » dit lesquelles.", "“errors” says which."),
    )
    KEY_REUSED = (
        422,
        Words("Cette clé a servi à un autre appel", "This key was used for another call"),
        Words("Prenez une clé par appel.", "Take a key for each call."),
    )
    TOO_MANY = (
        429,
        Words("Trop d’appels", "Too many calls"),
        Words(
            "Attendez le nombre de secondes de l’en-tête « Retry-After ».",
            "Wait for as many seconds as the header “Retry-After” says.",
        ),
    )
    SERVER = (
        500,
        Words("Le serveur a rencontré un problème", "The server ran into a problem"),
        Words(
            "Réessayez avec la même clé ; si cela recommence, prévenez la technique.",
            "Try again with the same key; if it happens again, tell the technician.",
        ),
    )

    @property
    def code(self) -> str:
        """Name it in addresses."""
        return self.name.lower().replace("_", "-")

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return int(self.value[0])

    @property
    def title(self) -> Words:
        """Say what."""
        return self.value[1]

    @property
    def detail(self) -> Words:
        """Say what to do."""
        return self.value[2]


class ProblemError(PortiqueError):
    """A call that can't be answered; `errors` are pairs of a place and a code."""

    def __init__(
        self,
        problem: Problem,
        detail: Words | None = None,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(problem.code)
        self.problem, self.detail = problem, detail or problem.detail
        self.errors, self.headers = errors, headers or {}


def refusal(error: ProblemError) -> HttpResponse:
    """Write a problem as an answer."""
    problem = error.problem
    body: dict[str, Any] = {
        "type": f"/api/#{problem.code}",
        "title": spoken(problem.title),
        "status": problem.status,
        "detail": spoken(error.detail),
    }
    if error.errors:
        body["errors"] = [{"where": where, "code": code} for where, code in error.errors]
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, CONTENT_TYPE, problem.status, headers=error.headers)


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log that something broke, by kind only, and say so."""
    _ = request
    LOG.error("api-error", exc_info=error)
    return refusal(ProblemError(Problem.SERVER))
