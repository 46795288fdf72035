"""Texts of codes: prefixes, Base45, capacities."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from portique.core import qr
from portique.core.errors import NotAPass, UnreadablePass


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_the_examples_of_rfc_9285(data, text):
    """The standard's own examples are written and read."""
    assert qr.to_base45(data) == text
    assert qr.from_base45(text) == data


@given(st.binary(max_size=200))
def test_base45_comes_back(data):
    """Any bytes survive Base45."""
    assert qr.from_base45(qr.to_base45(data)) == data


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=30))
def test_base45_has_one_text_for_each_bytes(text):
    """A text that decodes is the one an encoder writes."""
    try:
        data = qr.from_base45(text)
    except UnreadablePass:
        return
    assert qr.to_base45(data) == text


@pytest.mark.parametrize("text", ["A", "GGW", ":::", "::", "a00", "éé0", "00\n"])
def test_what_no_encoder_writes_is_refused(text):
    """Lengths, groups and letters that Base45 never has."""
    with pytest.raises(UnreadablePass):
        qr.from_base45(text)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_readers_line_end_is_dropped(end):
    """Keyboards and serial readers append one line end."""
    assert qr.split("PQ1:BB8" + end) == ("PQ1:", b"AB")


@pytest.mark.parametrize(
    "text", ["", "PQ", "pq1:BB8", "PQ3:BB8", " PQ1:BB8", "https://example.org"]
)
def test_somebody_elses_code_is_not_a_pass(text):
    """Without one of the two prefixes nothing is looked at."""
    with pytest.raises(NotAPass):
        qr.split(text)


def test_1200_characters_are_accepted_and_1201_are_not():
    """The cap on a text stands where it is said to."""
    assert len(qr.split("PQ1:" + "0" * 1196)[1]) > 0
    with pytest.raises(UnreadablePass, match="more than 1200"):
        qr.split("PQ1:" + "0" * 1197)


@pytest.mark.parametrize("level", ["L", "M"])
def test_capacities_are_those_of_the_standard(level):
    """At every version the table agrees with an independent QR writer."""
    for version in (*range(1, 16), 21, 28, 40):  # a segno symbol of version 40 takes a second
        capacity = qr.CAPACITY[level][version - 1]
        made = segno.make("A" * capacity, error=level, boost_error=False, micro=False)
        assert made.version == version == qr.version_for("A" * capacity, level)


def test_a_text_beyond_version_40_fits_no_code():
    """What fits no symbol is said to."""
    with pytest.raises(ValueError, match="no QR code"):
        qr.version_for("A" * 3392, "M")
