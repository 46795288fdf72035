"""Signed heads: the gate's word on how far its journal went, for its server and its next start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portique.core import canonical, seal
from portique.core.entries_chain import HASH_BYTES
from portique.core.errors import BadSeal, UnreadablePass

if TYPE_CHECKING:
    from portique.core.seal import PrivateKey, PublicKey

TYPE = "portique-checkpoint"
CHECKPOINT_BYTES_MAX = 512


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a journal stood at `time_ms`; `highest_ms` is the highest time of any entry so far."""

    gate_id: str
    epoch: int
    number: int
    chain: bytes
    time_ms: int
    highest_ms: int

    def sign(self, key: PrivateKey) -> bytes:
        """Return the COSE_Sign1 bytes."""
        payload = {
            1: self.gate_id,
            2: self.epoch,
            3: self.number,
            4: self.chain,
            5: self.time_ms,
            6: self.highest_ms,
        }
        return seal.sign(canonical.encode(payload), key, typ=TYPE).to_bytes()


def open_checkpoint(data: bytes, key: PublicKey) -> Checkpoint:
    """Check a checkpoint's signature and read it.

    Raises:
        BadSeal: Not signed by this key.
        UnreadablePass: Not a checkpoint in its one canonical form.
    """
    signed = seal.parse_signed(data, bytes_max=CHECKPOINT_BYTES_MAX)
    if signed.header() != {seal.ALG: seal.ES256, seal.KID: key.kid, seal.TYP: TYPE}:
        raise BadSeal("not a checkpoint of this gate's key")
    payload = canonical.decode(seal.verify(signed, key), bytes_max=CHECKPOINT_BYTES_MAX)
    match payload:
        case {
            1: str(gate_id),
            2: int(epoch),
            3: int(number),
            4: bytes(chain),
            5: int(time_ms),
            6: int(highest_ms),
        } if len(payload) == 6 and len(chain) == HASH_BYTES:
            return Checkpoint(gate_id, epoch, number, chain, time_ms, highest_ms)
    raise UnreadablePass("not a checkpoint")
