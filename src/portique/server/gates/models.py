"""Gates the school enrolled, what they filed, what they are to be told, and what is wrong there.

Of people there are only the bodies of entries and what was drawn from them, by holder number; both
go when the entry is erased.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from portique.core.charter import Charter, Recipient, Sensitivity, personal, technical
from portique.core.charter_retention import ONE_MONTH
from portique.core.seal import PublicKey, Purpose
from portique.server.clock import now
from portique.server.gates.models_filed import (
    COPIES,
    Crossing,
    Entry,
    Epoch,
    Head,
    SetAside,
)
from portique.server.vault.fields import SealedTextField

__all__ = [
    "Alarm",
    "AlarmKind",
    "Bundle",
    "Crossing",
    "Entry",
    "Epoch",
    "ErasureOrder",
    "Gate",
    "Head",
    "Invitation",
    "Note",
    "Restore",
    "SetAside",
    "UnknownPass",
]


PHONE = "scanner "  # what the version of an agent's phone begins with
CONTACT = ("contact_at", "called_ms", "drift_ms")
_UNKNOWN = personal(
    activity="passes",
    purpose="verify",
    retention=ONE_MONTH,
    recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)


class Gate(models.Model):
    """A gate: its lane, its public key, and how it said it was when it last asked for news.

    One that was removed keeps its row, and its id is nobody else's: what it filed stays proved.
    `called_ms` is the highest time of its own clock in any call (at most five minutes ahead of the
    server's), `drift_ms` how far that clock was ahead of the server's, `failing_told` what others
    in the server were last told of.
    """

    gate_id = models.CharField(primary_key=True, max_length=40)
    lane = models.CharField(max_length=40)
    x = models.BinaryField()
    y = models.BinaryField()
    enrolled_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True, blank=True)
    contact_at = models.DateTimeField(null=True, blank=True)
    called_ms = models.BigIntegerField(default=0)
    drift_ms = models.BigIntegerField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(max_length=40, blank=True)
    journal_epoch = models.BigIntegerField(null=True, blank=True)
    journal_last = models.BigIntegerField(null=True, blank=True)
    unsent = models.BigIntegerField(default=0)
    disk_free = models.BigIntegerField(null=True, blank=True)
    clock_uncertainty_ms = models.BigIntegerField(null=True, blank=True)
    clock_trusted = models.BooleanField(default=True)
    knowledge_epoch = models.BigIntegerField(null=True, blank=True)
    knowledge_number = models.BigIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=40, blank=True)
    set_aside = models.BigIntegerField(default=0)
    failing = models.CharField(max_length=400, blank=True)  # codes, parted by spaces
    failing_told = models.CharField(max_length=400, blank=True)

    charter: ClassVar[Charter] = Charter(
        **dict.fromkeys(
            (
                *("gate_id", "lane", "x", "y", "enrolled_at", "removed_at", "contact_at"),
                *("called_ms", "drift_ms", "reported_at", "version"),
                *("journal_epoch", "journal_last", "unsent", "disk_free", "clock_uncertainty_ms"),
                *("clock_trusted", "knowledge_epoch", "knowledge_number", "mode", "set_aside"),
                *("failing", "failing_told"),
            ),
            technical(),
        )
    )

    def __str__(self) -> str:
        """Return its id."""
        return self.gate_id

    def note_contact(self) -> None:
        """Write down that it called, unless a later call was."""
        contact = {name: getattr(self, name) for name in CONTACT}
        Gate.objects.filter(pk=self.pk, called_ms__lte=self.called_ms).update(**contact)

    @property
    def is_phone(self) -> bool:
        """Say whether it is an agent's phone: one in a pocket is silent, and has no door."""
        return self.version.startswith(PHONE)

    @property
    def key(self) -> PublicKey:
        """Return the key that its calls and signed heads are verified by."""
        return PublicKey.from_point(Purpose.GATE, bytes(self.x), bytes(self.y))

    @property
    def public(self) -> bytes:
        """Return that key's point: 64 bytes, as its epochs hold it."""
        return bytes(self.x) + bytes(self.y)


class Invitation(models.Model):
    """A code that lets one gate join, for ten minutes. The secret is what the code says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lane = models.CharField(max_length=40)
    secret = SealedTextField()
    made_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    gate = models.OneToOneField(
        Gate, null=True, blank=True, on_delete=models.CASCADE, related_name="invitation"
    )

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), lane=technical(), secret=technical(), made_at=technical(),
        expires_at=technical(), gate=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return its key, never the secret."""
        return str(self.pk)


class Note(models.Model):
    """What a gate is to be told, until it says that it took it up; `payload` is canonical CBOR.

    Without a gate it is for all but `origin`, the one that it comes from: until its time is over.
    """

    number = models.BigIntegerField(unique=True)
    gate = models.ForeignKey(Gate, null=True, on_delete=models.CASCADE, related_name="notes")
    origin = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40)
    payload = models.BinaryField()
    at = models.DateTimeField(default=now)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), number=technical(), gate=technical("key"), origin=technical("key"),
        kind=technical(), payload=COPIES, at=COPIES,
    )  # fmt: skip

    class Meta:
        """Those whose time is over are found by kind."""

        indexes: ClassVar = [models.Index(fields=["kind", "at"], name="gates_note_kind_at")]

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)


class ErasureOrder(models.Model):
    """A signed order to erase entries of one epoch, sent until the gate's journal has it."""

    order_id = models.CharField(primary_key=True, max_length=16)
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="orders")
    epoch = models.BigIntegerField()
    ranges = models.JSONField()  # [[first, last], …]
    signed = models.BinaryField()
    ordered_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        order_id=technical("key"), gate=technical("key"), epoch=technical(), ranges=technical(),
        signed=technical(), ordered_at=technical(), done_at=technical(),
    )  # fmt: skip

    def __str__(self) -> str:
        """Return its number."""
        return self.order_id


class AlarmKind(models.TextChoices):
    """What may be wrong with a gate's journal, or with the school's passes. Never reuse one."""

    CONFLICT = "conflict"  # another entry under a known number
    CHAIN = "chain"  # lines that follow from nothing held
    HEAD = "head"  # entries that are not what the gate signed for, or a head it can't have signed
    OLDER_COPY = "older-copy"  # the journal went back
    NEW_EPOCH = "new-epoch"  # the gate itself found its journal damaged, missing or older
    UNKNOWN_PASS = "unknown-pass"  # noqa: S105 - genuine by its signature and never issued
    ISSUED_AFTER_COPY = "issued-after-copy"  # unknown, shown before a copy was put back
    UNKNOWN_RESTORED = "unknown-restored"  # unknown, shown since a copy was put back
    TWO_LANES = "two-lanes"  # one holder let through at two lanes at once
    NEWER_KNOWLEDGE = "newer-knowledge"  # the gate knows what the server never gave out
    RECEIVER = "receiver"  # entries that a part of the server could not take up


class Alarm(models.Model):
    """Something a person must look at. One that goes on is counted, not repeated."""

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=20, choices=AlarmKind.choices)
    epoch = models.BigIntegerField()
    number = models.BigIntegerField()
    times = models.IntegerField(default=1)
    first_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(null=True, blank=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), gate=technical("key"), kind=technical(), epoch=technical(),
        number=technical("key"), times=technical(), first_at=technical(), last_at=technical(),
        seen_at=technical(),
    )  # fmt: skip

    class Meta:
        """One for each place of which nobody said yet that they saw it."""

        constraints = [
            models.UniqueConstraint(
                fields=["gate", "kind", "epoch", "number"],
                condition=models.Q(seen_at=None),
                name="gates_one_alarm",
            )
        ]

    def __str__(self) -> str:
        """Name gate and kind."""
        return f"{self.gate_id} {self.kind}"


COUNTED = frozenset({AlarmKind.ISSUED_AFTER_COPY, AlarmKind.UNKNOWN_RESTORED})
"""One alarm for the whole school, which counts passes (`actions.unknown`)."""


class Restore(models.Model):
    """A copy of the database was put back: what was issued after `copied_at` it doesn't know."""

    copied_at = models.DateTimeField()
    at = models.DateTimeField(default=now)

    charter: ClassVar[Charter] = Charter(id=technical("key"), copied_at=technical(), at=technical())

    def __str__(self) -> str:
        """Say when."""
        return f"{self.at}"


class UnknownPass(models.Model):
    """A pass that no register knows, shown around a restore: counted once, whoever's it is."""

    pass_id = models.CharField(primary_key=True, max_length=16)
    at = models.DateTimeField(default=now)

    charter: ClassVar[Charter] = Charter(pass_id=_UNKNOWN, at=_UNKNOWN)

    def __str__(self) -> str:
        """Return its number."""
        return self.pass_id


class Bundle(models.Model):
    """The knowledge as it was last signed, one row; the version it should have is a counter."""

    epoch = models.BigIntegerField()
    number = models.BigIntegerField()
    data = models.BinaryField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), epoch=technical(), number=technical(), data=technical("key")
    )

    def __str__(self) -> str:
        """Name the version."""
        return f"{self.epoch}.{self.number}"
