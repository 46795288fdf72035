"""The gate's own copy of the knowledge, and a mark of how far versions had come.

The copy serves when the stick is gone or the power was cut. The mark lies apart
from it: a copy that was damaged must not let in older knowledge, in which those
revoked since may still pass.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from portique.core.knowledge import Version, without_today
from portique.gate.bundle_files import read_file
from portique.gate.private_files import write_durably

if TYPE_CHECKING:
    from pathlib import Path

KEPT = "current.knowledge"
MARK = "knowledge.version"


class Copy:
    """The copy and the mark in a gate's own folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEPT
        self._mark = folder / MARK

    @property
    def exists(self) -> bool:
        """Whether there is a copy."""
        return self._path.exists()

    def read(self) -> bytes:
        """Read the copy.

        Raises:
            KnowledgeError, EnvironmentProblem: See `read_file`.
        """
        return read_file(self._path)

    def highest(self) -> Version | None:
        """Return the highest version that was kept; None when no mark can be read."""
        with suppress(OSError, ValueError):
            epoch, number, check = self._mark.read_text("ascii").split()
            version = Version(int(epoch), int(number))
            if check == _check(version):
                return version
        return None

    def forget_today(self) -> None:
        """Let go of the day's list in the copy; see the function of this name."""
        if self.exists:
            forget_today(self._path)

    def keep(self, data: bytes, version: Version) -> None:
        """Keep a bundle, whole or not at all, then mark how far versions have come.

        Raises:
            OSError: The disk refused; the former copy is whole.
        """
        write_durably(self._path, data)
        line = f"{version.epoch} {version.number} {_check(version)}\n"
        write_durably(self._mark, line.encode("ascii"))


def forget_today(path: Path) -> None:
    """Write a bundle anew without its day's list, if it has one.

    Raises:
        OSError: The disk refused; the file is as it was.
        KnowledgeError, EnvironmentProblem: See `read_file`.
    """
    shorter = without_today(read_file(path))
    if shorter is not None:
        write_durably(path, shorter)


def _check(version: Version) -> str:
    """Return what tells a mark from a damaged one: it could else refuse everything for ever."""
    return f"{zlib.crc32(f'{version.epoch} {version.number}'.encode('ascii')):08x}"
