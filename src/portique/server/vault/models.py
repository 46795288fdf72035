"""What the vault remembers: which erasures were done, by numbers that are nobody's any more."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from portique.core.charter import Charter, technical


class Erasure(models.Model):
    """One erasure, as a line of the list that is kept apart from backups (`vault.erasures`).

    `apart`: the line is in that list's file.
    """

    line = models.TextField()
    apart = models.BooleanField(default=False, db_index=True)

    charter: ClassVar[Charter] = Charter(
        id=technical("key"), line=technical("key"), apart=technical()
    )

    def __str__(self) -> str:
        """Return the key."""
        return str(self.pk)
