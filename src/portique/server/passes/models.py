"""Passes issued, holders' rights, badges, and what was done with them by whom."""

from __future__ import annotations

import uuid
from functools import partial
from typing import ClassVar

from django.conf import settings
from django.db import models

from portique.core.charter import Charter, Recipient, Sensitivity, personal, technical
from portique.core.charter_retention import (
    SIX_MONTHS,
    WHILE_KNOWN,
    WHILE_ON_MEDIUM,
    WHILE_PERMITTED,
    WHILE_VALID,
)
from portique.core.plain import Words
from portique.core.revocation import Status
from portique.server.vault.fields import SealedTextField

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


_act = personal(
    activity="access-audit",
    purpose="account",
    retention=SIX_MONTHS,
    recipients=(Recipient.HOLDER, Recipient.HEAD, Recipient.DPO, Recipient.AUDITOR),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_badge = personal(
    activity="passes",
    purpose="verify",
    retention=WHILE_ON_MEDIUM,
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_permission = partial(
    personal,
    activity="exit-rights",
    purpose="permit",
    retention=WHILE_PERMITTED,
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class Use(models.TextChoices):
    """What a pass was made for. Stored: never reuse one."""

    CARD = "card"
    SLIP = "slip"  # of one day, for a forgotten card: once ended, it is nobody's
    BADGE = "badge"  # what a badge's number stands for
    PHONE = "phone"  # lives on a phone, bound to its key


class IssuedPass(models.Model):
    """One pass: its text holds the holder's name sealed with the school's name key.

    Of a day's slip that has ended, number and index stay (gates still report them), without
    holder and text: who forgot their card how often is nobody's business.
    """

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
    use = models.CharField(max_length=5, choices=Use.choices, default=Use.CARD)

    charter: ClassVar[Charter] = Charter(
        pass_id=_issued, holder=_issued, kind=_issued, status_index=_issued, status=_issued,
        issued_ms=_issued, expires_ms=_issued, replaced_by=_issued,
        text=_issued,  # what names anybody in it is sealed with the school's name key
        line=technical(), use=_issued,
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


class ActKind(models.TextChoices):
    """What was done. Stored: never reuse one."""

    ISSUED = "issued"
    PRINTED = "printed"
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVOKED = "revoked"
    SLIP = "slip"
    ROLLED = "rolled"
    BADGE = "badge"
    BADGE_REMOVED = "badge-removed"
    PERMITTED = "permitted"
    WITHDRAWN = "withdrawn"
    ALLOWED = "allowed"  # another person agreed to more passes than usual
    PHONE_CODE = "phone-code"  # with it a phone can be enrolled
    PHONE = "phone"
    PHONE_RENEWED = "phone-renewed"


ACT_WORDS = {
    ActKind.ISSUED: Words("délivrance", "issued"),
    ActKind.PRINTED: Words("impression", "printed"),
    ActKind.REPLACED: Words("remplacement", "replaced"),
    ActKind.SUSPENDED: Words("suspension", "suspended"),
    ActKind.RESUMED: Words("rétablissement", "made valid again"),
    ActKind.REVOKED: Words("annulation", "revoked"),
    ActKind.SLIP: Words("billet du jour", "day slip"),
    ActKind.ROLLED: Words("nouvelle année", "new school year"),
    ActKind.BADGE: Words("badge inscrit", "badge enrolled"),
    ActKind.BADGE_REMOVED: Words("badge retiré", "badge removed"),
    ActKind.PERMITTED: Words("autorisation donnée", "permission given"),
    ActKind.WITHDRAWN: Words("autorisation retirée", "permission withdrawn"),
    ActKind.ALLOWED: Words("dépassement permis", "more passes allowed"),
    ActKind.PHONE_CODE: Words("code pour un téléphone", "code for a phone"),
    ActKind.PHONE: Words("téléphone inscrit", "phone enrolled"),
    ActKind.PHONE_RENEWED: Words(
        "laissez-passer refait sur le téléphone", "pass made anew on the phone"
    ),
}


class Act(models.Model):
    """Something an account did with a pass or a holder's rights; without one, its holder did.

    A day's slip is recorded without whose it was: only who made it.
    """

    at = models.DateTimeField(db_index=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=14, choices=ActKind.choices)
    pass_id = models.CharField(max_length=16, blank=True, db_index=True)
    holder = models.CharField(max_length=16, blank=True, db_index=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), at=_act, account=_act, kind=_act, pass_id=_act, holder=_act
    )

    def __str__(self) -> str:
        """Say what was done, not to whom."""
        return f"{self.kind} {self.pk}"


class QuotaAlert(models.Model):
    """Somebody wanted more passes than is usual: refused, until another person agrees.

    `cause` is `person` (too many for one person) or `account` (too many in an hour); `asked` how
    many there would have been.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    cause = models.CharField(max_length=7, choices=[("person", "person"), ("account", "account")])
    asked = models.IntegerField()
    seen_at = models.DateTimeField(null=True, blank=True)
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    allowed_until = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), at=_act, account=_act, cause=_act, asked=technical(), seen_at=_act,
        allowed_by=_act, allowed_until=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Say what was too much, not whose it was."""
        return f"{self.cause} {self.asked}"


class Badge(models.Model):
    """A badge with a bare number: the number's keyed hash, and the pass it stands for."""

    digest = models.CharField(primary_key=True, max_length=64)
    holder = models.CharField(max_length=16, db_index=True)
    issued = models.OneToOneField(IssuedPass, on_delete=models.PROTECT, related_name="badge")
    at = models.DateTimeField()

    charter: ClassVar[Charter] = Charter(digest=_badge, holder=_badge, issued=_badge, at=_badge)

    def __str__(self) -> str:
        """Return the number of the pass it stands for."""
        return self.issued_id


class PermissionNote(models.Model):
    """Who gave a permission and why; gates are told neither.

    `mark` finds the permission among its holder's: a hash of what gates are told. The reason may
    be of health.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.CharField(max_length=16, db_index=True)
    mark = models.CharField(max_length=64)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    reason = SealedTextField(blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), holder=_permission(), mark=_permission(), account=_permission(),
        at=_permission(), reason=_permission(sensitivity=Sensitivity.SENSITIVE),
    )  # fmt: skip

    class Meta:
        """One for each permission of a holder."""

        constraints = [models.UniqueConstraint(fields=["holder", "mark"], name="passes_one_note")]

    def __str__(self) -> str:
        """Say nothing of whom or why."""
        return f"note {self.pk}"
