"""Rules as documents by name, as the files of a school's folder are; changes of the day; counters.

Of people there are only teachers' codes: who teaches what, and who is absent. Both are sealed.
"""

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
    Source,
    personal,
    technical,
)
from portique.core.charter_retention import SIX_MONTHS, UNTIL_REPLACED, WHILE_PERMITTED, DayCount
from portique.server.vault.fields import SealedDocumentField

_taught = partial(
    personal,
    activity="exit-rights",
    purpose="exit",
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD),
    sensitivity=Sensitivity.IDENTITY,
    source=Source.IMPORT,
)
_changed = partial(_taught, retention=WHILE_PERMITTED, source=Source.SCHOOL)
_CHANGED, _CHANGED_AT = _changed(), _changed(sensitivity=Sensitivity.PSEUDONYMOUS)
DRAFTS_KEPT = Retention(Event.RECORDED, DayCount(1))
_ACT = personal(
    activity="access-audit",
    purpose="account",
    retention=SIX_MONTHS,
    recipients=(Recipient.HOLDER, Recipient.HEAD, Recipient.DPO, Recipient.AUDITOR),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class Rules(models.Model):
    """One document of rules: calendar, zones, exit regimes."""

    name = models.CharField(primary_key=True, max_length=40)
    data = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    charter: ClassVar[Charter] = Charter(
        name=technical("key"), data=technical("school"), changed_at=technical()
    )

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Counter(models.Model):
    """A number that only goes up, such as the version of the knowledge."""

    name = models.CharField(primary_key=True, max_length=40)
    value = models.BigIntegerField()

    charter: ClassVar[Charter] = Charter(name=technical("key"), value=technical())

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class SealedRules(models.Model):
    """One document that tells something of people: who teaches which lessons."""

    name = models.CharField(primary_key=True, max_length=40)
    data = SealedDocumentField()

    charter: ClassVar[Charter] = Charter(
        name=technical("key"), data=_taught(retention=UNTIL_REPLACED)
    )

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class DayAction(models.Model):
    """One change to lessons: what goes and comes (`times.actions.Action`), who said so, when.

    Its key is the action's number. `line` is the order in which they were taken; after `last_day`
    none of its lessons is left, and it is forgotten soon.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.BigIntegerField(unique=True)
    last_day = models.DateField(db_index=True)
    data = SealedDocumentField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), line=technical(), last_day=technical(),
        data=_CHANGED, at=_CHANGED_AT, by=_ACT, undone_at=_CHANGED_AT, undone_by=_ACT,
    )  # fmt: skip

    def __str__(self) -> str:
        """Return the key."""
        return str(self.pk)


class TimetableDraft(models.Model):
    """Timetable files that somebody is importing, sealed, between two steps, for an hour at most.

    `choices` is how they are to be read, and which group a file is of.
    """

    by = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    at = models.DateTimeField()
    files = SealedDocumentField()
    choices = SealedDocumentField()

    charter: ClassVar[Charter] = Charter(
        by=technical("key"), at=_ACT, files=_taught(retention=DRAFTS_KEPT),
        choices=_taught(retention=DRAFTS_KEPT),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return whose it is, by key."""
        return str(self.pk)


class RulesActKind(models.TextChoices):
    """Which rules were changed. Stored: never reuse one."""

    TIMETABLE = "timetable"
    YEAR = "year"
    OPENINGS = "openings"
    REGIMES = "regimes"
    PHONES = "phones"
    CHECKS = "checks"


class RulesAct(models.Model):
    """Somebody changed the school's rules: which, who, when."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=RulesActKind.choices)

    charter: ClassVar[Charter] = Charter(id=technical("key"), at=_ACT, by=_ACT, kind=_ACT)

    def __str__(self) -> str:
        """Return which rules."""
        return self.kind
