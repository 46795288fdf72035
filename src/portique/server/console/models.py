"""What the console shows: events of the gates in one rising row, and referrals that wait.

An event holds ids, codes and numbers, never a name: names are found when it is shown.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import ClassVar

from django.conf import settings
from django.db import models

from portique.core.charter import Charter, Recipient, Sensitivity, Source, personal, technical
from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.core.entries import Ruling

_passed = personal(
    activity="entry-control",
    purpose="admit",
    retention=NEXT_SCHOOL_DAY,
    recipients=(Recipient.AGENT, Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_answered = partial(
    personal,
    activity="gate-operation",
    purpose="operate",
    retention=NEXT_SCHOOL_DAY,
    recipients=(Recipient.AGENT, Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_BY_GATE, _BY_SCHOOL = _answered(), _answered(source=Source.SCHOOL)


class EventKind(models.TextChoices):
    """What an event is about. Stored: never reuse one."""

    DECISION = "decision"
    RULING = "ruling"  # a gate's journal has an answer: this is what counts
    ASKED = "asked"  # somebody at a console answered; the gate has not yet confirmed
    OPENING = "opening"  # somebody at a console asked a gate to open; it has not yet confirmed
    MANUAL = "manual"
    MODE = "mode"
    ALARM = "alarm"
    NOTICE = "notice"
    COUNT = "count"
    BOOT = "boot"
    CLOCK = "clock"
    EPOCH = "epoch"
    DISMISSED = "dismissed"  # somebody saw an alert
    GATE = "gate"  # something is wrong with a gate's journal, or with the school's passes
    FAILURE = "failure"  # something at a lane no longer works, or works again


class Event(models.Model):
    """One line of the live feed. Ids rise in the order in which readers can see them.

    `people` is what the event adds to the lane's count of `direction` on its day, below zero when
    an agent takes people back.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    gate = models.CharField(max_length=40, blank=True)
    lane = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    people = models.IntegerField(default=0)
    direction = models.CharField(max_length=5, blank=True)
    alert = models.BooleanField(default=False)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        at=_passed,
        kind=_passed,
        gate=technical(),
        lane=_passed,
        data=_passed,
        people=_passed,
        direction=_passed,
        alert=technical(),
        dismissed_at=_BY_SCHOOL,
    )

    class Meta:
        """What each page asks: counts of the day, each lane's last showing, alerts that wait."""

        indexes = [
            models.Index(fields=["at", "lane", "direction", "people"], name="console_counts"),
            models.Index(fields=["kind", "lane", "id", "at"], name="console_newest"),
            models.Index(fields=["at"], condition=models.Q(alert=True), name="console_alerts"),
        ]

    def __str__(self) -> str:
        """Name the event without saying whose it is."""
        return f"{self.kind} {self.pk}"


class ReferralState(models.TextChoices):
    """What has become of a referral. Stored: never reuse one."""

    WAITING = "waiting"
    RULED = "ruled"  # somebody at a console won
    ELSEWHERE = "elsewhere"  # the gate's own agent won
    GONE = "gone"  # shown again and decided anew, or nobody answered that day


class Referral(models.Model):
    """A decision of a gate that waits for somebody's answer, at the gate or at a console.

    `epoch` and `number` are those of the decision's entry. `user` is who answered at a console,
    `agent` the alias of who did at the gate; `confirmed_at` when the gate's journal had it.
    """

    gate = models.CharField(max_length=40)
    epoch = models.BigIntegerField()
    number = models.BigIntegerField()
    lane = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    pass_id = models.CharField(max_length=16, blank=True)
    outcome = models.SmallIntegerField()
    reasons = models.CharField(max_length=1000, blank=True)  # codes, parted by spaces
    state = models.CharField(
        max_length=10, choices=ReferralState.choices, default=ReferralState.WAITING, db_index=True
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agent = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(
        max_length=5, blank=True, choices=[(each.value, each.value) for each in Ruling]
    )
    reason = models.CharField(max_length=40, blank=True)
    ruled_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"),
        gate=technical("key"),
        epoch=technical("key"),
        number=technical("key"),
        lane=_passed,
        at=_passed,
        pass_id=_passed,
        outcome=_passed,
        reasons=_passed,
        state=_passed,
        user=_BY_SCHOOL,
        agent=_BY_GATE,
        verdict=_passed,
        reason=_passed,
        ruled_at=_passed,
        confirmed_at=technical(),
    )

    class Meta:
        """The decision's entry names its referral."""

        constraints = [
            models.UniqueConstraint(fields=["gate", "epoch", "number"], name="console_one_referral")
        ]

    def __str__(self) -> str:
        """Name the decision's entry."""
        return self.key

    @property
    def card(self) -> str:
        """Name its card on pages: the same pass for the same reasons is one, as on a gate."""
        who = self.pass_id or self.key
        said = f"{self.gate}|{who}|{self.outcome}|{self.reasons}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def key(self) -> str:
        """Name the decision's entry, as forms and pages do."""
        return f"{self.gate}~{self.epoch}~{self.number}"
