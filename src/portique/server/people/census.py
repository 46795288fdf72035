"""The version of the list of people: raised by each change, so that indexes know theirs is old."""

from __future__ import annotations

from django.db.models import F

from portique.server.people.models import Census


def raise_census(*, erasing: bool = False) -> int:
    """Count one up and return the new version.

    Call it first in a transaction: its row is then locked, and changes come one after another.
    """
    Census.objects.get_or_create(pk=1)
    Census.objects.filter(pk=1).update(version=F("version") + 1)
    if erasing:
        Census.objects.filter(pk=1).update(erased=F("version"))
    return Census.objects.get(pk=1).version


def census() -> Census:
    """Return the version of now; that of an empty list when nothing was ever changed."""
    return next(iter(Census.objects.filter(pk=1)), None) or Census()
