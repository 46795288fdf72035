"""Accounts: who signs in, from where, and what they did. Names are sealed; hashes find the rows."""

from __future__ import annotations

import unicodedata
import uuid
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from portique.core.charter import (
    Charter,
    Event,
    Recipient,
    Retention,
    Sensitivity,
    personal,
    technical,
)
from portique.core.charter_retention import SIX_MONTHS, WHILE_ACCOUNT, DayCount
from portique.core.plain import Words
from portique.server.accounts.codes import keyed_hash
from portique.server.accounts.roles import Role
from portique.server.vault.fields import SealedTextField

_account = partial(
    personal,
    activity="accounts",
    purpose="sign-in",
    retention=WHILE_ACCOUNT,
    recipients=(Recipient.HOLDER, Recipient.HEAD),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_NAMED = _account(sensitivity=Sensitivity.IDENTITY)
_SECRET = _account(recipients=(), sensitivity=Sensitivity.SECRET)
ATTEMPTS_KEPT = Retention(Event.RECORDED, DayCount(1))
_ATTEMPT = _account(purpose="protect", recipients=(), retention=ATTEMPTS_KEPT)
_audit = partial(
    personal,
    activity="access-audit",
    purpose="account",
    retention=SIX_MONTHS,
    recipients=(Recipient.HOLDER, Recipient.HEAD, Recipient.DPO, Recipient.AUDITOR),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


def login_key(login: str) -> str:
    """Return what finds the account of a login: a keyed hash, without regard to case."""
    return keyed_hash("login", unicodedata.normalize("NFKC", login).casefold().strip())


class UserManager(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, login: str, *, name: str, role: Role, password: str | None) -> User:
        """Make an account; without a password it can't sign in by one."""
        user = self.model(login_key=login_key(login), login=login, name=name, role=role)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in, in one role.

    `pin` holds a slow hash, sealed besides: six digits alone would be guessed from a stolen file.
    `session_round` is part of what each session proves; raising it ends them all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    login_key = models.CharField(max_length=64, unique=True)
    login = SealedTextField()
    name = SealedTextField()
    pin = SealedTextField(blank=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    is_active = models.BooleanField(default=True)
    session_round = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login_key"
    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()
    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        login_key=_account(),
        login=_NAMED,
        name=_NAMED,
        pin=_SECRET,
        role=_account(),
        is_active=_account(),
        session_round=technical(),
        created_at=_account(),
        password=_SECRET,
        last_login=_account(purpose="protect"),
    )

    def __str__(self) -> str:
        """Name the account without saying whose it is."""
        return f"{self.role} {self.id}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        proof = f"{self.password}|{self.session_round}"
        hashed = salted_hmac("portique.session", proof, secret=secret, algorithm="sha256")
        return hashed.hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer other packages: roles, not permissions, say what may be done here."""
        _ = perm, obj
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Answer other packages; see `has_perm`."""
        _ = app_label
        return False


class FirstStart(models.Model):
    """The code that the running server printed for the head of a school without accounts."""

    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), code_hash=technical(), made_at=technical()
    )

    def __str__(self) -> str:
        """Name it."""
        return "first start"


class PaperCode(models.Model):
    """A one-time code on paper: with it somebody chooses a password or a PIN for their account."""

    user = models.OneToOneField(User, models.CASCADE, related_name="paper_code")
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), user=_account(), code_hash=_account(), expires_at=_account()
    )

    def __str__(self) -> str:
        """Name it without its account."""
        return f"paper code {self.pk}"


class Device(models.Model):
    """A shared device that agents sign in on by PIN; its cookie's token is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    paired_at = models.DateTimeField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), name=technical("school"), token_hash=technical(), paired_at=technical()
    )

    def __str__(self) -> str:
        """Return where it stands."""
        return self.name


class PairingCode(models.Model):
    """What a device has to be told once, within ten minutes, to become a shared one."""

    code_hash = models.CharField(max_length=64, unique=True)
    device_name = models.CharField(max_length=40)
    expires_at = models.DateTimeField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        code_hash=technical(),
        device_name=technical("school"),
        expires_at=technical(),
    )

    def __str__(self) -> str:
        """Return for what it was made."""
        return self.device_name


class Attempts(models.Model):
    """Wrong guesses under one key: an account from one address, a device, a kind of code."""

    key = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    charter: ClassVar[Charter] = Charter(
        key=_ATTEMPT, failures=_ATTEMPT, first_at=_ATTEMPT, last_at=_ATTEMPT
    )

    def __str__(self) -> str:
        """Count them."""
        return f"{self.failures} failures"


class Deed(StrEnum):
    """What is recorded of those who act on accounts, keys and data."""

    ACCOUNT_MADE = "account-made"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    ROLE_CHANGED = "role-changed"
    SECOND_FACTOR_RESET = "second-factor-reset"
    CODE_PRINTED = "code-printed"
    CODE_USED = "code-used"
    PIN_CHANGED = "pin-changed"
    SESSIONS_ENDED = "sessions-ended"
    DEVICE_OFFERED = "device-offered"
    DEVICE_PAIRED = "device-paired"
    DEVICE_REMOVED = "device-removed"
    EXPORTED = "exported"
    KEYS_CHANGED = "keys-changed"
    GATE_INVITED = "gate-invited"
    GATE_REMOVED = "gate-removed"
    SEARCHED = "searched"
    PERSON_ERASED = "person-erased"
    DESTINATION_CHANGED = "destination-changed"


DEED_WORDS = {
    Deed.ACCOUNT_MADE: Words("Compte créé", "Account made"),
    Deed.ACCOUNT_DISABLED: Words("Compte désactivé", "Account disabled"),
    Deed.ACCOUNT_ENABLED: Words("Compte réactivé", "Account enabled again"),
    Deed.ROLE_CHANGED: Words("Rôle changé", "Role changed"),
    Deed.SECOND_FACTOR_RESET: Words("Second facteur réinitialisé", "Second factor reset"),
    Deed.CODE_PRINTED: Words("Code sur papier créé", "Paper code made"),
    Deed.CODE_USED: Words("Code sur papier utilisé", "Paper code used"),
    Deed.PIN_CHANGED: Words("Code PIN changé", "PIN changed"),
    Deed.SESSIONS_ENDED: Words("Sessions fermées ailleurs", "Sessions ended elsewhere"),
    Deed.DEVICE_OFFERED: Words("Code de poste partagé créé", "Shared device code made"),
    Deed.DEVICE_PAIRED: Words("Poste partagé ajouté", "Shared device added"),
    Deed.DEVICE_REMOVED: Words("Poste partagé retiré", "Shared device removed"),
    Deed.EXPORTED: Words("Données exportées", "Data exported"),
    Deed.KEYS_CHANGED: Words("Clés changées", "Keys changed"),
    Deed.GATE_INVITED: Words(
        "Portique ou téléphone d’agent invité", "Gate or agent’s phone invited"
    ),
    Deed.GATE_REMOVED: Words(
        "Portique ou téléphone d’agent retiré", "Gate or agent’s phone removed"
    ),
    Deed.SEARCHED: Words("Personne recherchée", "Person searched"),
    Deed.PERSON_ERASED: Words("Personne effacée", "Person erased"),
    Deed.DESTINATION_CHANGED: Words(
        "Programme prévenu d’événements changé", "Program told of events changed"
    ),
}


class AuditEntry(models.Model):
    """Who did what, when, and to which account; names and reasons are sealed.

    Accounts are told by number, not by link: the line outlives them, and ends on its own day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    deed = models.CharField(max_length=30)
    by = models.UUIDField(null=True)
    by_name = SealedTextField(blank=True)
    about = models.UUIDField(null=True, db_index=True)
    detail = SealedTextField(blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        at=_audit(),
        deed=_audit(),
        by=_audit(),
        by_name=_audit(sensitivity=Sensitivity.IDENTITY),
        about=_audit(),
        detail=_audit(sensitivity=Sensitivity.IDENTITY),
    )

    def __str__(self) -> str:
        """Say what was done, not by whom."""
        return self.deed

    @property
    def title(self) -> Words:
        """Say it in words."""
        return DEED_WORDS[Deed(self.deed)]
