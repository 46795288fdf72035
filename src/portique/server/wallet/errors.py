"""Why a wallet's call is refused: a code for the app, a sentence for whoever holds the phone."""

from __future__ import annotations

from dataclasses import dataclass

from portique.core.errors import PortiqueError
from portique.core.plain import Words


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered: see docs/formats/wallet.md."""

    status: int
    error: str
    words: Words


MALFORMED = Refusal(
    400,
    "malformed",
    Words(
        "Cette application est trop ancienne pour le serveur\u00a0: fermez-la et rouvrez-la.",
        "This app is too old for the server: close it and open it again.",
    ),
)
TOO_LONG = Refusal(413, "too-long", MALFORMED.words)
CHALLENGE = Refusal(
    403,
    "challenge",
    Words("La demande a trop attendu\u00a0: recommencez.", "The request waited too long: retry."),
)
PHONES_OFF = Refusal(
    403,
    "phones-off",
    Words(
        "Cet établissement n’utilise pas les téléphones\u00a0: présentez votre carte.",
        "This school does not use phones: show your card.",
    ),
)
CODE = Refusal(
    403,
    "code",
    Words(
        "Ce code n’est pas le bon, a déjà servi ou est trop ancien. Vérifiez-le, ou demandez-en un"
        " autre à la vie scolaire.",
        "This code is wrong, was used already or is too old. Check it, or ask the school office"
        " for another.",
    ),
)
UNKNOWN_PASS = Refusal(
    403,
    "unknown-pass",
    Words(
        "L’établissement ne connaît plus ce laissez-passer. Demandez un code à la vie scolaire.",
        "The school knows this pass no more. Ask the school office for a code.",
    ),
)
NOT_COUNTING = Refusal(
    403,
    "not-counting",
    Words(
        "Ce laissez-passer ne compte pas en ce moment\u00a0: voyez la vie scolaire.",
        "This pass does not count at the moment: see the school office.",
    ),
)
LATER = Refusal(
    503,
    "later",
    Words(
        "Le serveur de l’établissement ne peut pas répondre maintenant. Votre laissez-passer"
        " continue de marcher\u00a0: réessayez plus tard.",
        "The school’s server can’t answer now. Your pass goes on working: try again later.",
    ),
)


class WalletRefused(PortiqueError):  # noqa: N818 -- a refusal, said to whoever asked
    """What a phone asked for can't be; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words.en)
        self.refusal = refusal
