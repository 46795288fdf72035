"""Tokens of the school's programs, and what they were answered within the day."""

from __future__ import annotations

import uuid
from functools import partial
from typing import ClassVar

from django.conf import settings
from django.db import models

from portique.core.charter import (
    Charter,
    Event,
    Recipient,
    Retention,
    Sensitivity,
    personal,
    technical,
)
from portique.core.charter_retention import WHILE_ACCOUNT, DayCount
from portique.server.vault.fields import SealedDocumentField

_MADE_BY = personal(
    activity="accounts",
    purpose="protect",
    retention=WHILE_ACCOUNT,
    recipients=(Recipient.HOLDER, Recipient.HEAD),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
ANSWERS_KEPT = Retention(Event.RECORDED, DayCount(1))
_answered = partial(
    personal,
    activity="passes",
    purpose="issue",
    retention=ANSWERS_KEPT,
    recipients=(),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class Token(models.Model):
    """What a program proves itself with. Only a keyed hash is kept; the token is shown once.

    It is worth no more than the account that made it: ended with it, or with its role as head.
    `used_on` and `names_read_on` are the days of its last call, and of its last look at people.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64)
    scopes = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_on = models.DateField(null=True)
    names_read_on = models.DateField(null=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), name=technical("school"), token_hash=technical(), scopes=technical(),
        made_by=_MADE_BY, made_at=technical(), expires_at=technical(), used_on=technical(),
        names_read_on=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return which program it is of."""
        return self.name


class Answer(models.Model):
    """What a call with an `Idempotency-Key` was answered: asked again, it is answered the same.

    `asked` is a hash of the call. `status` is null while it is worked on; if the server stopped
    meanwhile it stays so, and nobody knows whether it was done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    body = SealedDocumentField(blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), token=technical("key"), key=_answered(), asked=_answered(),
        at=_answered(), status=technical(), body=_answered(),
    )  # fmt: skip

    class Meta:
        """One for each key of a program."""

        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_one_answer")]

    def __str__(self) -> str:
        """Return the key of the row."""
        return str(self.pk)
