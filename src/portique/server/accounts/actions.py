"""What is done to accounts. Each act is recorded with who did it; None is the machine itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import F

from portique.server import clock
from portique.server.accounts import audit
from portique.server.accounts.codes import LONG_GROUPS, code_hash, new_code
from portique.server.accounts.devices import set_pin
from portique.server.accounts.errors import (
    LAST_HEAD,
    LOGIN_TAKEN,
    OWN_ACCOUNT,
    WRONG_CODE,
    AccountRefused,
)
from portique.server.accounts.models import (
    AuditEntry,
    Deed,
    PairingCode,
    PaperCode,
    User,
)
from portique.server.accounts.queries import other_active_heads
from portique.server.accounts.roles import Role
from portique.server.vault import erasures

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PAPER = "paper-code"
ACCOUNT = "account"  # in the list of erasures
PAPER_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody new: how they are called, in which role, under which login."""

    name: str
    role: Role
    login: str


def make_account(colleague: Colleague, *, by: User) -> User:
    """Make an account that nobody can sign in to until its paper code is used.

    Raises:
        AccountRefused: The login is taken.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                colleague.login, name=colleague.name, role=colleague.role, password=None
            )
            audit.record(by, Deed.ACCOUNT_MADE, about=user.pk, detail=colleague.role.value)
    except IntegrityError:
        raise AccountRefused(LOGIN_TAKEN) from None
    return user


@transaction.atomic
def print_code(user: User, *, by: User | None) -> tuple[str, datetime]:
    """Make a new paper code; the one before, password, PIN and sessions end at once.

    Returns:
        The code, to be printed once, and when it ends.

    Raises:
        AccountRefused: One's own account: it would shut oneself out.
    """
    _not_own(user, by)
    code, expires_at = new_code(LONG_GROUPS), clock.now() + PAPER_LASTS
    PaperCode.objects.update_or_create(
        user=user, defaults={"code_hash": code_hash(PAPER, code), "expires_at": expires_at}
    )
    user.set_unusable_password()
    user.pin = ""
    user.session_round += 1
    user.save(update_fields=["password", "pin", "session_round"])
    audit.record(by, Deed.CODE_PRINTED, about=user.pk)
    return code, expires_at


def paper_code(code: str) -> PaperCode:
    """Find the account that a paper code was made for.

    Raises:
        AccountRefused: The code is wrong, used, too old, or the account is disabled.
    """
    rows = PaperCode.objects.filter(user__is_active=True, expires_at__gt=clock.now())
    found = rows.filter(code_hash=code_hash(PAPER, code)).first()
    if found is None:
        raise AccountRefused(WRONG_CODE)
    return found


@transaction.atomic
def use_code(code: PaperCode, secret: str) -> User:
    """Set what its owner chose, password or PIN, and use the code up.

    Raises:
        AccountRefused: It was used or voided in the meantime, or the PIN is too easy.
    """
    live = PaperCode.objects.filter(code_hash=code.code_hash, expires_at__gt=clock.now())
    if live.delete()[0] != 1:
        raise AccountRefused(WRONG_CODE)
    user = code.user
    if user.role == Role.AGENT:
        set_pin(user, secret)
    else:
        user.set_password(secret)
        user.session_round += 1
        user.save(update_fields=["password", "session_round"])
    audit.record(user, Deed.CODE_USED, about=user.pk)
    return user


@transaction.atomic
def disable(user: User, *, by: User) -> None:
    """Shut an account: every session of it ends with its next request.

    Raises:
        AccountRefused: One's own, or the last head's.
    """
    _not_own(user, by)
    _not_last_head(user)
    User.objects.filter(pk=user.pk).update(is_active=False, session_round=F("session_round") + 1)
    PaperCode.objects.filter(user=user).delete()
    audit.record(by, Deed.ACCOUNT_DISABLED, about=user.pk)


@transaction.atomic
def enable(user: User, *, by: User) -> None:
    """Open an account again; its password and second factor are what they were."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    audit.record(by, Deed.ACCOUNT_ENABLED, about=user.pk)


@transaction.atomic
def change_role(user: User, role: Role, *, by: User) -> None:
    """Give an account another role; its sessions end.

    To or from an agent's it needs a new paper code, since one has a PIN and the other a password.

    Raises:
        AccountRefused: One's own, or the last head's.
    """
    _not_own(user, by)
    _not_last_head(user)
    former, user.role = Role(user.role), role
    if Role.AGENT in {former, role}:
        user.set_unusable_password()
        user.pin = ""
    user.session_round += 1
    user.save(update_fields=["role", "password", "pin", "session_round"])
    audit.record(by, Deed.ROLE_CHANGED, about=user.pk, detail=f"{former} > {role}")


@transaction.atomic
def end_sessions(user: User) -> None:
    """End every session of one's own account, as its owner asks: somebody forgot to sign out."""
    user.session_round += 1
    user.save(update_fields=["session_round"])
    audit.record(user, Deed.SESSIONS_ENDED, about=user.pk)


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None) -> None:
    """Forget an account's second factor; it has to set one up when it signs in next.

    Raises:
        AccountRefused: One's own: somebody else has to see who asks.
    """
    _not_own(user, by)
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    audit.record(by, Deed.SECOND_FACTOR_RESET, about=user.pk)


@transaction.atomic
def close(users: Iterable[User]) -> None:
    """Erase accounts, with their codes, factors, programs' tokens and sessions.

    What they did stays recorded until its own time is over, by a number that leads to nobody.
    """
    keys = [user.pk for user in users]
    erasures.remember(ACCOUNT, map(str, keys))
    User.objects.filter(pk__in=keys).delete()


def close_unused(at: datetime) -> None:
    """Close the accounts of which nothing says any more when they were disabled."""
    _ = at
    told = AuditEntry.objects.filter(deed=Deed.ACCOUNT_DISABLED, about__isnull=False)
    close(list(User.objects.filter(is_active=False).exclude(pk__in=told.values("about"))))


def close_again(keys: Iterable[str]) -> None:
    """Erase once more accounts that an older copy brought back."""
    User.objects.filter(pk__in=[UUID(key) for key in keys]).delete()


def drop_old_codes(at: datetime) -> None:
    """Delete codes that nobody used in time."""
    PaperCode.objects.filter(expires_at__lte=at).delete()
    PairingCode.objects.filter(expires_at__lte=at).delete()


def _not_own(user: User, by: User | None) -> None:
    if by is not None and user.pk == by.pk:  # None: somebody at the machine itself
        raise AccountRefused(OWN_ACCOUNT)


def _not_last_head(user: User) -> None:
    if user.role == Role.HEAD and not other_active_heads(user):
        raise AccountRefused(LAST_HEAD)
