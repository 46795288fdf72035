"""How phones are measured: how often everything is done, and how a figure is told."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.cli.bench_phones_browser import LOOPBACK, MOBILE, SLOW
from portique.cli.measuring import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portique.cli.bench_phones_browser import Network

BENCH = "phones"
LINES: Sequence[tuple[Network, Sequence[float]]] = (
    (LOOPBACK, (1, 4, 6)),
    (MOBILE, (1, 4, 6)),
    (SLOW, (6,)),
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How often everything is done, on phones how many times slower than this machine."""

    rates: Sequence[float] = (1, 4, 6)
    lines: Sequence[tuple[Network, Sequence[float]]] = LINES
    loads: int = 3
    scans: int = 24
    blurred: int = 12
    sign_ins: int = 3
    redraws: int = 12
    still_s: float = 10.0
    pupils: int = 1_000

    @property
    def passes(self) -> int:
        """How many passes it takes: each is shown once."""
        return len(self.rates) * (self.scans + self.blurred + self.sign_ins)


def slower(rate: float) -> str:
    """Say how slow a phone is."""
    return f"{rate:g}× slower" if rate > 1 else "this machine"


def median_row(what: str, times: Iterable[float], *, peer: bool = False, target: str = "") -> Row:
    """Tell the median of times in milliseconds."""
    known = list(times)
    return Row(BENCH, what, statistics.median(known), "ms", len(known), peer, target)


def p95(times: Iterable[float]) -> float:
    """Return what nineteen of twenty are not above."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
