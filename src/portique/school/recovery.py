"""The school's recovery key: printed once, kept on no machine; only its public half stays.

Its text is made to be typed from paper: groups of four letters and digits, of which none looks like
another, with a check at the end.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from portique.core import recovery
from portique.core.errors import ConfigError
from portique.core.seal import COORDINATE_BYTES, PrivateKey, Purpose, private_key
from portique.school import keys
from portique.school.folder import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.school.house import School

WORDS = "epoch"  # of a school's rules: the word of the recovery key for the epoch it is in
PREFIX, GROUP, CHECK_BYTES = "PQR", 4, 3
NOT_A_KEY = (
    "this is not a recovery key, or a letter was mistyped: it begins with PQR and has fourteen "
    "groups of four"
)
ANOTHERS = "this is another school's recovery key, or an older one; take the sheet printed last"


def make(folder: Path, *, entropy: Callable[[int], bytes]) -> str:
    """Make a school's recovery key; return the text to print, which is kept nowhere.

    Raises:
        EnvironmentProblem: The school has one, or the disk refused.
    """
    key = private_key(Purpose.RECOVERY, entropy(40))
    keys.write_recovery(folder / KEYS, key.public)
    return text_of(key)


def text_of(key: PrivateKey) -> str:
    """Write a recovery key as people type it."""
    secret = key.scalar()
    letters = base64.b32encode(secret + _check(secret)).decode()
    groups = [letters[first : first + GROUP] for first in range(0, len(letters), GROUP)]
    return "-".join([PREFIX, *groups])


def read(text: str) -> PrivateKey:
    """Read a recovery key as it was typed: case, spaces and hyphens don't matter.

    Raises:
        ConfigError: It is none.
    """
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        data = base64.b32decode(letters.removeprefix(PREFIX))
        secret, check = data[:COORDINATE_BYTES], data[COORDINATE_BYTES:]
        if check == _check(secret):
            return PrivateKey.from_scalar(Purpose.RECOVERY, secret)
    except ValueError as error:
        raise ConfigError(NOT_A_KEY) from error
    raise ConfigError(NOT_A_KEY)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"portique recovery key" + secret).digest()[:CHECK_BYTES]


def authorise(school: School, epoch: int, key: PrivateKey) -> None:
    """Write the recovery key's word for an epoch; all knowledge of it will bear it.

    Raises:
        ConfigError: The key is not this school's.
    """
    if school.keys.recovery != key.public:
        raise ConfigError(ANOTHERS)
    word = recovery.authorise(epoch, key, uai=school.settings.uai)
    school.write_data(WORDS, {"epoch": epoch, "word": word.hex()})


def authorisation_of(school: School, epoch: int) -> bytes | None:
    """Return the recovery key's word for an epoch; None where there is none.

    Raises:
        ConfigError: What is kept is damaged.
    """
    held = school.read_data(WORDS)
    return bytes.fromhex(held["word"]) if held and held["epoch"] == epoch else None


def check_key(folder: Path, key: PrivateKey) -> None:
    """Check that a recovery key is this school's, before anything is done with it.

    Raises:
        ConfigError: It is not.
        EnvironmentProblem: The school's own can't be read.
    """
    if keys.read_recovery(folder / KEYS) != key.public:
        raise ConfigError(ANOTHERS)


def has_key(folder: Path) -> bool:
    """Say whether a school has a recovery key.

    Raises:
        EnvironmentProblem: What is there can't be read.
    """
    return keys.read_recovery(folder / KEYS) is not None
