"""Codes by which phones are enrolled. What a phone then holds is a pass: see `passes.models`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from portique.core.charter import (
    Charter,
    Event,
    Recipient,
    Retention,
    Sensitivity,
    personal,
)
from portique.core.charter_retention import DayCount
from portique.server.people.models import Person

CODE_DAYS = 14
CODES_KEPT = Retention(Event.RECORDED, DayCount(CODE_DAYS))
_code = personal(
    activity="passes",
    purpose="issue",
    retention=CODES_KEPT,
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class PhoneCode(models.Model):
    """A one-time code, on paper or a screen: with it somebody's phone asks for their pass.

    One for each person: a new one ends the one before. `pass_id` is the pass it made: the phone
    that has its key may ask again for a few minutes, should the answer be lost.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="phone_code"
    )
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    pass_id = models.CharField(max_length=16, blank=True)

    charter: ClassVar[Charter] = Charter(
        person=_code, code_hash=_code, made_at=_code, expires_at=_code, pass_id=_code
    )

    def __str__(self) -> str:
        """Name it without its person."""
        return "phone code"
