"""Disks that misbehave on purpose, under the real journal: full, failing, cut off mid-write.

Needs `apsw`, whose virtual file system can be written in Python; it brings its
own SQLite. The journal's code is the one in use: only its connection differs.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECTOR_BYTES = 512
_CODES = {
    apsw.FullError: sqlite3.SQLITE_FULL,
    apsw.IOError: sqlite3.SQLITE_IOERR,
    apsw.ReadOnlyError: sqlite3.SQLITE_READONLY,
    apsw.BusyError: sqlite3.SQLITE_BUSY,
    apsw.CorruptError: sqlite3.SQLITE_CORRUPT,
    apsw.NotADBError: sqlite3.SQLITE_NOTADB,
    apsw.ConstraintError: sqlite3.SQLITE_CONSTRAINT,
}
_names = count()


@dataclass(frozen=True, slots=True)
class DiskEvent:
    """One thing SQLite asks of the disk: write, sync, truncate or delete, on a file by name."""

    act: str
    name: str
    offset: int = 0
    data: bytes = b""


class Disk(apsw.VFS):
    """A disk that tells `hook` of each event before it happens; what the hook raises, happens."""

    def __init__(self, hook: Callable[[DiskEvent], None]) -> None:
        self.hook = hook
        self.vfs_name = f"portique-{next(_names)}"
        super().__init__(self.vfs_name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> _DiskFile:  # noqa: N802 - SQLite's name
        """Open a file of this disk."""
        return _DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - SQLite's own
        """Delete a file."""
        self.hook(DiskEvent("delete", Path(filename).name))
        super().xDelete(filename, syncdir)

    def connect(self, path: Path) -> ApswConnection:
        """Open a database on this disk, for `JournalSettings.connect`."""
        return ApswConnection(apsw.Connection(str(path), vfs=self.vfs_name))


class _DiskFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.hook(DiskEvent("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.hook(DiskEvent("sync", self._name))
        super().xSync(flags)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.hook(DiskEvent("truncate", self._name, newsize))
        super().xTruncate(newsize)


class ApswConnection:
    """An apsw connection behind the few methods the journal uses of sqlite3's."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """Say whether a transaction is open."""
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, parameters: Any = (), /) -> Answers:
        """Run one statement and fetch everything it gives.

        Raises:
            sqlite3.OperationalError: With SQLite's code, as the standard module would.
        """
        try:
            return Answers(list(self._connection.execute(sql, parameters)))
        except apsw.Error as error:
            raise _as_sqlite3(error) from error

    def close(self) -> None:
        """Close the connection."""
        try:
            self._connection.close()
        except apsw.Error as error:
            raise _as_sqlite3(error) from error


class Answers:
    """Rows already fetched, handed out as a cursor would."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows left."""
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows left."""
        return self._rows


def _as_sqlite3(error: apsw.Error) -> sqlite3.OperationalError:
    translated = sqlite3.OperationalError(str(error))
    # What a hook raised comes back as it was, without the numbers SQLite's own errors carry.
    given = getattr(error, "extendedresult", 0) or getattr(error, "result", 0)
    translated.sqlite_errorcode = given or _CODES.get(type(error), sqlite3.SQLITE_ERROR)
    return translated
