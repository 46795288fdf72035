"""What is asked of accounts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from portique.server.accounts.models import Device, PaperCode, User
from portique.server.accounts.roles import TWO_FACTORS, Role
from portique.server.accounts.sessions import is_over

if TYPE_CHECKING:
    from uuid import UUID

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_accounts() -> bool:
    """Say whether anybody can sign in yet."""
    return User.objects.exists()


def is_live(user_id: UUID | str) -> bool:
    """Say whether an account is there and not disabled. A stream asks at least once a minute."""
    return User.objects.filter(pk=user_id, is_active=True).exists()


def live_session(session_key: str) -> User | None:
    """Return who a session belongs to while it holds: for streams, which outlive their request.

    None: signed out, idle for too long, ended by the head, or the account is disabled.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = User.objects.filter(pk=store.get(SESSION_KEY), is_active=True).first()
    if user is None or is_over(store, user):
        return None
    proof = store.get(HASH_SESSION_KEY, "")
    return user if constant_time_compare(proof, user.get_session_auth_hash()) else None


def lacks_second_factor(user: User) -> bool:
    """Say whether an account has to set up its second factor before anything else."""
    if user.role not in TWO_FACTORS:
        return False
    return not Authenticator.objects.filter(user=user, type__in=STRONG).exists()


def every_account() -> list[User]:
    """Return all accounts but holders', by role and name, with what their list shows."""
    strong = set(Authenticator.objects.filter(type__in=STRONG).values_list("user_id", flat=True))
    waiting = set(PaperCode.objects.values_list("user_id", flat=True))
    users = sorted(
        User.objects.exclude(role=Role.HOLDER), key=lambda user: (user.role, user.name.casefold())
    )
    for user in users:
        user.has_second_factor = user.pk in strong  # type: ignore[attr-defined]
        user.awaits_code = user.pk in waiting  # type: ignore[attr-defined]
    return users


def agents() -> list[User]:
    """Return the agents who have a PIN, by name: the tiles of a shared device."""
    found = User.objects.filter(role=Role.AGENT, is_active=True)
    return sorted((user for user in found if user.pin), key=lambda user: user.name.casefold())


def other_active_heads(user: User) -> bool:
    """Say whether somebody else heads the school here."""
    heads = User.objects.filter(role=Role.HEAD, is_active=True)
    return heads.exclude(pk=user.pk).exists()


def devices() -> list[Device]:
    """Return the shared devices, by name."""
    return sorted(Device.objects.all(), key=lambda device: device.name.casefold())
