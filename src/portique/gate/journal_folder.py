"""The journal's file among its former ones: names, setting aside, the next epoch's number.

`journal.db` is written to; `journal.db.epoch-3` was full and is kept;
`journal.db.damaged-20261123T081200Z-epoch-3` was not what had been written;
`journal.db.stranger-20261123T081200Z` is no file at all: a folder, a link, a device.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from portique.core.values import from_ms, to_ms
from portique.gate.journal_marks import beside
from portique.gate.private_files import close_to_others, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

_FORMER = re.compile(r"\.(?:(?P<damaged>damaged-[0-9TZ]+)-)?epoch-(?P<epoch>[0-9]+)(?:\.[0-9]+)?")
_STAMP = re.compile(r"\.damaged-([0-9TZ]+)-epoch-")
COMPANIONS = ("", "-wal", "-journal")  # what SQLite keeps beside a file belongs to it
OWN_FILES = (*COMPANIONS, "-shm", ".head", ".outbox", ".erased", ".ballast")


@dataclass(frozen=True, slots=True)
class Former:
    """A file the journal no longer writes to."""

    path: Path
    epoch: int
    damaged: bool

    @property
    def set_aside_ms(self) -> int | None:
        """When it was set aside as damaged, UTC ms, as its name says; None if it doesn't."""
        found = _STAMP.search(self.path.name)
        if found is None:
            return None
        try:
            return to_ms(datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
        except ValueError:
            return None


def former_files(path: Path) -> list[Former]:
    """List the files set aside beside `path`, by epoch."""
    found = (
        (each, _FORMER.fullmatch(each.name.removeprefix(path.name)))
        for each in path.parent.iterdir()
        if each.name.startswith(path.name)
    )
    formers = [Former(p, int(m["epoch"]), m["damaged"] is not None) for p, m in found if m]
    return sorted(formers, key=lambda each: (each.epoch, each.path.name))


def close_all_to_others(path: Path) -> None:
    """Let only the owner read what an older version or a copy left open beside `path`.

    Raises:
        OSError: The folder can't be read.
    """
    for each in path.parent.iterdir():
        if each.name.startswith(path.name) and each.is_file():
            close_to_others(each)


def put_aside(
    path: Path, *, epoch: int, damaged_at_ms: int | None = None, found: Path | None = None
) -> Path:
    """Rename a file and what SQLite keeps beside it; return the new name, never an old one.

    Args:
        path: The journal's present file, after which all are named.
        epoch: The file's own.
        damaged_at_ms: When it was found to be damaged, UTC ms; None: it is sound.
        found: The file to rename, if it is not the present one.

    Raises:
        OSError: The folder can't be written.
    """
    stamp = "" if damaged_at_ms is None else f"damaged-{_stamp(damaged_at_ms)}-"
    aside = _unused(beside(path, f".{stamp}epoch-{epoch}"))
    for companion in COMPANIONS:
        source = beside(found or path, companion)
        if source.exists():
            source.rename(beside(aside, companion))
    sync_folder(path)
    return aside


def put_strangers_aside(path: Path, at_ms: int) -> list[tuple[Path, Path]]:
    """Rename what stands in the place of a file and is none; it is neither opened nor followed.

    A link would let others choose what is written to, and erasures would not follow it.

    Returns:
        The former and the new path of each.

    Raises:
        OSError: The folder can't be read or written.
    """
    moved = []
    for own in OWN_FILES:
        place = beside(path, own)
        if _is_stranger(place):
            aside = _unused(beside(place, f".stranger-{_stamp(at_ms)}"))
            moved.append((place, place.rename(aside)))
    if moved:
        sync_folder(path)
    return moved


def _is_stranger(place: Path) -> bool:
    try:
        return not stat.S_ISREG(place.lstat().st_mode)
    except FileNotFoundError:
        return False


def _stamp(at_ms: int) -> str:
    return f"{from_ms(at_ms):%Y%m%dT%H%M%SZ}"


def _unused(wanted: Path) -> Path:
    candidate, turn = wanted, 1
    while candidate.exists():
        turn += 1
        candidate = beside(wanted, f".{turn}")
    return candidate
