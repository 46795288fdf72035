"""Make the vectors of what a phone's wallet asks, without the project's code.

COSE by hand over `cryptography` and `cbor2`, from docs/formats/wallet.md alone.

    python tests/vectors/wallet/make_wallet_vectors.py        rewrites valid.json and invalid.json

Keys come from a seed; ECDSA nonces do not, so signatures differ from run to run.
"""

import json
import random
from pathlib import Path

from cbor2 import CBORTag, dumps
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

HERE = Path(__file__).parent
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SEED = random.Random(20261122)
TYPE = "portique-wallet"


class Phone:
    def __init__(self):
        self.private = ec.derive_private_key(SEED.getrandbits(255), ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.x, self.y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    @property
    def cose(self):
        return {1: 2, -1: 1, -2: self.x, -3: self.y}

    def sign(self, payload, *, high=False, header=None, unprotected=None):
        protected = dumps({1: -7, 16: TYPE} if header is None else header, canonical=True)
        body = payload if isinstance(payload, bytes) else dumps(payload, canonical=True)
        message = dumps(["Signature1", protected, b"", body], canonical=True)
        r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        s = max(s, ORDER - s) if high else min(s, ORDER - s)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return dumps(CBORTag(18, [protected, unprotected or {}, body, signature]), canonical=True)


PHONE, STRANGER = Phone(), Phone()
CHALLENGE, PASS = SEED.randbytes(24), SEED.randbytes(8)
COMMON = {2: CHALLENGE, 3: "0990001S", 4: "fr"}
ENROL = COMMON | {1: "enrol", 6: "K7QM2T9X4BHD", 7: PHONE.cose}
STATE = COMMON | {1: "state", 5: PASS}


def without(payload, label):
    return {key: value for key, value in payload.items() if key != label}


VALID = {
    "phone": {"x": PHONE.x.hex(), "y": PHONE.y.hex()},
    "challenge": CHALLENGE.hex(),
    "school": "0990001S",
    "pass": PASS.hex(),
    "code": "K7QM2T9X4BHD",
    "short code": "K7QM2T9X",
    "enrol": PHONE.sign(ENROL).hex(),
    "enrol by a screen's code, in English": PHONE.sign(ENROL | {4: "en", 6: "K7QM2T9X"}).hex(),
    "state": PHONE.sign(STATE).hex(),
    "renew": PHONE.sign(STATE | {1: "renew"}).hex(),
    "data": PHONE.sign(STATE | {1: "data"}).hex(),
}
INVALID = {
    "enrolment by another key": STRANGER.sign(ENROL),
    "high s": PHONE.sign(ENROL, high=True),
    "without type, as a code for a gate": PHONE.sign(ENROL, header={1: -7}),
    "of a gate's type": PHONE.sign(ENROL, header={1: -7, 16: "portique-call"}),
    "with a key id": PHONE.sign(ENROL, header={1: -7, 4: bytes(8), 16: TYPE}),
    "with an unprotected header": PHONE.sign(ENROL, unprotected={4: b"kid"}),
    "unknown act": PHONE.sign(STATE | {1: "erase"}),
    "challenge of 23": PHONE.sign(ENROL | {2: bytes(23)}),
    "challenge as text": PHONE.sign(ENROL | {2: "0" * 24}),
    "no school's number": PHONE.sign(ENROL | {3: "0990001"}),
    "another language": PHONE.sign(ENROL | {4: "de"}),
    "language missing": PHONE.sign(without(ENROL, 4)),
    "code with hyphens": PHONE.sign(ENROL | {6: "K7QM-2T9X"}),
    "code in lower case": PHONE.sign(ENROL | {6: "k7qm2t9x"}),
    "code with a letter that is misread": PHONE.sign(ENROL | {6: "K7QM2T9O"}),
    "code of 9": PHONE.sign(ENROL | {6: "K7QM2T9X4"}),
    "code of 16": PHONE.sign(ENROL | {6: "K7QM2T9X4BHDK7QM"}),
    "code as bytes": PHONE.sign(ENROL | {6: b"K7QM2T9X"}),
    "enrolment without code": PHONE.sign(without(ENROL, 6)),
    "enrolment without key": PHONE.sign(without(ENROL, 7)),
    "enrolment of a pass": PHONE.sign(ENROL | {5: PASS}),
    "key with more": PHONE.sign(ENROL | {7: PHONE.cose | {3: -7}}),
    "key not on the curve": PHONE.sign(ENROL | {7: PHONE.cose | {-3: bytes(32)}}),
    "key as text": PHONE.sign(ENROL | {7: "key"}),
    "question without pass": PHONE.sign(without(STATE, 5)),
    "question with a code": PHONE.sign(STATE | {6: "K7QM2T9X"}),
    "pass of 7": PHONE.sign(STATE | {5: bytes(7)}),
    "pass as text": PHONE.sign(STATE | {5: PASS.hex()}),
    "not a map": PHONE.sign(["state"]),
    "payload no CBOR": PHONE.sign(b"\xff"),
    "trailing byte": PHONE.sign(ENROL) + b"\0",
    "not signed": dumps(ENROL, canonical=True),
    "longer than 512 bytes": PHONE.sign(ENROL | {8: bytes(512)}),
    "nothing": b"",
}

if __name__ == "__main__":
    invalid = {name: data.hex() for name, data in INVALID.items()}
    for name, made in (("valid", VALID), ("invalid", invalid)):
        text = json.dumps(made, indent=2, ensure_ascii=False)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
