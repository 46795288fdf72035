"""What a school does once its database came back from a copy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from portique.core import knowledge
from portique.core.errors import BackupError, EnvironmentProblem
from portique.core.revocation import Status
from portique.school.folder import MOVED, read_settings
from portique.server.backup import copies
from portique.server.clock import now
from portique.server.config.chores import do_chores
from portique.server.gates.actions.knowledge import begin_knowledge_epoch
from portique.server.gates.actions.notes import begin_numbers_anew
from portique.server.gates.actions.unknown import note_restore
from portique.server.passes.models import IssuedPass
from portique.server.school.house import forget, served_school
from portique.server.vault import erasures
from portique.server.wallet.models import PhoneCode

if TYPE_CHECKING:
    from pathlib import Path

    from portique.core.seal import PrivateKey
    from portique.server.backup.copies import Copied

STRICTER = (Status.REVOKED, Status.SUSPENDED)
OLDER = (
    "this knowledge is older than the copy; nothing was changed: "
    "take the file current.knowledge of a gate that was in use until now"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is put back by what: the copy, the key that opens it, and what makes up for its age.

    `recovery` authorises the new epoch of a school that has such a key. `newest` is the knowledge
    of a gate: passes that it knows as revoked or suspended are so again.
    """

    copy: Path
    key: str
    recovery: PrivateKey | None = None
    newest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; how many erasures were done again, and passes revoked or suspended again."""

    copied: Copied
    erased: int
    stopped: int


def put_back(folder: Path, wanted: Wanted) -> Restored:
    """Put a copy back, erase again what was erased since, and open a new epoch of the knowledge.

    All of it or nothing. Gates take the new epoch though they know later versions. What the copy
    lacks of their entries, they file again: an acknowledgement below what they had asks for it.

    Raises:
        BackupError: See `copies.restore`; or the gate's knowledge is older than the copy.
        ConfigError: The recovery key is not this school's.
        EnvironmentProblem: A file can't be read.
        KnowledgeError: The gate's knowledge is damaged, or not this school's.
    """
    lists = (folder / erasures.FILE, wanted.copy.parent / list_name(folder))
    with transaction.atomic():
        copied = copies.restore(wanted.copy, wanted.key, uai=read_settings(folder).uai)
        erased = erasures.erase_again(line for path in lists for line in erasures.lines_of(path))
        stopped = _stop_again(wanted.newest, copied) if wanted.newest is not None else 0
        PhoneCode.objects.all().delete()  # some were used since the copy: they must not be again
        note_restore(copied.made_at)
        begin_knowledge_epoch(key=wanted.recovery)
        begin_numbers_anew()
    (folder / MOVED).touch()  # the register is in the database, not lost
    forget()
    do_chores(now())
    return Restored(copied, erased, stopped)


def _stop_again(newest: bytes, copied: Copied) -> int:
    """Revoke and suspend the passes that a gate knows as such; return how many."""
    school = served_school()
    told = knowledge.read_bundle(newest, school.keys.knowledge.public, uai=school.settings.uai)
    if told.manifest.issued_at < copied.made_at.replace(microsecond=0):  # signed to the second
        raise BackupError(OLDER)
    keys = knowledge.read_keys_part(told.parts.get("keys"), None)
    listed = knowledge.status_from(told.parts.get("status"), keys, uai=school.settings.uai)
    rows = IssuedPass.objects.exclude(status=Status.REVOKED.value)
    known = dict(rows.values_list("status_index", "status"))
    stopped = 0
    for status in STRICTER:
        news = [index for index, had in known.items() if listed.of(index) is status != had]
        stopped += IssuedPass.objects.filter(status_index__in=news).update(status=status.value)
    return stopped


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
