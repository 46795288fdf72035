"""The journal's SQLite: tables, triggers, durability settings, and what its errors mean.

One connection, exclusive, write-ahead log, `synchronous=FULL`: with NORMAL a
power cut loses acknowledged entries (reliability.md §0.2), and the WAL-reset
bug of SQLite before 3.51.3 needs two connections (§0.1).
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import quote

from portique.core.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

    from portique.gate.journal_values import Connection

FORMAT = 1
APPLICATION_ID = 0x50514A31  # "PQJ1"
WAL_RESET_FIXED = (3, 51, 3)
WAL_PAGES = 250  # 1 MB before it is folded back: the ballast must hold it too

TABLES = {
    "meta": """CREATE TABLE meta (
    gate_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    public BLOB NOT NULL CHECK (length(public) = 64),
    created_ms INTEGER NOT NULL
) STRICT""",
    "entry": """CREATE TABLE entry (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    time_ms INTEGER NOT NULL CHECK (time_ms >= 0),
    salt BLOB CHECK (length(salt) = 16),
    body BLOB CHECK (length(body) BETWEEN 1 AND 4096),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    CHECK ((salt IS NULL) = (body IS NULL))
) STRICT""",
    "erased": """CREATE TABLE erased (
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    by_order INTEGER NOT NULL REFERENCES entry (number)
) STRICT""",
    "checkpoint": """CREATE TABLE checkpoint (
    number INTEGER PRIMARY KEY,
    signed BLOB NOT NULL
) STRICT""",
}
TRIGGERS = {
    "entry_stays": """CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "entry_is_final": """CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
WHEN NEW.body IS NOT NULL OR NEW.salt IS NOT NULL
    OR NEW.number IS NOT OLD.number OR NEW.time_ms IS NOT OLD.time_ms
    OR NEW.commitment IS NOT OLD.commitment OR NEW.chain IS NOT OLD.chain
    OR NOT EXISTS (SELECT 1 FROM erased WHERE OLD.number BETWEEN first AND last)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "erased_stays": """CREATE TRIGGER erased_stays BEFORE DELETE ON erased
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "erased_is_final": """CREATE TRIGGER erased_is_final BEFORE UPDATE ON erased
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
}
SCHEMA = {**TABLES, **TRIGGERS}

# Key 0 comes first in a canonical map of fewer than 24 pairs, so a body's third byte is its kind.
KIND_SQL = "substr(body, 3, 1)"

# Our statements are fixed and our values checked before: an error about a table, a column, a
# constraint or the format itself can only come from a file that is not what was written.
_DAMAGE = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
}
_SENTENCES = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space; entries resume by themselves",
    sqlite3.SQLITE_READONLY: "the file can't be written: check its permissions and the disk",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened: check the folder and its permissions",
    sqlite3.SQLITE_PERM: "the file can't be opened: check the folder and its permissions",
    sqlite3.SQLITE_BUSY: "another process holds it: one gate, one journal",
    sqlite3.SQLITE_IOERR: "the disk failed to write or read: check the disk",
}


class DamagedError(Exception):
    """The file is not what was written. `number` is the first bad entry, when one is known."""

    def __init__(self, what: str, number: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.number = number


def connect_stock(path: Path) -> Connection:
    """Open with Python's own sqlite3, for use under the journal's lock from any thread."""
    return sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)


def connect_reading(path: Path) -> Connection:
    """Open a file that nobody writes to, without changing it.

    Raises:
        sqlite3.Error: Its gate holds it, or it can't be read.
    """
    # A gate at work always has a log beside its file. Without one nobody writes, and `immutable`,
    # which ignores locks, leaves nothing behind and works on a read-only stick.
    log = path.with_name(path.name + "-wal")
    options = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}",
        uri=True,
        timeout=0.2,
        isolation_level=None,
        check_same_thread=False,
    )


def harden(connection: Connection) -> None:
    """Set what durability and exclusivity need, and check that SQLite took it.

    Raises:
        JournalError: SQLite refused a setting; without it entries could be lost.
    """
    for pragma, wanted in (
        ("locking_mode = EXCLUSIVE", "exclusive"),
        ("journal_mode = WAL", "wal"),
    ):
        (answer,) = connection.execute(f"PRAGMA {pragma}").fetchone()
        if answer != wanted:
            raise JournalError(f"SQLite refused {pragma}: it answered {answer}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    if connection.execute("PRAGMA synchronous").fetchone() != (2,):
        raise JournalError("SQLite refused synchronous = FULL: entries could be lost")


def create(connection: Connection) -> None:
    """Make the tables and triggers, inside the caller's transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    for sql in SCHEMA.values():
        connection.execute(sql)


def is_blank(connection: Connection) -> bool:
    """Say whether the file has no tables: a creation that never finished."""
    return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])


def check_schema(connection: Connection) -> None:
    """Check that the tables and triggers are the journal's own, letter by letter.

    Raises:
        DamagedError: One is missing, added or changed.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if (version, application) != (FORMAT, APPLICATION_ID):
        raise DamagedError("the file is not a journal of this format")
    found = dict(connection.execute("SELECT name, sql FROM sqlite_schema").fetchall())
    if found != SCHEMA:
        wrong = sorted(found.keys() ^ SCHEMA.keys()) or ["changed"]
        raise DamagedError(f"tables or triggers are not the journal's: {wrong[0]}")


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, 0 when the error carries none."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Say whether the file itself is bad, rather than the disk, the space or the lock.

    A text or number that SQLite stored and Python can't read back counts as damage too.
    """
    code = primary_code(error)
    return code in _DAMAGE or (code == 0 and "decode" in str(error).lower())


def is_full(error: sqlite3.Error) -> bool:
    """Say whether space ran out."""
    return primary_code(error) == sqlite3.SQLITE_FULL


def is_locked(error: sqlite3.Error) -> bool:
    """Say whether another process holds the file."""
    return primary_code(error) == sqlite3.SQLITE_BUSY


def sentence_for(error: sqlite3.Error, path: Path) -> str:
    """Say what is wrong with the journal, why, and what to do."""
    code = primary_code(error)
    # Of a read-only disk SQLite says that it failed: it can't even lock the file.
    if code == sqlite3.SQLITE_IOERR and path.exists() and not os.access(path, os.W_OK):
        code = sqlite3.SQLITE_READONLY
    why = _SENTENCES.get(code, str(error))
    return f"the journal {path.name} can't be used: {why}"


def engine_sentence(version: tuple[int, int, int], *, connections: int = 1) -> str | None:
    """Say what to know about this SQLite version, None when there is nothing to say.

    Args:
        version: As `sqlite3.sqlite_version_info`.
        connections: How many may be open on one file; the journal opens one, exclusively.
    """
    if version >= WAL_RESET_FIXED:
        return None
    name = ".".join(map(str, version))
    if connections > 1:
        return (
            f"SQLite {name} can corrupt a write-ahead log shared by {connections} connections "
            "(the WAL-reset bug, mended in 3.51.3): install a newer SQLite"
        )
    return (
        f"SQLite {name} has the WAL-reset bug (mended in 3.51.3), which needs two connections: "
        "the journal holds its file alone, so it is not exposed"
    )
