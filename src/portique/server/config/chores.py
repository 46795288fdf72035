"""What is due each hour: everything is erased when its time is over, whoever looks or not.

Each chore stands alone: one that fails is logged and tried again an hour later; the others are
done.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session
from django.db import Error

from portique.core.errors import PortiqueError
from portique.core.values import to_ms
from portique.server.console import actions as console
from portique.server.gates.actions.erasing import erase_before
from portique.server.passes.actions.recording import forget_old_acts as forget_acts_on_passes
from portique.server.passes.actions.slips import forget_slips
from portique.server.people.actions import purge
from portique.server.school.actions.changes import forget_old_changes
from portique.server.school.actions.drafts import drop_old_drafts
from portique.server.school.actions.telling import forget_old_acts as forget_acts_on_rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = logging.getLogger(__name__)


def do_chores(at: datetime) -> tuple[str, ...]:
    """Erase what may be kept no longer; return the names of the chores that failed."""
    return tuple(name for name, chore in _chores(at).items() if not _done(name, chore))


def _chores(at: datetime) -> dict[str, Callable[[], object]]:
    return {
        "entries": lambda: erase_before(to_ms(console.kept_since(at))),
        "events": lambda: console.forget(at),
        "slips": lambda: forget_slips(at),
        "acts on passes": lambda: forget_acts_on_passes(at),
        "acts on rules": lambda: forget_acts_on_rules(at),
        "people": purge,
        "changes": forget_old_changes,
        "drafts": drop_old_drafts,
        "sessions": lambda: Session.objects.filter(expire_date__lte=at).delete(),
    }


def _done(name: str, chore: Callable[[], object]) -> bool:
    try:
        chore()
    except (PortiqueError, Error):
        log.warning("what is old could not be deleted", extra={"chore": name})
        return False
    return True
