"""Commitments and the chain that binds a journal's entries to one gate, one epoch, one order.

Byte by byte: `docs/formats/journal.md`. Frozen: `tests/vectors/journal/`.
"""

from __future__ import annotations

import hashlib

SALT_BYTES = 16
HASH_BYTES = 32


def commitment(salt: bytes, body: bytes) -> bytes:
    """Commit to a body: SHA-256(salt, 16 bytes ‖ body). Without both, it tells nothing."""
    return hashlib.sha256(salt + body).digest()


def genesis(gate_id: str, epoch: int, public: bytes) -> bytes:
    """Return what entry 1 chains to: SHA-256(gate id ‖ epoch, 8 bytes ‖ public key x ‖ y)."""
    return hashlib.sha256(gate_id.encode() + epoch.to_bytes(8, "big") + public).digest()


def link(previous: bytes, number: int, time_ms: int, commit: bytes) -> bytes:
    """Chain an entry: SHA-256(previous ‖ number ‖ time in ms ‖ commitment), 8-byte big-endian."""
    return hashlib.sha256(
        previous + number.to_bytes(8, "big") + time_ms.to_bytes(8, "big") + commit
    ).digest()
