"""Make the vectors of the recovery key's word for an epoch, without the project's code.

COSE_Sign1 by hand over `cryptography` and `cbor2`, from docs/formats/knowledge.md alone.

    python tests/vectors/recovery/make_recovery_vectors.py    rewrites authorisations.json

Keys come from a seed; ECDSA nonces do not, so signatures differ from run to run.
"""

import json
import random
from hashlib import sha256
from pathlib import Path

from cbor2 import CBORTag, dumps
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

HERE = Path(__file__).parent
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SEED = random.Random(20261122)
UAI, EPOCH = "0990001S", 1795240800


def cbor(value):
    return dumps(value, canonical=True)


class Key:
    def __init__(self):
        self.private = ec.derive_private_key(SEED.getrandbits(255), ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.x, self.y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def word(self, payload=None, *, typ="portique-epoch", high=False, kid=None, more=b""):
        kid = kid or sha256(cbor({1: 2, -1: 1, -2: self.x, -3: self.y})).digest()[:8]
        protected = cbor({1: -7, 4: kid, 16: typ})
        body = cbor({1: UAI, 2: EPOCH} if payload is None else payload)
        message = cbor(["Signature1", protected, b"", body])
        r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        s = max(s, ORDER - s) if high else min(s, ORDER - s)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return (cbor(CBORTag(18, [protected, {}, body, signature])) + more).hex()


KEY, OTHER = Key(), Key()
VECTORS = {
    "uai": UAI,
    "epoch": EPOCH,
    "key": {"x": KEY.x.hex(), "y": KEY.y.hex()},
    "valid": KEY.word(),
    "invalid": {
        "nothing": "",
        "another key's": OTHER.word(),
        "another key's under this one's name": OTHER.word(kid=sha256(cbor({1: 2, -1: 1, -2: KEY.x, -3: KEY.y})).digest()[:8]),
        "this key's under another name": KEY.word(kid=bytes(8)),
        "for another purpose": KEY.word(typ="portique-erasure"),
        "another school's": KEY.word({1: "0990002T", 2: EPOCH}),
        "for another epoch": KEY.word({1: UAI, 2: EPOCH + 1}),
        "with one field more": KEY.word({1: UAI, 2: EPOCH, 3: 0}),
        "an epoch in words": KEY.word({1: UAI, 2: str(EPOCH)}),
        "not canonical: s above n/2": KEY.word(high=True),
        "something after it": KEY.word(more=b"\x00"),
        "not COSE": cbor({1: UAI, 2: EPOCH}).hex(),
        "too long": KEY.word({1: UAI, 2: EPOCH, 3: bytes(256)}),
    },
}  # fmt: skip


def main():
    text = json.dumps(VECTORS, indent=1) + "\n"
    (HERE / "authorisations.json").write_text(text, encoding="utf-8")
    print("authorisations", len(text))


main()
