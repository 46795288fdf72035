"""Make the journal's vectors without the project's code: hashes and CBOR from the format page alone.

Run it from anywhere; it rewrites chain.json, bodies.json and invalid.json beside itself.
"""

import json
from hashlib import sha256
from pathlib import Path

from cbor2 import dumps

HERE = Path(__file__).parent
HEX8, HOLDER, HASH = bytes(range(8)), bytes(range(8, 16)), bytes(range(32))
DECISION = {0: 2, 1: 12, 2: "entry-1", 3: 1, 4: ["expired", "late"], 5: {"status": 340, "key": 1},
            6: HEX8, 7: "normal"}  # fmt: skip
BODIES = {
    "boot": {0: 1, 1: "entry-1", 2: "0.1.0", 3: True, 4: False},
    "decision": DECISION,
    "decision, whole": DECISION | {8: "phone", 9: HEX8, 10: HOLDER, 11: "pupil", 12: 1_795_333_333},
    "ruling": {0: 3, 1: 12, 2: 1, 3: 4, 4: "admit", 5: "known-to-me", 6: "agent-2"},
    "passage": {0: 4, 1: "entry-1", 2: "sensor", 3: 12, 4: 1, 5: 4},
    "passage, assumed": {0: 4, 1: "entry-1", 2: "assumed"},
    "manual admission": {0: 5, 1: "entry-1", 2: "forgotten", 3: "agent-2", 4: 3, 5: "pupil"},
    "mode": {0: 6, 1: "entry-1", 2: "counting", 3: "agent-2"},
    "order": {0: 7, 1: "server", 2: 1, 3: [1, 5, 7, 7], 5: HEX8, 6: b"signed"},
    "order by rule": {0: 7, 1: "retention", 2: 1, 3: [2, 2], 4: "next-school-day"},
    "epoch": {0: 8, 1: 1, 2: "first"},
    "epoch, after": {0: 8, 1: 2, 2: "damaged", 3: 1, 4: 2**32, 5: HASH},
    "clock": {0: 9, 1: "rolled-back", 2: 0, 3: 2**53 - 1, 4: 30_000},
    "alarm": {0: 10, 1: "evacuation", 2: True, 3: "fire-line"},
    "notice": {0: 11, 1: "file-retired", 2: 3},
    "count": {0: 12, 1: "exit-1", 2: "exit", 3: 40, 4: 1000, 5: 61_000},
    "count, taken back": {0: 12, 1: "exit-1", 2: "exit", 3: -1, 4: 61_000, 5: 61_000},
    "manual admission, from a console": {
        0: 5,
        1: "entry-1",
        2: "forgotten",
        3: "console-1a",
        4: 1,
        6: HEX8,
    },
}
INVALID = {
    "no kind": {1: "entry-1"},
    "kind of a newer version": {0: 13},
    "kind false": {False: 1},
    "kind true": {0: True},
    "not a map": [11, "a"],
    "unknown key": {0: 11, 1: "a", 9: 1},
    "key missing": {0: 11},
    "null in place of nothing": {0: 11, 1: "a", 2: None},
    "code with a space": {0: 11, 1: "Ada Lovelace"},
    "code of 41": {0: 11, 1: "a" * 41},
    "code empty": {0: 11, 1: ""},
    "code not text": {0: 11, 1: 3},
    "number above 2^53-1": {0: 11, 1: "a", 2: 2**53},
    "number negative": {0: 11, 1: "a", 2: -1},
    "true for a number": {0: 11, 1: "a", 2: True},
    "one for true": BODIES["boot"] | {3: 1},
    "outcome 3": DECISION | {3: 3},
    "unknown medium": DECISION | {8: "parrot"},
    "unknown kind of person": DECISION | {11: "ghost"},
    "pass id of 7": DECISION | {9: bytes(7)},
    "pass id as text": DECISION | {9: "0001020304050607"},
    "25 reasons": DECISION | {4: ["a"] * 25},
    "ranges odd": BODIES["order"] | {3: [1, 2, 3]},
    "ranges from 0": BODIES["order"] | {3: [0, 2]},
    "ranges touching": BODIES["order"] | {3: [1, 2, 3, 4]},
    "ranges falling": BODIES["order"] | {3: [5, 6, 1, 2]},
    "range backwards": BODIES["order"] | {3: [6, 5]},
    "no range": BODIES["order"] | {3: []},
    "201 ranges": BODIES["order"] | {3: [end for n in range(1, 202) for end in (3 * n, 3 * n)]},
    "evidence of 2049": BODIES["order"] | {6: bytes(2049)},
    "count below -2^53+1": BODIES["count"] | {3: -(2**53)},
    "count not a number": BODIES["count"] | {3: "many"},
    "count true": BODIES["count"] | {3: True},
}
RAW = {
    "not canonical: keys unordered": "a2016161000b",
    "not canonical: long form of 11": "a200180b016161",
    "trailing byte": "a2000b01616100",
    "indefinite": "bf000b016161ff",
    "cut": "a2000b0161",
    "a float": "a2000b01f93c00",
    "nothing": "",
}


def save(name, data):
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (HERE / name).write_text(text, encoding="utf-8")


bodies = {name: dumps(items, canonical=True).hex() for name, items in BODIES.items()}
invalid = {name: dumps(items, canonical=True).hex() for name, items in INVALID.items()}
save("bodies.json", bodies)
save("invalid.json", invalid | RAW)

gate, epoch, public = "portique-nord", 3, bytes(range(64))
chain = sha256(gate.encode() + epoch.to_bytes(8, "big") + public).digest()
out = {"gate_id": gate, "epoch": epoch, "public": public.hex(), "genesis": chain.hex(), "rows": []}
for number, (name, body) in enumerate(bodies.items(), start=1):
    salt, time_ms = sha256(name.encode()).digest()[:16], 1_795_500_000_000 + 997 * number
    commit = sha256(salt + bytes.fromhex(body)).digest()
    numbers = number.to_bytes(8, "big") + time_ms.to_bytes(8, "big")
    chain = sha256(chain + numbers + commit).digest()
    row = {"number": number, "time_ms": time_ms, "salt": salt.hex(), "body": body}
    out["rows"].append(row | {"commitment": commit.hex(), "chain": chain.hex()})
save("chain.json", out)
