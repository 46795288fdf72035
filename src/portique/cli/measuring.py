"""Measuring: medians of repeated work, in one process, beside peers in the same run."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, and how; `target` is what the project asks of itself."""

    bench: str
    what: str
    value: float
    unit: str
    runs: int
    peer: bool = False
    target: str = ""

    def to_data(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return asdict(self)


def median_ms(work: Callable[[], object], *, runs: int) -> float:
    """Return the median time of `work` in milliseconds, after a short warm-up."""
    for _ in range(WARM_UP):
        work()
    return statistics.median(timed_ms(work) for _ in range(runs))


def timed_ms(work: Callable[[], object]) -> float:
    """Return how long one call took, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
