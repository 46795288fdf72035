"""The register of a school's folder, in one SQLite file.

One writer, full durability: a revocation that was confirmed must survive a power cut.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Self

from portique.core import canonical
from portique.core.errors import EnvironmentProblem, RegisterError
from portique.core.revocation import Status
from portique.core.values import HolderId, Kind, PassId
from portique.school.disk import sync_folder
from portique.school.register import EnrolledGate, Issued, Register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S = 30  # for another command that is issuing and printing a class
DATA_ITEMS_MAX = 4096

SCHEMA = """
CREATE TABLE issued (
    pass_id      TEXT PRIMARY KEY,
    holder       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    status_index INTEGER NOT NULL UNIQUE,
    status       INTEGER NOT NULL DEFAULT 0,
    issued_ms    INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    replaced_by  TEXT,
    text         TEXT NOT NULL
) STRICT;
CREATE INDEX issued_holder ON issued (holder);
CREATE TABLE rights (holder TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE gates (
    gate_id TEXT PRIMARY KEY, lane TEXT NOT NULL, x BLOB NOT NULL, y BLOB NOT NULL
) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
"""
TABLES = frozenset({"issued", "rights", "gates", "counters"})


class RegisterFile(Register):
    """The register of a school's folder: one SQLite file, one writer, full durability."""

    def __init__(self, path: Path) -> None:
        """Open a register that is there; nothing is written.

        Raises:
            EnvironmentProblem: The file is missing, can't be opened or isn't a register.
        """
        if not path.is_file():
            raise EnvironmentProblem(
                f"the register {path} is missing: which passes count can't be known; "
                "restore it from the backup"
            )
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True, isolation_level=None, timeout=WAIT_S,
            )  # fmt: skip
            self._db.execute("PRAGMA synchronous = FULL")
            found = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
        except sqlite3.OperationalError as error:
            raise EnvironmentProblem(
                f"the register {path} can't be opened ({error}); check the disk and your rights"
            ) from error
        except sqlite3.Error as error:
            raise EnvironmentProblem(
                f"the register {path} is damaged ({error}); restore it from the backup"
            ) from error
        if not found >= TABLES:
            self._db.close()
            raise EnvironmentProblem(
                f"{path} is no register, or lost what it held; restore it from the backup"
            )

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make an empty register, once in a school's life.

        Raises:
            EnvironmentProblem: There is a file already, or the disk refused.
        """
        try:
            path.touch(mode=0o600, exist_ok=False)
            with closing(sqlite3.connect(path, isolation_level=None)) as database:
                database.executescript(f"BEGIN; {SCHEMA} COMMIT")
            sync_folder(path.parent)
        except (OSError, sqlite3.Error) as error:
            raise EnvironmentProblem(
                f"the register {path} can't be made ({error}); check the disk and your rights"
            ) from error
        return cls(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Apply everything inside, or nothing; inside another one, together with it."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- passes ---

    def add(self, issued: Issued) -> None:
        """Write a new pass."""
        self._db.execute(
            "INSERT INTO issued VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                issued.pass_id, issued.holder, issued.kind, issued.status_index, issued.status,
                issued.issued_ms, issued.expires_ms, issued.replaced_by, issued.text,
            ),
        )  # fmt: skip

    def get(self, pass_id: PassId) -> Issued:
        """Find one pass.

        Raises:
            RegisterError: The school never issued it.
        """
        row = self._db.execute("SELECT * FROM issued WHERE pass_id = ?", (pass_id,)).fetchone()
        if row is None:
            raise RegisterError(f"the school issued no pass {pass_id}; check the 16 digits")
        return _issued(row)

    def beginning(self, digits: str) -> list[Issued]:
        """Return the passes whose number begins so, by number."""
        rows = self._db.execute(
            "SELECT * FROM issued WHERE pass_id GLOB ? ORDER BY pass_id", (f"{digits}*",)
        )
        return [_issued(row) for row in rows]

    def all(self) -> list[Issued]:
        """Return every pass, oldest first; those of one table in its order."""
        rows = self._db.execute("SELECT * FROM issued ORDER BY issued_ms, rowid")
        return [_issued(row) for row in rows]

    def latest(self) -> Issued | None:
        """Return the pass issued last of those not revoked, None when there is none."""
        row = self._db.execute(
            "SELECT * FROM issued WHERE status != ? ORDER BY issued_ms DESC LIMIT 1",
            (Status.REVOKED,),
        ).fetchone()
        return None if row is None else _issued(row)

    def _write_status(self, pass_id: PassId, status: Status) -> bool:
        written = self._db.execute(
            "UPDATE issued SET status = ? WHERE pass_id = ? AND status != ?",
            (status, pass_id, Status.REVOKED),
        )
        return written.rowcount == 1

    def link(self, pass_id: PassId, successor: PassId) -> None:
        """Remember which pass took the place of another."""
        self._db.execute(
            "UPDATE issued SET replaced_by = ? WHERE pass_id = ?", (successor, pass_id)
        )

    def statuses(self) -> dict[int, Status]:
        """Return what the status list says, by index."""
        rows = self._db.execute("SELECT status_index, status FROM issued")
        return {index: Status(status) for index, status in rows}

    # --- the status list's indexes ---

    def count(self) -> int:
        """Return how many passes were issued."""
        (used,) = self._db.execute("SELECT COUNT(*) FROM issued").fetchone()
        return int(used)

    def has_index(self, index: int) -> bool:
        """Say whether an index is somebody's."""
        taken = self._db.execute("SELECT 1 FROM issued WHERE status_index = ?", (index,))
        return taken.fetchone() is not None

    # --- rights, gates, counters ---

    def set_rights(self, holder: HolderId, data: object) -> None:
        """Store a holder's rights (plain data)."""
        self._db.execute(
            "INSERT OR REPLACE INTO rights VALUES (?, ?)", (holder, canonical.encode(data))
        )

    def rights(self) -> dict[HolderId, Any]:
        """Return all rights as plain data, by holder."""
        rows = self._db.execute("SELECT holder, data FROM rights ORDER BY holder")
        return {
            HolderId(holder): canonical.decode(
                data, bytes_max=65536, depth_max=10, items_max=DATA_ITEMS_MAX
            )
            for holder, data in rows
        }

    def add_gate(self, gate: EnrolledGate) -> None:
        """Remember a gate's public key, so that knowledge can be wrapped to it."""
        self._db.execute(
            "INSERT OR REPLACE INTO gates VALUES (?, ?, ?, ?)",
            (gate.gate_id, gate.lane, gate.x, gate.y),
        )

    def gates(self) -> list[EnrolledGate]:
        """Return the enrolled gates."""
        rows = self._db.execute("SELECT * FROM gates ORDER BY gate_id")
        return [EnrolledGate(*row) for row in rows]

    def remove_gate(self, gate_id: str) -> None:
        """Stop wrapping keys for a gate: it learns nothing new.

        Raises:
            RegisterError: No such gate.
        """
        if self._db.execute("DELETE FROM gates WHERE gate_id = ?", (gate_id,)).rowcount != 1:
            raise RegisterError(f"there is no gate {gate_id}")

    def next_number(self, name: str) -> int:
        """Count one up and return the new value, durably."""
        (value,) = self._db.execute(
            "INSERT INTO counters VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name,),
        ).fetchone()
        return int(value)


def _issued(row: tuple[Any, ...]) -> Issued:
    pass_id, holder, kind, index, status, issued_ms, expires_ms, replaced_by, text = row
    return Issued(
        PassId(pass_id),
        HolderId(holder),
        Kind(kind),
        index,
        Status(status),
        issued_ms,
        expires_ms,
        PassId(replaced_by) if replaced_by else None,
        text,
    )
