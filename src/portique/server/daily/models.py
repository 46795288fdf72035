"""Who is not expected and until when; messages to guardians that somebody validated.

Nothing says who was not seen: that is worked out when a page asks, and kept nowhere. A message
lives until the end of the next school day.
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from portique.core.charter import (
    Charter,
    Event,
    Recipient,
    Retention,
    Sensitivity,
    Source,
    personal,
    technical,
)
from portique.core.charter_retention import NEXT_SCHOOL_DAY, SchoolDayEnd
from portique.server.people.models import Person
from portique.server.vault.fields import SealedTextField

_OFFICE = (Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER)
WHILE_AWAY = Retention(Event.PERMISSION_ENDED, SchoolDayEnd())
_AWAY = personal(
    activity="exit-rights",
    purpose="away",
    retention=WHILE_AWAY,
    recipients=_OFFICE,
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_message = partial(
    personal,
    activity="guardian-messages",
    purpose="inform",
    retention=NEXT_SCHOOL_DAY,
    recipients=(*_OFFICE, Recipient.GUARDIAN),
    sensitivity=Sensitivity.PSEUDONYMOUS,
    source=Source.SCHOOL,
)
_CARRIED = _message(  # what a mail server sees as well
    recipients=(*_OFFICE, Recipient.GUARDIAN, Recipient.BOUND_PARTY),
    sensitivity=Sensitivity.SENSITIVE,
)

GROUP_CHARACTERS_MAX = 40


class AwayKind(models.TextChoices):
    """Why somebody is not looked for at the gate; never a motive. Stored: never reuse one."""

    INTERNSHIP = "internship"
    OUTING = "outing"
    JUSTIFIED = "justified"
    HERE = "here"  # an adult saw them inside


class Away(models.Model):
    """One person or one group that is not looked for at the gate, from an instant to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    group = models.CharField(max_length=GROUP_CHARACTERS_MAX, blank=True)
    kind = models.CharField(max_length=12, choices=AwayKind.choices)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), person=_AWAY, group=_AWAY, kind=_AWAY, begins_at=_AWAY, ends_at=_AWAY,
        by=_AWAY,
    )  # fmt: skip

    class Meta:
        """Of one person, or of one group."""

        constraints = [
            models.CheckConstraint(
                condition=Q(person=None) ^ Q(group=""), name="daily_person_or_group"
            )
        ]

    def __str__(self) -> str:
        """Say why, not who."""
        return self.kind


class MessageState(models.TextChoices):
    """What has become of a validated message. Stored: never reuse one."""

    QUEUED = "queued"
    SENDING = "sending"  # handed to the mail server; for long: nobody knows whether it arrived
    SENT = "sent"
    REFUSED = "refused"  # the mail server does not take it for this address
    DROPPED = "dropped"  # the pupil was seen, or the day ended, before it could be sent
    PRINTED = "printed"  # a letter: it needs no address


class GuardianMessage(models.Model):
    """A message about one pupil to one guardian, on one day, in the words somebody validated.

    There is no row before it is validated. `address` is empty for a letter.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(db_index=True)
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="+")
    guardian = models.ForeignKey(Person, models.CASCADE, related_name="+")
    address = SealedTextField(blank=True)
    text = SealedTextField()
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=8, choices=MessageState.choices, db_index=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    validated_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), day=_message(), pupil=_message(), guardian=_message(),
        address=_CARRIED, text=_CARRIED, language=_message(), state=_message(),
        validated_by=_message(), validated_at=_message(), tried_at=_message(), sent_at=_message(),
    )  # fmt: skip

    class Meta:
        """Two people who validate the same message send it once."""

        constraints = [
            models.UniqueConstraint(fields=["day", "pupil", "guardian"], name="daily_one_message")
        ]

    def __str__(self) -> str:
        """Say its state, not whom it is about."""
        return self.state
