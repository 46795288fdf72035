"""What can't be done with an account, and what its page says."""

from __future__ import annotations

from portique.core.errors import PortiqueError
from portique.core.plain import Words

WRONG_CODE = Words(
    "Ce code n’est pas valable, ou a déjà servi. Vérifiez-le, ou demandez-en un autre.",
    "This code is not valid, or was used already. Check it, or ask for another.",
)
WRONG_START = Words(
    "Ce code n’est pas le dernier que le serveur a affiché. Vérifiez-le\u202f; en relançant le"
    " serveur, celui qui le tient en fait afficher un autre.",
    "This code is not the last one that the server showed. Check it; whoever runs the server gets"
    " another by starting it again.",
)
LAST_HEAD = Words(
    "Il doit rester un compte de direction actif.",
    "One active account of a head must remain.",
)
OWN_ACCOUNT = Words(
    "Une autre personne de la direction doit le faire pour votre propre compte.",
    "Another head has to do this for your own account.",
)
LOGIN_TAKEN = Words(
    "Un autre compte a déjà cet identifiant.", "Another account has this login already."
)
WEAK_PIN = Words(
    "Ce code est trop facile à deviner : évitez les suites et les répétitions.",
    "This PIN is too easy to guess: avoid sequences and repetitions.",
)
WRONG_PIN = Words("Code PIN incorrect.", "Wrong PIN.")
BUSY = Words(
    "Trop de connexions en même temps. Réessayez dans quelques secondes.",
    "Too many people are signing in at once. Try again in a few seconds.",
)
NO_START = Words(
    "Cet établissement a déjà un compte : connectez-vous.",
    "This school has an account already: sign in.",
)


class AccountRefused(PortiqueError):  # noqa: N818 -- a refusal, said to whoever asked
    """What was asked of an account can't be; show `words` and change nothing."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class TooManyTries(AccountRefused):
    """A guess came too soon after wrong ones; `wait_s` is what is left to wait."""

    def __init__(self, wait_s: int) -> None:
        minutes = -(-wait_s // 60)
        fr = f"{wait_s} s" if wait_s < 60 else f"{minutes} min"
        super().__init__(
            Words(f"Trop d’essais. Réessayez dans {fr}.", f"Too many tries. Try again in {fr}.")
        )
        self.wait_s = wait_s
