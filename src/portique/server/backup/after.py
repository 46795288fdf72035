"""What a school does once its database came back from a copy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core.errors import EnvironmentProblem
from portique.school.folder import MOVED, read_settings
from portique.server.clock import now
from portique.server.config.chores import do_chores
from portique.server.gates.actions.knowledge import begin_knowledge_epoch
from portique.server.school.house import forget
from portique.server.vault import erasures

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done besides: so many lines of the list of erasures were heeded."""

    erased: int


def restored(folder: Path, *, beside: Path) -> Restored:
    """Erase again what was erased since the copy, and open a new epoch of the knowledge.

    Gates take it though they know later versions. What the copy lacks of their entries, they file
    again: an acknowledgement below what they had asks for it.

    Args:
        folder: The school's, in which its list of erasures may be.
        beside: The copy's own folder, where the newest list may be as well.
    """
    with transaction.atomic():
        lists = (folder / erasures.FILE, beside / list_name(folder))
        erased = erasures.erase_again(line for path in lists for line in erasures.lines_of(path))
        begin_knowledge_epoch()
    (folder / MOVED).touch()  # the register is in the database, not lost
    forget()
    do_chores(now())
    return Restored(erased)


def list_name(folder: Path) -> str:
    """Return how a school's list of erasures is called where its backups are."""
    return f"{read_settings(folder).uai}.erased"


def put_list_beside(folder: Path, copy: Path) -> None:
    """Put the newest list of erasures where backups are, in the place of the one before.

    Raises:
        EnvironmentProblem: The disk refused.
    """
    erasures.keep_apart()
    source, target = folder / erasures.FILE, copy.parent / list_name(folder)
    if not source.exists():
        return
    try:
        draft = target.with_name(target.name + ".draft")
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        draft.replace(target)
    except OSError as error:
        raise EnvironmentProblem(
            f"the list of erasures can't be written to {target} ({error.strerror}); free some space"
        ) from error
