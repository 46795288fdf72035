"""What a school does once its database came back from a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.school.folder import MOVED
from portique.server.gates.actions.knowledge import begin_knowledge_epoch
from portique.server.school.house import forget

if TYPE_CHECKING:
    from pathlib import Path


def restored(folder: Path) -> None:
    """Open a new epoch of the knowledge, so that gates take it though they know later versions.

    What the copy lacks of their entries, gates file again: an acknowledgement below what they had
    asks for it.
    """
    begin_knowledge_epoch()
    (folder / MOVED).touch()  # the register is in the database, not lost
    forget()
