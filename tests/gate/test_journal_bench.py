"""The journal's benchmark runs, and prints what a full journal costs at the start."""

import json

import pytest

from portique.cli.bench_journal import bench_journal

MEASURED = {
    "append_ms",
    "fsync_ms",
    "insert_ms",
    "entries",
    "open_ms",
    "open_unsigned_ms",
    "verify_rows_per_s",
    "bytes_per_entry",
}


def test_every_figure_is_there():
    """Small sizes: the shape of the answer, not its speed."""
    figures = bench_journal(entries=300, appends=5)

    assert figures.keys() == MEASURED
    assert figures["append_ms"].keys() == {"median", "p99"}


@pytest.mark.slow
def test_thirty_days_offline_are_opened():
    """75,000 entries, as a lane makes in thirty days: printed, for whoever compares."""
    figures = bench_journal(entries=75_000, appends=200)

    print(json.dumps(figures))  # noqa: T201
    assert figures["entries"] == 75_000
