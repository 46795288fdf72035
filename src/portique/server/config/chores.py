"""What is due each hour: everything is erased when its time is over, whoever looks or not.

Each chore stands alone: one that fails is logged and tried again an hour later; the others are
done.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import Error, transaction

from portique.core.errors import PortiqueError
from portique.server.vault import erasures
from portique.server.vault.purging import fold, registered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = logging.getLogger(__name__)


def do_chores(at: datetime) -> tuple[str, ...]:
    """Erase what may be kept no longer; return the names of the chores that failed."""
    chores: dict[str, Callable[[datetime], object]] = {
        purge.name: purge.run for purge in registered() if purge.run is not None
    }
    chores["erasures kept apart"] = lambda _: erasures.keep_apart()
    chores["write-ahead log"] = lambda _: transaction.on_commit(fold)
    return tuple(name for name, chore in chores.items() if not _done(name, chore, at))


def _done(name: str, chore: Callable[[datetime], object], at: datetime) -> bool:
    try:
        chore(at)
    except (PortiqueError, Error, OSError):
        log.warning("what is old could not be deleted", extra={"chore": name})
        return False
    return True
