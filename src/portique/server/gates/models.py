"""Gates the school enrolled, and what they filed."""

from __future__ import annotations

from django.db import models


class Gate(models.Model):
    """A gate: its lane and its public key."""

    gate_id = models.CharField(primary_key=True, max_length=40)
    lane = models.CharField(max_length=40)
    x = models.BinaryField()
    y = models.BinaryField()
    enrolled_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return its id."""
        return self.gate_id
