"""Caps on files from outside, checked before anything is unpacked or built.

A school of 5,000 people stays ten times below each of them.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from portique.school.people.refusals import Refusal, refused

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from portique.core.errors import FileRefused

MIB = 1024 * 1024
FILE_BYTES_MAX = 32 * MIB
UNPACKED_BYTES_MAX = 128 * MIB
RATIO_MAX = 100
RATIO_FLOOR_BYTES = MIB  # below this, a good ratio is no threat
MEMBERS_MAX = 64
CHUNK_BYTES = 64 * 1024
NAMES_MAX = 200
NAME_CHARACTERS_MAX = 60


def size_of(stream: BinaryIO, bytes_max: int = FILE_BYTES_MAX) -> int:
    """Return the size of a file, refusing an empty or too large one; leaves it at its start."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        raise refused(Refusal.EMPTY, "the file is empty: export it again")
    if size > bytes_max:
        raise refused(
            Refusal.TOO_LARGE, f"the file is over {bytes_max} bytes: export less, or split it"
        )
    return size


def is_zip(stream: BinaryIO) -> bool:
    """Say whether the file begins like a zip; leaves it at its start."""
    start = stream.read(4)
    stream.seek(0)
    return start in {b"PK\x03\x04", b"PK\x05\x06"}


def open_zip(stream: BinaryIO) -> zipfile.ZipFile:
    """Open a zip whose every cap holds; what it declares is what reading will allow.

    Raises:
        FileRefused: Damaged, locked, too many members, too large once unpacked, or a bomb.
    """
    try:
        opened = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _damaged() from error
    members = opened.infolist()
    if len(members) > MEMBERS_MAX:
        raise refused(
            Refusal.TOO_MANY_MEMBERS, f"the zip holds over {MEMBERS_MAX} files: keep only ours"
        )
    if any(member.flag_bits & 1 for member in members):
        raise refused(Refusal.LOCKED, "the zip is locked by a password: unlock it first")
    _check_bomb(members)
    return opened


def _check_bomb(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    dense = unpacked > RATIO_FLOOR_BYTES and unpacked > RATIO_MAX * max(1, packed)
    if unpacked > UNPACKED_BYTES_MAX or dense:
        raise refused(
            Refusal.BOMB, "the zip would unpack to far more than people's files: not opened"
        )


def chunks_of(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack one member piece by piece.

    Raises:
        FileRefused: It is damaged or cut.
    """
    try:
        with opened.open(member) as unpacked:
            while chunk := unpacked.read(CHUNK_BYTES):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _damaged() from error


def chunks_of_stream(stream: BinaryIO) -> Iterator[bytes]:
    """Read a file piece by piece."""
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _damaged() -> FileRefused:
    return refused(Refusal.DAMAGED, "the zip is damaged or cut: export it again")


def count_name(counts: Counter[str], name: str) -> None:
    """Count one more of what is not imported, by its name in the file; odd names share one line."""
    known = name[:NAME_CHARACTERS_MAX]
    counts[known if known in counts or len(counts) < NAMES_MAX else "…"] += 1
