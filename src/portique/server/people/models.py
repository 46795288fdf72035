"""Persons the school knows. Identities are sealed; the class and the holder's number are not."""

from __future__ import annotations

import uuid
from enum import StrEnum
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
from portique.core.charter_retention import ONE_YEAR, SIX_MONTHS, WHILE_KNOWN, DayCount
from portique.school.people.records import Boarding, Role
from portique.server.vault.fields import SealedDocumentField, SealedTextField

_OFFICE = (Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER)
_known = partial(
    personal,
    activity="directory",
    purpose="recognise",
    retention=WHILE_KNOWN,
    recipients=(*_OFFICE, Recipient.AGENT, Recipient.RECEPTION),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_NAME = _known(sensitivity=Sensitivity.IDENTITY)
_USUAL = _known(sensitivity=Sensitivity.IDENTITY, source=Source.PERSON)
_match = partial(_known, purpose="match", recipients=(), sensitivity=Sensitivity.IDENTITY)
_MATCH = _match()
UNDO_KEPT = Retention(Event.RECORDED, DayCount(14))
UPLOADS_KEPT = Retention(Event.RECORDED, DayCount(1))
_UNDO, _UPLOADED = _match(retention=UNDO_KEPT), _match(retention=UPLOADS_KEPT)
_CONTACT = personal(
    activity="guardian-messages",
    purpose="contact",
    retention=WHILE_KNOWN,
    recipients=_OFFICE,
    sensitivity=Sensitivity.IDENTITY,
)
_EXIT = personal(
    activity="exit-rights",
    purpose="exit",
    retention=WHILE_KNOWN,
    recipients=_OFFICE,
    sensitivity=Sensitivity.PSEUDONYMOUS,
    source=Source.IMPORT,
)
_traced = partial(
    personal,
    activity="access-audit",
    purpose="account",
    retention=SIX_MONTHS,
    recipients=(Recipient.HOLDER, Recipient.HEAD, Recipient.DPO, Recipient.AUDITOR),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_IMPORTED = _traced(retention=ONE_YEAR, recipients=(Recipient.HEAD, Recipient.DPO))


class Census(models.Model):
    """The version of the list of people, one up with each change; a single row.

    `erased` is the version at which somebody was last taken out: the index then begins anew.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)
    erased = models.BigIntegerField(default=0)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), version=technical(), erased=technical()
    )

    def __str__(self) -> str:
        """Return the version."""
        return str(self.version)


class Import(models.Model):
    """One file that was applied: who, when, of what kind, how many; how to undo it while one can.

    `undo` is emptied when it can't be undone any more: after the next import, or two weeks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    source = models.CharField(max_length=12)
    counts = models.JSONField(default=dict)  # added, changed, left: numbers only
    undo = SealedDocumentField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), at=_IMPORTED, by=_IMPORTED, source=technical(), counts=technical(),
        undo=_UNDO, undone_at=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return the key."""
        return str(self.pk)


class Person(models.Model):
    """Somebody who may hold passes.

    `usual_first_name` is shown everywhere when there is one; the civil names only match imports.
    `holder` is new each school year and shared by all media of the person; guardians have none
    before their first pass. `former_holder` is the year before's, as long as passes bear it: they
    end with whoever leaves or is erased. Groups, regime and meal days are the holder's rights
    (`people.rights`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, db_index=True)
    holder = models.CharField(max_length=16, unique=True, null=True, blank=True)
    former_holder = models.CharField(max_length=16, blank=True)
    civil_last_name = SealedTextField()
    civil_first_name = SealedTextField()
    usual_last_name = SealedTextField(blank=True)
    usual_first_name = SealedTextField(blank=True)
    birth_date = SealedTextField(blank=True)  # ISO; matches imports, shown nowhere
    national_id = SealedTextField(blank=True)  # INE; matches imports, shown nowhere
    email = SealedTextField(blank=True)  # guardians only
    mobile = SealedTextField(blank=True)  # guardians only, who accepted messages
    label = models.CharField(max_length=40, blank=True, db_index=True)  # class or service
    boarding = models.CharField(
        max_length=24, blank=True, choices=[(one.value, one.value) for one in Boarding]
    )
    left_on = models.DateField(null=True, blank=True)
    needs_card = models.BooleanField(default=False)  # the card shows another name or class
    origin = models.ForeignKey(Import, models.SET_NULL, null=True, blank=True)
    census = models.BigIntegerField(default=0, db_index=True)  # of `Census`, at the last change
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), kind=_known(), holder=_known(source=Source.DRAWN),
        former_holder=_known(source=Source.DRAWN),
        civil_last_name=_NAME, civil_first_name=_NAME, usual_last_name=_USUAL,
        usual_first_name=_USUAL, birth_date=_MATCH, national_id=_MATCH, email=_CONTACT,
        mobile=_CONTACT, label=_known(), boarding=_EXIT, left_on=_known(), needs_card=_known(),
        origin=_known(), census=technical(), created_at=_known(), changed_at=_known(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return the key: a name in a log or a page's source would be a leak."""
        return str(self.pk)

    @property
    def holders(self) -> list[str]:
        """Return the numbers that somebody's passes may bear."""
        return [number for number in (self.holder, self.former_holder) if number]

    @property
    def shown_name(self) -> str:
        """Return the name that cards, screens and pages show."""
        return f"{self.shown_first_name} {self.shown_last_name}".strip()

    @property
    def shown_first_name(self) -> str:
        """Return the first name somebody goes by."""
        return self.usual_first_name or self.civil_first_name

    @property
    def shown_last_name(self) -> str:
        """Return the last name somebody goes by."""
        return self.usual_last_name or self.civil_last_name


class Tie(models.Model):
    """What a guardian is to one pupil."""

    guardian = models.ForeignKey(Person, models.CASCADE, related_name="pupil_ties")
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="guardian_ties")
    role = models.CharField(max_length=8, choices=[(role.value, role.value) for role in Role])

    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        guardian=_known(recipients=_OFFICE),
        pupil=_known(recipients=_OFFICE),
        role=_known(recipients=_OFFICE),
    )

    class Meta:
        """Once for a guardian and a pupil."""

        constraints = [
            models.UniqueConstraint(fields=["guardian", "pupil"], name="one_tie_of_a_pair")
        ]

    def __str__(self) -> str:
        """Return the role."""
        return self.role


class Upload(models.Model):
    """The files that somebody is importing, sealed, between two steps and for an hour at most.

    `choices` is what they said so far: columns, kind of people, answers, closed classes.
    """

    by = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    at = models.DateTimeField()
    files = SealedDocumentField()
    choices = SealedDocumentField(blank=True)

    charter: ClassVar[Charter] = Charter(
        by=technical("key"), at=_IMPORTED, files=_UPLOADED, choices=_UPLOADED
    )

    def __str__(self) -> str:
        """Return whose it is, by key."""
        return str(self.pk)


class AccessReason(StrEnum):
    """Why somebody looked a person up."""

    OFFICE = "office"  # school-life's ordinary work, recorded without being asked
    FORGOTTEN_CARD = "forgotten-card"
    NOT_READ = "not-read"
    LATE = "late"
    CALLED_FOR = "called-for"
    SAFETY = "safety"


class Access(models.Model):
    """Somebody looked a person up: who, whom, when, why. Shown to that person."""

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    role = models.CharField(max_length=20)
    person = models.ForeignKey(Person, models.CASCADE)
    reason = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in AccessReason]
    )

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), at=_traced(), by=_traced(), role=_traced(), person=_traced(),
        reason=_traced(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return the reason."""
        return self.reason
