"""One encoding for each value, and limits before decoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import canonical
from portique.core.errors import UnreadablePass

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.integers(0, 23), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(plain)
def test_what_is_encoded_is_decoded(value):
    """Every plain value within the limits comes back as it was."""
    data = canonical.encode(value)
    read = canonical.decode(data, bytes_max=10**6, depth_max=10, items_max=1000)

    assert read == value


@given(st.binary(max_size=60))
def test_whatever_is_accepted_is_the_one_encoding(data):
    """Bytes that decode are exactly those an encoder writes."""
    try:
        value = canonical.decode(data, bytes_max=60)
    except UnreadablePass:
        return
    assert canonical.encode(value) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut short"),
        (b"\x18", "cut short"),
        (b"\x41", "cut short"),
        (b"\x18\x17", "canonical"),
        (b"\x1c", "indefinite or reserved"),
        (b"\x9f\xff", "indefinite or reserved"),
        (b"\xf9\x00\x00", "value type"),
        (b"\xf7", "value type"),
        (b"\x00\x00", "canonical"),
        (b"\x61\xff", "not valid CBOR"),
        (b"\xa2\x01\x00\x01\x00", "canonical"),
        (b"\xa2\x02\x00\x01\x00", "canonical"),
        (b"\xa1\xf5\x00", "a key"),
        (b"\xa1\xf6\x00", "a key"),
        (b"\x81\xa2\x00\x81\x00\xf4\x00", "a key"),
        (b"\xc2\x41\x01", "a tag"),
        (b"\xc4\x82\x00\x00", "a tag"),
        (b"\xd8\x1e\x82\x01\x02", "a tag"),
        (b"\xd8\x23\x61a", "a tag"),
        (b"\xd8\x24\x61a", "a tag"),
        (b"\xd9\x01\x02\x80", "a tag"),
        (b"\x81\xd9\xd9\xf7\x00", "a tag"),
    ],
)
def test_other_forms_are_refused(data, why):
    """Short, long, indefinite, duplicated, unordered, floating and tagged forms are all refused."""
    with pytest.raises(UnreadablePass, match=why):
        canonical.decode(data, bytes_max=60)


def nested(depth: int) -> bytes:
    return b"\x81" * depth + b"\x00"


def test_depth_four_is_accepted_and_five_is_not():
    """The limit on nesting stands exactly where it is said to."""
    canonical.decode(nested(4), bytes_max=60)
    with pytest.raises(UnreadablePass, match="nested"):
        canonical.decode(nested(5), bytes_max=60)


def test_32_items_are_accepted_and_33_are_not():
    """The limit on items counts containers too."""
    canonical.decode(canonical.encode([0] * 31), bytes_max=60)
    with pytest.raises(UnreadablePass, match="32 items"):
        canonical.decode(canonical.encode([0] * 32), bytes_max=60)


@pytest.mark.parametrize("extra", [0, 1])
def test_length_is_checked_before_anything_else(extra):
    """Exactly the most bytes are accepted, one more is not looked at."""
    data = canonical.encode(bytes(8))
    if extra:
        with pytest.raises(UnreadablePass, match="more than"):
            canonical.decode(data, bytes_max=len(data) - 1)
    else:
        assert canonical.decode(data, bytes_max=len(data)) == bytes(8)
