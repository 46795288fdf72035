"""Erasure orders: what the school signs is what a gate carries out."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portique.core import erasure_orders, seal
from portique.core.entries_fields import EVIDENCE_BYTES_MAX, UINT_MAX
from portique.core.erasure_orders import ErasureRequest
from portique.core.seal import Purpose
from portique.gate.journal_erasing import open_order

KEY = seal.private_key(Purpose.ORDERS, hashlib.sha512(b"orders").digest())
ID = "0011223344556677"


def test_a_gate_reads_what_the_school_signed():
    """Epoch, ranges and number arrive as they were ordered."""
    request = ErasureRequest("entry-1", 2, ((1, 3), (9, 9)), ID)
    erasure = open_order(request.sign(KEY), KEY.public, gate_id="entry-1")

    assert (erasure.epoch, erasure.ranges, erasure.order_id) == (2, ((1, 3), (9, 9)), ID)


def test_an_order_is_signed_with_the_orders_key():
    """No other key of the school erases."""
    key = seal.private_key(Purpose.KNOWLEDGE, hashlib.sha512(b"knowledge").digest())

    with pytest.raises(ValueError, match="orders key"):
        ErasureRequest("entry-1", 2, ((1, 3),), ID).sign(key)


def test_neighbours_are_one_range():
    """Numbers in a row share a range, whatever their order; one alone is a range of its own."""
    assert erasure_orders.parts([9, 3, 1, 2, 2]) == [((1, 3), (9, 9))]
    assert erasure_orders.parts([]) == []


@given(st.lists(st.integers(1, 400)))
def test_ranges_name_each_number_and_no_other(numbers: list[int]):
    """However the numbers come, they rise, never touch, and are no more than an order takes."""
    found = erasure_orders.parts(numbers)
    ranges = [pair for part in found for pair in part]
    named = [number for first, last in ranges for number in range(first, last + 1)]

    assert named == sorted(set(numbers))
    assert all(one[1] + 1 < two[0] for one, two in pairwise(ranges))
    assert all(0 < len(part) <= erasure_orders.RANGES_AT_ONCE for part in found)


def test_the_longest_order_is_one_a_gate_takes():
    """A hundred ranges of the highest numbers, for a gate of the longest name."""
    top = UINT_MAX - 1000
    [ranges] = erasure_orders.parts(top + 2 * number for number in range(100))
    message = ErasureRequest("g" * 40, UINT_MAX, ranges, ID).sign(KEY)

    assert len(message) <= EVIDENCE_BYTES_MAX
    assert open_order(message, KEY.public, gate_id="g" * 40).ranges == ranges
