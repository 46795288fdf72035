"""The server's time, sealed: what a phone signs in place of its own clock, which may be wrong.

Nothing is kept of one: the keyed hash says that it is the server's, its time that it is fresh.
"""

from __future__ import annotations

import hmac

from portique.core.wire_wallet import CHALLENGE_BYTES
from portique.server.accounts.codes import keyed_hash
from portique.server.clock import now_ms

PURPOSE = "wallet-challenge"
TIME_BYTES = 8
FRESH_MS = 120_000


def new_challenge(at_ms: int) -> bytes:
    """Make the challenge of an instant, UTC ms."""
    time = at_ms.to_bytes(TIME_BYTES, "big")
    mark = bytes.fromhex(keyed_hash(PURPOSE, time.hex()))
    return time + mark[: CHALLENGE_BYTES - TIME_BYTES]


def is_fresh(challenge: bytes) -> bool:
    """Say whether this server made a challenge, at most two minutes ago."""
    made_ms = int.from_bytes(challenge[:TIME_BYTES], "big")
    age_ms = now_ms() - made_ms
    return 0 <= age_ms <= FRESH_MS and hmac.compare_digest(new_challenge(made_ms), challenge)
