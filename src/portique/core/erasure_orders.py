"""The server's side of an erasure: which entries of one epoch of a gate, signed by the school.

The gate's side is `gate.journal_erasing`. Byte by byte: `docs/formats/journal.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core import canonical, seal
from portique.core.seal import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portique.core.seal import PrivateKey

TYPE = "portique-erasure"
RANGES_AT_ONCE = 100  # an order has at most 2,048 bytes, and a number up to 9

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """What is to be erased. `order_id` is 16 hexadecimal digits of 8 random bytes."""

    gate_id: str
    epoch: int
    ranges: Ranges
    order_id: str

    def sign(self, key: PrivateKey) -> bytes:
        """Sign with the school's orders key.

        Raises:
            ValueError: The key has another purpose.
        """
        if key.purpose is not Purpose.ORDERS:
            raise ValueError("an erasure is ordered with the orders key")
        ends = [end for pair in self.ranges for end in pair]
        payload = {1: self.gate_id, 2: self.epoch, 3: ends, 4: bytes.fromhex(self.order_id)}
        return seal.sign(canonical.encode(payload), key, typ=TYPE).to_bytes()


def parts(numbers: Iterable[int]) -> list[Ranges]:
    """Write numbers as rising ranges with a gap between them, a hundred for each order."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return [
        tuple(found[first : first + RANGES_AT_ONCE])
        for first in range(0, len(found), RANGES_AT_ONCE)
    ]
