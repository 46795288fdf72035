"""Passes issued, and holders' rights."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.db import models

from portique.core.charter import Charter, Recipient, Sensitivity, personal, technical
from portique.core.charter_retention import WHILE_KNOWN, WHILE_VALID
from portique.core.revocation import Status

_issued = personal(
    activity="passes",
    purpose="verify",
    retention=WHILE_VALID,
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_right = partial(
    personal,
    activity="exit-rights",
    purpose="exit",
    retention=WHILE_KNOWN,
    recipients=(Recipient.AGENT, Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class IssuedPass(models.Model):
    """One pass: its text holds the holder's name sealed with the school's name key."""

    pass_id = models.CharField(primary_key=True, max_length=16)
    holder = models.CharField(max_length=16, db_index=True)
    kind = models.CharField(max_length=12)
    status_index = models.IntegerField(unique=True)
    status = models.SmallIntegerField(choices=[(s.value, s.name) for s in Status])
    issued_ms = models.BigIntegerField(db_index=True)
    expires_ms = models.BigIntegerField()
    replaced_by = models.CharField(max_length=16, blank=True)
    text = models.TextField()
    line = models.BigIntegerField(unique=True)  # the order in which passes were issued

    charter: ClassVar[Charter] = Charter(
        pass_id=_issued, holder=_issued, kind=_issued, status_index=_issued, status=_issued,
        issued_ms=_issued, expires_ms=_issued, replaced_by=_issued,
        text=_issued,  # what names anybody in it is sealed with the school's name key
        line=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return its number."""
        return self.pass_id


class HolderRights(models.Model):
    """What a holder may do: groups, regime, meals, permissions; canonical CBOR."""

    holder = models.CharField(primary_key=True, max_length=16)
    data = models.BinaryField()

    charter: ClassVar[Charter] = Charter(holder=_right(), data=_right())

    def __str__(self) -> str:
        """Return the holder's number."""
        return self.holder
