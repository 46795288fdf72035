"""Make the vectors of passes with another implementation than Portique's.

COSE by `cwt`, AES-GCM and ECDSA by `cryptography`, CBOR by `cbor2`, Base45
written here. Nothing of Portique is imported: a shared mistake would hide.

    python tests/vectors/make_pass_vectors.py        writes pass/valid.json, pass/invalid.json

Keys and ids come from a seed; ECDSA nonces do not, so signatures differ from
run to run. The files are frozen: a new one is only made when the format gets
a new version.
"""

from __future__ import annotations

import json
import random
import zlib
from pathlib import Path

import cbor2
import cwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = Path(__file__).parent / "pass"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
UAI, OTHER_UAI = "0990001S", "0990002T"
SEED = random.Random(20261121)
NBF, EXP = 1788220800, 1819749600
KINDS = ["pupil", "staff", "guardian", "trainee", "candidate", "resident", "visitor"]


def entropy(count: int) -> bytes:
    return SEED.randbytes(count)


def dumps(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def base45(data: bytes) -> str:
    out = []
    for i in range(0, len(data), 2):
        number = int.from_bytes(data[i : i + 2], "big")
        for _ in range(len(data[i : i + 2]) + 1):
            out.append(ALPHABET[number % 45])
            number //= 45
    return "".join(out)


class Key:
    def __init__(self) -> None:
        self.private = ec.derive_private_key(
            int.from_bytes(entropy(32), "big") % ORDER, ec.SECP256R1()
        )
        numbers = self.private.public_key().public_numbers()
        self.x, self.y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        self.d = self.private.private_numbers().private_value.to_bytes(32, "big")
        digest = hashes.Hash(hashes.SHA256())
        digest.update(dumps(self.cose()))
        self.kid = digest.finalize()[:8]

    def cose(self) -> dict:
        return {1: 2, -1: 1, -2: self.x, -3: self.y}

    def raw(self, message: bytes, *, high: bool = False) -> bytes:
        der = self.private.sign(message, ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(der)
        s = max(s, ORDER - s) if high else min(s, ORDER - s)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


ISSUER, OLD_ISSUER, STRANGER, STATUS, PHONE, OTHER_PHONE = (Key() for _ in range(6))
NAME_KEY, OTHER_NAME_KEY = entropy(32), entropy(32)


def secret_kid(secret: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(dumps({1: 4, -1: secret}))
    return digest.finalize()[:8]


def by_cwt(payload: bytes, key: Key, *, kid: bool = True) -> cbor2.CBORTag:
    """Sign with the `cwt` library, then bring `s` into the lower half as its signer does not."""
    protected = {1: -7} | ({4: key.kid} if kid else {})
    cose_key = cwt.COSEKey.new({1: 2, -1: 1, -2: key.x, -3: key.y, -4: key.d, 3: -7})
    made = cwt.COSE.new().encode_and_sign(payload, cose_key, protected=protected, unprotected={})
    tag = cbor2.loads(made)
    head, _, body, signature = tag.value
    s = int.from_bytes(signature[32:], "big")
    signature = signature[:32] + min(s, ORDER - s).to_bytes(32, "big")
    return cbor2.CBORTag(18, [head, {}, body, signature])


def by_hand(payload: bytes, key: Key, header: object, *, high: bool = False) -> cbor2.CBORTag:
    protected = header if isinstance(header, bytes) else dumps(header)
    message = dumps(["Signature1", protected, b"", payload])
    return cbor2.CBORTag(18, [protected, {}, payload, key.raw(message, high=high)])


def inside(**changes: object) -> dict:
    fields = {0: entropy(8), 1: 0, 2: "Zoé Martin", 3: "2nde 4", 4: "green", 5: 1234, 7: b""}
    fields.update({int(k[1:]): v for k, v in changes.items()})
    return {k: v for k, v in fields.items() if v is not None}


def sealed(cti: bytes, body: object, *, secret: bytes = NAME_KEY, aad: bytes | None = None) -> list:
    iv = entropy(12)
    head = dumps({1: 3, 4: secret_kid(secret), 5: iv})
    structure = dumps(["Encrypt0", head, cti if aad is None else aad])
    body = body if isinstance(body, bytes) else dumps(body)
    return [head, {}, AESGCM(secret).encrypt(iv, body, structure)]


def claims(**changes: object) -> dict:
    cti = entropy(8)
    made = {1: UAI, 4: EXP, 5: NBF, 7: cti, -65537: sealed(cti, inside())}
    made.update({int(k[1:].replace("m", "-")): v for k, v in changes.items()})
    return {k: v for k, v in made.items() if v is not None}


def text(item: object, prefix: str = "PQ1:") -> str:
    return prefix + base45(item if isinstance(item, bytes) else dumps(item))


def issued(made: dict, key: Key = ISSUER) -> cbor2.CBORTag:
    return by_cwt(dumps(made), key)


def phone(inner: object, key: Key = PHONE, uai: str = UAI, seconds: object = 1795248000) -> str:
    return text(by_cwt(dumps({1: inner, 3: uai, 6: seconds}), key, kid=False), "PQ2:")


KEYS = {
    "uai": UAI,
    "issuers": [[k.x.hex(), k.y.hex()] for k in (ISSUER, OLD_ISSUER)],
    "name_keys": [NAME_KEY.hex()],
}
BOUND = {"_8": {1: PHONE.cose()}}


def valid() -> list[dict]:
    rows: list[dict] = []
    names = ["Zoé Martin", "Éléonore d’Aubigné-Lévêq", "Ñ", "李小龙", "O’Neil 😀", "A" * 32, ""]
    for i in range(170):
        cti, kind = entropy(8), i % 7
        window = (NBF + i * 1000, EXP + i * 1000)
        body = inside(
            _1=kind,
            _2=names[i % 7],
            _3=["2nde 4", "", "Vie scolaire"][i % 3],
            _4=["green", "", "boarder"][i % 3],
            _5=[0, 23, 24, 255, 256, 65536, 0xFFFFF][i % 7],
            _7=bytes(i % 40),
        )
        made = {1: UAI, 4: window[1], 5: window[0], 7: cti, -65537: sealed(cti, body)}
        bound = i % 4 == 3
        if bound:
            made[8] = {1: PHONE.cose()}
        inner = issued(made, OLD_ISSUER if i % 10 == 9 else ISSUER)
        rows.append({
            "text": phone(inner, seconds=1795248000 + i) if bound else text(inner),
            "pass_id": cti.hex(), "holder": body[0].hex(), "kind": KINDS[kind], "name": body[2],
            "label": body[3], "regime": body[4], "status_index": body[5],
            "not_before": window[0], "expires": window[1],
            "medium": "phone" if bound else "paper",
            "proof": "valid" if bound else "not-needed",
            "proof_seconds": 1795248000 + i if bound else None,
        })  # fmt: skip
    return rows


def row(what: str, made: str, expected: str) -> dict:
    return {"what": what, "text": made, "expected": expected}


def bad_signatures() -> list[dict]:
    rows: list[dict] = []
    for i in range(12):
        payload = dumps(claims())
        good = {1: -7, 4: ISSUER.kid}
        rows += [
            row("s in the upper half", text(by_hand(payload, ISSUER, good, high=True)), "BadSeal"),
            row("signed by a stranger", text(by_hand(payload, STRANGER, good)), "BadSeal"),
            row("signed by the status key", text(by_hand(payload, STATUS, good)), "BadSeal"),
            row("key id of nobody", text(issued(claims(), STRANGER)), "UnknownIssuer"),
            row("key id of the status key", text(issued(claims(), STATUS)), "UnknownIssuer"),
            row("another school's", text(issued(claims(_1=OTHER_UAI), STRANGER)), "OtherSchool"),
            row("ours, naming another school", text(issued(claims(_1=OTHER_UAI))), "OtherSchool"),
        ]
        tag = issued(claims())
        changed = bytearray(tag.value[2])
        changed[claims_name_at(tag.value[2]) + i % 8] ^= 1 << (i % 8)
        other = cbor2.CBORTag(18, [tag.value[0], {}, bytes(changed), tag.value[3]])
        rows.append(row("one bit of the id changed", text(other), "BadSeal"))
        signature = bytearray(tag.value[3])
        signature[i * 5] ^= 0x01
        other = cbor2.CBORTag(18, [*tag.value[:3], bytes(signature)])
        rows.append(row("one bit of the signature changed", text(other), "BadSeal"))
    for r, s in ((0, 1), (1, 0), (0, 0), (ORDER, 1), (1, ORDER), (ORDER - 1, ORDER - 1), (1, 1)):
        tag = issued(claims())
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        rows.append(
            row(
                f"r={r:.3g} s={s:.3g}",
                text(cbor2.CBORTag(18, [*tag.value[:3], signature])),
                "BadSeal",
            )
        )
    return rows


def claims_name_at(payload: bytes) -> int:
    """Find the id inside encoded claims: label 7, then an 8-byte string."""
    return payload.index(b"\x07\x48") + 2


def bad_headers() -> list[dict]:
    rows: list[dict] = []
    swaps = [
        {1: alg, 4: ISSUER.kid}
        for alg in (-8, -9, -19, -35, -36, -37, -257, 4, 5, 1, 3, 0, "ES256")
    ]
    for header in swaps:
        rows.append(
            row(f"algorithm {header[1]}", text(by_hand(dumps(claims()), ISSUER, header)), "BadSeal")
        )
    for header, what in (
        ({4: ISSUER.kid}, "no algorithm"), ({1: -7}, "no key id"), ({}, "empty header"),
        ({1: -7, 4: ISSUER.kid, 2: [4]}, "critical headers"),
        ({1: -7, 4: ISSUER.kid, 3: 60}, "a content type"),
        ({1: -7, 4: ISSUER.kid, 16: "application/cwt"}, "a type"),
        ({1: -7, 4: ISSUER.kid, 33: b"x"}, "a certificate"),
        (dumps(cbor2.CBORTag(24, b"x")), "a tag for a header"), (dumps([1, -7]), "an array"),
        (b"", "zero bytes"), (b"\xbf\x01\x26\xff", "indefinite map"), (b"\xa1\x01\x38\x06", "long form"),
        (b"\xa2\x04\x48" + ISSUER.kid + b"\x01\x26", "header keys out of order"),
        (b"\xa3\x01\x26\x01\x26\x04\x48" + ISSUER.kid, "algorithm twice"),
    ):  # fmt: skip
        rows.append(row(what, text(by_hand(dumps(claims()), ISSUER, header)), "UnreadablePass"))
    for kid in (b"", ISSUER.kid[:7], ISSUER.kid + b"\0", ISSUER.kid.hex(), 7):
        header = {1: -7, 4: kid}
        rows.append(
            row(
                "another form of key id",
                text(by_hand(dumps(claims()), ISSUER, header)),
                "UnknownIssuer",
            )
        )
    for extra in ({4: ISSUER.kid}, {1: -7}, {0: 0}, {"a": 1}, {100: b"\0" * 40}):
        tag = issued(claims())
        rows.append(
            row(
                "something in the unprotected header",
                text(cbor2.CBORTag(18, [tag.value[0], extra, *tag.value[2:]])),
                "UnreadablePass",
            )
        )
    return rows


def bad_structures() -> list[dict]:
    rows: list[dict] = []
    tag = issued(claims())
    data = dumps(tag)
    values = tag.value
    shapes = [
        (dumps(values), "no tag"), (dumps(cbor2.CBORTag(17, values)), "tag 17"),
        (dumps(cbor2.CBORTag(98, values)), "tag 98"), (dumps(cbor2.CBORTag(61, tag)), "CWT tag around"),
        (dumps(cbor2.CBORTag(18, tag)), "tag 18 twice"), (dumps(cbor2.CBORTag(18, values[:3])), "three parts"),
        (dumps(cbor2.CBORTag(18, [*values, b""])), "five parts"), (dumps(cbor2.CBORTag(18, {})), "a map"),
        (dumps(cbor2.CBORTag(18, [values[0], {}, None, values[3]])), "detached payload"),
        (dumps(cbor2.CBORTag(18, [values[0], {}, "text", values[3]])), "payload as text"),
        (dumps(cbor2.CBORTag(18, [*values[:3], values[3][:63]])), "63-byte signature"),
        (dumps(cbor2.CBORTag(18, [*values[:3], values[3] + b"\0"])), "65-byte signature"),
        (data + b"\0", "one byte too many"), (data + data, "twice"), (data[:-1], "one byte short"),
        (b"\xd9\xd9\xf7" + data, "self-described CBOR"), (zlib.compress(data, 9), "compressed"),
        (b"\xd8\x12" + data[1:], "long form of the tag"), (data.replace(b"\xd2\x84", b"\xd2\x9f", 1) + b"\xff", "indefinite array"),
        (b"\xf6", "null"), (b"\x00", "zero"), (b"", "nothing"), (b"\xff", "break"), (b"\x9f" * 40, "forty arrays open"),
        (b"\x81" * 400 + b"\x00", "depth 400"), (b"\xd2" * 300 + b"\x00", "300 tags"), (b"\xbf" * 200, "200 maps"),
        (dumps([0] * 400), "400 items"), (b"\x9a\xff\xff\xff\xff", "four billion items said"),
        (b"\x5b" + b"\xff" * 8, "a string of 2^64 bytes said"), (dumps("x" * 700), "a long text"),
    ]  # fmt: skip
    rows += [row(what, text(made), "UnreadablePass") for made, what in shapes]
    good = text(tag)
    texts = [
        (good + "A", "a character more", None), (good[:-1], "a character less", None), (good.lower(), "lower case", "NotAPass"),
        (" " + good, "a space before", "NotAPass"), (good + "\t", "a tab after", None), (good + "\n\n", "two line ends", None),
        (good + "\r", "a carriage return alone", None), ("PQ2:" + good[4:], "the other prefix", None), ("PQ3:" + good[4:], "a prefix to come", "NotAPass"),
        (good[4:], "no prefix", "NotAPass"), ("HC1:" + good[4:], "a health certificate's prefix", "NotAPass"),
        ("PQ1:" + good, "the prefix twice", None), ("PQ1:", "the prefix alone", None), ("PQ1:" + ":::" * 9, "groups out of range", None),
        ("PQ1:" + "é" * 9, "letters outside Base45", None), ("PQ1:" + "0" * 1197, "1,201 characters", None),
        ("https://example.org/" + good, "a link", "NotAPass"), ("", "no text", "NotAPass"), ("PQ1", "three characters", "NotAPass"),
        ("\ufeff" + good, "a byte order mark", "NotAPass"), (good.replace(":", "\uff1a", 1), "a wide colon", "NotAPass"),
    ]  # fmt: skip
    rows += [row(what, made, expected or "UnreadablePass") for made, what, expected in texts]
    return rows


def bad_claims() -> list[dict]:
    rows: list[dict] = []
    wrong = {
        "_1": [None, 99, b"0990001S", "", "0990001", "0990001SS", "990001S", "0990001s", "٠990001S", ["0990001S"]],
        "_4": [None, -1, True, "2027", 1819749600.0, NBF, NBF - 1, 2**64, 253402300800, b"\0"],
        "_5": [None, -1, False, "2026", 1.5, EXP, EXP + 1, 2**70],
        "_7": [None, b"", b"1234567", b"123456789", "12345678", 12345678],
        "_8": [None],
    }  # fmt: skip
    for claim, values in wrong.items():
        for value in values:
            if claim == "_8":
                continue
            made = claims(**{claim: value})
            rows.append(
                row(f"claim {claim[1:]} = {value!r:.24}", text(issued(made)), "UnreadablePass")
            )
    for extra in (
        {2: "sub"},
        {3: "aud"},
        {6: 1},
        {9: b""},
        {65535: {}},
        {"name": "x"},
        {-65538: 1},
        {0: 0},
    ):
        rows.append(
            row("a claim that no pass has", text(issued(claims() | extra)), "UnreadablePass")
        )
    for key, what in (
        ({}, "no key"), ({1: {}}, "an empty key"), ({3: b"kid"}, "a key id"), ({1: PHONE.cose(), 3: b"k"}, "two confirmations"),
        ({1: PHONE.cose() | {3: -7}}, "an algorithm"), ({1: PHONE.cose() | {-4: PHONE.d}}, "a private key"),
        ({1: {1: 2, -1: 2, -2: PHONE.x, -3: PHONE.y}}, "another curve"), ({1: {1: 2, -1: 1, -2: PHONE.x, -3: True}}, "a compressed point"),
        ({1: {1: 2, -1: 1, -2: PHONE.x, -3: bytes(32)}}, "a point off the curve"), ({1: {1: 2, -1: 1, -2: bytes(32), -3: bytes(32)}}, "the origin"),
        ({1: {1: 1, -1: 6, -2: PHONE.x}}, "an Ed25519 key"), ({1: {1: 4, -1: bytes(32)}}, "a symmetric key"), ("key", "a text"),
    ):  # fmt: skip
        rows.append(row(f"confirmation: {what}", text(issued(claims(_8=key))), "UnreadablePass"))
    for parts, what in (
        ([b"", {}, b""], "no header"), ([dumps({1: 3, 4: b"12345678", 5: bytes(11)}), {}, b"x"], "11-byte iv"),
        ([dumps({1: 1, 4: b"12345678", 5: bytes(12)}), {}, b"x"], "AES-128"), ([dumps({1: 3, 5: bytes(12)}), {}, b"x"], "no key id"),
        ([dumps({1: 3, 4: b"1234567", 5: bytes(12)}), {}, b"x"], "7-byte key id"), ([dumps({1: 3, 4: b"12345678", 5: bytes(12)}), {5: b""}, b"x"], "unprotected iv"),
        (cbor2.CBORTag(16, [b"", {}, b""]), "a tag"), ({}, "a map"), (b"x", "bytes"), (None, "nothing"),
    ):  # fmt: skip
        rows.append(
            row(f"sealed part: {what}", text(issued(claims(_m65537=parts))), "UnreadablePass")
        )
    payloads = [
        (dumps(claims()) + b"\0", "a byte after the claims"), (dumps([UAI]), "an array"), (b"", "no claims"), (dumps(cbor2.CBORTag(61, claims())), "a tag around"),
    ]  # fmt: skip
    ordinary = dumps(claims())
    payloads.append((b"\xa6" + ordinary[1:] + ordinary[1:11], "the school twice"))
    payloads.append((b"\xbf" + ordinary[1:] + b"\xff", "an indefinite map"))
    rows += [
        row(f"claims: {what}", text(by_cwt(p, ISSUER)), "UnreadablePass") for p, what in payloads
    ]
    return rows


def bad_sealed() -> list[dict]:
    """Genuine passes whose sealed part this gate can't read: granted to nobody, referred."""
    rows: list[dict] = []
    bodies = [
        inside(_1=7), inside(_1=-1), inside(_1="pupil"), inside(_2="x" * 33), inside(_2=b"Zoe"), inside(_3="x" * 13),
        inside(_4="x" * 13), inside(_5=-1), inside(_5=2**20), inside(_0=bytes(7)), inside(_0=None), inside(_7=None), inside(_8=1),
        inside(_6="template"), inside(_1=None), dumps(inside()) + b"\0", b"", b"\xff" * 30, dumps([1]),
    ]  # fmt: skip
    for body in bodies:
        cti = entropy(8)
        rows.append(
            row(
                "inside: not the map of the format",
                text(issued(claims(_7=cti, _m65537=sealed(cti, body)))),
                "sealed",
            )
        )
    for _ in range(4):
        cti = entropy(8)
        changed = sealed(cti, inside())
        changed[2] = changed[2][:-1] + bytes([changed[2][-1] ^ 1])
        for what, made in (
            ("sealed by a key this gate lacks", sealed(cti, inside(), secret=OTHER_NAME_KEY)),
            ("a sealed part moved from another pass", sealed(cti, inside(), aad=entropy(8))),
            ("a sealed part with one bit changed", changed),
        ):
            rows.append(row(what, text(issued(claims(_7=cti, _m65537=made))), "sealed"))
    return rows


def bad_phones() -> list[dict]:
    rows: list[dict] = []
    for i in range(6):
        bound = issued(claims(**BOUND))
        rows += [
            row("stripped to its inner pass", text(bound), "missing"),
            row("another phone's proof", phone(bound, OTHER_PHONE), "bad"),
            row("a proof for another school", phone(bound, uai=OTHER_UAI), "bad"),
            row("a paper pass inside a phone's proof", phone(issued(claims())), "bad"),
            row("a proof around a stranger's pass", phone(issued(claims(**BOUND), STRANGER)), "UnknownIssuer"),
            row("a proof around another school's pass", phone(issued(claims(_1=OTHER_UAI, **BOUND), STRANGER)), "OtherSchool"),
            row("a proof with s in the upper half", text(by_hand(dumps({1: bound, 3: UAI, 6: 1795248000 + i}), PHONE, {1: -7}, high=True), "PQ2:"), "bad"),
            row("a proof by the issuing key", phone(bound, ISSUER), "bad"),
        ]  # fmt: skip
    bound = issued(claims(**BOUND))
    for payload, what in (
        ({1: bound, 3: UAI}, "no time"), ({1: bound, 6: 5}, "no school"), ({3: UAI, 6: 5}, "no pass"), ({1: bound, 3: UAI, 6: -5}, "a time before 1970"),
        ({1: bound, 3: UAI, 6: 5.5}, "half a second"), ({1: bound, 3: UAI, 6: True}, "a truth for a time"), ({1: bound, 3: UAI, 6: "5"}, "a text for a time"),
        ({1: dumps(bound), 3: UAI, 6: 5}, "the pass as bytes"), ({1: bound, 3: 5, 6: 5}, "a number for a school"), ({1: bound, 3: UAI, 6: 5, 7: 0}, "more than that"),
        ([bound, UAI, 5], "an array"), ({1: bound, 3: UAI, 6: 2**60}, "a time beyond the calendar"),
    ):  # fmt: skip
        rows.append(
            row(
                f"phone: {what}",
                text(by_cwt(dumps(payload), PHONE, kid=False), "PQ2:"),
                "UnreadablePass",
            )
        )
    proof = by_cwt(dumps({1: bound, 3: UAI, 6: 1795248000}), PHONE, kid=False)
    rows.append(
        row(
            "phone: a proof around a proof",
            text(by_cwt(dumps({1: proof, 3: UAI, 6: 5}), PHONE, kid=False), "PQ2:"),
            "UnreadablePass",
        )
    )
    rows.append(
        row(
            "phone: a key id",
            text(by_cwt(dumps({1: bound, 3: UAI, 6: 5}), PHONE), "PQ2:"),
            "UnreadablePass",
        )
    )
    rows.append(row("phone: under the paper's prefix", text(proof), "UnreadablePass"))
    rows.append(
        row("phone: a pass under the phone's prefix", text(bound, "PQ2:"), "UnreadablePass")
    )
    return rows


def others() -> list[dict]:
    rows: list[dict] = []
    status = by_hand(
        dumps(
            {2: UAI, 4: EXP, 6: NBF, 65534: 60, 65533: {"bits": 2, "lst": zlib.compress(bytes(9))}}
        ),
        STATUS,
        {1: -7, 4: STATUS.kid, 16: "application/statuslist+cwt"},
    )
    rows.append(row("a status list shown as a pass", text(status), "UnreadablePass"))
    rows.append(
        row(
            "an access token shown as a pass",
            text(
                by_hand(dumps({1: UAI, 2: "sub", 4: EXP, 6: NBF}), ISSUER, {1: -7, 4: ISSUER.kid})
            ),
            "UnreadablePass",
        )
    )
    for made in ("https://example.org/a?b=c", "WIFI:T:WPA;S:x;P:y;;", "BEGIN:VCARD\nN:x\nEND:VCARD", "HC1:6BF+70790T9WJWG",
                 "4006381333931", "' OR 1=1 --", "$(reboot)", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\x1b[2J", "\u202ePQ1:", "pq1:abc", "PQ"):  # fmt: skip
        rows.append(row("somebody else's code", made, "NotAPass"))
    return rows


def main() -> None:
    write("valid", valid())
    write("invalid", refused())


def write(name: str, rows: list[dict]) -> None:
    """Write vectors with the keys they are read by."""
    HERE.mkdir(exist_ok=True)
    made = json.dumps({"keys": KEYS, "vectors": rows}, ensure_ascii=True, indent=0)
    (HERE / f"{name}.json").write_text(made + "\n", encoding="utf-8")


def refused() -> list[dict]:
    return [
        *bad_signatures(),
        *bad_headers(),
        *bad_structures(),
        *bad_claims(),
        *bad_sealed(),
        *bad_phones(),
        *others(),
    ]


if __name__ == "__main__":
    main()
