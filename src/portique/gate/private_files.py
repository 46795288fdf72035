"""Files for the gate's own user alone, whatever the umask; whole and there after a power cut."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

OWNER_ONLY = 0o600


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file as `Path.open` does; it is, or becomes, readable by its owner alone.

    Raises:
        OSError: As `Path.open`.
    """
    encoding = None if "b" in mode else "utf-8"
    return open(path, mode, encoding=encoding, opener=owner_only)


def owner_only(path: str | Path, flags: int) -> int:
    """Open a file descriptor; an existing file, left by a crash or a copy, is closed to others.

    Raises:
        OSError: As `os.open`.
    """
    handle = os.open(path, flags, OWNER_ONLY)
    with suppress(OSError):  # a stick's system of files may know no permissions
        os.fchmod(handle, OWNER_ONLY)
    return handle


def write_durably(path: Path, data: bytes) -> None:
    """Write a file in the place of a former one, whole or not at all: its bytes, then its name.

    Raises:
        OSError: The disk refused; the former file is as it was.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        with open_private(fresh, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def sync_folder(path: Path) -> None:
    """Make the name of a new or renamed file survive a power cut.

    Raises:
        OSError: The disk refused.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def close_to_others(path: Path) -> None:
    """Let only its owner read a file that is there already, where permissions are known."""
    with suppress(OSError):
        path.chmod(OWNER_ONLY)
