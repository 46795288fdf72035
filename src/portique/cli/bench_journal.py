"""How fast the journal is here, beside what the disk itself can do in the same minute."""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portique.core.entries_chain import commitment, link
from portique.gate.journal_verify import verify_file
from portique.testing.journals import START_MS, decision, open_journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from portique.gate.journal import Journal

APPENDS = 500
ENTRIES = 500_000
BATCH = 20_000
ROW_BYTES = 220


def bench_journal(*, entries: int = ENTRIES, appends: int = APPENDS) -> dict[str, Any]:
    """Measure the journal in a temporary folder.

    Returns:
        Milliseconds: `append_ms` (median, p99) of a durable entry, `fsync_ms` of one page written
        and synced, `insert_ms` of a plain SQLite row with the same settings, all three taken in
        turn so that they meet the same disk; `open_ms` with `entries` entries of which the last was
        signed; `open_unsigned_ms` the worst, with only the first one signed, so that every entry
        is checked; and `verify_rows_per_s`, `bytes_per_entry`.
    """
    with tempfile.TemporaryDirectory(prefix="portique-bench-") as name:
        folder = Path(name)
        return _appends(folder, appends) | _large(folder, entries)


def _appends(folder: Path, appends: int) -> dict[str, Any]:
    journal = open_journal(folder / "small.db")
    body = decision(1)
    probe = os.open(folder / "probe", os.O_RDWR | os.O_CREAT)
    with closing(_plain(folder / "plain.db")) as plain:
        acts: dict[str, Callable[[], object]] = {
            "append_ms": lambda: journal.append(body, at_ms=START_MS),
            "fsync_ms": lambda: _sync_page(probe),
            "insert_ms": lambda: plain.execute("INSERT INTO row VALUES (?)", (bytes(ROW_BYTES),)),
        }
        times: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(appends):
            for name, act in acts.items():
                times[name].append(_timed(act))
    os.close(probe)
    journal.close(at_ms=START_MS)
    return {name: _summary(each) for name, each in times.items()}


def _large(folder: Path, entries: int) -> dict[str, Any]:
    path = folder / "large.db"
    open_journal(path).close(at_ms=START_MS)
    path.with_name("large.db.head").unlink()
    _fill(path, entries)
    unsigned_ms, open_ms = _open(path), _open(path)
    verify_ms = _timed(lambda: verify_file(path))
    return {
        "entries": entries,
        "open_ms": round(open_ms, 1),
        "open_unsigned_ms": round(unsigned_ms, 1),
        "verify_rows_per_s": round(entries / verify_ms * 1000),
        "bytes_per_entry": round(path.stat().st_size / entries),
    }


def _open(path: Path) -> float:
    opened: list[Journal] = []
    open_ms = _timed(lambda: opened.append(open_journal(path)))
    opened[0].close(at_ms=START_MS)
    return open_ms


def _fill(path: Path, entries: int) -> None:
    """Chain `entries` decisions in large transactions: the rows the journal would have written."""
    body = decision(1).to_body()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        number, chain = connection.execute("SELECT max(number), chain FROM entry").fetchone()
        while number < entries:
            connection.execute("BEGIN")
            for _ in range(min(BATCH, entries - number)):
                number += 1
                salt = number.to_bytes(16, "big")
                commit = commitment(salt, body)
                chain = link(chain, number, START_MS + number, commit)
                row = (number, START_MS + number, salt, body, commit, chain)
                connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("COMMIT")


def _sync_page(file: int) -> None:
    os.pwrite(file, bytes(4096), 0)
    os.fsync(file)


def _plain(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE row (body BLOB)")
    return connection


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return {"median": round(statistics.median(ordered), 3), "p99": round(p99, 3)}
