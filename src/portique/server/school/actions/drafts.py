"""Files of a timetable between two steps of its import: sealed, for an hour at most."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portique.school.times.icalendar_files import CalendarFile
from portique.server.clock import now
from portique.server.school.models import TimetableDraft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portique.server.accounts.models import User

KEPT = timedelta(hours=1)


def keep_draft(by: User, files: Sequence[CalendarFile], choices: dict[str, Any]) -> None:
    """Seal files and how to read them; what this person had chosen before is forgotten."""
    drop_draft(by)
    rows = [[file.name, _packed(file.raw)] for file in files]
    draft = TimetableDraft(by=by, at=now(), files=json.dumps(rows), choices=json.dumps(choices))
    draft.save(force_insert=True)


def draft_of(by: User) -> TimetableDraft | None:
    """Return what somebody is importing; None when there is nothing, or it is over an hour old."""
    return TimetableDraft.objects.filter(by=by, at__gt=now() - KEPT).first()


def files_of(draft: TimetableDraft) -> list[CalendarFile]:
    """Open the files, each with the group that a person chose for it."""
    groups = choices_of(draft).get("groups", {})
    return [
        CalendarFile(name, zlib.decompress(base64.b64decode(packed)), groups.get(name, ""))
        for name, packed in json.loads(draft.files)
    ]


def choices_of(draft: TimetableDraft) -> dict[str, Any]:
    """Return how the files are to be read."""
    held: dict[str, Any] = json.loads(draft.choices)
    return held


def set_choices(draft: TimetableDraft, choices: dict[str, Any]) -> None:
    """Keep how the files are to be read."""
    draft.choices = json.dumps(choices)
    draft.save(update_fields=["choices"])


def drop_draft(by: User) -> None:
    """Forget what somebody was importing, and what everybody left lying for an hour."""
    TimetableDraft.objects.filter(by=by).delete()
    drop_old_drafts()


def drop_old_drafts(at: datetime | None = None) -> None:
    """Forget what was left lying for an hour."""
    TimetableDraft.objects.filter(at__lte=(at or now()) - KEPT).delete()


def _packed(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw, 1)).decode("ascii")
