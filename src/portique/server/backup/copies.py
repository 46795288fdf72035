"""A copy of the database in one file, and the way back into an empty one.

Inside the seal is a gzip stream of CBOR items: a header; for each table its name, its columns, its
rows and a mark; at the end the count of all rows. What is cut short or left over is refused, and a
copy is put back whole or not at all.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

import cbor2
from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from portique.core.errors import BackupError, EnvironmentProblem
from portique.server.backup import rows
from portique.server.backup.sealing import identity, opened_from, recipient, sealed_into

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from portique.core.values import Uai

FORM = 1
TABLE, ROW, END = 1, 2, 3
LEVEL = 1  # rows are mostly sealed or random: harder compression gains nothing
DAMAGED = "the backup is damaged or cut short; nothing was changed: use another copy"
OTHER_VERSION = (
    "the backup was made by another version of Portique; nothing was changed: "
    "restore it with that version, then upgrade"
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy says of itself, and how many rows it holds."""

    uai: str
    made_at: datetime
    rows: int


def save(target: Path, key: str, *, uai: Uai, at: datetime) -> Copied:
    """Copy the database, as it is at one instant, into a new file sealed to a public key.

    Raises:
        BackupError: The key is not one.
        EnvironmentProblem: The file is there already, or the disk refused.
    """
    to = recipient(key)
    if target.exists():
        raise EnvironmentProblem(f"{target} exists already; give another name")
    draft = target.with_name(target.name + ".draft")
    try:
        with os.fdopen(_for_the_owner(draft), "wb") as file:
            with sealed_into(file, to) as plain, gzip.open(plain, "wb", LEVEL) as stream:
                count = _write(cast("IO[bytes]", stream), uai, at)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except OSError as error:
        raise EnvironmentProblem(
            f"the backup can't be written to {target} ({error.strerror}); free some space"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return Copied(uai, at, count)


def _for_the_owner(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _write(stream: IO[bytes], uai: Uai, at: datetime) -> int:
    count = 0
    with rows.snapshot():
        cbor2.dump([FORM, uai, at, migrations()], stream)
        for model in rows.tables():
            cbor2.dump([TABLE, model._meta.label, rows.columns(model)], stream)  # noqa: SLF001
            for row in rows.read(model):
                cbor2.dump([ROW, row], stream)
                count += 1
        cbor2.dump([END, count], stream)
    return count


def migrations() -> list[str]:
    """Return which versions of the tables the database has."""
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


def restore(source: Path, key: str, *, uai: Uai) -> Copied:
    """Put a copy back into an empty database of this version, whole or not at all.

    Raises:
        BackupError: Not this school's, of another version, damaged, or sealed to another key; or
            the database is not empty.
        EnvironmentProblem: The file can't be read.
    """
    by = identity(key)
    try:
        with source.open("rb") as file, transaction.atomic():
            with opened_from(file, by) as plain:
                copied = _read(_items(plain), uai)
            rows.go_on_counting(rows.tables())
    except OSError as error:
        raise EnvironmentProblem(f"{source} can't be read ({error.strerror})") from error
    return copied


def _items(plain: IO[bytes]) -> Iterator[list[Any]]:
    """Go through the items; a stream that is no such sequence ends in an error."""
    try:
        with gzip.open(plain, "rb") as stream:
            decoder = cbor2.CBORDecoder(cast("IO[bytes]", stream))
            while True:
                item = decoder.decode()
                if not isinstance(item, list):
                    raise BackupError(DAMAGED)
                yield item
                if item[0] == END:
                    if stream.read(1):
                        raise BackupError(DAMAGED)
                    return
    except (cbor2.CBORDecodeError, EOFError, gzip.BadGzipFile, IndexError) as error:
        raise BackupError(DAMAGED) from error


def _read(items: Iterator[list[Any]], uai: Uai) -> Copied:
    made_at = _check_header(next(items, []), uai)
    if any(model._base_manager.exists() for model in rows.tables()):  # noqa: SLF001
        raise BackupError("the database is not empty; restore into a new one")
    total, item = 0, next(items)
    while item[0] == TABLE:
        model = apps.get_model(item[1])
        if item[2] != rows.columns(model):
            raise BackupError(OTHER_VERSION)
        after: list[list[Any]] = []
        total += rows.write(model, _rows(items, after))
        item = after[0]
    if item != [END, total]:
        raise BackupError(DAMAGED)
    return Copied(uai, made_at, total)


def _rows(items: Iterator[list[Any]], after: list[list[Any]]) -> Iterator[list[Any]]:
    """Give the rows of a table; the item that comes after them is put into `after`."""
    for item in items:
        if item[0] != ROW:
            after.append(item)
            return
        yield item[1]
    raise BackupError(DAMAGED)


def _check_header(header: list[Any], uai: Uai) -> datetime:
    match header:
        case [1, str(whose), made_at, list(versions)]:
            if whose != uai:
                raise BackupError(f"the backup is of school {whose}, this folder is {uai}'s")
            if versions != migrations():
                raise BackupError(OTHER_VERSION)
            return made_at  # type: ignore[no-any-return]  # CBOR's own type for instants
    raise BackupError(DAMAGED)
