"""Which account is whose: the tie between somebody who signs in and the person they are."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from portique.core.charter import Charter, Recipient, Sensitivity, personal
from portique.core.charter_retention import WHILE_ACCOUNT
from portique.server.people.models import Person

_tied = personal(
    activity="accounts",
    purpose="sign-in",
    retention=WHILE_ACCOUNT,
    recipients=(Recipient.HOLDER, Recipient.SCHOOL_LIFE, Recipient.HEAD),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class HolderAccount(models.Model):
    """One person's own account. It opens pages about that person, and nobody else's ever."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="tie"
    )
    person = models.OneToOneField(Person, models.CASCADE, related_name="account")
    made_at = models.DateTimeField()

    charter: ClassVar[Charter] = Charter(user=_tied, person=_tied, made_at=_tied)

    def __str__(self) -> str:
        """Return the account's key, not whose it is."""
        return str(self.pk)
