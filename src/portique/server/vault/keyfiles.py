"""The server's own two keys, beside the school's: for identities at rest, and for sessions.

Both are made at the first start and never travel with a backup of the database.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from portique.core.errors import EnvironmentProblem
from portique.core.seal import SYMMETRIC_KEY_BYTES, Purpose, SecretKey
from portique.school.disk import write_durably

if TYPE_CHECKING:
    from pathlib import Path

KEYS, IDENTITY, SERVER = "keys", "identity.key", "server.key"


def make(school: Path) -> None:
    """Make the keys that are missing.

    Raises:
        EnvironmentProblem: The disk refused.
    """
    for name in (IDENTITY, SERVER):
        path = school / KEYS / name
        if not path.exists():
            try:
                write_durably(path, os.urandom(SYMMETRIC_KEY_BYTES).hex().encode() + b"\n")
            except OSError as error:
                raise EnvironmentProblem(
                    f"the key {path} can't be written ({error.strerror}); check the disk"
                ) from error


@lru_cache(maxsize=4)
def identity_key(school: Path) -> SecretKey:
    """Return the key that identities are sealed with.

    Raises:
        EnvironmentProblem: Missing, open to other users, or damaged.
    """
    return SecretKey(Purpose.IDENTITY, _read(school / KEYS / IDENTITY))


def server_secret(school: Path | None) -> str:
    """Return what signs sessions and forms; a passing one where there is no school.

    Raises:
        EnvironmentProblem: Missing, open to other users, or damaged.
    """
    if school is None:
        return os.urandom(SYMMETRIC_KEY_BYTES).hex()
    return _read(school / KEYS / SERVER).hex()


def _read(path: Path) -> bytes:
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii")
        secret = bytes.fromhex(text.strip())
    except OSError as error:
        raise EnvironmentProblem(
            f"the key {path} can't be read ({error.strerror}); restore it from the keys' backup"
        ) from error
    except ValueError as error:
        raise EnvironmentProblem(f"{path} is not a key file; restore it from the backup") from error
    if mode & 0o077:
        raise EnvironmentProblem(f"the key {path} is open to other users; run: chmod 600 {path}")
    if len(secret) != SYMMETRIC_KEY_BYTES:
        raise EnvironmentProblem(f"{path} is not a key file; restore it from the backup")
    return secret
