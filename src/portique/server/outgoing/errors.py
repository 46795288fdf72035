"""Why an event could not be sent, as a code for the log and words for the page."""

from __future__ import annotations

from enum import StrEnum

from portique.core.errors import PortiqueError
from portique.core.plain import Words


class Cause(StrEnum):
    """What went wrong. Stored: never reuse one."""

    UNKNOWN_NAME = "unknown-name"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    REFUSED = "refused"
    GONE = "gone"


CAUSE_WORDS = {
    Cause.UNKNOWN_NAME: Words(
        "ce nom de machine est inconnu du réseau\u00a0: vérifiez l’adresse",
        "the network does not know this machine’s name: check the address",
    ),
    Cause.FORBIDDEN: Words(
        "cette adresse n’est pas sur le réseau que vous avez choisi\u00a0: rien n’a été envoyé",
        "this address is not on the network you chose: nothing was sent",
    ),
    Cause.UNREACHABLE: Words(
        "pas de réponse\u00a0: vérifiez que le programme est en marche",
        "no answer: check that the program is running",
    ),
    Cause.TLS: Words(
        "son certificat n’est pas reconnu\u00a0: vérifiez le nom, la date et l’autorité",
        "its certificate is not trusted: check name, date and authority",
    ),
    Cause.REFUSED: Words(
        "le programme a refusé\u00a0: vérifiez le chemin, le secret ou le mot de passe",
        "the program refused: check path, secret or password",
    ),
    Cause.GONE: Words(
        "le programme ne veut plus rien recevoir (410)\u00a0: l’envoi est arrêté",
        "the program wants nothing any more (410): sending is off",
    ),
}


class SendError(PortiqueError):
    """An event did not arrive; it is sent again later."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"an event could not be sent: {CAUSE_WORDS[cause].en}")
        self.cause = cause
