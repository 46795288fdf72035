"""Making imports final: how to undo them is forgotten, and what they suspended is decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from portique.server.people import leaving
from portique.server.people.models import Import, Person
from portique.server.people.undoing import read_undo

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

UNDONE_WITHIN = timedelta(days=14)


def close_old_imports(at: datetime) -> None:
    """Forget how imports of over two weeks ago are undone, and revoke what they suspended."""
    late = at - UNDONE_WITHIN
    with transaction.atomic():
        for done in Import.objects.filter(at__lt=late).exclude(undo=b""):
            close(done)


def close_earlier(done: Import, returning: set[str]) -> None:
    """Make every import before this one final; `returning` are holders who are there again."""
    for earlier in Import.objects.exclude(undo=b"").exclude(pk=done.pk):
        close(earlier, returning)


def close(done: Import, returning: Iterable[str] = ()) -> None:
    """Make an import final: passes of those who left are revoked, of those returning given back.

    Those away have all of theirs revoked, whatever became of them since; those who are there again
    keep what was made for them since.
    """
    undoing = read_undo(done.undo)
    held = undoing.suspended
    back = leaving.numbers_of(returning) & set(held)
    leaving.give_back({number: held[number] for number in back})
    leaving.revoke(set(held) - back)
    away = Person.objects.filter(pk__in=undoing.reversal.bring_back).exclude(left_on=None)
    leaving.revoke_passes_of(
        leaving.holders_of(str(key) for key in away.values_list("pk", flat=True))
    )
    done.undo = ""
    done.save(update_fields=["undo"])
