"""How one field of a journal entry is written in CBOR, read back and kept within limits.

Every shape is a pair: `to_cbor` turns the Python value into what is encoded,
`from_cbor` reads it back and raises ValueError on anything it would not have
written. A body checks itself at birth by going through its own shapes, so
that an entry that could not be read back is never made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

from portique.core import canonical

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

ENTRY_BYTES_MAX = 4096  # a larger entry is a bug: an entry holds codes, never a picture
UINT_MAX = 2**53 - 1  # JavaScript reads exports too: nothing above its exact integers
CODES_MAX = 24
RANGES_MAX = 200
EVIDENCE_BYTES_MAX = 2048

# No space and nothing outside ASCII: a person's name doesn't fit by accident.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")


@dataclass(frozen=True, slots=True)
class Shape:
    """One field's two directions."""

    to_cbor: Callable[[Any], object]
    from_cbor: Callable[[Any], Any]


def at(key: int, shape: Shape) -> dict[str, Any]:
    """Make the metadata of a dataclass field stored in this shape under the integer `key`."""
    return {"key": key, "shape": shape}


def _same(value: Any) -> Any:
    return value


def _uint(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= UINT_MAX:
        raise ValueError("not a whole number between 0 and 2^53-1")
    return value


def _integer(value: Any) -> int:
    if type(value) is not int or not -UINT_MAX <= value <= UINT_MAX:
        raise ValueError("not a whole number between -(2^53-1) and 2^53-1")
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("not true or false")
    return value


def _code(value: Any) -> str:
    if type(value) is not str or not _CODE.fullmatch(value):
        raise ValueError("not a code of at most 40 letters, digits and . _ + -")
    return value


def _codes(value: Any) -> tuple[str, ...]:
    if type(value) is not list or len(value) > CODES_MAX:
        raise ValueError(f"not a list of at most {CODES_MAX} codes")
    return tuple(_code(each) for each in value)


def _versions(value: Any) -> tuple[tuple[str, int], ...]:
    if type(value) is not dict or len(value) > CODES_MAX:
        raise ValueError(f"not a map of at most {CODES_MAX} versions")
    return tuple(sorted((_code(part), _uint(version)) for part, version in value.items()))


def _ranges_to_cbor(value: Any) -> list[int]:
    return [end for first, last in value for end in (first, last)]


def _ranges(value: Any) -> tuple[tuple[int, int], ...]:
    """Read [first, last, first, last, …]: rising, never touching, at least one."""
    if type(value) is not list or not 2 <= len(value) <= 2 * RANGES_MAX or len(value) % 2:
        raise ValueError(f"not 1 to {RANGES_MAX} ranges")
    ends = [_uint(each) for each in value]
    previous = -1
    for first, last in zip(ends[::2], ends[1::2], strict=True):
        if not previous + 1 < first <= last:
            raise ValueError("ranges must start at 1, rise and leave a gap between them")
        previous = last
    return tuple(zip(ends[::2], ends[1::2], strict=True))


def _evidence(value: Any) -> bytes:
    if type(value) is not bytes or not 0 < len(value) <= EVIDENCE_BYTES_MAX:
        raise ValueError(f"not 1 to {EVIDENCE_BYTES_MAX} bytes")
    return value


UINT = Shape(_same, _uint)
INT = Shape(_same, _integer)
BOOL = Shape(_same, _boolean)
CODE = Shape(str, _code)  # `str` turns a StrEnum into the plain text CBOR knows
CODES = Shape(lambda value: [str(each) for each in value], _codes)
VERSIONS = Shape(dict, _versions)
RANGES = Shape(_ranges_to_cbor, _ranges)
EVIDENCE = Shape(_same, _evidence)


def hexadecimal(size: int) -> Shape:
    """Describe `size` bytes, shown in Python as lowercase hexadecimal text."""

    def read(value: Any) -> str:
        if type(value) is not bytes or len(value) != size:
            raise ValueError(f"not {size} bytes")
        return value.hex()

    return Shape(bytes.fromhex, read)


def one_of(kind: type[Enum]) -> Shape:
    """Describe a member of an enumeration, stored by its value."""
    return Shape(lambda value: kind(value).value, kind)


def below(limit: int) -> Shape:
    """Describe a whole number from 0 to `limit - 1`."""

    def read(value: Any) -> int:
        if _uint(value) >= limit:
            raise ValueError(f"not below {limit}")
        return int(value)

    return Shape(int, read)


@dataclass(frozen=True, slots=True)
class Fielded:
    """The common half of every body: strict writing and reading."""

    KIND: ClassVar[int]

    def __post_init__(self) -> None:
        """Refuse a value that could not be read back as itself.

        Raises:
            ValueError: A field is outside its shape.
        """
        for name, _, shape, optional in _layout(type(self)):
            value = getattr(self, name)
            if value is None and optional:
                continue
            if value is None or shape.from_cbor(shape.to_cbor(value)) != value:
                raise ValueError(f"{type(self).__name__}.{name} does not keep its value")

    def to_body(self) -> bytes:
        """Encode as the canonical CBOR that is committed to and stored."""
        items: dict[int, object] = {0: int(self.KIND)}
        for name, key, shape, _ in _layout(type(self)):
            value = getattr(self, name)
            if value is not None:
                items[key] = shape.to_cbor(value)
        body = canonical.encode(items)
        if len(body) > ENTRY_BYTES_MAX:
            raise ValueError(f"an entry of {len(body)} bytes, more than {ENTRY_BYTES_MAX}")
        return body

    @classmethod
    def from_items(cls, items: dict[int, Any]) -> Self:
        """Read the decoded map, without its key 0, back into a body.

        Raises:
            ValueError: A key is unknown, a value missing or outside its shape.
        """
        layout = _layout(cls)
        if not items.keys() <= {key for _, key, _, _ in layout}:
            raise ValueError(f"an unknown key in {cls.__name__}")
        values = {
            name: shape.from_cbor(items[key]) if key in items else None
            for name, key, shape, _ in layout
        }
        return cls(**values)


_LAYOUTS: dict[type[Fielded], tuple[tuple[str, int, Shape, bool], ...]] = {}


def _layout(cls: type[Fielded]) -> tuple[tuple[str, int, Shape, bool], ...]:
    """List (name, key, shape, optional) of a body's fields; optional ones default to None."""
    if cls not in _LAYOUTS:
        _LAYOUTS[cls] = tuple(
            (f.name, f.metadata["key"], f.metadata["shape"], f.default is None) for f in fields(cls)
        )
    return _LAYOUTS[cls]
