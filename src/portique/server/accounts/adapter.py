"""How the package that signs people in fits this server: no sign-up, no e-mail, sealed secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from portique.core import canonical, seal
from portique.core.errors import EnvironmentProblem, PassError, SealedIdentityError
from portique.server import clock
from portique.server.accounts import throttle
from portique.server.accounts.errors import AccountRefused
from portique.server.accounts.passwords import room_to_check
from portique.server.accounts.queries import STRONG
from portique.server.accounts.roles import Role
from portique.server.entropy import entropy
from portique.server.school.house import served_school
from portique.server.vault.fields import the_key
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portique.server.accounts.models import User

STEP_UP_S = 300
SECRET_PLACE = b"mfa.Authenticator|secret"  # of no one account: see docs/limits.md
SECRET_BYTES_MAX = 1024


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the package is untyped
    """Signing in by login name and password; guesses are held back by our own throttle."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": words(
            "Identifiant ou mot de passe incorrect.", "Wrong login or password."
        ),
        "incorrect_password": words("Mot de passe incorrect.", "Wrong password."),
        "enter_current_password": words(
            "Ce n’est pas votre mot de passe actuel.", "This is not your present password."
        ),
        "too_many_login_attempts": words(
            "Trop d’essais. Attendez quelques minutes.", "Too many tries. Wait a few minutes."
        ),
        "rate_limited": words("Trop d’essais. Attendez un peu.", "Too many tries. Wait a little."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- its signature
        """Close sign-up: the head makes accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from."""
        return throttle.address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose password it is, or None; one account from one address may not guess on.

        Raises:
            ValidationError: Too many wrong ones before, or too many people at once.
        """
        guesses = (
            throttle.guess(
                throttle.SIGN_IN, "sign-in", credentials["username"], throttle.address_of(request)
            ),
        )
        try:
            throttle.hold_back(guesses)
            with room_to_check():  # an unknown login costs one hash too: the package sees to it
                user: User | None = super().authenticate(request, **credentials)
        except AccountRefused as refused:
            raise ValidationError(spoken(refused.words)) from None
        if user is None or user.role == Role.AGENT:  # agents have PINs, on shared devices
            throttle.count_failure(guesses)
            return None
        throttle.forget_failures(guesses)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave it to `authenticate`: the package's own limit would lock an account everywhere."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again unless password or factor was given within five minutes, in this session."""
        _ = app, kwargs
        records = get_authentication_records(context.request, context.request.user)
        latest_s = max((record["at"] for record in records), default=0.0)
        return clock.now().timestamp() - latest_s >= STEP_UP_S


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # the package is untyped
    """Second factors: secrets are sealed at rest, and the last one of who needs one stays."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": words(
            "Ce code n’est pas le bon, ou il est trop vieux.", "This code is wrong or too old."
        ),
        "cannot_delete_authenticator": words(
            "Votre rôle demande un second facteur : ajoutez-en un autre avant de retirer celui-ci.",
            "Your role needs a second factor: add another before removing this one.",
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret with the school's key."""
        iv = entropy(seal.IV_BYTES)
        sealed = seal.encrypt(text.encode(), the_key(), iv=iv, aad=SECRET_PLACE)
        return canonical.encode(sealed).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret.

        Raises:
            EnvironmentProblem: It was sealed by another school's key, or damaged.
        """
        try:
            item = canonical.decode(bytes.fromhex(encrypted_text), bytes_max=SECRET_BYTES_MAX)
            held = seal.encrypted_from(item)
            return seal.decrypt(held, the_key(), aad=SECRET_PLACE).decode()
        except (PassError, SealedIdentityError, ValueError) as error:
            raise EnvironmentProblem(
                "a second factor does not open with this school's key; restore the key that goes "
                "with this database"
            ) from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say whether another strong factor would remain, where the role needs one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=STRONG)
        return bool(others.exclude(pk=authenticator.pk).exists())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """Name a passkey by its number: what people would type might be a name."""
        return str(Authenticator.objects.filter(user=user, type=type).count() + 1)

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Say to the passkey whose it is, as its owner will be asked."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.name}

    def _get_user_identifier(self, user: User) -> str:
        return user.login

    def _get_site_name(self) -> str:
        return f"Portique {served_school().settings.name}"
