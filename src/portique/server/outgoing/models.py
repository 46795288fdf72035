"""Where events go, those that wait to be sent, and what was looked at last.

Nothing here is about anybody: an event holds counts, gates' states and versions.
"""

from __future__ import annotations

import uuid
from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models

from portique.core.charter import Charter, technical
from portique.server.vault.fields import SealedTextField


class Reach(models.TextChoices):
    """On which network a destination may be. Stored: never reuse one."""

    INTERNET = "internet"
    NETWORK = "network"  # the school's own, by private addresses
    MACHINE = "machine"  # the server's own machine


class EventType(models.TextChoices):
    """What is told. Part of the interface: never change one."""

    COUNTS = "counts.quarter"
    HEALTH = "gate.health"
    GATE_ALARM = "gate.alarm"
    SCHOOL_ALARM = "school.alarm"
    IMPORTED = "people.imported"
    KNOWLEDGE = "knowledge.changed"
    TEST = "portique.test"


CHOSEN = tuple(kind for kind in EventType if kind is not EventType.TEST)


class Destination(models.Model):
    """A program that is told of events: by HTTP, each signed, or by an MQTT broker.

    `secret` is what webhooks are signed with, or the broker's password; `address` may hold a secret
    of its own, in its path: pages show its `place` only. After a failure nothing is
    sent before `waits_until`; `failures` counts them since the last success.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    address = SealedTextField()
    topic = models.CharField(max_length=100, blank=True)
    login = SealedTextField(blank=True)
    secret = SealedTextField(blank=True)
    events = models.JSONField(default=list)
    reach = models.CharField(max_length=8, choices=Reach.choices, default=Reach.INTERNET)
    enabled = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    waits_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=20, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    delivered = models.BigIntegerField(default=0)
    dropped = models.BigIntegerField(default=0)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), name=technical("school"), address=technical(),
        topic=technical("school"), login=technical(), secret=technical(), events=technical(),
        reach=technical(), enabled=technical(), failures=technical(), waits_until=technical(),
        last_error=technical(), last_ok_at=technical(), delivered=technical(), dropped=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return how the school calls it."""
        return self.name

    @property
    def place(self) -> str:
        """The address as far as its host and port; what follows is not shown."""
        split = urlsplit(self.address)
        more = "/…" if split.query or split.path not in {"", "/"} else ""
        return f"{split.scheme}://{split.netloc}{more}"

    @property
    def is_webhook(self) -> bool:
        """Whether events go there by HTTP."""
        return self.address.startswith("http")


class Delivery(models.Model):
    """One event on its way to one destination, in the order of their keys."""

    destination = models.ForeignKey(Destination, models.CASCADE, related_name="waiting")
    message = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    body = models.TextField()
    attempts = models.PositiveIntegerField(default=0)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), destination=technical("key"), message=technical(), kind=technical(),
        at=technical(), body=technical(), attempts=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return the number that its receiver tells it by."""
        return str(self.message)


class Watch(models.Model):
    """Up to where things were told, and which process sends now; a single row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    state = models.JSONField(null=True)
    sender = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), state=technical(), sender=technical(), until=technical()
    )

    def __str__(self) -> str:
        """Name it."""
        return "watch"
