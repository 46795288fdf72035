"""Make the vectors of texts that a CBOR library would act upon before any signature is checked.

    python tests/vectors/make_built_vectors.py        writes pass/built.json

The seals are genuine: only the form is to be refused.
"""

from __future__ import annotations

import cbor2
from make_pass_vectors import (
    BOUND,
    ISSUER,
    PHONE,
    UAI,
    by_cwt,
    by_hand,
    claims,
    dumps,
    issued,
    row,
    text,
    write,
)


def built() -> list[dict]:
    """Texts that a CBOR library builds something for, or takes `true` for 1, in genuine seals."""
    rows: list[dict] = []
    for number, content in (
        (0, "2026-11-22T08:00:00Z"), (1, 0), (2, b"\1" * 9), (3, b"\1" * 9), (4, [1, 2]), (5, [1, 2]),
        (28, 0), (30, [1, 3]), (35, "(?i)" + "[\0-\uffff]" * 40), (36, "a:\r\n" * 90), (37, bytes(16)),
        (61, 0), (100, 0), (258, [1]), (260, b"\x7f\0\0\1"), (55799, 0),
    ):  # fmt: skip
        tag = cbor2.CBORTag(number, content)
        extra = dumps({9: 0} | claims()).replace(b"\x09\x00", b"\x09" + dumps(tag), 1)
        header = b"\xa3\x01\x26\x04\x48" + ISSUER.kid + b"\x05" + dumps(tag)
        rows += [
            row(f"tag {number} alone", text(tag), "UnreadablePass"),
            row(f"tag {number} in the claims", text(by_cwt(extra, ISSUER)), "UnreadablePass"),
            row(f"tag {number} in the header", text(by_hand(dumps(claims()), ISSUER, header)), "UnreadablePass"),
        ]  # fmt: skip
    true_key = b"\xa2\x04\x48" + ISSUER.kid + b"\xf5\x26"
    rows.append(row("true for the header's 1", text(by_hand(dumps(claims()), ISSUER, true_key)), "UnreadablePass"))  # fmt: skip
    bound = issued(claims(**BOUND))
    ordinary = dumps({1: bound, 3: UAI, 6: 1795248000})
    moved = b"\xa3" + dumps(3) + dumps(UAI) + dumps(6) + dumps(1795248000) + b"\xf5" + dumps(bound)
    rows.append(row("true for the header's 1, phone", text(by_hand(ordinary, PHONE, b"\xa1\xf5\x26"), "PQ2:"), "UnreadablePass"))  # fmt: skip
    rows.append(row("true for the pass's 1, phone", text(by_hand(moved, PHONE, {1: -7}), "PQ2:"), "UnreadablePass"))  # fmt: skip
    return rows


if __name__ == "__main__":
    write("built", built())
