"""Rules as documents by name, as the files of a school's folder are; and counters."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from portique.core.charter import Charter, technical


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
