"""Make the vectors of the knowledge's sealed parts, without the project's code.

COSE_Encrypt0 by hand over `cryptography` and `cbor2`, from docs/formats/knowledge.md alone.

    python tests/vectors/knowledge/make_knowledge_vectors.py    rewrites valid.json and invalid.json
"""

import hmac
import json
import random
from hashlib import sha256
from pathlib import Path

from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HERE = Path(__file__).parent
SEED = random.Random(20261122)
NAME_KEY, DAY_KEY = SEED.randbytes(32), SEED.randbytes(32)
GATE = ec.derive_private_key(SEED.getrandbits(255), ec.SECP256R1())
EPHEMERAL = ec.derive_private_key(SEED.getrandbits(255), ec.SECP256R1())
DAY = "2026-11-23"


def cbor(value):
    return dumps(value, canonical=True)


def kid(cose_key):
    return sha256(cbor(cose_key)).digest()[:8]


def point(private):
    numbers = private.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def gate_id():
    x, y = point(GATE)
    return kid({1: 2, -1: 1, -2: x, -3: y})


def encrypt0(plain, key, aad, *, alg=3, iv=None):
    iv = iv or SEED.randbytes(12)
    protected = cbor({1: alg, 4: kid({1: 4, -1: key}), 5: iv})
    return [protected, {}, AESGCM(key).encrypt(iv, plain, cbor(["Encrypt0", protected, aad]))]


def wrapped(secret):
    epk = b"".join(point(EPHEMERAL))
    shared = EPHEMERAL.exchange(ec.ECDH(), GATE.public_key())
    key = HKDF(SHA256(), 32, salt=epk, info=b"portique").derive(shared)
    iv = SEED.randbytes(12)
    return {"epk": epk, "iv": iv, "box": AESGCM(key).encrypt(iv, secret, gate_id())}


def digest(number):
    key = HKDF(SHA256(), 32, salt=None, info=b"portique badge").derive(NAME_KEY)
    return hmac.new(key, number.encode(), sha256).digest()


def badges(held, aad=b"portique badges", key=NAME_KEY, **form):
    return encrypt0(cbor(held), key, aad, **form)


def today(rows, *, day=DAY, sealed_for=DAY, **more):
    sealed = encrypt0(cbor(rows), DAY_KEY, f"portique today {sealed_for}".encode())
    return {"day": day, "keys": {gate_id(): wrapped(DAY_KEY)}, "list": sealed, **more}


def changed(part, place):
    raw = bytearray(part[2])
    raw[place] ^= 1
    return [part[0], part[1], bytes(raw)]


NUMBERS = ["04A2B93C7D1E80", "0012345678", "A1B2C3"]
PASSES = ["PQ1:FIRST", "PQ1:SECOND", "PQ1:THIRD"]
HELD = {digest(number): text for number, text in zip(NUMBERS, PASSES, strict=True)}
LISTED = [
    ["pupil", "Zoé Martin", "2de 4", 7, 1_795_000_000, 1_820_000_000],
    ["staff", "Mme Escoffray", "SVT", 0, 1_794_000_000, 1_820_000_000],
]
ROWS = [[SEED.randbytes(8), SEED.randbytes(8), *row] for row in LISTED]
GOOD = badges(HELD)
CHECKED = {"entry-1": 20, "exit-1": 0, "gate.2": 1000}

VALID = {
    "name_key": NAME_KEY.hex(),
    "gate_key": GATE.private_numbers().private_value.to_bytes(32, "big").hex(),
    "numbers": [
        ["04A2B93C7D1E80", "04A2B93C7D1E80"], ["04:a2:b9:3c:7d:1e:80", "04A2B93C7D1E80"],
        [" 04 A2-B9 3C 7D 1E 80\r\n", "04A2B93C7D1E80"], ["0012345678", "0012345678"],
        ["a1b2c3", "A1B2C3"], ["F" * 20, "F" * 20],
    ],
    "digests": [[number, digest(number).hex()] for number in NUMBERS],
    "passes": PASSES,
    "badges": cbor(GOOD).hex(),
    "day": DAY,
    "listed": LISTED,
    "today": cbor(today(ROWS)).hex(),
    "checks": cbor(CHECKED).hex(),
    "checked": CHECKED,
}  # fmt: skip
INVALID = {
    "numbers": ["", "12345", "F" * 21, "PQ1:0123456789", "zoé martin", "04.A2.B9.3C", "04A2B9O0", "１２３４５６"],
    "badges": {
        "another part's seal": cbor(badges(HELD, aad=b"portique today")).hex(),
        "changed at its end": cbor(changed(GOOD, -1)).hex(),
        "changed at its beginning": cbor(changed(GOOD, 0)).hex(),
        "another algorithm": cbor(badges(HELD, alg=1)).hex(),
        "an open header": cbor([GOOD[0], {4: b"x"}, GOOD[2]]).hex(),
        "a fourth member": cbor([*GOOD, b""]).hex(),
        "not sealed": cbor(HELD).hex(),
        "a list inside": cbor(badges(list(HELD))).hex(),
        "a short digest": cbor(badges({b"short": "PQ1:A"})).hex(),
        "a pass in bytes": cbor(badges({bytes(32): b"PQ1:A"})).hex(),
        "an endless pass": cbor(badges({bytes(32): "P" * 1201})).hex(),
        "keys out of order": cbor(encrypt0(b"\xa2X " + b"\xff" * 32 + b"aAX " + bytes(32) + b"aB", NAME_KEY, b"portique badges")).hex(),
    },
    "today": {
        "another day's list": cbor(today(ROWS, sealed_for="2026-11-22")).hex(),
        "no such day": cbor(today(ROWS, day="2026-02-30")).hex(),
        "one key more": cbor(today(ROWS, more=1)).hex(),
        "without its list": cbor({"day": DAY, "keys": {}}).hex(),
        "a changed list": cbor(today(ROWS) | {"list": changed(today(ROWS)["list"], 3)}).hex(),
        "a changed key": cbor(today(ROWS) | {"keys": {gate_id(): wrapped(DAY_KEY) | {"box": bytes(48)}}}).hex(),
        "a short key": cbor(today(ROWS) | {"keys": {gate_id(): wrapped(DAY_KEY[:16])}}).hex(),
        "an unheard kind": cbor(today([[*ROWS[0][:2], "ghost", *LISTED[0][1:]]])).hex(),
        "a row too short": cbor(today([ROWS[0][:7]])).hex(),
        "a name too long": cbor(today([[*ROWS[0][:3], "a" * 81, *LISTED[0][2:]]])).hex(),
        "a short number": cbor(today([[b"1234567", *ROWS[0][1:]]])).hex(),
        "an index beyond the list": cbor(today([[*ROWS[0][:5], 1 << 20, *LISTED[0][4:]]])).hex(),
        "an end before the beginning": cbor(today([[*ROWS[0][:6], 10, 10]])).hex(),
        "a truth for a second": cbor(today([[*ROWS[0][:6], False, True]])).hex(),
    },
    "checks": {
        "more than all": cbor({"entry-1": 1001}).hex(),
        "less than none": cbor({"entry-1": -1}).hex(),
        "a truth for a share": cbor({"entry-1": True}).hex(),
        "a text for a share": cbor({"entry-1": "20"}).hex(),
        "nothing for a share": cbor({"entry-1": None}).hex(),
        "a share of a class": cbor({"entry-1": {"2de 4": 1000}}).hex(),
        "somebody's share": cbor({bytes.fromhex("0123456789abcdef"): 1000}).hex(),
        "a lane by its place": cbor({1: 20}).hex(),
        "a lane with a space": cbor({"entry 1": 20}).hex(),
        "a lane without a name": cbor({"": 20}).hex(),
        "too many lanes": cbor({f"lane-{n}": 20 for n in range(401)}).hex(),
        "a list": cbor(["entry-1", 20]).hex(),
    },
}  # fmt: skip


def main():
    for name, vectors in {"valid": VALID, "invalid": INVALID}.items():
        text = json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"
        (HERE / f"{name}.json").write_text(text, encoding="utf-8")
        print(name, len(text))


main()
