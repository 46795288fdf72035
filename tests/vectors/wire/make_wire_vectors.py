"""Make the vectors of what gate and server tell each other, without the project's code.

COSE by hand over `cryptography` and `cbor2`, from docs/formats/wire.md alone.

    python tests/vectors/wire/make_wire_vectors.py        rewrites valid.json and invalid.json

Keys come from a seed; ECDSA nonces do not, so signatures differ from run to run.
"""

import hmac
import json
import random
from hashlib import sha256
from pathlib import Path

from cbor2 import CBORTag, dumps
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

HERE = Path(__file__).parent
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SEED = random.Random(20261122)


class Key:
    def __init__(self):
        self.private = ec.derive_private_key(SEED.getrandbits(255), ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.x, self.y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    @property
    def cose(self):
        return {1: 2, -1: 1, -2: self.x, -3: self.y}

    def sign(self, payload, typ, *, high=False, **header):
        kid = sha256(dumps(self.cose, canonical=True)).digest()[:8]
        protected = dumps({1: -7, 4: header.get("kid", kid), 16: typ}, canonical=True)
        body = payload if isinstance(payload, bytes) else dumps(payload, canonical=True)
        message = dumps(["Signature1", protected, b"", body], canonical=True)
        r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        s = max(s, ORDER - s) if high else min(s, ORDER - s)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return dumps(CBORTag(18, [protected, {}, body, signature]), canonical=True)


def base45(data):
    out = ""
    for i in range(0, len(data), 2):
        number = int.from_bytes(data[i : i + 2], "big")
        for _ in range(len(data[i : i + 2]) + 1):
            number, digit = divmod(number, 45)
            out += ALPHABET[digit]
    return out


GATE, ORDERS, KNOWLEDGE, STRANGER = Key(), Key(), Key(), Key()
NONCE, SECRET = SEED.randbytes(16), SEED.randbytes(16)
REQUEST, NOW = "POST /gate/v1/entries", 1_795_333_333_000


def lines(count, first=1, previous=bytes(32)):
    rows = []
    for number in range(first, first + count):
        body = dumps({0: 11, 1: "test", 2: number}, canonical=True)
        salt = SEED.randbytes(16)
        commitment = sha256(salt + body).digest()
        numbers = number.to_bytes(8, "big") + (NOW + number).to_bytes(8, "big")
        previous = sha256(previous + numbers + commitment).digest()
        kept = [None, None] if number == first + 1 else [salt, body]
        rows.append([number, NOW + number, *kept, commitment, previous])
    return rows


ROWS = lines(3)
FILING = dumps({1: 2, 2: ROWS, 3: b"signed head"}, canonical=True)
CALL = {1: "gate-7", 2: REQUEST, 3: NOW, 4: NONCE, 5: sha256(FILING).digest()}
ACKNOWLEDGEMENT = dumps(
    {1: 2, 2: 3, 3: {2: "unknown-kind"}, 4: [1, 40], 5: [b"order"]}, canonical=True
)
ANSWER = {1: NONCE, 2: 200, 3: NOW + 40, 4: sha256(ACKNOWLEDGEMENT).digest()}
KEY_HASH = sha256(dumps(KNOWLEDGE.cose, canonical=True)).digest()
INVITATION = {3: "0990001S", 4: 1_795_333_900, 5: "https://portique.example:8443", 6: SECRET,
              7: KEY_HASH}  # fmt: skip
PROVED = dumps(["portique-application", GATE.cose, NONCE, "0.2.0"], canonical=True)
APPLICATION = {1: GATE.cose, 2: NONCE, 3: "0.2.0", 4: hmac.digest(SECRET, PROVED, "sha256")}
ADMISSION = {1: NONCE, 2: "gate-7", 3: "entry-1", 4: KNOWLEDGE.cose, 5: NOW}
HEALTH = {1: "0.2.0", 2: 2, 3: 812, 4: 3, 5: 9_000_000_000, 6: 40, 7: True, 8: [1, 40],
          9: "control", 10: 1}  # fmt: skip
RULED = {1: 2, 2: 811, 3: "admit", 4: "checked", 5: "loge-2"}
SEEN = {1: bytes.fromhex("00112233aabbccdd"), 2: NOW, 3: "entry-2"}
NOTE_RULED, NOTE_SEEN = {1: 7, 2: "ruling", 3: RULED}, {1: 9, 2: "elsewhere", 3: SEEN}
OPENED = {1: bytes.fromhex("8877665544332211"), 2: NOW, 3: "entry-1", 4: "forgotten",
          5: "console-0a1b2c3d"}  # fmt: skip
NOTE_OPENED = {1: 3, 2: "admission", 3: OPENED}
NOTE_UNKNOWN = {1: 12, 2: "weather", 3: {1: "rain", 2: [1, {3: b"deep"}]}}
STREAM = "https://portique.example:8444/gate/v1/stream"
NEWS = {1: 12, 2: [1, 41], 3: [NOTE_RULED, NOTE_SEEN, NOTE_UNKNOWN], 4: STREAM}


def invitation(payload):
    return "PQE1:" + base45(
        payload if isinstance(payload, bytes) else dumps(payload, canonical=True)
    )


def point(key):
    return {"x": key.x.hex(), "y": key.y.hex()}


VALID = {
    "keys": {"gate": point(GATE), "orders": point(ORDERS), "knowledge": point(KNOWLEDGE)},
    "request": REQUEST,
    "nonce": NONCE.hex(),
    "secret": SECRET.hex(),
    "now_ms": NOW,
    "call": GATE.sign(CALL, "portique-call").hex(),
    "answer": ORDERS.sign(ANSWER, "portique-answer").hex(),
    "filing": FILING.hex(),
    "filing without head": dumps({1: 2, 2: ROWS}, canonical=True).hex(),
    "acknowledgement": ACKNOWLEDGEMENT.hex(),
    "shortest acknowledgement": dumps({1: 2, 2: 0}, canonical=True).hex(),
    "invitation": invitation(INVITATION),
    "application": GATE.sign(APPLICATION, "portique-application").hex(),
    "admission": KNOWLEDGE.sign(ADMISSION, "portique-admission").hex(),
    "report": dumps({1: 6, 2: HEALTH}, canonical=True).hex(),
    "shortest report": dumps(
        {1: 0, 2: {k: v for k, v in HEALTH.items() if k not in {5, 8}}}, canonical=True
    ).hex(),
    "report of a gate without its camera": dumps(
        {1: 6, 2: HEALTH | {11: ["camera", "reader", "turnstile.left"]}}, canonical=True
    ).hex(),
    "news": dumps(NEWS, canonical=True).hex(),
    "shortest news": dumps({1: 0}, canonical=True).hex(),
    "news of an admission": dumps({1: 3, 3: [NOTE_OPENED]}, canonical=True).hex(),
}


def row(**changes):
    made = list(ROWS[0])
    for place, value in changes.items():
        made[int(place[1:])] = value
    return {1: 2, 2: [made]}


CALLS = {
    "by another key": STRANGER.sign(CALL, "portique-call"),
    "by another key under this kid": STRANGER.sign(
        CALL, "portique-call", kid=sha256(dumps(GATE.cose, canonical=True)).digest()[:8]
    ),
    "of another type": GATE.sign(CALL, "portique-answer"),
    "high s": GATE.sign(CALL, "portique-call", high=True),
    "another request": GATE.sign(CALL | {2: "POST /gate/v1/hello"}, "portique-call"),
    "another body": GATE.sign(CALL | {5: bytes(32)}, "portique-call"),
    "nonce of 15": GATE.sign(CALL | {4: bytes(15)}, "portique-call"),
    "hash of 31": GATE.sign(CALL | {5: bytes(31)}, "portique-call"),
    "time negative": GATE.sign(CALL | {3: -1}, "portique-call"),
    "time true": GATE.sign(CALL | {3: True}, "portique-call"),
    "time above 2^53-1": GATE.sign(CALL | {3: 2**53}, "portique-call"),
    "a key more": GATE.sign(CALL | {6: 0}, "portique-call"),
    "a key less": GATE.sign({k: v for k, v in CALL.items() if k != 3}, "portique-call"),
    "not a map": GATE.sign([1], "portique-call"),
    "payload no CBOR": GATE.sign(b"\xff", "portique-call"),
    "trailing byte": GATE.sign(CALL, "portique-call") + b"\0",
    "not signed": dumps(CALL, canonical=True),
    "longer than 512 bytes": GATE.sign(CALL | {2: "POST /" + "a" * 500}, "portique-call"),
    "nothing": b"",
}
ANSWERS = {
    "by the gate itself": GATE.sign(ANSWER, "portique-answer"),
    "of another type": ORDERS.sign(ANSWER, "portique-call"),
    "to another call": ORDERS.sign(ANSWER | {1: bytes(16)}, "portique-answer"),
    "of another body": ORDERS.sign(ANSWER | {4: bytes(32)}, "portique-answer"),
    "status as text": ORDERS.sign(ANSWER | {2: "200"}, "portique-answer"),
    "status false": ORDERS.sign(ANSWER | {2: False}, "portique-answer"),
    "nonce of 17": ORDERS.sign(ANSWER | {1: bytes(17)}, "portique-answer"),
    "a key more": ORDERS.sign(ANSWER | {5: 0}, "portique-answer"),
    "nothing": b"",
}
FILINGS = {
    "no line": {1: 2, 2: []},
    "a gap": {1: 2, 2: [ROWS[0], ROWS[2]]},
    "falling": {1: 2, 2: [ROWS[1], ROWS[0]]},
    "twice the same": {1: 2, 2: [ROWS[0], ROWS[0]]},
    "number 0": row(_0=0),
    "number true": row(_0=True),
    "time negative": row(_1=-1),
    "salt without body": row(_3=None),
    "body without salt": row(_2=None),
    "salt of 15": row(_2=bytes(15)),
    "salt as text": row(_2="0123456789abcdef"),
    "body empty": row(_3=b""),
    "body of 4097": row(_3=bytes(4097)),
    "commitment of 31": row(_4=bytes(31)),
    "chain as text": row(_5="chain"),
    "a value more": {1: 2, 2: [[*ROWS[0], 0]]},
    "line is no list": {1: 2, 2: [7]},
    "lines are no list": {1: 2, 2: {}},
    "epoch negative": {1: -1, 2: ROWS},
    "epoch as text": {1: "2", 2: ROWS},
    "head empty": {1: 2, 2: ROWS, 3: b""},
    "head null": {1: 2, 2: ROWS, 3: None},
    "head of 513": {1: 2, 2: ROWS, 3: bytes(513)},
    "a key more": {1: 2, 2: ROWS, 4: 0},
    "not a map": [2, ROWS],
}
ACKNOWLEDGEMENTS = {
    "no number": {1: 2},
    "number negative": {1: 2, 2: -1},
    "epoch false": {1: False, 2: 3},
    "reasons empty": {1: 2, 2: 3, 3: {}},
    "reasons as list": {1: 2, 2: 3, 3: [1]},
    "reason empty": {1: 2, 2: 3, 3: {2: ""}},
    "reason of 101": {1: 2, 2: 3, 3: {2: "a" * 101}},
    "reason for no entry": {1: 2, 2: 3, 3: {"two": "why"}},
    "version of one": {1: 2, 2: 3, 4: [1]},
    "version negative": {1: 2, 2: 3, 4: [1, -1]},
    "orders empty": {1: 2, 2: 3, 5: []},
    "order empty": {1: 2, 2: 3, 5: [b""]},
    "order as text": {1: 2, 2: 3, 5: ["order"]},
    "order of 2049": {1: 2, 2: 3, 5: [bytes(2049)]},
    "17 orders": {1: 2, 2: 3, 5: [b"order"] * 17},
    "orders no list": {1: 2, 2: 3, 5: b"order"},
    "a key more": {1: 2, 2: 3, 6: 0},
    "not a map": [2, 3],
}
INVITATIONS = {
    "of another prefix": invitation(INVITATION).replace("PQE1:", "PQ1:"),
    "cut": invitation(INVITATION)[:-3],
    "not Base45": "PQE1:abc",
    "too long": invitation(INVITATION | {5: "https://" + "a" * 400}),
    "address of 121": invitation(INVITATION | {5: "https://" + "a" * 113}),
    "address empty": invitation(INVITATION | {5: ""}),
    "secret of 15": invitation(INVITATION | {6: bytes(15)}),
    "hash of 31": invitation(INVITATION | {7: bytes(31)}),
    "school that is none": invitation(INVITATION | {3: "Lycee"}),
    "expiry negative": invitation(INVITATION | {4: -1}),
    "a key more": invitation(INVITATION | {8: 0}),
    "not a map": invitation([1]),
}
APPLICATIONS = {
    "another secret": GATE.sign(APPLICATION | {4: bytes(32)}, "portique-application"),
    "by another key": STRANGER.sign(APPLICATION, "portique-application"),
    "of another type": GATE.sign(APPLICATION, "portique-call"),
    "another version claimed": GATE.sign(APPLICATION | {3: "9.9"}, "portique-application"),
    "version of 41": GATE.sign(APPLICATION | {3: "9" * 41}, "portique-application"),
    "nonce of 15": GATE.sign(APPLICATION | {2: bytes(15)}, "portique-application"),
    "proof of 31": GATE.sign(APPLICATION | {4: bytes(31)}, "portique-application"),
    "key off the curve": GATE.sign(
        APPLICATION | {1: GATE.cose | {-3: bytes(32)}}, "portique-application"
    ),
    "a key more": GATE.sign(APPLICATION | {5: 0}, "portique-application"),
    "high s": GATE.sign(APPLICATION, "portique-application", high=True),
    "nothing": b"",
}
ADMISSIONS = {
    "another school": STRANGER.sign(ADMISSION | {4: STRANGER.cose}, "portique-admission"),
    "not by the key it brings": STRANGER.sign(ADMISSION, "portique-admission"),
    "to another application": KNOWLEDGE.sign(ADMISSION | {1: bytes(16)}, "portique-admission"),
    "of another type": KNOWLEDGE.sign(ADMISSION, "portique-answer"),
    "no gate": KNOWLEDGE.sign(ADMISSION | {2: ""}, "portique-admission"),
    "lane of 41": KNOWLEDGE.sign(ADMISSION | {3: "a" * 41}, "portique-admission"),
    "time true": KNOWLEDGE.sign(ADMISSION | {5: True}, "portique-admission"),
    "a key more": KNOWLEDGE.sign(ADMISSION | {6: 0}, "portique-admission"),
    "nothing": b"",
}
REPORTS = {
    "cursor negative": {1: -1, 2: HEALTH},
    "cursor true": {1: True, 2: HEALTH},
    "no health": {1: 6},
    "health is no map": {1: 6, 2: [1]},
    "a key more": {1: 6, 2: HEALTH, 3: 0},
    "health with a key more": {1: 6, 2: HEALTH | {12: 0}},
    "health without mode": {1: 6, 2: {k: v for k, v in HEALTH.items() if k != 9}},
    "version empty": {1: 6, 2: HEALTH | {1: ""}},
    "version of 41": {1: 6, 2: HEALTH | {1: "9" * 41}},
    "mode as number": {1: 6, 2: HEALTH | {9: 1}},
    "mode of 41": {1: 6, 2: HEALTH | {9: "a" * 41}},
    "trusted as number": {1: 6, 2: HEALTH | {7: 1}},
    "unsent negative": {1: 6, 2: HEALTH | {4: -1}},
    "disk null": {1: 6, 2: HEALTH | {5: None}},
    "knowledge of one": {1: 6, 2: HEALTH | {8: [1]}},
    "failing nothing": {1: 6, 2: HEALTH | {11: []}},
    "failing no list": {1: 6, 2: HEALTH | {11: "camera"}},
    "failing twice": {1: 6, 2: HEALTH | {11: ["camera", "camera"]}},
    "failing in another order": {1: 6, 2: HEALTH | {11: ["door", "camera"]}},
    "failing in words": {1: 6, 2: HEALTH | {11: ["the camera"]}},
    "failing by number": {1: 6, 2: HEALTH | {11: [1]}},
    "nine failing": {1: 6, 2: HEALTH | {11: [f"organ-{n}" for n in range(9)]}},
    "not a map": [6, HEALTH],
    "longer than 1024 bytes": {1: 6, 2: HEALTH | {1: "9" * 1024}},
}
NEWSES = {
    "no cursor": {2: [1, 41]},
    "cursor above 2^53-1": {1: 2**53},
    "version negative": {1: 12, 2: [1, -1]},
    "version null": {1: 12, 2: None},
    "notes empty": {1: 12, 3: []},
    "notes no list": {1: 12, 3: {}},
    "note no map": {1: 12, 3: [7]},
    "note number 0": {1: 12, 3: [NOTE_RULED | {1: 0}]},
    "note number true": {1: 12, 3: [NOTE_RULED | {1: True}]},
    "note with a key more": {1: 12, 3: [NOTE_RULED | {4: 0}]},
    "note without kind": {1: 12, 3: [{1: 7, 3: RULED}]},
    "kind empty": {1: 12, 3: [NOTE_RULED | {2: ""}]},
    "kind of 41": {1: 12, 3: [NOTE_RULED | {2: "a" * 41}]},
    "payload no map": {1: 12, 3: [NOTE_RULED | {3: [1]}]},
    "payload with a text as key": {1: 12, 3: [NOTE_RULED | {3: {"epoch": 2}}]},
    "payload of over 1024 bytes": {1: 12, 3: [NOTE_UNKNOWN | {3: {1: bytes(1022)}}]},
    "payload too deep": {1: 12, 3: [NOTE_UNKNOWN | {3: {1: [[[1]]]}}]},
    "numbers fall": {1: 12, 3: [NOTE_SEEN, NOTE_RULED]},
    "a number twice": {1: 12, 3: [NOTE_RULED, NOTE_RULED]},
    "a note above the cursor": {1: 8, 3: [NOTE_RULED, NOTE_SEEN]},
    "101 notes": {1: 200, 3: [NOTE_RULED | {1: n} for n in range(1, 102)]},
    "stream empty": {1: 12, 4: ""},
    "stream of 201": {1: 12, 4: "https://" + "a" * 193},
    "stream as bytes": {1: 12, 4: b"https://portique.example"},
    "a key more": {1: 12, 5: 0},
    "not a map": [12],
}
RULINGS = {
    "epoch negative": RULED | {1: -1},
    "number as text": RULED | {2: "811"},
    "neither admit nor deny": RULED | {3: "perhaps"},
    "ruling as list": RULED | {3: [1]},
    "reason with a space": RULED | {4: "because of"},
    "agent empty": RULED | {5: ""},
    "agent as number": RULED | {5: 7},
    "a key more": RULED | {6: 0},
    "a key less": {k: v for k, v in RULED.items() if k != 5},
}
OPENINGS = {
    "number of 7": OPENED | {1: bytes(7)},
    "number as text": OPENED | {1: "8877665544332211"},
    "time true": OPENED | {2: True},
    "lane empty": OPENED | {3: ""},
    "reason with a space": OPENED | {4: "because of"},
    "agent as number": OPENED | {5: 7},
    "a key more": OPENED | {6: 0},
    "a key less": {k: v for k, v in OPENED.items() if k != 5},
}
ELSEWHERES = {
    "holder of 7": SEEN | {1: bytes(7)},
    "holder as text": SEEN | {1: "00112233aabbccdd"},
    "time true": SEEN | {2: True},
    "lane empty": SEEN | {3: ""},
    "lane of 41": SEEN | {3: "a" * 41},
    "a key more": SEEN | {4: 0},
}


def news_with(kind, payloads):
    return {name: {1: 7, 3: [{1: 7, 2: kind, 3: payload}]} for name, payload in payloads.items()}


# Lines whose form is right and whose hashes are not: read, and found not to follow.
BROKEN = {
    "body changed": [[*ROWS[0][:3], ROWS[0][3][:-1] + b"\x09", *ROWS[0][4:]]],
    "time changed": [[1, NOW, *ROWS[0][2:]]],
    "chain changed": [[*ROWS[0][:5], bytes(32)]],
    "first missing": ROWS[1:],
}


def encoded(cases):
    return {
        name: (case if isinstance(case, bytes) else dumps(case, canonical=True)).hex()
        for name, case in cases.items()
    }


def save(name, data):
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (HERE / name).write_text(text, encoding="utf-8")


save("valid.json", VALID)
save(
    "invalid.json",
    {
        "call": encoded(CALLS),
        "answer": encoded(ANSWERS),
        "filing": encoded(FILINGS) | {"cut": FILING[:-1].hex(), "nothing": ""},
        "acknowledgement": encoded(ACKNOWLEDGEMENTS)
        | {"cut": ACKNOWLEDGEMENT[:-1].hex(), "nothing": ""},
        "invitation": INVITATIONS,
        "application": encoded(APPLICATIONS),
        "admission": encoded(ADMISSIONS),
        "report": encoded(REPORTS) | {"nothing": ""},
        "news": encoded(NEWSES) | {"cut": dumps(NEWS, canonical=True)[:-1].hex(), "nothing": ""},
        # News in order, with one note whose payload is not its kind's.
        "ruling": encoded(news_with("ruling", RULINGS)),
        "elsewhere": encoded(news_with("elsewhere", ELSEWHERES)),
        "console admission": encoded(news_with("admission", OPENINGS)),
        "broken": {
            name: dumps({1: 2, 2: rows}, canonical=True).hex() for name, rows in BROKEN.items()
        },
    },
)
