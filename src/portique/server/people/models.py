"""Persons the school knows. Identities are sealed; the class and the holder's number are not."""

from __future__ import annotations

import uuid

from django.db import models

from portique.server.vault.fields import SealedTextField


class Person(models.Model):
    """Somebody who may hold passes.

    `usual_first_name` is shown everywhere when there is one; the civil names only match imports.
    `holder` is new each school year and shared by all media of the person; empty before the first
    pass.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, db_index=True)
    holder = models.CharField(max_length=16, unique=True, null=True, blank=True)
    civil_last_name = SealedTextField()
    civil_first_name = SealedTextField()
    usual_last_name = SealedTextField(blank=True)
    usual_first_name = SealedTextField(blank=True)
    birth_date = SealedTextField(blank=True)  # ISO; matches imports, shown nowhere
    national_id = SealedTextField(blank=True)  # INE; matches imports, shown nowhere
    label = models.CharField(max_length=40, blank=True, db_index=True)  # class or service
    left_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """Return the key: a name in a log or a page's source would be a leak."""
        return str(self.pk)

    @property
    def shown_name(self) -> str:
        """Return the name that cards, screens and pages show."""
        first = self.usual_first_name or self.civil_first_name
        return f"{first} {self.usual_last_name or self.civil_last_name}".strip()
