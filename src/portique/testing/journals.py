"""A journal to try things on: fictional keys, repeatable salts, entries to fill it with."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import TYPE_CHECKING, Any

from portique.core import canonical, seal
from portique.core.entries import DecisionBody
from portique.core.values import HolderId, Kind, Medium, PassId
from portique.gate.journal import Journal
from portique.gate.journal_erasing import ORDER_TYPE
from portique.gate.journal_values import JournalSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GATE_ID = "gate-1"
START_MS = 1_795_417_200_000  # Monday 23 November 2026, 07:00 UTC


def fictional_key(purpose: seal.Purpose, name: str = "first") -> seal.PrivateKey:
    """Make the same fictional key each time."""
    return seal.private_key(purpose, hashlib.sha512(f"{purpose}/{name}".encode()).digest())


def repeatable(seed: int = 0) -> Callable[[int], bytes]:
    """Return a source of bytes that look random and are the same at each run."""
    turns = count()
    return lambda size: hashlib.shake_128(f"{seed}/{next(turns)}".encode()).digest(size)


def decision(showing: int, **changes: Any) -> DecisionBody:
    """Make the decision of one showing: a pupil let in with a paper pass."""
    values: dict[str, Any] = {
        "showing": showing,
        "lane": "entry-1",
        "outcome": 0,
        "reasons": (),
        "versions": (("knowledge", 12), ("status", 340)),
        "table": "0011223344556677",
        "posture": "normal",
        "medium": Medium.PAPER,
        "pass_id": PassId(f"{showing:016x}"),
        "holder": HolderId(f"{showing % 1000:016x}"),
        "kind": Kind.PUPIL,
    }
    return DecisionBody(**(values | changes))


def open_journal(path: Path, *, now_ms: int = START_MS, seed: int = 0, **limits: Any) -> Journal:
    """Open the journal of the fictional gate; without ballast unless `ballast_bytes` asks."""
    return Journal.open(
        path,
        gate_id=GATE_ID,
        key=fictional_key(seal.Purpose.GATE),
        now_ms=now_ms,
        entropy=repeatable(seed),
        settings=JournalSettings(**({"ballast_bytes": 0} | limits)),
    )


def fill(journal: Journal, entries: int, *, from_ms: int = START_MS) -> None:
    """Append decisions, one a second."""
    for n in range(entries):
        journal.append(decision(n), at_ms=from_ms + 1000 * n)


def signed_order(epoch: int, ends: list[int], *, gate_id: str = GATE_ID) -> bytes:
    """Sign an erasure order as the school's server would."""
    payload = canonical.encode({1: gate_id, 2: epoch, 3: ends, 4: bytes(8)})
    return seal.sign(payload, fictional_key(seal.Purpose.ORDERS), typ=ORDER_TYPE).to_bytes()
