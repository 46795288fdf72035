"""The gate's bench measures real gates: here only that every figure comes, not how good it is."""

import pytest

from portique.cli import bench_gate as bench

pytestmark = pytest.mark.slow


def test_every_figure_of_a_gate_is_measured(monkeypatch):
    """Fire, starts, memory, looks and showings, each with its unit and what is asked of it."""
    monkeypatch.setattr(bench, "STARTS", 1)
    monkeypatch.setattr(bench, "SHOWINGS", 5)
    monkeypatch.setattr(bench, "WATCHED_S", 2)

    rows = list(bench.bench_gate(entries=3_000, fires=3))

    units = ["ms", "ms", "ms", "ms", "MB", "frames/s", "looks/s", "ms", "showings/s"]
    assert [row.unit for row in rows] == units
    assert all(row.value > 0 for row in rows)
    assert [bool(row.target) for row in rows] == [False, *[True] * 4, False, *[True] * 3]
