"""Passes issued, and holders' rights."""

from __future__ import annotations

from django.db import models

from portique.core.revocation import Status


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

    def __str__(self) -> str:
        """Return its number."""
        return self.pass_id


class HolderRights(models.Model):
    """What a holder may do: groups, regime, meals, permissions; canonical CBOR."""

    holder = models.CharField(primary_key=True, max_length=16)
    data = models.BinaryField()

    def __str__(self) -> str:
        """Return the holder's number."""
        return self.holder
