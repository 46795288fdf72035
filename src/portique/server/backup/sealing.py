"""Sealing a stream to a public key, and opening it again: nothing in clear ever touches a disk.

age (age-encryption.org/v1) through `pyrage`, between a pipe and a file, on a thread of its own.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import pyrage

from portique.core.errors import BackupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNOPENED = (
    "the backup does not open with this key, or is damaged; nothing was changed: "
    "use the key that was printed for this school, or another copy"
)


def new_key() -> tuple[str, str]:
    """Make the pair of a school's backups: the public half, and the one that is kept elsewhere."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def recipient(text: str) -> pyrage.x25519.Recipient:
    """Read the public half.

    Raises:
        BackupError: It is not one.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise BackupError(
            "this is not the public key of backups, which begins with age1; "
            "make a pair with: portique server backup-key"
        ) from error


def identity(text: str) -> pyrage.x25519.Identity:
    """Read the half that opens.

    Raises:
        BackupError: It is not one.
    """
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError as error:
        raise BackupError(
            "this is not the key that opens backups, which begins with AGE-SECRET-KEY-1"
        ) from error


@contextmanager
def sealed_into(file: IO[bytes], to: pyrage.x25519.Recipient) -> Iterator[IO[bytes]]:
    """Give a stream to write to; what is written arrives sealed in `file`."""
    inside, outside = os.pipe()
    source = os.fdopen(inside, "rb")
    with (
        _beside(lambda: pyrage.encrypt_io(source, file, [to]), source),
        os.fdopen(outside, "wb") as writer,
    ):
        yield writer


@contextmanager
def opened_from(file: IO[bytes], by: pyrage.x25519.Identity) -> Iterator[IO[bytes]]:
    """Give a stream to read what is sealed in `file`.

    Raises:
        BackupError: Sealed to another key, or changed since.
    """
    inside, outside = os.pipe()
    sink = os.fdopen(outside, "wb")
    # Closing the reader comes first: whoever read enough lets the other end stop.
    with (
        _beside(lambda: _open(file, sink, by), sink),
        os.fdopen(inside, "rb") as reader,
    ):
        yield reader


def _open(file: IO[bytes], sink: IO[bytes], by: pyrage.x25519.Identity) -> None:
    try:
        pyrage.decrypt_io(file, sink, [by])
    except pyrage.DecryptError as error:
        raise BackupError(UNOPENED) from error
    except OSError as error:
        if error.errno is None:  # age's own: a piece that was changed or is missing
            raise BackupError(UNOPENED) from error
        raise


@contextmanager
def _beside(work: Callable[[], None], end: IO[bytes]) -> Iterator[None]:
    """Run `work` on its own end of a pipe while the other is used; raise what it raised."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            with end:
                work()
        except BrokenPipeError:
            pass  # the reader has read enough
        except (BackupError, pyrage.EncryptError, OSError) as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="backup", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        for error in failed:  # the cause of whatever the other end may have met
            raise error
