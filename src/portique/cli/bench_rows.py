"""The journal's and sight's measurements as rows of `portique bench`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.cli.bench_journal import APPENDS, ENTRIES, bench_journal
from portique.cli.measuring import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

REPEATS = 30


def journal_rows() -> Iterator[Row]:
    """Measure durable appends beside a bare fsync and a plain insert, then a large journal."""
    found = bench_journal()
    names = (
        ("append_ms", "durable append", False),
        ("fsync_ms", "one page written and synced", True),
        ("insert_ms", "plain SQLite insert, same settings", True),
    )
    for key, what, peer in names:
        for figure in ("median", "p99"):
            value = found[key][figure]
            yield Row("journal", f"{what}, {figure}", value, "ms", APPENDS, peer)
    thousands = f"{ENTRIES // 1000},000 entries"
    yield Row("journal", f"open, {thousands}", found["open_ms"], "ms", 1, target="≤ 3,000 ms")
    worst = found["open_unsigned_ms"]
    yield Row("journal", f"open, {thousands}, none signed since the first", worst, "ms", 1)
    yield Row("journal", "verification", found["verify_rows_per_s"], "entries/s", 1)
    yield Row("journal", "size", found["bytes_per_entry"], "bytes/entry", 1)


def sight_rows() -> Iterator[Row]:
    """Measure one frame without a code, with one, and with a blurred one, beside the peers.

    How much each reader reads is measured by `python -m portique.cli.bench_sight_page`.
    """
    from portique.cli.bench_sight import time_rows

    for found in time_rows(REPEATS):
        what = f"{found['reader']}: 1280x720 frame, code: {found['frame']}"
        peer = found["reader"] != "portique"
        yield Row("sight", what, float(found["median_ms"]), "ms", REPEATS, peer)
