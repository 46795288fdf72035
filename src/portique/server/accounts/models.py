"""Accounts: who signs in. Names and logins are sealed; a keyed hash finds the row."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from portique.server.accounts.roles import Role
from portique.server.vault.fields import SealedTextField, the_key


def login_key(login: str) -> str:
    """Return what finds the account of a login: a keyed hash, without regard to case."""
    plain = unicodedata.normalize("NFKC", login).casefold().strip()
    return hmac.new(the_key().secret, b"login|" + plain.encode(), hashlib.sha256).hexdigest()


class UserManager(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, login: str, *, name: str, role: Role, password: str | None) -> User:
        """Make an account; without a password it can't sign in by one."""
        user = self.model(login_key=login_key(login), login=login, name=name, role=role)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in, in one role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    login_key = models.CharField(max_length=64, unique=True)
    login = SealedTextField()
    name = SealedTextField()
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login_key"
    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        """Name the account without saying whose it is."""
        return f"{self.role} {self.id}"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer other packages: roles, not permissions, say what may be done here."""
        _ = perm, obj
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Answer other packages; see `has_perm`."""
        _ = app_label
        return False
