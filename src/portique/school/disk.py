"""Writing files so that they are whole, and there after a power cut."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNABLE = frozenset({errno.EINVAL, errno.ENOTSUP})  # some sticks keep no order to sync a folder


def write_durably(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, whole or not at all, in the place of a former one.

    It is on the disk when this returns: its bytes first, then its name.

    Raises:
        OSError: The disk refused; a former file is as it was.
    """
    draft = path.with_name(path.name + ".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder.

    Raises:
        OSError: The disk refused.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
    finally:
        os.close(handle)
