"""The small files beside a journal: its remembered head, its erased numbers, its ballast.

They are apart from the SQLite file so that a copy of it put back in its place
meets a memory it does not share.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.gate.private_files import open_private, owner_only, sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SLOT_BYTES = 512  # one disk sector each: a torn write spoils one slot, never both
MAGIC = b"PQHEAD1\n"
_HEAD_BYTES = 8 + 8 + 8 + 8 + 8 + 1 + 32
_ERASED_LINE = re.compile(r"([0-9]{1,16}) ([0-9]{1,16}) ([0-9]{1,16})")


def beside(path: Path, suffix: str) -> Path:
    """Name the small file of `path` that ends in `suffix`."""
    return path.with_name(path.name + suffix)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last head this machine knows of. `clean`: the journal was closed in order after it."""

    epoch: int
    number: int
    chain: bytes
    highest_ms: int
    clean: bool

    def to_slot(self, turn: int) -> bytes:
        """Write as one slot: magic, turn, numbers, flag, chain, then SHA-256 of all before."""
        numbers = (turn, self.epoch, self.number, self.highest_ms)
        head = MAGIC + b"".join(n.to_bytes(8, "big") for n in numbers)
        head += bytes([self.clean]) + self.chain
        return (head + hashlib.sha256(head).digest()).ljust(SLOT_BYTES, b"\0")


def from_slot(slot: bytes) -> tuple[int, Remembered] | None:
    """Read a slot's turn and head; None when it was never written, torn or changed."""
    head, rest = slot[:_HEAD_BYTES], slot[_HEAD_BYTES:]
    if rest != hashlib.sha256(head).digest().ljust(SLOT_BYTES - _HEAD_BYTES, b"\0"):
        return None
    turn, *numbers = (int.from_bytes(head[at : at + 8], "big") for at in (8, 16, 24, 32))
    epoch, number, highest = numbers
    return turn, Remembered(epoch, number, head[41:73], highest, head[40] == 1)


class HeadFile:
    """Two slots written in turn after each append: cheap, and never ahead of the journal.

    A write reaches the page cache at once (it survives the process) and the
    disk at each checkpoint (`sync`). It always comes after the entry's own
    sync, so that a power cut can leave it behind the journal, never before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._turn = 0

    def read(self) -> Remembered | None:
        """Return the newest slot that is whole; None without one."""
        known = [slot for slot in self._slots() if slot is not None]
        if not known:
            return None
        self._turn, newest = max(known, key=lambda slot: slot[0])
        return newest

    @property
    def name(self) -> str:
        """The file's name, for sentences."""
        return self._path.name

    @property
    def exists(self) -> bool:
        """Say whether there is a file at all, readable or not."""
        return self._path.exists()

    def write(self, remembered: Remembered) -> None:
        """Write the other slot.

        Raises:
            OSError: The disk refused.
        """
        self._turn += 1
        slot, place = remembered.to_slot(self._turn), self._turn % 2 * SLOT_BYTES
        if self._file is None and not self._path.exists():
            self._create(slot, place)
            return
        if self._file is None:
            self._file = owner_only(self._path, os.O_RDWR)
        os.pwrite(self._file, slot, place)

    def sync(self) -> None:
        """Push what was written to the disk."""
        if self._file is not None:
            os.fsync(self._file)

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _create(self, slot: bytes, place: int) -> None:
        """Give the file its name once it has a slot: a kill in between leaves none."""
        fresh = beside(self._path, ".new")
        self._file = owner_only(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.pwrite(self._file, slot, place)
        fresh.rename(self._path)

    def _slots(self) -> list[tuple[int, Remembered] | None]:
        try:
            data = self._path.read_bytes().ljust(2 * SLOT_BYTES, b"\0")
        except OSError:
            return []
        return [from_slot(data[:SLOT_BYTES]), from_slot(data[SLOT_BYTES : 2 * SLOT_BYTES])]


class ErasedLedger:
    """The erased numbers, one line `epoch first last` each, kept apart from any copy.

    Written and synced before the bodies are deleted: after a restore of an
    older copy, or a crash in between, they are erased again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, epoch: int, ranges: tuple[tuple[int, int], ...]) -> None:
        """Write durably those of the ranges that aren't there yet.

        Raises:
            OSError: The disk refused; nothing may be erased then.
        """
        known = set(self.ranges(epoch))
        lines = "".join(f"{epoch} {pair[0]} {pair[1]}\n" for pair in ranges if pair not in known)
        if not lines:
            return
        fresh = not self._path.exists()
        with open_private(self._path, "ab") as ledger:
            ledger.write(lines.encode())
            ledger.flush()
            os.fsync(ledger.fileno())
        if fresh:
            sync_folder(self._path)

    def ranges(self, epoch: int) -> list[tuple[int, int]]:
        """List the ranges of one epoch; a torn last line is no line."""
        return [(first, last) for of, first, last in self._numbers() if of == epoch]

    def epochs(self) -> set[int]:
        """List the epochs that anything was ever erased from."""
        return {epoch for epoch, _, _ in self._numbers()}

    def _numbers(self) -> list[tuple[int, int, int]]:
        try:
            lines = self._path.read_text("ascii", errors="replace").split("\n")[:-1]
        except OSError:
            return []
        found = (_ERASED_LINE.fullmatch(line) for line in lines)
        return [(int(m[1]), int(m[2]), int(m[3])) for m in found if m]


def free_bytes(folder: Path) -> int:
    """Return how much room the disk of a folder has for us."""
    space = os.statvfs(folder)
    return space.f_bavail * space.f_frsize


class Ballast:
    """Room kept aside for the day the disk is full: 8 MB hold at least 30,000 entries."""

    def __init__(
        self, path: Path, size: int, free_bytes: Callable[[Path], int] = free_bytes
    ) -> None:
        self._path = path
        self._size = size
        self._free_bytes = free_bytes

    @property
    def ready(self) -> bool:
        """Say whether the room is there."""
        try:
            return self._path.stat().st_size >= self._size > 0
        except OSError:
            return False

    def restore(self) -> bool:
        """Take the room again if the disk has it four times over; say whether it is there."""
        if self.ready or self._size == 0:
            return self.ready
        try:
            if self._free_bytes(self._path.parent) < 4 * self._size:
                return False
            with open_private(self._path, "wb") as ballast:
                os.posix_fallocate(ballast.fileno(), 0, self._size)
        except OSError:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> bool:
        """Give the room up; say whether there was any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True
