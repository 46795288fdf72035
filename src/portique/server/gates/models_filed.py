"""What gates filed: epochs of their journals, signed heads, entries, and what these tell."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.db import models

from portique.core.charter import Charter, Recipient, Sensitivity, personal, technical
from portique.core.charter_retention import NEXT_SCHOOL_DAY
from portique.server.clock import now

_passed = partial(
    personal,
    activity="entry-control",
    retention=NEXT_SCHOOL_DAY,
    recipients=(Recipient.AGENT, Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER),
    sensitivity=Sensitivity.PSEUDONYMOUS,
)
_ADMIT, COPIES = _passed(purpose="admit"), _passed(purpose="copies")
_NOT_SEEN = _passed(
    purpose="not-seen", recipients=(Recipient.SCHOOL_LIFE, Recipient.HEAD, Recipient.HOLDER)
)


class Epoch(models.Model):
    """One journal file of a gate: how far the server holds it without a gap, and the chain there.

    `public` is the key its genesis was made of: a lane's new machine may take an old id. `head_ms`
    is the time of the newest signed head. `cause` is what the first entry says; the `closed_`
    fields are what its successor's says. While it is `disputed` nothing more is taken.
    """

    gate = models.ForeignKey("gates.Gate", on_delete=models.CASCADE, related_name="epochs")
    number = models.BigIntegerField()
    public = models.BinaryField()
    last = models.BigIntegerField(default=0)
    chain = models.BinaryField()
    head_number = models.BigIntegerField(default=0)
    head_ms = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(default=now)
    cause = models.CharField(max_length=20, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_number = models.BigIntegerField(null=True, blank=True)
    closed_by = models.CharField(max_length=20, blank=True)
    disputed = models.BooleanField(default=False)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), gate=technical("key"), number=technical(), public=technical(),
        last=technical(), chain=technical(), head_number=technical(), head_ms=technical(),
        opened_at=technical(), cause=technical(), closed_at=technical(), closed_number=technical(),
        closed_by=technical(), disputed=technical(),
    )  # fmt: skip

    class Meta:
        """A number is used once by one key."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["gate", "number", "public"], name="gates_one_epoch")
        ]

    def __str__(self) -> str:
        """Name gate and epoch."""
        return f"{self.gate_id}/{self.number}"


class Head(models.Model):
    """A signed head: the gate's word that its journal went so far, kept against it."""

    epoch = models.ForeignKey(Epoch, on_delete=models.CASCADE, related_name="heads")
    number = models.BigIntegerField()
    chain = models.BinaryField()
    signed = models.BinaryField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), epoch=technical("key"), number=technical(), chain=technical(),
        signed=technical(),
    )  # fmt: skip

    class Meta:
        """One for each entry."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["epoch", "number"], name="gates_one_head")
        ]

    def __str__(self) -> str:
        """Name the entry it is about."""
        return f"{self.epoch_id}/{self.number}"


class Entry(models.Model):
    """One entry of a gate's journal, as it was filed; salt and body are null once erased.

    `kind` is the body's (`core.entries.EntryKind`), 0 if it was erased before it came or can't be
    read; it stays when the body goes.
    """

    epoch = models.ForeignKey(Epoch, on_delete=models.CASCADE, related_name="entries")
    number = models.BigIntegerField()
    time_ms = models.BigIntegerField(db_index=True)
    kind = models.SmallIntegerField(default=0)
    salt = models.BinaryField(null=True)
    body = models.BinaryField(null=True)
    commitment = models.BinaryField()
    chain = models.BinaryField()
    received_ms = models.BigIntegerField()

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), epoch=technical("key"), number=technical(), time_ms=_ADMIT,
        kind=technical(), salt=technical(), body=_ADMIT, commitment=technical(), chain=technical(),
        received_ms=technical(),
    )  # fmt: skip

    class Meta:
        """Each entry once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["epoch", "number"], name="gates_one_entry")
        ]

    def __str__(self) -> str:
        """Name the entry."""
        return f"{self.epoch_id}/{self.number}"


class SetAside(models.Model):
    """An entry that is kept and not understood, with a code why."""

    epoch = models.ForeignKey(Epoch, on_delete=models.CASCADE, related_name="aside")
    number = models.BigIntegerField()
    why = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), epoch=technical("key"), number=technical(), why=technical(),
        at=technical(),
    )  # fmt: skip

    class Meta:
        """One reason for each entry."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["epoch", "number"], name="gates_one_aside")
        ]

    def __str__(self) -> str:
        """Name the entry and the reason."""
        return f"{self.epoch_id}/{self.number} {self.why}"


class Crossing(models.Model):
    """A holder let through at a lane: drawn from an entry, gone with its body.

    Copies are found by all of it. Who was not seen today, and who came late, is worked out by the
    day of `at_ms`.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, related_name="crossing"
    )
    holder = models.CharField(max_length=16)
    lane = models.CharField(max_length=40)
    at_ms = models.BigIntegerField()

    charter: ClassVar[Charter] = Charter(
        entry=technical("key"), holder=COPIES, lane=COPIES, at_ms=_NOT_SEEN
    )

    class Meta:
        """Looked for by holder and time."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["holder", "at_ms"], name="gates_crossing_holder")
        ]

    def __str__(self) -> str:
        """Name the entry, not the holder."""
        return str(self.pk)
