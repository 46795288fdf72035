"""Deterministic CBOR, one encoding for each value, with limits set before decoding.

A decoder that accepts two encodings of one pass accepts forgeries of its id's
bookkeeping (reliability.md §0.5). So: decode under caps, encode again, compare.
Source: RFC 8949 §4.2.1 (core deterministic encoding).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import cbor2

from portique.core.errors import UnreadablePass

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH_MAX = 4
ITEMS_MAX = 32
TAG_SIGN1 = 18  # COSE_Sign1, RFC 9052


def encode(value: object) -> bytes:
    """Encode `value` as deterministic CBOR."""
    return cbor2.dumps(value, canonical=True)


def decode(
    data: bytes, *, bytes_max: int, depth_max: int = DEPTH_MAX, items_max: int = ITEMS_MAX
) -> Any:
    """Decode one value and insist that `data` is its only encoding.

    Args:
        data: The bytes, all of them one CBOR value.
        bytes_max: Refuse longer input before looking at it.
        depth_max: Arrays, maps and tags nested at most this deep.
        items_max: At most this many values in all, keys included.

    Raises:
        UnreadablePass: Too long, too deep, too many, not CBOR, not canonical,
            or of a type no format of ours uses (floats, simple values, `true`
            as a key, any tag but COSE_Sign1's).
    """
    if len(data) > bytes_max:
        raise UnreadablePass(f"{len(data)} bytes, more than {bytes_max}")
    _check_shape(data, depth_max=depth_max, items_max=items_max)
    try:
        value = cbor2.CBORDecoder(io.BytesIO(data)).decode()
        same = encode(value) == data
    except Exception as error:  # cbor2 raises many types; all mean the same here
        raise UnreadablePass("not valid CBOR") from error
    if not same:
        raise UnreadablePass("not in canonical form")
    return value


def _check_shape(data: bytes, *, depth_max: int, items_max: int) -> None:
    """Walk the heads alone, without building anything, and enforce every cap."""
    pending = [1]  # values still expected, one entry for each open container
    maps = [False]  # whether that container is a map, whose keys and values alternate
    for items, (major, argument) in enumerate(_heads(data), start=1):
        if items > items_max:
            raise UnreadablePass(f"more than {items_max} items")
        _check_type(major, argument, is_key=maps[-1] and pending[-1] % 2 == 0)
        pending[-1] -= 1
        children = {4: argument, 5: 2 * argument, 6: 1}.get(major, 0)
        if children:
            pending.append(children)
            maps.append(major == 5)
        while pending and pending[-1] == 0:
            pending.pop()
            maps.pop()
        if len(pending) > depth_max + 1:
            raise UnreadablePass(f"nested deeper than {depth_max}")
        if not pending:
            return


def _check_type(major: int, argument: int, *, is_key: bool) -> None:
    """Refuse what a decoder would act upon, or take for something else.

    `cbor2` builds what a tag asks for (a regular expression, a fraction, a
    date) before any signature is looked at: a second of work for one code.
    Python's dictionaries take `true` for 1.
    """
    if major == 6 and argument != TAG_SIGN1:
        raise UnreadablePass("a tag that no format of ours uses")
    if major == 7 and is_key:
        raise UnreadablePass("a key that is neither number, text nor bytes")


def _heads(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (major type, argument) of each item in turn, skipping over string contents."""
    at = 0
    while True:
        major, argument, at = _head(data, at)
        if major in (2, 3):
            at += argument
            if at > len(data):
                raise UnreadablePass("cut short")
        yield major, argument


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise UnreadablePass("cut short")
    major, short = data[at] >> 5, data[at] & 0x1F
    at += 1
    if major == 7 and short not in (20, 21, 22):  # false, true, null; no floats, no undefined
        raise UnreadablePass("a value type that no format of ours uses")
    if short < 24:
        return major, short, at
    if short > 27:  # 31 is indefinite length: never canonical
        raise UnreadablePass("indefinite or reserved length")
    size = 1 << (short - 24)
    if at + size > len(data):
        raise UnreadablePass("cut short")
    return major, int.from_bytes(data[at : at + size], "big"), at + size
