"""Files that somebody put where the gate looks for knowledge: listed, told apart, and read warily.

A stick may hold anything under a bundle's name: a pipe that nobody writes to,
a link, a film, ten years of exports.
"""

from __future__ import annotations

import errno
import heapq
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem, KnowledgeError
from portique.core.knowledge import BUNDLE_BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX = ".knowledge"
FILES_MAX = 512  # a school year of daily exports


@dataclass(frozen=True, slots=True, order=True)
class Offered:
    """One file as it lies there; ordered by the date it was written."""

    written_ns: int
    path: Path
    size: int
    inode: int


def offered(path: Path) -> list[Offered]:
    """List a bundle, or those of a folder, newest first.

    One more than `FILES_MAX` at most. A path that is missing or can't be listed offers nothing.
    """
    try:
        found = list(_named_so(path)) if path.is_dir() else [path]
    except OSError:
        return []
    return heapq.nlargest(FILES_MAX + 1, (file for file in map(_as_it_lies, found) if file))


def read_file(path: Path) -> bytes:
    """Read a plain file, following no link and waiting for nobody.

    Raises:
        KnowledgeError: It is something else, or larger than any bundle.
        EnvironmentProblem: It can't be read now.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KnowledgeError("a link is not followed: put the file itself there") from error
        raise _unreadable(error) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise KnowledgeError("not a plain file: remove it, and export the knowledge again")
        return _read(handle)
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(handle)


def _read(handle: int) -> bytes:
    with open(handle, "rb", closefd=False) as file:
        data = file.read(BUNDLE_BYTES_MAX + 1)
    if len(data) > BUNDLE_BYTES_MAX:
        raise KnowledgeError("larger than any knowledge file")
    return data


def _unreadable(error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(f"can't be read ({error.strerror})")


def _named_so(folder: Path) -> Iterator[Path]:
    """Name the bundles of a folder; hidden files are other systems' own, or still being copied."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                yield folder / entry.name


def _as_it_lies(path: Path) -> Offered | None:
    try:
        status = path.lstat()
    except OSError:
        return None  # not there yet, or the stick was taken out meanwhile
    return Offered(status.st_mtime_ns, path, status.st_size, status.st_ino)
